"""One render from end to end: plan it, have its pieces made by whoever makes them, put them together, give account."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.media import OutputFile
from framewright.model.events import Finished, Stage
from framewright.model.output import Format
from framewright.render.added_sound import check_added
from framewright.render.ledger import Ledger
from framewright.render.order import Order
from framewright.render.output_choice import choose_kind
from framewright.render.planning.planner import plan_composition
from framewright.render.planning.spare_files import SpareLimit
from framewright.render.progress import Progress
from framewright.render.taking import take
from framewright.render.threads import in_thread, past_stopping
from framewright.render.workbench import workbench_beside

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from framewright.model.frames import FrameRange
    from framewright.model.report import RenderReport
    from framewright.model.settings import Settings
    from framewright.render.options import RenderOptions
    from framewright.render.order import Executor
    from framewright.render.telling import Teller
    from framewright.render.turn import Turn


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
        self._ledger = Ledger(self._output, teller)

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
                tell=lambda event: self._ledger.take(event, progress),
                workers=self._options.workers,
                resume=self._options.resume,
                studio=planned.studio,
            )
            async with self._executor.render(order) as made:
                self._ledger.begin_to_finish()
                taken = await take(made, target)
                await past_stopping(target.commit)
            progress.end()
        report = self._ledger.report(taken)
        self._teller.tell(Finished(report=report))
        return report

    def _spare(self, target: OutputFile) -> SpareLimit | None:
        if not self._executor.travels:
            return None
        outputs = (target.target, target.partial)
        return SpareLimit(self._settings.plan_spare_size, self._settings.plan_spare_files, outputs)
