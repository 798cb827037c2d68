"""Carries out what the scheduler says: starts and stops runs on slots, and tells it how they get on."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from framewright.model.errors import EnvironmentMismatchError, FramewrightError, RenderCancelledError
from framewright.model.events import ChunkState, ChunkTold
from framewright.model.logs import get_logger
from framewright.render.chunk_limit import ChunkLimit
from framewright.schedule.events import (
    ChunkDone,
    ChunkFailed,
    Failure,
    NotShrunk,
    Progress,
    Shrunk,
    SlotFree,
    Tick,
)
from framewright.schedule.instructions import Assemble, Cancel, Fail, Split, Start

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from framewright.executors.slots import Slot
    from framewright.model.events import RenderEvent
    from framewright.model.frames import FrameRange
    from framewright.model.piece import ChunkResult
    from framewright.render.chunk_limit import ChunkProgress
    from framewright.schedule.events import SchedulerEvent
    from framewright.schedule.instructions import Instruction
    from framewright.schedule.machine import Scheduler

_TICK_SECONDS = 0.5
_log = get_logger(__name__)


class Driver:
    """Runs one plan's chunks to their end. Make it, await :meth:`run` once.

    Args:
        scheduler: says what is to be done.
        slots: do it; each has a name of its own.
        folder: where pieces go from now on; asked at the beginning of each run.
        may_help: whether an error that is not retryable by itself has been seen to, so that another try may succeed.
        tell: takes events.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        slots: Sequence[Slot],
        *,
        folder: Callable[[], Path],
        may_help: Callable[[FramewrightError, Path], bool],
        tell: Callable[[RenderEvent], None],
    ) -> None:
        self._scheduler = scheduler
        self._slots = {slot.name: slot for slot in slots}
        self._folder = folder
        self._may_help = may_help
        self._tell = tell
        self._events: asyncio.Queue[SchedulerEvent | BaseException] = asyncio.Queue()
        self._starts: dict[int, Start] = {}
        self._runs: dict[int, asyncio.Task[None]] = {}
        self._limits: dict[int, ChunkLimit] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._errors: dict[tuple[str, str], BaseException] = {}
        self._made: dict[FrameRange, tuple[Path, ChunkResult]] = {}

    async def run(self) -> list[tuple[Path, ChunkResult]]:
        """Render all that is not there yet; the pieces, in order.

        Raises:
            FramewrightError: what could not be helped. Whatever the listener raises.

        Whatever is raised, or when this is cancelled: no run goes on.
        """
        ticking = asyncio.create_task(self._tick())
        try:
            for name in self._slots:
                if (ended := self._follow(self._scheduler.handle(SlotFree(name)))) is not None:
                    return ended
            while True:
                event = await self._events.get()
                if isinstance(event, BaseException):
                    raise event
                if (ended := self._follow(self._scheduler.handle(event))) is not None:
                    return ended
        finally:
            left = [ticking, *self._asking, *self._runs.values()]
            for task in left:
                task.cancel()
            await finished(left)

    def _follow(self, instructions: Sequence[Instruction]) -> list[tuple[Path, ChunkResult]] | None:
        for instruction in instructions:
            match instruction:
                case Start(run=run):
                    self._starts[run], self._limits[run] = instruction, ChunkLimit()
                    task = asyncio.create_task(self._render(instruction, self._limits[run]))
                    self._runs[run] = task
                    task.add_done_callback(partial(self._run_ended, run))
                case Cancel(run=run):
                    if run in self._runs:
                        self._runs[run].cancel()
                case Split(run=run, stop=stop):
                    asking = asyncio.create_task(self._shrink(run, stop))
                    self._asking.add(asking)
                    asking.add_done_callback(self._asking.discard)
                    asking.add_done_callback(self._raise_of)
                case Fail(failure=failure):
                    raise self._error_of(failure)
                case Assemble(pieces=pieces):
                    return [self._made[frames] for _, frames in pieces]
        return None

    async def _render(self, start: Start, limit: ChunkLimit) -> None:
        folder = self._folder()
        try:
            self._told(start, ChunkState.RUNNING)
            piece, result = await self._slots[start.slot].render(
                start.run, start.frames, folder, lambda now: self._got_on(start, now), limit
            )
            self._made[result.range] = (piece, result)
            self._told(start, ChunkState.DONE, stop=result.stop, frames=len(result.range))
            self._events.put_nowait(ChunkDone(start.run, result.range))
        except FramewrightError as error:
            helped = self._may_help(error, folder)
            _log.info("run_failed", frames=str(start.frames), slot=start.slot, code=error.code, helped=helped)
            self._errors[error.code, error.message] = error
            self._told(start, ChunkState.FAILED, message=error.message)
            failure = Failure(
                error.code,
                error.message,
                retryable=helped or error.retryable,
                elsewhere=isinstance(error, EnvironmentMismatchError),
            )
            self._events.put_nowait(ChunkFailed(start.run, failure))
        except Exception as error:  # noqa: BLE001 -- a listener's, or a mistake of ours: raised by run()
            self._events.put_nowait(error)

    def _run_ended(self, run: int, task: asyncio.Task[None]) -> None:
        self._runs.pop(run, None)
        self._limits.pop(run, None)
        # One that was stopped before its first step could not say so itself.
        if task.cancelled():
            self._events.put_nowait(ChunkFailed(run, Failure("CANCELLED", "The run was stopped.")))
        else:
            self._raise_of(task)

    def _raise_of(self, task: asyncio.Task[None]) -> None:
        # Whoever is told of a failure may fail himself, and nobody else would hear of that.
        if not task.cancelled() and (error := task.exception()) is not None:
            self._events.put_nowait(error)

    def _got_on(self, start: Start, now: ChunkProgress) -> None:
        self._told(start, ChunkState.RUNNING, stop=start.frames.start + now.total, frames=now.frames)
        self._events.put_nowait(Progress(start.run, now.frames))

    async def _shrink(self, run: int, stop: int) -> None:
        limit = self._limits.get(run)
        agreed = limit is not None and await limit.shrink(stop)
        if agreed:
            start = self._starts[run]
            self._told(start, ChunkState.SPLIT, stop=stop)
        self._events.put_nowait(Shrunk(run, stop) if agreed else NotShrunk(run, stop))

    def _told(
        self,
        start: Start,
        state: ChunkState,
        *,
        stop: int | None = None,
        frames: int = 0,
        message: str | None = None,
    ) -> None:
        self._tell(
            ChunkTold(
                chunk=start.chunk,
                state=state,
                start=start.frames.start,
                stop=start.frames.stop if stop is None else stop,
                frames=frames,
                worker=start.slot,
                attempt=start.attempt,
                message=message,
            )
        )

    def _error_of(self, failure: Failure) -> BaseException:
        found = self._errors.get((failure.code, failure.message))
        if found is not None:
            return found
        if failure.code == "CANCELLED":
            return RenderCancelledError(failure.message, code=failure.code)
        return FramewrightError(failure.message, code=failure.code)

    async def _tick(self) -> None:
        began = time.monotonic()
        while True:
            self._events.put_nowait(Tick(time.monotonic() - began))
            await asyncio.sleep(_TICK_SECONDS)


async def finished(tasks: Sequence[asyncio.Task[object]]) -> None:
    """Wait until all have ended, whoever cancels meanwhile: a run that goes on would write what nobody wants."""
    left = [task for task in tasks if not task.done()]
    cancelled = False
    while left:
        try:
            await asyncio.wait(left)
        except asyncio.CancelledError:
            cancelled = True
        left = [task for task in left if not task.done()]
    for task in tasks:
        if not task.cancelled():
            task.exception()
    if cancelled:
        raise asyncio.CancelledError
