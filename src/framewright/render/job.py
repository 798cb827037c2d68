"""One render from end to end in this process: plan, chunk after chunk with the same browsers, sound beside them, assemble."""

from __future__ import annotations

import asyncio
import contextlib
import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.media import OutputFile
from framewright.model.events import ChunkState, ChunkTold, Finished, Stage
from framewright.model.output import Format
from framewright.render.added_sound import check_added
from framewright.render.assembling import write_assembled
from framewright.render.cancel import Stoppable
from framewright.render.chunk import render_chunk
from framewright.render.meter import Watch
from framewright.render.output_choice import choose_kind
from framewright.render.planning.digests import chunk_key
from framewright.render.planning.planner import plan_composition
from framewright.render.progress import Progress
from framewright.render.reporting import report_of
from framewright.render.sound_piece import mix_sound
from framewright.render.stall import patience_for
from framewright.render.threads import in_thread, past_stopping
from framewright.render.workbench import SOUND_SUFFIX, suffix_of, workbench_beside
from framewright.render.worker_choice import choose_crew_size

if TYPE_CHECKING:
    from framewright.model.events import FellBack
    from framewright.model.frames import FrameRange
    from framewright.model.piece import ChunkResult, SoundResult
    from framewright.model.plan import Chunk
    from framewright.model.report import RenderReport
    from framewright.model.settings import Settings
    from framewright.render.bundle import Bundle
    from framewright.render.chunk_limit import ChunkProgress
    from framewright.render.options import RenderOptions
    from framewright.render.planning.planner import Planned
    from framewright.render.telling import Teller
    from framewright.render.turn import Turn
    from framewright.render.workbench import Shelf


class Job:
    """One render. Make it, await :meth:`run` once.

    Args:
        composition: a folder with an ``index.html``, an HTML file, or an ``http(s)`` address.
        output: the file, or for an image sequence the folder, that shall stand in the end.
        turn: of the batch that this is a part of, if any.
        shelf: where finished pieces are looked for and kept; None: they are made anew, and gone in the end.
    """

    def __init__(
        self,
        composition: str,
        output: str | os.PathLike[str],
        options: RenderOptions,
        settings: Settings,
        teller: Teller,
        *,
        turn: Turn | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self._turn = turn
        self._composition = composition
        self._output = Path(output)
        self._options = options
        self._settings = settings
        self._teller = teller
        self._shelf = shelf
        self._watch = Watch()

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
            shelf = self._shelf or stack.enter_context(workbench_beside(target))
            planned = await stack.enter_async_context(
                plan_composition(
                    self._composition, kind, self._options, self._settings, self._teller, turn=self._turn
                )
            )
            longest = max(len(chunk.range) for chunk in planned.draft.chunks)
            crew = choose_crew_size(planned.draft, longest, self._options.workers)
            self._teller.decide(crew.choice)
            opening = self._watch.lap()
            self._teller.stage(Stage.RENDERING)
            progress = Progress(planned.draft, self._teller)
            chunks, sound, bundle = await self._make_pieces(planned, crew.workers, shelf, progress)
            rendering = self._watch.lap()
            self._teller.stage(Stage.FINISHING)
            facts = await write_assembled(
                bundle.plan,
                [piece for piece, _ in chunks],
                sound and sound[0],
                target.partial,
            )
            await past_stopping(target.commit)
            progress.end()
        report = report_of(
            bundle.plan,
            [result for _, result in chunks],
            sound and sound[1],
            facts.model_copy(update={"path": _told(self._output)}),
            self._teller.notices,
            opening=opening,
            rendering=rendering,
            finishing=self._watch.lap(),
        )
        self._teller.tell(Finished(report=report))
        return report

    async def _make_pieces(
        self, planned: Planned, workers: int, shelf: Shelf, progress: Progress
    ) -> tuple[list[tuple[Path, ChunkResult]], tuple[Path, SoundResult] | None, Bundle]:
        """The chunks one after the other, and the sound beside them. What fails first ends both."""
        async with Stoppable() as scope:
            task = asyncio.create_task(self._make_sound(planned, shelf))
            task.add_done_callback(lambda ended: _stop_with(scope, ended))
            try:
                chunks = [
                    await self._make_chunk(planned, chunk, workers, shelf, progress)
                    for chunk in planned.draft.chunks
                ]
                bundle, sound = await task
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait((task,))
        return chunks, sound, bundle

    async def _make_chunk(
        self, planned: Planned, chunk: Chunk, workers: int, shelf: Shelf, progress: Progress
    ) -> tuple[Path, ChunkResult]:
        plan = planned.draft

        def place(frames: FrameRange) -> Path:
            return shelf.place(chunk_key(plan, frames), suffix_of(plan.output.format))

        def told(now: ChunkProgress) -> None:
            progress.advance(chunk, now.frames)

        def fell_back(event: FellBack) -> None:
            self._teller.fall_back(event)

        self._tell(chunk, ChunkState.RUNNING)
        made = await render_chunk(
            planned.studio,
            chunk.range,
            place,
            workers=workers,
            stall_seconds=patience_for(self._settings),
            on_progress=told,
            on_fallback=fell_back,
            notices=lambda: self._teller.notices,
        )
        progress.advance(chunk, len(chunk.range))
        self._tell(chunk, ChunkState.DONE, frames=len(chunk.range))
        return made

    async def _make_sound(
        self, planned: Planned, shelf: Shelf
    ) -> tuple[Bundle, tuple[Path, SoundResult] | None]:
        bundle = await planned.settle()
        if bundle.plan.sound is None:
            return bundle, None
        key = bundle.plan.digests.audio
        assert key is not None
        place = shelf.place(key, SOUND_SUFFIX)
        return bundle, (place, await mix_sound(bundle.plan, bundle, place))

    def _tell(self, chunk: Chunk, state: ChunkState, *, frames: int = 0) -> None:
        self._teller.tell(
            ChunkTold(chunk=chunk.index, state=state, start=chunk.start, stop=chunk.stop, frames=frames)
        )


def _stop_with(scope: Stoppable, ended: asyncio.Task[object]) -> None:
    """The chunks need not go on when the sound has failed."""
    if not ended.cancelled() and (error := ended.exception()) is not None:
        scope.stop(error)


def _told(output: Path) -> str:
    # A name that is no UTF-8 cannot stand in JSON as it is.
    return os.fsencode(output).decode("utf-8", "backslashreplace")
