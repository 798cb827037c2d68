"""An object store that speaks S3 on loopback, as a process of its own, and a door before it that can be shut."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_SECONDS = 60.0
PAGE = 20
"""Names in one answer to a list; others give a thousand."""
# It dies with us, whatever becomes of us.
_SERVER = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):
    os._exit(1)
from moto.server import main
main(["-H", "127.0.0.1", "-p", sys.argv[2]])
"""


@contextlib.contextmanager
def object_server() -> Iterator[str]:
    """The endpoint of a server that keeps everything in memory, and knows the bucket ``films``."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(os.getpid()), str(port)],
        env={**os.environ, "MOTO_S3_DEFAULT_MAX_KEYS": str(PAGE)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                ask(f"{endpoint}/films", method="PUT")
                break
            except OSError:
                assert server.poll() is None, "the object server has ended"
                assert time.monotonic() < until, "the object server does not answer"
                time.sleep(0.05)
        yield endpoint
    finally:
        server.kill()
        server.wait()


def ask(url: str, *, method: str = "GET", data: bytes | None = None) -> bytes:
    """One request, past every client."""
    request = urllib.request.Request(
        url, method=method, data=data, headers={"Content-Type": "application/octet-stream"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


class Door:
    """Passes on what comes to its port, until it is shut. An async context manager.

    Attributes:
        most: bytes of each answer that come through; None: all of them.
        silent: nothing more comes through, and nothing is shut.
        bytes: that have come back through it.
        opened: how often somebody came.
    """

    def __init__(self, endpoint: str, *, host: str = "127.0.0.1") -> None:
        self._port = int(endpoint.rpartition(":")[2])
        self._host = host
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.most: int | None = None
        self.silent = False
        self.bytes = 0
        self.opened = 0
        with socket.socket() as taken:
            taken.bind((host, 0))
            self.port = taken.getsockname()[1]
        self.endpoint = f"http://{host}:{self.port}"

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.shut()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, self._host, self.port)

    async def shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
            try:
                there = asyncio.ensure_future(self._copy(reader, far_writer))
                back = asyncio.ensure_future(self._copy(far_reader, writer, back=True))
                try:
                    await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    there.cancel()
                    back.cancel()
                    await asyncio.gather(there, back, return_exceptions=True)
            finally:
                far_writer.close()
        except OSError:
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool = False
    ) -> None:
        passed = 0
        while piece := await reader.read(1 << 16):
            if back and self.most is not None:
                piece = piece[: self.most - passed]
            passed += len(piece)
            self.bytes += len(piece) if back else 0
            writer.write(piece)
            await writer.drain()
            if back and self.most is not None and passed >= self.most:
                return
            while self.silent:
                await asyncio.sleep(0.05)
