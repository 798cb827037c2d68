"""What a runner does with each order: the public verbs, within the limits of the order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from framewright.browser import find_browser
from framewright.executors import render_async
from framewright.model.output import Format
from framewright.model.settings import Settings
from framewright.render import (
    assemble_async,
    mix_sound_async,
    open_plan,
    plan_async,
    probe_async,
    render_chunk_async,
)
from framewright.render.threads import in_thread
from framewright.service.runner.limits import Measure
from framewright.service.runner.messages import (
    EventTold,
    PieceDone,
    PlanDone,
    ProbeDone,
    RenderDone,
    RunAssemble,
    RunChunk,
    RunPlan,
    RunProbe,
    RunRender,
)
from framewright.service.runner.sequence_archive import ARCHIVE_TYPE, write_archive
from framewright.service.runner.wishes import check_place, page_timeout_of, read_wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from framewright.executors.tied import ReportTo
    from framewright.model.plan import Plan
    from framewright.service.runner.messages import Answer, Report, Run, RunEvent

_FRAMES = "frames"
"""The folder of an image sequence, before it is an archive."""
_TYPES = {
    Format.MP4: "video/mp4",
    Format.MOV: "video/quicktime",
    Format.WEBM: "video/webm",
    Format.GIF: "image/gif",
}


async def do(order: Run, work: Path, enter: Callable[[], None], report: ReportTo[Report]) -> Answer:
    """Do an order.

    Args:
        work: the folder of the run.
        enter: makes the process live there; called once what belongs to the machine's owner was found.

    Raises:
        FramewrightError: whatever the verb raises. UsageError, LimitError: of the order's wishes.
    """

    def told(event: RunEvent) -> None:
        report(EventTold(told=event))

    paged = order if isinstance(order, RunRender | RunProbe | RunPlan) else None
    settings = _settled(order.settings, work, None if paged is None else page_timeout_of(paged.options))
    enter()
    if paged is not None:
        check_place(paged.composition, paged.root)
    match order:
        case RunRender():
            return await _render(order, settings, told)
        case RunProbe():
            options = read_wishes(order.options, order.root)
            result = await probe_async(order.composition, options, settings=settings)
            return ProbeDone(result=result)
        case RunPlan():
            return await _plan(order, settings, told)
        case RunChunk():
            return await _chunk(order, settings, told)
        case RunAssemble():
            return await _assemble(order)


def _settled(given: Mapping[str, JsonValue], work: Path, page_timeout: float | None) -> Settings:
    """The settings of the order, with what would be looked for in the home of the machine's owner."""
    settings = Settings.read(**given)
    found = {
        "browser": settings.browser or find_browser(settings),
        "cache": settings.cache_folder,
        "tmpdir": work / "tmp",
        "page_timeout": page_timeout or settings.page_timeout,
    }
    return settings.model_copy(update=found)


async def _render(order: RunRender, settings: Settings, told: Callable[[RunEvent], None]) -> RenderDone:
    options = read_wishes(order.options, order.root)
    output = Path(order.output)
    measure = Measure(order.limits, options, told)
    if options.format is not Format.PNG_SEQUENCE:
        report = await render_async(
            order.composition, output, options, on_event=measure.take, settings=settings
        )
        return RenderDone(report=report, type=_type_of(output, options.format), bytes=_size_of(output))
    folder = output.with_name(_FRAMES)
    report = await render_async(order.composition, folder, options, on_event=measure.take, settings=settings)
    await in_thread(lambda: write_archive(folder, output))
    size = _size_of(output)
    facts = report.output.model_copy(update={"path": str(output), "bytes": size})
    return RenderDone(report=report.model_copy(update={"output": facts}), type=ARCHIVE_TYPE, bytes=size)


async def _plan(order: RunPlan, settings: Settings, told: Callable[[RunEvent], None]) -> PlanDone:
    options = read_wishes(order.options, order.root)
    measure = Measure(order.limits, options, told)
    folder = Path(order.folder)
    made = folder / "plan"
    plan = await plan_async(order.composition, made, options, on_event=measure.take, settings=settings)
    made.rename(folder / plan.digests.plan)
    return PlanDone(digest=plan.digests.plan)


async def _chunk(order: RunChunk, settings: Settings, told: Callable[[RunEvent], None]) -> PieceDone:
    if order.index is None:
        mixed = await mix_sound_async(order.plan, order.output, settings=settings)
        return PieceDone(account=mixed.model_dump(mode="json"))
    made = await render_chunk_async(order.plan, order.index, order.output, on_event=told, settings=settings)
    return PieceDone(account=made.model_dump(mode="json"))


async def _assemble(order: RunAssemble) -> PieceDone:
    plan: Plan = await in_thread(lambda: open_plan(order.plan))
    pieces = [*order.chunks, *filter(None, [order.sound])]
    output = Path(order.output)
    if plan.output.format is not Format.PNG_SEQUENCE:
        made = await assemble_async(order.plan, pieces, output)
        return PieceDone(account=made.model_dump(mode="json"))
    folder = output.with_name(_FRAMES)
    made = await assemble_async(order.plan, pieces, folder)
    await in_thread(lambda: write_archive(folder, output))
    facts = made.output.model_copy(update={"path": str(output), "bytes": _size_of(output)})
    return PieceDone(account=made.model_copy(update={"output": facts}).model_dump(mode="json"))


def _size_of(file: Path) -> int:
    return file.stat().st_size


def _type_of(output: Path, wished: Format | None) -> str:
    return _TYPES[wished or Format(output.suffix[1:].lower())]
