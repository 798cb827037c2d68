"""A browser's processes: started in a session of their own, tied to our life, killed as a whole."""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import re
import signal
import sys
import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.browser.connection import widen_pipe
from framewright.browser.proc import fair_bytes, process_tree, resident_bytes
from framewright.model.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

_LAUNCHER = Path(__file__).with_name("launcher.py")
_LAST_WORDS = 40
_NOISE = re.compile(r":(VERBOSE\d+|INFO|WARNING|ERROR):|^#?\d* 0x|^\[end of stack trace\]|DevTools listening")
_BURIAL_SECONDS = 10.0


class BrowserProcess:
    """A running browser: its pipes, its last words, its death.

    Make it with :meth:`start`, on a running event loop.

    Attributes:
        pid: of the leader of its session.
        read_fd, write_fd: our ends of the debugging pipe; whoever takes them closes them.
        on_exit: called once on the event loop when the leader has ended.
    """

    def __init__(self, pid: int, read_fd: int, write_fd: int, stderr_fd: int) -> None:
        self.pid = pid
        self.read_fd, self.write_fd = read_fd, write_fd
        self.on_exit: Callable[[], None] | None = None
        self.exited = asyncio.Event()
        self.status: int | None = None
        self._loop = asyncio.get_running_loop()
        self._stderr_fd = stderr_fd
        self._stderr = deque[str](maxlen=_LAST_WORDS)
        self._cut = b""
        self._spent = 0.0
        os.set_blocking(stderr_fd, False)
        self._loop.add_reader(stderr_fd, self._take_stderr)
        self._watch = _watch_exit(pid, self._loop, self._ended)

    @classmethod
    async def start(cls, command: Sequence[str], environment: dict[str, str]) -> BrowserProcess:
        """Start a browser that speaks on its descriptors 3 and 4.

        Raises:
            SetupError: ``BROWSER_MISSING`` when the system refuses to start it.
        """
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        stderr_out, stderr_in = os.pipe()
        widen_pipe(ours_in)
        widen_pipe(ours_out)
        try:
            pid = await asyncio.wrap_future(
                _spawner().spawn(command, environment, theirs_in, theirs_out, stderr_in)
            )
        except OSError as error:
            for fd in (ours_in, ours_out, stderr_out):
                os.close(fd)
            raise SetupError(f"{command[0]} cannot be started: {error}.", code="BROWSER_MISSING") from error
        finally:
            for fd in (theirs_in, theirs_out, stderr_in):
                os.close(fd)
        return cls(pid, ours_in, ours_out, stderr_out)

    @property
    def last_words(self) -> str:
        """The last lines that it wrote to its standard error."""
        self._take_stderr()
        return "\n".join(self._stderr)

    def wrote(self, *phrases: str) -> bool:
        """Whether one of its last lines has one of these phrases."""
        self._take_stderr()
        return any(phrase in line for line in self._stderr for phrase in phrases)

    @property
    def complaint(self) -> str:
        """The last line that is more than the usual noise of Chromium's log; empty when there is none."""
        self._take_stderr()
        for line in reversed(self._stderr):
            if not _NOISE.search(line):
                return line.strip().rstrip(".")
        return ""

    @property
    def ending(self) -> str:
        """How its leader ended, for people."""
        if self.status is None:
            return "it closed its pipe"
        if self.status < 0:
            return f"by signal {-self.status}, {signal.strsignal(-self.status)}"
        return f"with exit status {self.status}"

    def kill(self) -> None:
        """Kill every process of the browser at once. Harmless when it is dead."""
        tree = process_tree(self.pid)
        self._spent = max(self._spent, sum(facts.cpu_seconds for facts in tree))
        if not self.exited.is_set():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, signal.SIGKILL)
        for facts in tree:
            if facts.pid != self.pid:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(facts.pid, signal.SIGKILL)

    async def buried(self) -> None:
        """Wait until no process of the browser is left, at most 10 s."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_BURIAL_SECONDS):
                await self.exited.wait()
                while process_tree(self.pid):  # noqa: ASYNC110 -- nothing tells us of grandchildren
                    await asyncio.sleep(0.01)
        if self._stderr_fd >= 0:
            self._take_stderr()
            self._close_stderr()

    def cpu_seconds(self) -> float:
        """Processor time of the whole tree so far."""
        self._spent = max(self._spent, sum(facts.cpu_seconds for facts in process_tree(self.pid)))
        return self._spent

    def memory_bytes(self, *, quick: bool = False) -> int:
        """Memory of the whole tree; ``quick`` counts shared pages more than once, and costs little."""
        measure = resident_bytes if quick else fair_bytes
        return sum(measure(facts.pid) for facts in process_tree(self.pid))

    def _ended(self, status: int) -> None:
        self.status = status
        self.exited.set()
        if self.on_exit is not None:
            self.on_exit()

    def _take_stderr(self) -> None:
        if self._stderr_fd < 0:
            return
        try:
            data = os.read(self._stderr_fd, 65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._close_stderr()
            return
        *lines, self._cut = (self._cut + data).split(b"\n")
        self._cut = self._cut[-4096:]
        self._stderr.extend(line.decode(errors="replace")[:500] for line in lines if line.strip())

    def _close_stderr(self) -> None:
        if self._stderr_fd >= 0:
            self._loop.remove_reader(self._stderr_fd)
            os.close(self._stderr_fd)
            self._stderr_fd = -1


def _watch_exit(pid: int, loop: asyncio.AbstractEventLoop, ended: Callable[[int], None]) -> threading.Thread:
    """Wait for a child in a thread of its own: works on every system and whatever the loop's child watcher is."""

    def wait() -> None:
        try:
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        except ChildProcessError:  # somebody else has buried it
            status = -1
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(ended, status)

    thread = threading.Thread(target=wait, name=f"browser-{pid}", daemon=True)
    thread.start()
    return thread


class _Spawner:
    """Starts processes from one thread that never ends.

    Linux sends the parent-death signal when the *thread* that forked ends, so a browser that was started from a
    short-lived one would die with it.
    """

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._orders: queue.SimpleQueue[tuple[Future[int], Callable[[], int]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="browser-spawner", daemon=True).start()

    def spawn(
        self, command: Sequence[str], environment: dict[str, str], in_fd: int, out_fd: int, stderr_fd: int
    ) -> Future[int]:
        """Start a command through the launcher; the future holds its pid."""
        from concurrent.futures import Future

        line = [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), *command]

        def order() -> int:
            # Copies above 9, so that giving them their numbers overwrites none of them.
            high = [_copy_above(fd) for fd in (in_fd, out_fd, stderr_fd)]
            try:
                return os.posix_spawn(
                    sys.executable,
                    line,
                    environment,
                    file_actions=[
                        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                        (os.POSIX_SPAWN_DUP2, high[2], 2),
                        (os.POSIX_SPAWN_DUP2, high[0], 3),
                        (os.POSIX_SPAWN_DUP2, high[1], 4),
                    ],
                    setsid=True,
                    setsigmask=(),
                    setsigdef=(signal.SIGINT, signal.SIGTERM, signal.SIGPIPE),
                )
            finally:
                for fd in high:
                    os.close(fd)

        answer: Future[int] = Future()
        self._orders.put((answer, order))
        return answer

    def _run(self) -> None:
        while True:
            answer, order = self._orders.get()
            try:
                answer.set_result(order())
            except BaseException as error:  # noqa: BLE001 -- belongs to whoever waits
                answer.set_exception(error)


def _copy_above(fd: int) -> int:
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)


_the_spawner: _Spawner | None = None
_spawner_lock = threading.Lock()


def _spawner() -> _Spawner:
    global _the_spawner  # noqa: PLW0603 -- one thread for the whole process is the point
    with _spawner_lock:
        if _the_spawner is None or _the_spawner.owner != os.getpid():
            _the_spawner = _Spawner()
        return _the_spawner
