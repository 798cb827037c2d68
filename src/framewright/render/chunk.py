"""Rendering a range of frames of a plan into one piece: captured in parallel, encoded in order, committed as a whole."""

from __future__ import annotations

import os
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from framewright.capture import CapturePool, block_length, window_length
from framewright.composition import Site
from framewright.media import EncoderThread
from framewright.media.glimpse import Glimpse
from framewright.media.pieces import open_piece, parameters_digest
from framewright.model.frames import FrameRange
from framewright.model.logs import get_logger
from framewright.model.piece import ChunkResult
from framewright.model.report import SlowRange, TimeSpent
from framewright.render.chunk_limit import ChunkLimit, ChunkProgress
from framewright.render.committing import attempt_at, commit, committed, file_digest
from framewright.render.meter import SlowestBlock, Watch
from framewright.render.planning.digests import chunk_key
from framewright.render.planning.unplanned import (
    changed_files,
    lacking_files,
    notice_of_changed,
    unplanned_files,
)
from framewright.render.stall import StallWatch
from framewright.render.threads import in_thread, past_stopping

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from framewright.model.events import FellBack
    from framewright.model.report import FootageReport
    from framewright.render.studio import Studio

_log = get_logger(__name__)


@dataclass(slots=True)
class _Tally:
    """What is counted while frames come in."""

    unchanged: int = 0
    restarted_workers: int = 0
    retried_blocks: int = 0
    fingerprints: list[str] = field(default_factory=list)
    blocks: list[SlowRange] = field(default_factory=list)
    fallbacks: list[FellBack] = field(default_factory=list)
    slowest: SlowestBlock = field(default_factory=SlowestBlock)

    def note_block(self, frames: FrameRange, seconds: float) -> None:
        self.slowest.note(frames, seconds)
        self.blocks.append(SlowRange(start=frames.start, stop=frames.stop, seconds=round(seconds, 4)))

    def note_fallback(self, event: FellBack) -> None:
        self.fallbacks.append(event)
        self.retried_blocks += event.code in {"RUN_REPEATED", "RUN_BY_SCREENSHOT", "WORKER_RESTARTED"}
        self.restarted_workers += event.code == "WORKER_RESTARTED"


async def render_chunk(
    studio: Studio,
    frames: FrameRange,
    place: Callable[[FrameRange], Path],
    *,
    workers: int,
    stall_seconds: float,
    on_progress: Callable[[ChunkProgress], None] = lambda _: None,
    on_fallback: Callable[[FellBack], None] = lambda _: None,
    limit: ChunkLimit | None = None,
) -> tuple[Path, ChunkResult]:
    """Render frames of a plan, unless that is done already.

    The same plan and frames give the same bytes, wherever and by however many workers. Several may render the same at
    once; the last one to finish writes what the others wrote.

    Args:
        studio: of the plan.
        frames: a part of the plan's range.
        place: where the piece of a range shall stand, in a folder that exists. The range may be shorter in the end.
        workers: browsers side by side, at most.
        stall_seconds: without any sign of life from the pages, after which the chunk is given up.
        on_progress: told at least every other second.
        on_fallback: told of everything that had to be done another way, or again.
        limit: lets somebody else take over the tail.

    Returns:
        Where the piece stands, and its account.

    Raises:
        StalledError: nothing happened for ``stall_seconds``.
        BrowserError, PageCrashedError: browsers died again and again. Another attempt may do better.
        CompositionError: the page cannot be rendered.
        EncoderError, OutputError: the piece could not be written.

    Whatever is raised, or when this is cancelled: nothing is left of the attempt.
    """
    found = await in_thread(lambda: committed(place(frames), chunk_key(studio.plan, frames), ChunkResult))
    if found is not None:
        _log.info("chunk_found", frames=str(frames))
        return place(frames), found
    return await _Attempt(studio, frames, place, on_progress=on_progress, on_fallback=on_fallback).run(
        workers, stall_seconds, limit or ChunkLimit()
    )


class _Attempt:
    """One way through the frames of a chunk."""

    def __init__(
        self,
        studio: Studio,
        frames: FrameRange,
        place: Callable[[FrameRange], Path],
        *,
        on_progress: Callable[[ChunkProgress], None],
        on_fallback: Callable[[FellBack], None],
    ) -> None:
        self._studio = studio
        self._plan = studio.plan
        self._frames = frames
        self._place = place
        self._on_progress = on_progress
        self._on_fallback = on_fallback
        self._tally = _Tally()
        self._watch = Watch()
        self._footage = studio.theatre.footage

    async def run(self, workers: int, stall_seconds: float, limit: ChunkLimit) -> tuple[Path, ChunkResult]:
        plan, attempt = self._plan, attempt_at(self._place(self._frames))
        try:
            encoder = await in_thread(
                lambda: open_piece(
                    plan.output.spec, plan.picture.drawn, plan.picture.frame_rate, self._frames, attempt
                ),
                undo=lambda unused: unused.abort(),
            )
            async with EncoderThread(encoder) as thread:
                opening = self._watch.lap()
                await self._capture(thread, workers, stall_seconds, limit)
                rendering = self._watch.lap()
                await thread.finish()
                busy = min(thread.busy_seconds, rendering)
            piece = self._place(self._frames)
            time = TimeSpent(
                opening=opening,
                rendering=rendering,
                finishing=0.0,
                encoder_busy=busy,
                waiting_for_pictures=rendering - busy,
            )
            changed = await in_thread(self._changed)
            if changed:
                self._studio.theatre.warn((notice_of_changed(changed),))
            result = await in_thread(lambda: self._result(attempt, workers, time, changed))
            await past_stopping(lambda: commit(attempt, piece, result))
        finally:
            with suppress(FileNotFoundError):
                os.unlink(attempt)
        return piece, result

    async def _capture(
        self, encoder: EncoderThread, workers: int, stall_seconds: float, limit: ChunkLimit
    ) -> None:
        """Bring every picture to the encoder, in order."""
        picture, crew = self._plan.picture, self._studio.crew
        block = block_length(picture.drawn)
        pool = CapturePool(
            crew.open_worker,
            self._frames,
            workers=workers,
            block=block,
            window=window_length(picture.drawn, self._plan.output.spec.layout, workers=workers, block=block),
            on_incident=self._fell_back,
            on_block=self._tally.note_block,
            park=crew.park,
        )

        async def shrink(stop: int) -> bool:
            segment = self._plan.output.segment
            if segment and stop % segment:
                return False
            if not await pool.shrink(stop):
                return False
            self._frames = FrameRange(self._frames.start, stop)
            return True

        done = 0

        def progress() -> ChunkProgress:
            return ChunkProgress(done, len(self._frames), self._studio.theatre.steps + encoder.progress)

        limit.begin(shrink)
        try:
            async with (
                StallWatch(progress, self._on_progress, patience=stall_seconds) as watch,
                Glimpse(
                    self._studio.theatre.house.settings.glimpse, self._plan.output.spec.transfer
                ) as glimpse,
                aclosing(pool.frames()) as pictures,
            ):
                async for _, shown in pictures:
                    await encoder.put(shown)
                    glimpse.note(shown)
                    self._tally.unchanged += shown is None
                    self._tally.fingerprints.append(f"{pool.fingerprint:016x}")
                    done += 1
                    watch.beat()
        finally:
            limit.end()

    def _fell_back(self, event: FellBack) -> None:
        self._tally.note_fallback(event)
        self._on_fallback(event)

    def _changed(self) -> tuple[str, ...]:
        studio, project = self._studio, self._studio.theatre.house.project
        if not studio.live or isinstance(project, Site):
            return ()
        return changed_files(self._plan, self._frames, project.root, studio.notes)

    def _result(self, piece: Path, workers: int, time: TimeSpent, changed: tuple[str, ...]) -> ChunkResult:
        tally, frames, theatre = self._tally, self._frames, self._studio.theatre
        return ChunkResult(
            key=chunk_key(self._plan, frames),
            start=frames.start,
            stop=frames.stop,
            digest=file_digest(piece),
            bytes=piece.stat().st_size,
            fingerprints=tuple(tally.fingerprints),
            parameters=parameters_digest(piece),
            unchanged=tally.unchanged,
            workers=workers,
            capture=self._studio.crew.kind.value,
            time=time.model_copy(update={"finishing": self._watch.lap()}),
            blocks=tuple(tally.blocks),
            slowest=tally.slowest.slowest,
            retried_blocks=tally.retried_blocks,
            restarted_workers=tally.restarted_workers,
            fallbacks=tuple(tally.fallbacks),
            footage=_since(self._footage, self._studio.theatre.footage),
            notices=theatre.notices,
            drift=self._studio.drift,
            unplanned=unplanned_files(self._plan, theatre.house.project, theatre.asked),
            lacking=lacking_files(theatre.house.project, theatre.asked),
            changed=changed,
        )


def _since(before: FootageReport | None, now: FootageReport | None) -> FootageReport | None:
    """What one chunk got, where others went before it."""
    if before is None or now is None:
        return now
    frames = now.frames - before.frames
    return (
        now.model_copy(update={"frames": frames, "decoded": now.decoded - before.decoded}) if frames else None
    )
