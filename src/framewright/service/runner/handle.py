"""A runner, seen from the service: started, told, listened to, and killed with all that is its."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import deque
from typing import TYPE_CHECKING

from framewright.browser.proc import process_tree
from framewright.executors.failures import class_named
from framewright.executors.offspring import how_it_ended, start_offspring
from framewright.model.errors import FramewrightError, SetupError, StalledError, WorkerError
from framewright.model.logs import get_logger
from framewright.service.runner.cage import caged_environment
from framewright.service.runner.messages import (
    LONGEST_LINE,
    Beat,
    EventTold,
    Ready,
    RunFailed,
    Stop,
    read_report,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.service.runner.hiding import Hiding
    from framewright.service.runner.messages import Answer, EnterCage, Order, Run, RunEvent

PROGRAM = ("-P", "-m", "framewright.service.runner.process")
SILENCE_SECONDS = 30.0
"""Without a beat, which comes every second: then the process hangs as a whole, or the machine does."""
STOP_SECONDS = 1.0
"""That a runner is given to leave off in good order."""
_BURIAL_SECONDS = 10.0
_LAST_WORDS = 40
_LONGEST_WORDS = 2000

_log = get_logger(__name__)


class Runner:
    """One process, for one run. Make it with :meth:`start`, and :meth:`close` it whatever happens.

    Args:
        process: as it was started.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._words = deque[str](maxlen=_LAST_WORDS)
        self._heard = time.monotonic()
        self._outcome: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._on_event: Callable[[RunEvent], None] = lambda _: None
        self._on_log: Callable[[str], None] | None = None
        self._hiding: Hiding | None = None
        self._running = False
        self._listening = asyncio.create_task(self._listen())
        self._tasks = (
            self._listening,
            asyncio.create_task(self._take_words()),
            asyncio.create_task(self._notice_silence()),
        )

    @classmethod
    async def start(cls) -> Runner:
        """Start one; it waits for its order.

        Raises:
            SetupError: ``RUNNER_NOT_STARTED`` when the system starts no further process.
        """
        try:
            return cls(await start_offspring(PROGRAM, caged_environment(), longest_line=LONGEST_LINE))
        except OSError as error:
            raise SetupError(
                f"No process can be started to render in: {error.strerror}.", code="RUNNER_NOT_STARTED"
            ) from error

    @property
    def pid(self) -> int:
        """Of the process, and of its session."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be told anything."""
        return self._process.returncode is None and not self._listening.done()

    async def run(
        self,
        cage: EnterCage,
        order: Run,
        on_event: Callable[[RunEvent], None],
        *,
        on_log: Callable[[str], None] | None = None,
        hiding: Hiding | None = None,
    ) -> Answer:
        """Have an order done. Cancelled, it asks the runner to leave off, and gives it a second for that.

        Args:
            on_log: called with each line that is logged there.
            hiding: takes out of all that comes from there what nobody shall read.

        Raises:
            WorkerError: ``RUNNER_DIED``. StalledError: ``RUNNER_SILENT``.
            FramewrightError: whatever was raised there, of the same class. Whatever ``on_event`` raises ends it, too.
        """
        self._on_event, self._on_log, self._hiding = on_event, on_log, hiding
        self._running, self._heard = True, time.monotonic()
        try:
            if not self.alive:
                raise self._death()
            self._send(cage)
            self._send(order)
            return await asyncio.shield(self._outcome)
        except asyncio.CancelledError:
            if self.alive:
                self._send(Stop())
                await asyncio.wait((self._listening,), timeout=STOP_SECONDS)
            raise
        finally:
            self._running = False

    async def close(self, sessions: frozenset[int] = frozenset()) -> None:
        """Kill it, its browsers, and whatever they have started. Afterwards nothing of it is left. May be called again.

        Args:
            sessions: further ones that its processes were seen in.
        """
        self._running = False
        burial = asyncio.ensure_future(asyncio.to_thread(_bury, self.pid, sessions))
        both = (burial, asyncio.ensure_future(self._process.wait()))
        while not all(one.done() for one in both):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait(both, timeout=_BURIAL_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._outcome.done() and not self._outcome.cancelled():
            self._outcome.exception()  # whoever was cancelled does not ask for it
        self._outcome.cancel()
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
                self._take(line if self._hiding is None else self._hiding.of_line(line))
        except ValueError as error:
            _log.warning("runner_not_understood", pid=self.pid, error=str(error)[:200])
        except Exception as error:  # noqa: BLE001 -- of whoever is told; it ends the run
            self._fail(error)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self._process.wait()
        self._fail(self._death())

    def _take(self, line: bytes) -> None:
        match read_report(line):
            case Beat() | Ready():
                pass
            case EventTold(told=event):
                if self._running and not self._outcome.done():
                    self._on_event(event)
            case RunFailed() as failure:
                self._fail(class_named(failure.error)(failure.message, code=failure.code))
            case answer:
                if not self._outcome.done():
                    self._outcome.set_result(answer)

    def _fail(self, error: BaseException) -> None:
        if not self._outcome.done():
            self._outcome.set_exception(error)

    def _death(self) -> FramewrightError:
        status = self._process.returncode
        how = how_it_ended(status)
        if self._running and not self._outcome.done():
            _log.warning("runner_died", pid=self.pid, how=how, last_words=" | ".join(list(self._words)[-5:]))
        return WorkerError(f"The process that rendered the job has ended, {how}.", code="RUNNER_DIED")

    async def _take_words(self) -> None:
        assert self._process.stderr is not None
        rest = b""
        while piece := await self._process.stderr.read(1 << 14):
            *lines, rest = (rest + piece).split(b"\n")
            rest = rest[:_LONGEST_WORDS]
            for line in lines:
                self._take_word(line)
        self._take_word(rest)

    def _take_word(self, line: bytes) -> None:
        word = line[:_LONGEST_WORDS].decode(errors="replace").strip()
        if not word:
            return
        self._words.append(word)
        if self._on_log is not None:
            self._on_log(word if self._hiding is None else self._hiding.of_text(word))

    async def _notice_silence(self) -> None:
        while True:
            await asyncio.sleep(SILENCE_SECONDS / 10)
            if not self._running or time.monotonic() - self._heard < SILENCE_SECONDS:
                continue
            self._fail(
                StalledError(
                    f"The process that renders the job has given no sign of life for {SILENCE_SECONDS:g} seconds.",
                    code="RUNNER_SILENT",
                )
            )
            return


def _bury(pid: int, sessions: frozenset[int]) -> None:
    """Kill until nothing is left. Whoever is orphaned is known by its session."""
    known = sessions | {pid}
    end = time.monotonic() + _BURIAL_SECONDS
    while time.monotonic() < end:
        left = {facts.pid: facts for session in known for facts in process_tree(session)}
        if not left:
            return
        known |= {facts.session for facts in left.values()} - {os.getsid(0)}
        for facts in left.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(facts.pid, signal.SIGKILL)
        time.sleep(0.01)
    _log.warning("runner_not_buried", pid=pid)
