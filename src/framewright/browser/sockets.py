"""Sockets by which our own scripts inside pages reach us: on the loopback address, and on a port that is free."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from websockets.asyncio.server import serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from websockets.asyncio.server import ServerConnection

_GOODBYE_SECONDS = 1.0
_USUAL_QUEUE = 16


@asynccontextmanager
async def listening(
    answer: Callable[[ServerConnection], Awaitable[None]], *, longest: int, unread: int = _USUAL_QUEUE
) -> AsyncIterator[int]:
    """Listen, and give the port. Whoever connects proves by its secret path that it is ours: ``answer`` looks at it.

    Args:
        answer: serves one connection.
        longest: bytes of a message, at most.
        unread: messages that wait for a connection that is not being read.
    """
    server = await serve(
        answer,
        "127.0.0.1",
        0,
        compression=None,
        max_size=longest,
        max_queue=unread,
        ping_interval=None,
        server_header=None,
    )
    try:
        yield next(iter(server.sockets)).getsockname()[1]
    finally:
        server.close()
        # A page that hangs does not answer the goodbye.
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await server.wait_closed()
