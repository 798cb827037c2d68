"""One render from end to end: plan it, have its pieces made by whoever makes them, put them together, give account."""

from __future__ import annotations

import os
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.media import OutputFile
from framewright.model.events import (
    ChunkState,
    ChunkTold,
    Decided,
    FellBack,
    Finished,
    SoundTold,
    Stage,
    StageBegan,
    Warned,
)
from framewright.model.frames import FrameRange
from framewright.model.output import Format
from framewright.render.added_sound import check_added
from framewright.render.choice import Choice
from framewright.render.meter import Watch
from framewright.render.order import Order
from framewright.render.output_choice import choose_kind
from framewright.render.planning.planner import plan_composition
from framewright.render.planning.spare_files import SpareLimit
from framewright.render.progress import Progress
from framewright.render.reporting import report_of
from framewright.render.taking import take
from framewright.render.threads import in_thread, past_stopping
from framewright.render.workbench import workbench_beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.model.events import RenderEvent
    from framewright.model.report import RenderReport
    from framewright.model.settings import Settings
    from framewright.render.options import RenderOptions
    from framewright.render.order import Executor
    from framewright.render.taking import Taken
    from framewright.render.telling import Teller
    from framewright.render.turn import Turn

# Of a chunk that runs, listeners want to know now and then; progress tells the rest.
_TELL_CHUNKS_EVERY = 1.0


class Job:
    """One render. Make it, await :meth:`run` once.

    Args:
        composition: a folder with an ``index.html``, an HTML file, or an ``http(s)`` address.
        output: the file, or for an image sequence the folder, that shall stand in the end.
        executor: makes the pieces.
        recall: how the video of a digest was cut before, see :func:`~framewright.render.planning.planner.plan_composition`.
        turn: of the batch that this is a part of, if any.
    """

    def __init__(
        self,
        composition: str,
        output: str | os.PathLike[str],
        options: RenderOptions,
        settings: Settings,
        teller: Teller,
        *,
        executor: Executor,
        recall: Callable[[str], tuple[FrameRange, ...] | None] = lambda _: None,
        turn: Turn | None = None,
    ) -> None:
        self._turn = turn
        self._composition = composition
        self._output = Path(output)
        self._options = options
        self._settings = settings
        self._teller = teller
        self._executor = executor
        self._recall = recall
        self._watch = Watch()
        self._opening: float | None = None
        self._rendering: float | None = None
        self._told_at: dict[tuple[int, str | None], float] = {}
        self._reused: set[FrameRange] = set()

    async def run(self) -> RenderReport:
        """Render.

        Raises:
            FramewrightError: see :func:`framewright.render`. Then nothing stands under the output's name that did
                not stand there before, and no process of ours is left.
        """
        kind = choose_kind(self._output, self._options)
        await in_thread(lambda: check_added(self._options.audio_tracks))
        self._teller.stage(Stage.OPENING)
        async with AsyncExitStack() as stack:
            # Whoever cannot write finds out before a browser starts.
            target = stack.enter_context(OutputFile(self._output, folder=kind.format is Format.PNG_SEQUENCE))
            folder = stack.enter_context(workbench_beside(target))
            planned = await stack.enter_async_context(
                plan_composition(
                    self._composition,
                    kind,
                    self._options,
                    self._settings,
                    self._teller,
                    turn=self._turn,
                    slots=self._executor.slots,
                    recall=self._recall,
                    spare=self._spare(target),
                )
            )
            progress = Progress(planned.draft, self._teller)
            order = Order(
                draft=planned.bundle,
                settle=planned.settle,
                folder=folder,
                settings=self._settings,
                tell=lambda event: self._take(event, progress),
                workers=self._options.workers,
                resume=self._options.resume,
                studio=planned.studio,
            )
            async with self._executor.render(order) as made:
                self._begin_to_finish()
                taken = await take(made, target)
                await past_stopping(target.commit)
            progress.end()
        return self._report(taken)

    def _spare(self, target: OutputFile) -> SpareLimit | None:
        if not self._executor.travels:
            return None
        outputs = (target.target, target.partial)
        return SpareLimit(self._settings.plan_spare_size, self._settings.plan_spare_files, outputs)

    def _report(self, taken: Taken) -> RenderReport:
        report = report_of(
            taken.plan,
            taken.chunks,
            taken.sound,
            taken.facts.model_copy(update={"path": _told(self._output)}),
            self._teller,
            reused=frozenset(self._reused),
            opening=self._opening or 0.0,
            rendering=self._rendering or 0.0,
            finishing=self._watch.lap(),
        )
        self._teller.tell(Finished(report=report))
        return report

    def _take(self, event: RenderEvent, progress: Progress) -> None:
        """What the executor tells, to those whom it concerns."""
        match event:
            case Decided():
                self._teller.decide(
                    Choice(
                        subject=event.subject,
                        choice=event.choice,
                        reason=event.reason,
                        inputs=event.inputs,
                    )
                )
            case Warned(notice=notice):
                self._teller.warn((notice,))
            case FellBack():
                self._teller.fall_back(event)
            case ChunkTold():
                if self._opening is None:
                    self._opening = self._watch.lap()
                    self._teller.stage(Stage.RENDERING)
                if event.state is ChunkState.REUSED:
                    self._reused.add(FrameRange(event.start, event.stop))
                if self._is_news(event):
                    self._teller.tell(event)
                progress.note(event)
            case SoundTold():
                progress.note(event)
            case StageBegan(stage=Stage.FINISHING):
                self._begin_to_finish()
            case _:
                self._teller.tell(event)

    def _begin_to_finish(self) -> None:
        if self._rendering is None:
            self._rendering = self._watch.lap()
            self._teller.stage(Stage.FINISHING)

    def _is_news(self, event: ChunkTold) -> bool:
        run, now = (event.start, event.worker), time.monotonic()
        if event.state is not ChunkState.RUNNING:
            self._told_at.pop(run, None)
            return True
        if now - self._told_at.get(run, float("-inf")) < _TELL_CHUNKS_EVERY:
            return False
        self._told_at[run] = now
        return True


def _told(output: Path) -> str:
    # A name that is no UTF-8 cannot stand in JSON as it is.
    return os.fsencode(output).decode("utf-8", "backslashreplace")
