"""A whole cluster for one render on this machine: server, worker and store, all in a process beside us and gone with it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import framewright
from framewright.browser.proc import process_tree
from framewright.executors.temporal.connecting import need_temporal
from framewright.executors.temporal.dev_server import launched
from framewright.executors.temporal.settings import TemporalSettings
from framewright.model.errors import SetupError
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_START_SECONDS = 120.0
_STOP_SECONDS = 45.0
"""What runs when the worker is told to stop may go on for half a minute."""
_LONGEST_LINE = 1 << 20
_LAST_WORDS = 20
# They tell of another cluster than this one.
_FOREIGN = ("FRAMEWRIGHT_TEMPORAL_", "FRAMEWRIGHT_STORE")
_COMMAND = ("-P", "-m", "framewright", "worker", "--dev", "--json")

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DevCluster:
    """Where it is.

    Attributes:
        store: the URI of its store.
        pid: of the process that has all of it.
    """

    settings: TemporalSettings
    store: str
    pid: int


@asynccontextmanager
async def dev_cluster() -> AsyncIterator[DevCluster]:
    """Start one; it is gone when the context is left, and soon after this process dies in whatever way.

    Raises:
        SetupError: ``EXTRA_MISSING``; ``DEV_CLUSTER_FAILED``; or what the worker itself says, such as ``WORKER_UNFIT``.
    """
    need_temporal()
    room = str(Path(framewright.__file__).parents[1])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (room, os.environ.get("PYTHONPATH"))))
    process = await asyncio.create_subprocess_exec(
        *launched(signal.SIGTERM, (sys.executable, *_COMMAND)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        # Ctrl-C in a terminal is for us: the render is called off first.
        start_new_session=True,
        limit=_LONGEST_LINE,
    )
    worker = _Worker(process)
    try:
        yield await worker.ready()
    finally:
        await worker.stop()


class _Worker:
    """The process, listened to."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._words = deque[str](maxlen=_LAST_WORDS)
        self._error: SetupError | None = None
        self._ready: asyncio.Future[DevCluster] = asyncio.get_running_loop().create_future()
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._take_words())]

    async def ready(self) -> DevCluster:
        """Wait until it listens."""
        try:
            async with asyncio.timeout(_START_SECONDS):
                return await asyncio.shield(self._ready)
        except TimeoutError as error:
            raise SetupError(
                f"The cluster for --temporal-dev has not come up within {_START_SECONDS:g} s.",
                code="DEV_CLUSTER_FAILED",
            ) from error

    async def stop(self) -> None:
        """Let it end, or kill it with all that is its."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
        ended = asyncio.ensure_future(self._process.wait())
        loop = asyncio.get_running_loop()
        limit = loop.time() + _STOP_SECONDS
        # Whoever cancels meanwhile does not leave it behind.
        while not ended.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait((ended,), timeout=max(0.1, limit - loop.time()))
            if not ended.done() and loop.time() > limit:
                self._kill()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._ready.done() and not self._ready.cancelled():
            self._ready.exception()

    def _kill(self) -> None:
        for facts in process_tree(self._process.pid):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(facts.pid, signal.SIGKILL)

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError):
            while line := await self._process.stdout.readline():
                self._take(line)
        # The last words come beside it.
        await asyncio.wait((self._tasks[1],), timeout=1.0)
        if not self._ready.done():
            said = f": {self._words[-1].rstrip('.')}" if self._words else ""
            self._ready.set_exception(
                self._error
                or SetupError(
                    f"The cluster for --temporal-dev has ended before it was ready{said}.",
                    code="DEV_CLUSTER_FAILED",
                )
            )

    def _take(self, line: bytes) -> None:
        told = json.loads(line)
        if told.get("event") == "ready" and not self._ready.done():
            usual = TemporalSettings.model_construct(
                **{name: field.default for name, field in TemporalSettings.model_fields.items()}
            )
            settings = usual.model_copy(
                update={name: told[name] for name in ("address", "namespace", "queue")}
            )
            self._ready.set_result(DevCluster(settings, told["store"], self._process.pid))
        elif told.get("event") == "error":
            self._error = SetupError(told["message"], code=told["code"])

    async def _take_words(self) -> None:
        assert self._process.stderr is not None
        while piece := await self._process.stderr.read(1 << 14):
            for line in piece.decode(errors="replace").splitlines():
                if line.strip():
                    self._words.append(line[:500])
                    _log.debug("dev_cluster_says", line=line[:500])
