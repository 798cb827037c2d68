"""The app behind a port, inside our own loop: uvicorn's parts without its hold on the process and its signals."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING

import uvicorn

from framewright.model.errors import SetupError
from framewright.service.http.connection import Connection

if TYPE_CHECKING:
    from typing import Self

    from starlette.types import ASGIApp

_START_SECONDS = 20.0
_ANSWER_SECONDS = 5
_KEEP_ALIVE_SECONDS = 20
_BACKLOG = 1024
_LONGEST_HEAD = 32 * 1024


class Listening:
    """An app that answers at an address, as long as the context lasts.

    Leaving it, answers that are under way have five seconds.

    Raises:
        SetupError: ``PORT_TAKEN``, ``HOST_INVALID``.
    """

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it answers, such as ``http://127.0.0.1:8080``."""
        assert self._socket is not None, "it does not listen yet"
        port = self._socket.getsockname()[1]
        host = f"[{self._host.strip('[]')}]" if ":" in self._host else self._host
        return f"http://{host}:{port}"

    async def __aenter__(self) -> Self:
        listening = await asyncio.to_thread(_bound, self._host.strip("[]"), self._port)
        config = uvicorn.Config(
            self._app,
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            # Whoever stands before us names the caller; what strangers say of themselves counts for nothing.
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_ANSWER_SECONDS,
            h11_max_incomplete_event_size=_LONGEST_HEAD,
            backlog=_BACKLOG,
        )
        server = self._server = uvicorn.Server(config)
        config.load()
        server.lifespan = config.lifespan_class(config)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await server.startup(sockets=[listening])
        except BaseException:
            listening.close()
            raise
        self._socket = listening
        self._serving = asyncio.create_task(server.main_loop())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        assert self._serving is not None
        assert self._socket is not None
        self._serving.cancel()
        await asyncio.wait([self._serving])
        await self._server.shutdown(sockets=[self._socket])
        state = self._server.server_state
        for connection in list(state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        if state.tasks:
            await asyncio.wait(list(state.tasks), timeout=_ANSWER_SECONDS)


def _bound(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # Of the two addresses that 'localhost' mostly has, the one that everybody tries.
        family, *_, address = min(found, key=lambda one: one[0] is not socket.AF_INET)
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except socket.gaierror as error:
        raise SetupError(
            f"--host '{host}' is no address of this machine: give one such as 127.0.0.1 or 0.0.0.0.",
            code="HOST_INVALID",
        ) from error
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise SetupError(
            f"The service cannot listen at {host}, port {port}: {why}. Give another one with --port or --host.",
            code="PORT_TAKEN",
        ) from error
