"""A child process that renders frames, seen from its parent: started, told, listened to, and killed with all that is its."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from typing import TYPE_CHECKING

from framewright.executors.failures import error_of
from framewright.executors.messages import (
    LONGEST_LINE,
    Beat,
    CancelRun,
    CloseDown,
    RunDone,
    RunFailed,
    RunShrunk,
    RunTold,
    ShrinkRun,
    read_path,
    read_report,
)
from framewright.executors.offspring import how_it_ended, kill_offspring, start_offspring
from framewright.model.errors import SetupError, StalledError, WorkerError
from framewright.model.logs import get_logger
from framewright.model.secrets import public_environment
from framewright.render.chunk_limit import ChunkProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from framewright.executors.messages import OpenPlan, Order, RenderFrames
    from framewright.model.events import RenderEvent

PROGRAM = ("-P", "-m", "framewright.executors.child")
SILENCE_SECONDS = 30.0
"""Without a beat, which comes every second: then the process hangs as a whole, or the machine does."""
CANCEL_SECONDS = 2.0
CLOSE_SECONDS = 5.0
_BURIAL_SECONDS = 10.0
_LAST_WORDS = 40

_log = get_logger(__name__)


class ChildProcess:
    """One child. Make it with :meth:`start`, and :meth:`close` it whatever happens.

    Args:
        process: as it was started.
        on_event: called with what it tells of a render.
    """

    def __init__(self, process: asyncio.subprocess.Process, on_event: Callable[[RenderEvent], None]) -> None:
        self._process = process
        self._on_event = on_event
        self._words = deque[str](maxlen=_LAST_WORDS)
        self._heard = time.monotonic()
        self._run: int | None = None
        self._outcome: asyncio.Future[Path] | None = None
        self._on_progress: Callable[[ChunkProgress], None] | None = None
        self._shrinking: dict[int, asyncio.Future[bool]] = {}
        self._tasks = [
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._take_words()),
            asyncio.create_task(self._notice_silence()),
        ]

    @classmethod
    async def start(
        cls,
        opening: OpenPlan,
        on_event: Callable[[RenderEvent], None],
        *,
        program: Sequence[str] = PROGRAM,
    ) -> ChildProcess:
        """Start one, and tell it the plan.

        Raises:
            SetupError: ``WORKER_NOT_STARTED`` when the system starts no further process.
        """
        try:
            process = await start_offspring(program, public_environment(), longest_line=LONGEST_LINE)
        except OSError as error:
            raise SetupError(
                f"No process can be started to render in: {error.strerror}. Use --chunks 1.",
                code="WORKER_NOT_STARTED",
            ) from error
        child = cls(process, on_event)
        child._send(opening)
        return child

    @property
    def pid(self) -> int:
        """Of the process, and of its session."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be told anything."""
        return self._process.returncode is None and not self._tasks[0].done()

    async def render(self, order: RenderFrames, on_progress: Callable[[ChunkProgress], None]) -> Path:
        """Have frames rendered; where the piece stands. One run at a time.

        Cancelled, it returns within a few seconds, and the frames are left; a child that does not let go is killed.

        Raises:
            WorkerError: ``WORKER_DIED``. StalledError: ``WORKER_SILENT``.
            FramewrightError: whatever :func:`framewright.render.chunk.render_chunk` raised there.
        """
        self._outcome = outcome = asyncio.get_running_loop().create_future()
        self._run, self._on_progress = order.run, on_progress
        self._heard = time.monotonic()
        try:
            if not self.alive:
                raise self._death()
            self._send(order)
            return await asyncio.shield(outcome)
        except asyncio.CancelledError:
            self._send(CancelRun(run=order.run))
            await asyncio.wait((outcome,), timeout=CANCEL_SECONDS)
            if not outcome.done():
                _log.info("child_killed", pid=self.pid, why="it did not leave off")
                self.kill()
            raise
        finally:
            self._run = self._on_progress = None
            if outcome.done() and not outcome.cancelled():
                outcome.exception()  # whoever was cancelled does not ask for it
            else:
                outcome.cancel()

    async def shrink(self, run: int, stop: int) -> bool:
        """Ask a run to end before this frame; whether it does."""
        if self._run != run or not self.alive:
            return False
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._shrinking[stop] = answer
        self._send(ShrinkRun(run=run, stop=stop))
        try:
            return await answer
        finally:
            self._shrinking.pop(stop, None)

    def kill(self) -> None:
        """Kill it, its browsers, and whatever they have started. Harmless when it is dead."""
        if self._process.returncode is None:
            kill_offspring(self.pid)

    async def close(self) -> None:
        """Let it close its browsers and end, or kill it. Afterwards nothing of it is left. May be called again."""
        try:
            if self.alive:
                self._send(CloseDown())
                await asyncio.wait((self._tasks[0],), timeout=CLOSE_SECONDS)
        finally:
            self.kill()
            burial = asyncio.ensure_future(self._process.wait())
            while not burial.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait((burial,), timeout=_BURIAL_SECONDS)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._process.stdin is not None:
                self._process.stdin.close()

    def _send(self, order: Order) -> None:
        assert self._process.stdin is not None
        if not self._process.stdin.is_closing():
            self._process.stdin.write(order.line)

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            while line := await self._process.stdout.readline():
                self._heard = time.monotonic()
                self._take(line)
        except ValueError as error:
            _log.warning("child_not_understood", pid=self.pid, error=str(error))
            self.kill()
        except Exception as error:  # noqa: BLE001 -- of whoever is told; it ends the run
            self._fail(error)
            self.kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self._process.wait()
        self._fail(self._death())

    def _take(self, line: bytes) -> None:
        match read_report(line):
            case Beat(run=run) as beat if run is not None and run == self._run:
                if self._on_progress is not None:
                    self._on_progress(ChunkProgress(beat.frames, beat.total, beat.steps))
            case RunTold(told=event):
                self._on_event(event)
            case RunShrunk(stop=stop, agreed=agreed):
                answer = self._shrinking.get(stop)
                if answer is not None and not answer.done():
                    answer.set_result(agreed)
            case RunDone(run=run, piece=piece) if run == self._run:
                if self._outcome is not None and not self._outcome.done():
                    self._outcome.set_result(read_path(piece))
            case RunFailed(run=run) as failure if run == self._run:
                self._fail(error_of(failure))
            case _:
                pass

    def _fail(self, error: BaseException) -> None:
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_exception(error)
        for answer in self._shrinking.values():
            if not answer.done():
                answer.set_result(False)

    def _death(self) -> WorkerError:
        status = self._process.returncode
        how = how_it_ended(status)
        if self._run is not None:
            _log.warning("child_died", pid=self.pid, how=how, last_words=" | ".join(list(self._words)[-5:]))
        last = f": {self._words[-1]}" if self._words and status and status > 0 else ""
        return WorkerError(f"A process that renders has ended, {how}{last}.", code="WORKER_DIED")

    async def _take_words(self) -> None:
        assert self._process.stderr is not None
        while piece := await self._process.stderr.read(1 << 14):
            for line in piece.decode(errors="replace").splitlines():
                if line.strip():
                    self._words.append(line[:500])
                    _log.debug("child_says", pid=self.pid, line=line[:500])

    async def _notice_silence(self) -> None:
        while True:
            await asyncio.sleep(SILENCE_SECONDS / 10)
            if self._run is None or time.monotonic() - self._heard < SILENCE_SECONDS:
                continue
            self._fail(
                StalledError(
                    f"A process that renders has given no sign of life for {SILENCE_SECONDS:g} seconds.",
                    code="WORKER_SILENT",
                )
            )
            self.kill()
            return
