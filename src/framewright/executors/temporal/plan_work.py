"""Planning on a worker, for clients without a browser: a project is fetched, planned as ever, and its plan put into the store."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from framewright.browser import make_profile, remove_profile
from framewright.executors.temporal.layout import fetch
from framewright.executors.temporal.manifest import options_of
from framewright.executors.temporal.names import run_document
from framewright.executors.temporal.publishing import publish_plan
from framewright.executors.temporal.values import Manifest, PlanReference
from framewright.media import write_error
from framewright.model.errors import PlanError
from framewright.model.logs import get_logger
from framewright.model.service_errors import LimitError
from framewright.render.output_choice import choose_kind
from framewright.render.planning.files import path_of
from framewright.render.planning.laying import place_file
from framewright.render.planning.limits import check_limits
from framewright.render.planning.planner import plan_composition
from framewright.render.planning.spare_files import SpareLimit
from framewright.render.telling import Teller
from framewright.render.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from framewright.executors.temporal.beating import Heart
    from framewright.executors.temporal.values import Bounds, ManifestFile, ProjectReference
    from framewright.executors.temporal.workplace import Workplace
    from framewright.model.plan import Digest, Plan
    from framewright.model.settings import Settings

_NETWORKS = ("none", "public", "any")
"""What pages may reach, the strictest first."""

_log = get_logger(__name__)


async def plan_project(here: Workplace, order: ProjectReference, heart: Heart, *, run: str) -> PlanReference:
    """Plan a project of the store, unless an earlier attempt of the same workflow has done so.

    Args:
        run: of the workflow.

    Raises:
        PlanError: ``MANIFEST_INVALID`` what stands in the store is no project.
        FramewrightError: as :func:`framewright.plan`, and whatever the store raises.
    """
    done = run_document(run, order.manifest)
    if (found := await here.store.read(done)) is not None:
        return PlanReference.model_validate_json(found)
    manifest = _read(await here.store.get(order.manifest), order.manifest)
    settings = _within(here.settings, manifest.bounds)
    async with _laid_out(here, manifest) as place:
        heart.tell(doing="opening")
        options = options_of(manifest, place / "beside")
        spare = SpareLimit(settings.plan_spare_size, settings.plan_spare_files)
        with here.metrics.stage("planning"):
            async with plan_composition(
                _page_of(manifest, place / "project"),
                choose_kind(Path("plan"), options),
                options,
                settings,
                Teller(
                    lambda event: _log.info("planning_tells", told=event.model_dump_json()),
                    strict=options.strict,
                ),
                slots=manifest.slots,
                spare=spare,
            ) as planned:
                bundle = await planned.settle()
                check_limits(bundle.plan, settings, travels=True)
                if manifest.bounds is not None:
                    _check_bounds(bundle.plan, manifest.bounds)
                heart.tell(doing="sending")
                reference = await publish_plan(bundle, here.store)
    if not await here.store.commit(done, reference.model_dump_json().encode()):
        there = await here.store.read(done)
        reference = reference if there is None else PlanReference.model_validate_json(there)
    return reference


def _within(settings: Settings, bounds: Bounds | None) -> Settings:
    if bounds is None:
        return settings
    stricter = min(settings.page_network, bounds.page_network, key=_NETWORKS.index)
    return settings.model_copy(update={"page_network": stricter})


def _check_bounds(plan: Plan, bounds: Bounds) -> None:
    """Raises: LimitError: ``RUN_PIXELS``, ``RUN_DURATION``, ``RUN_FRAMES``."""
    drawn, frames = plan.picture.drawn, len(plan.picture.range)
    seconds = float(plan.picture.frame_rate.time_of(frames))
    if drawn.width * drawn.height > bounds.pixels:
        raise LimitError(
            f"A frame of {drawn.width}×{drawn.height} has {drawn.width * drawn.height} pixels, and {bounds.pixels} are "
            "allowed: render it smaller, or have FRAMEWRIGHT_SERVICE_PIXELS raised.",
            code="RUN_PIXELS",
        )
    if seconds > bounds.duration:
        raise LimitError(
            f"The video would be {seconds:g} seconds long, and {bounds.duration:g} are allowed: render a part of it, or have "
            "FRAMEWRIGHT_SERVICE_DURATION raised.",
            code="RUN_DURATION",
        )
    if frames > bounds.frames:
        raise LimitError(
            f"The video would have {frames} frames, and {bounds.frames} are allowed: render a part of it, or have "
            "FRAMEWRIGHT_SERVICE_FRAMES raised.",
            code="RUN_FRAMES",
        )


def _read(path: Path, digest: Digest) -> Manifest:
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the document"
        raise PlanError(
            f"The project {digest[:16]} in the store cannot be read ({where}: {first['msg']}): use one version of Framewright "
            "for clients and workers.",
            code="MANIFEST_INVALID",
        ) from error


@asynccontextmanager
async def _laid_out(here: Workplace, manifest: Manifest) -> AsyncIterator[Path]:
    """The project, and beside it what the options name."""
    blobs = await fetch(here.store, (file.digest for file in (*manifest.files, *manifest.beside)))
    # Swept like a browser's folder when this process is killed.
    place = await in_thread(lambda: make_profile(here.settings.tmpdir), undo=remove_profile)

    def lay(files: Iterable[ManifestFile], folder: Path) -> None:
        folder.mkdir()
        for file in files:
            name = path_of(file.name)
            if name is None:
                raise PlanError(
                    f"The file '{file.name}' of a project in the store lies outside of it: send the project again.",
                    code="MANIFEST_INVALID",
                )
            place_file(blobs[file.digest], folder / name)

    def work() -> None:
        try:
            lay(manifest.files, place / "project")
            lay(manifest.beside, place / "beside")
        except OSError as error:
            raise write_error(place, error) from error

    try:
        await in_thread(work)
        yield place
    finally:
        await in_thread(lambda: remove_profile(place))


def _page_of(manifest: Manifest, project: Path) -> str:
    if manifest.site is not None:
        return manifest.site
    name = None if manifest.entry is None else path_of(manifest.entry)
    if name is None:
        raise PlanError(
            "A project in the store names no page: send it again.",
            code="MANIFEST_INVALID",
        )
    return str(project / name)
