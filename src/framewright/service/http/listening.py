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


def bound(host: str, port: int) -> socket.socket:
    """A socket at which callers may knock; it blocks, where a name must be looked up.

    Raises:
        SetupError: ``PORT_TAKEN``, ``HOST_INVALID``.
    """
    host = host.strip("[]")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # Of the two addresses that 'localhost' mostly has, the one that everybody tries.
        family, *_, address = min(found, key=lambda one: one[0] is not socket.AF_INET)
        listening = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
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
    # asyncio does so only for sockets that name their protocol, and without it every answer waits 40 ms for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def url_of(listening: socket.socket, host: str) -> str:
    """Where a socket is reached, such as ``http://127.0.0.1:8080``."""
    name = f"[{host.strip('[]')}]" if ":" in host else host
    return f"http://{name}:{listening.getsockname()[1]}"


class Listening:
    """An app that answers at a socket, as long as the context lasts; it is closed then.

    Leaving it, answers that are under way have five seconds.
    """

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        self._app = app
        self._socket = listening
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def busy(self) -> int:
        """Answers that are under way."""
        return 0 if self._server is None else len(self._server.server_state.tasks)

    async def __aenter__(self) -> Self:
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
        async with asyncio.timeout(_START_SECONDS):
            await server.startup(sockets=[self._socket])
        self._serving = asyncio.create_task(server.main_loop())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        assert self._serving is not None
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
