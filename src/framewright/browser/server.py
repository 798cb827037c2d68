"""A local web server for the files of one composition: what lies under its folder, and nothing else."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote_to_bytes

import uvicorn
from starlette.datastructures import Headers
from starlette.responses import FileResponse, PlainTextResponse, Response

from framewright.browser.media_types import media_type

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from starlette.types import Receive, Scope, Send

_START_SECONDS = 20.0
_STOP_SECONDS = 5.0
# One range; of several, the whole is a right answer too.
_RANGE = re.compile(r"bytes=(?=.*\d)(\d{0,15})-(\d{0,15})")
# Links that lead in a circle give a file names without end.
_DEEPEST = 32
_HEADERS = {
    "access-control-allow-origin": "*",
    "cache-control": "no-cache",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}


class FileServer:
    """Serves a folder on a free port of the loopback address. An async context manager.

    Links inside the folder are followed as long as they lead to something inside it. ``documents`` are answered
    first: they map a path such as ``/index.html`` to its content.

    Attributes:
        served: the files that somebody has asked for and that are there, as paths below the folder.
        lacked: what somebody has asked for and is not there, in the same way.
    """

    def __init__(self, root: Path, *, documents: Mapping[str, bytes] | None = None) -> None:
        self._root = Path(os.path.realpath(root))
        self._documents = {"/" + path.lstrip("/"): content for path, content in (documents or {}).items()}
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self.served: set[str] = set()
        self.lacked: set[str] = set()

    @property
    def origin(self) -> str:
        """Such as ``http://127.0.0.1:43210``."""
        assert self._socket is not None, "the server has not been started"
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        # asyncio does so only for sockets that name their protocol, and without it every answer waits 40 ms for an acknowledgement.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await self._start(self._socket)
        except BaseException:
            self._socket.close()
            raise
        return self

    async def _start(self, listening: socket.socket) -> None:
        config = uvicorn.Config(
            self,
            lifespan="off",
            log_config=None,
            access_log=False,
            log_level="critical",
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=1,
            interface="asgi3",
        )
        self._server = uvicorn.Server(config)
        # uvicorn's serve() takes over the signals of the process; its parts do not.
        if not config.loaded:
            config.load()
        self._server.lifespan = config.lifespan_class(config)
        async with asyncio.timeout(_START_SECONDS):
            await self._server.startup(sockets=[listening])
        self._serving = asyncio.create_task(self._server.main_loop())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        assert self._socket is not None
        assert self._serving is not None
        # Its own end is for servers with visitors to be polite to: it sleeps twice, a fifth of a second in all.
        self._serving.cancel()
        for server in self._server.servers:
            server.close()
        state = self._server.server_state
        for connection in list(state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        answering = [self._serving, *state.tasks]
        for task in answering:
            task.cancel()
        await asyncio.wait(answering, timeout=_STOP_SECONDS)
        self._socket.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            await (await self._answer(scope))(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        if scope["method"] == "OPTIONS":
            allowed = {"access-control-allow-methods": "GET, HEAD", "access-control-allow-headers": "*"}
            return Response(status_code=204, headers=_HEADERS | allowed)
        if scope["method"] not in {"GET", "HEAD"}:
            return _refusal(405, "only GET and HEAD")
        # Names of files are bytes; the path that comes decoded has lost those that are not UTF-8.
        path = decoded_path(scope["raw_path"].partition(b"?")[0])
        name = path + "index.html" if path.endswith("/") else path
        content = self._documents.get(name)
        if content is not None:
            self.served.add(name.lstrip("/"))
            return _document(content, media_type(name), Headers(scope=scope).get("range", ""))
        found = await asyncio.to_thread(find_file, self._root, path)
        if found is None:
            self.lacked.add(path.strip("/"))
            return _refusal(404, "no such file")
        file, facts = found
        self.served.add(name_below(self._root, path, file))
        return FileResponse(file, media_type=media_type(file.name), headers=_HEADERS, stat_result=facts)


def decoded_path(written: bytes | str) -> str:
    """The path of an address, its escapes undone, as the file system names it."""
    return os.fsdecode(unquote_to_bytes(written))


def find_file(root: Path, path: str) -> tuple[Path, os.stat_result] | None:
    """The readable regular file that a decoded path names, if it truly lies inside a folder.

    Args:
        root: the folder, free of links.
        path: as in an address, with slashes; a folder stands for its ``index.html``.
    """
    if "\0" in path:
        return None
    wished = os.path.join(root, *(part for part in path.split("/") if part))
    try:
        real = Path(os.path.realpath(wished, strict=True))
        if real.is_dir():
            real = Path(os.path.realpath(real / "index.html", strict=True))
        facts = real.stat()
    except (OSError, ValueError):
        return None
    inside = real.is_relative_to(root)
    return (real, facts) if inside and stat.S_ISREG(facts.st_mode) and os.access(real, os.R_OK) else None


def name_below(root: Path, path: str, real: Path) -> str:
    """The name below a folder that a path means, links not followed: what must lie there for the path to be found.

    Args:
        path: as of :func:`find_file`.
        real: the file that it was found to be.
    """
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if len(parts) > _DEEPEST or ".." in parts:
        return str(real.relative_to(root))
    # A folder stands for its page.
    return "/".join([*parts, "index.html"] if os.path.isdir(os.path.join(root, *parts)) else parts)


def _document(content: bytes, kind: str, wished: str) -> Response:
    """A document, or the one range of it that was wished for: players seek in media by ranges."""
    headers = _HEADERS | {"accept-ranges": "bytes"}
    match = _RANGE.fullmatch(wished)
    if match is None:
        return Response(content, media_type=kind, headers=headers)
    size = len(content)
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if start >= stop:
        return Response(status_code=416, headers=headers | {"content-range": f"bytes */{size}"})
    headers["content-range"] = f"bytes {start}-{stop - 1}/{size}"
    return Response(content[start:stop], status_code=206, media_type=kind, headers=headers)


def _refusal(status: int, reason: str) -> Response:
    return PlainTextResponse(f"{reason}\n", status_code=status, headers=_HEADERS)
