"""Everything that stands ready for the chunks of one plan: where pages perform, and who captures them."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from framewright.browser import find_browser, has_frame_control
from framewright.composition import PlannedRemote, Project, Site, Wishes, open_project, open_site
from framewright.model.errors import PlanError
from framewright.model.logs import get_logger
from framewright.render.crew import Crew
from framewright.render.house import House
from framewright.render.planning.environment import check_environment, read_environment
from framewright.render.planning.files import absent_facts
from framewright.render.theatre import Theatre
from framewright.render.threads import in_thread
from framewright.stores import BlobFolder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from framewright.model.plan import PagePlan, Plan
    from framewright.model.settings import Settings
    from framewright.render.bundle import Bundle
    from framewright.render.telling import Teller

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Studio:
    """A theatre with its crew, ready for any chunk of one plan. Browsers stay open from chunk to chunk.

    Attributes:
        drift: in what the environment differs from the plan's; empty: in nothing.
        live: the project itself is served, which its author may write to meanwhile; otherwise a copy of it.
        notes: the folder in which digests of files are noted.
    """

    plan: Plan
    theatre: Theatre
    crew: Crew
    notes: Path
    drift: tuple[str, ...] = ()
    live: bool = True


@asynccontextmanager
async def open_studio(
    bundle: Bundle, settings: Settings, teller: Teller, *, allow_drift: bool = False, live: bool = True
) -> AsyncIterator[Studio]:
    """Open a plan's page as often as there are workers, and close every browser of it in the end.

    Args:
        allow_drift: an environment that draws or encodes other bytes than the plan's is told, not refused.
        live: see :class:`Studio`.

    Raises:
        EnvironmentMismatchError: ``ENVIRONMENT_MISMATCH``.
        SetupError: no browser.
        PlanError: the page is not among the plan's files.
    """
    plan = bundle.plan
    here = await in_thread(lambda: read_environment(settings))
    drift = check_environment(plan.environment, here, allow_drift=allow_drift)
    if drift:
        _log.warning("environment_differs", differences=drift)
    program = find_browser(settings)
    remote = PlannedRemote(plan.recording, BlobFolder(bundle.blobs), strict=plan.picture.strict)
    house = House(
        project=_project_of(plan.page, bundle.root),
        program=program,
        frame_control=has_frame_control(program),
        scale=plan.picture.scale,
        wishes=wishes_of(plan.page, settings),
        settings=settings,
        remote=remote,
        absent=absent_facts(plan),
    )
    async with AsyncExitStack() as stack:
        theatre = await stack.enter_async_context(
            Theatre(house, on_notices=teller.warn, on_fallback=teller.fall_back)
        )
        crew = Crew(
            theatre,
            plan.picture,
            alpha=plan.output.alpha,
            transfer=plan.output.transfer,
            on_fallback=teller.fall_back,
        )
        await stack.enter_async_context(crew)
        yield Studio(plan, theatre, crew, settings.cache_folder, drift, live)


def wishes_of(page: PagePlan, settings: Settings) -> Wishes:
    """What a page is told, as when it was planned."""
    return Wishes(
        width=page.width,
        height=page.height,
        seed=page.seed,
        page_timeout=settings.page_timeout,
        font_faces=page.font_faces,
        variables=page.variables,
        spare_variables=page.spare_variables,
        written_variables=page.written_variables,
        subtitles=page.subtitles,
    )


def _project_of(page: PagePlan, root: Path | None) -> Project | Site:
    if page.site is not None:
        return open_site(page.site)
    if root is None or page.entry is None:
        raise PlanError(
            "The plan's page is a file, and no folder of files came with it.", code="PLAN_INVALID"
        )
    name = unquote_to_bytes(page.entry)
    return open_project(root / name.decode("utf-8", "surrogateescape"))
