"""Workers as people start them: each a process with a place of its own for its browsers, which tests stop, freeze and kill."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from truth import remains

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

_Fact = TypeVar("_Fact")

PATIENCE = 240.0
"""For what takes a few seconds where there is nothing else to do."""
# Whatever becomes of the tests, it ends with them.
_TIED = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):
    os._exit(1)
os.execvp(sys.argv[2], sys.argv[2:])
"""
_CHILD = b"framewright.executors.child"


async def until(
    look: Callable[[], Awaitable[_Fact] | _Fact], what: str, *, seconds: float = PATIENCE
) -> _Fact:
    """Look until there is something, and return it."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        seen: _Fact = await found if inspect.isawaitable(found) else found
        if seen:
            return seen
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        await asyncio.sleep(0.05)


class WorkerProcess:
    """One ``framewright worker``.

    Args:
        folder: for its browsers; the name of each worker's own folder in it names the worker's browsers in /proc.
        log: the file of what it tells, and one beside it of its log.
        options: of the command.
        environment: beside that of the tests.
        before: a command that runs it, such as one that gives it another network.
    """

    def __init__(
        self,
        folder: Path,
        log: Path,
        options: Sequence[str],
        environment: Mapping[str, str],
        before: Sequence[str] = (),
    ) -> None:
        self.place = folder
        self.place.mkdir()
        self._told = log
        self._log = log.with_suffix(".log")
        command = [*before, sys.executable, "-m", "framewright", "worker", "--json", *options]
        with self._told.open("wb") as told, self._log.open("wb") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _TIED, str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=words,
                env={**os.environ, "FRAMEWRIGHT_TMPDIR": str(folder), **environment},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def events(self) -> list[dict[str, object]]:
        """What it has told so far."""
        return [json.loads(line) for line in self._told.read_bytes().split(b"\n")[:-1]]

    async def ready(self) -> None:
        """Until it listens."""

        def look() -> bool:
            assert self.process.poll() is None, f"the worker has ended: {self.words}"
            return any(event["event"] == "ready" for event in self.events)

        await until(look, "the worker listens")

    @property
    def name(self) -> str:
        """Under which Temporal knows it."""
        return str(next(event["worker"] for event in self.events if event["event"] == "ready"))

    @property
    def words(self) -> str:
        """The end of its log."""
        return self._log.read_text(errors="replace")[-4000:]

    def done(self, activity: str) -> list[dict[str, object]]:
        """What it has told of such activities that ended well."""
        return [
            event
            for event in self.events
            if event["event"] == "work" and event["activity"] == activity and event["outcome"] == "done"
        ]

    @property
    def children(self) -> list[int]:
        """The processes that it renders and encodes in, whether or not it lives itself."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                words = entry.joinpath("cmdline").read_bytes().split(b"\0")
                if _CHILD in words and words[words.index(_CHILD) + 1] == str(self.pid).encode():
                    found.append(int(entry.name))
        return found

    @property
    def browsers(self) -> list[int]:
        """Processes of its browsers."""
        return sorted(remains.browsers(self.place))

    @property
    def rendering(self) -> list[int]:
        """All that draws or encodes for it."""
        return [*self.children, *self.browsers]

    def send(self, what: signal.Signals) -> None:
        """To the worker itself, none of its children."""
        self.process.send_signal(what)

    def kill(self) -> None:
        """As a crash does."""
        self.send(signal.SIGKILL)
        self.process.wait()

    async def stop(self) -> None:
        """End it as its machine does; what a killed one has left on the disk is removed as the next start would."""
        if self.process.poll() is None:
            self.send(signal.SIGCONT)
            self.send(signal.SIGTERM)
            with suppress(AssertionError):
                await until(lambda: self.process.poll() is not None, "the worker ends", seconds=45)
        self.kill()
        await until(lambda: not self.rendering, "all that the worker had started is gone", seconds=20)
        shutil.rmtree(self.place)
