"""What comes in: never more than the installation takes, and never slower than anybody would wait."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from framewright.service.errors import MalformedError, SlowError, TooLargeError
from framewright.service.http.problems import CarriedError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from framewright.service.settings import ServiceSettings

GRACE_SECONDS = 30.0
"""A body may take so long, and as much longer as its bytes take at :data:`SLOWEST`."""
SLOWEST = 16 * 1024
"""Bytes a second."""
_LINGER_SECONDS = 2.0
_LINGER_BYTES = 8 * 2**20


class Bodies:
    """Counts and times the bodies of requests as they are read."""

    def __init__(self, app: ASGIApp, *, settings: ServiceSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, self._most(scope), Headers(scope=scope))
        await self._app(scope, body.receive, body.sending(send))

    def _most(self, scope: Scope) -> int:
        path: str = scope["path"]
        files = path == "/v1/uploads" or path.startswith("/v1/blobs/")
        return self._settings.upload if files else self._settings.body


class _Body:
    def __init__(self, receive: Receive, most: int, headers: Headers) -> None:
        self._receive = receive
        self._most = most
        self._length = headers.get("content-length", "")
        self._asks_first = "100-continue" in headers.get("expect", "").lower()
        self._read = 0
        self._whole = False
        self._until: float | None = None

    async def receive(self) -> Message:
        """The next part.

        Raises:
            CarriedError: it is too large, too slow or cut off.
        """
        if self._whole:
            return await self._receive()
        if self._length.isdecimal() and int(self._length[:20]) > self._most:
            raise CarriedError(self._too_large())
        loop = asyncio.get_running_loop()
        self._until = self._until or loop.time() + GRACE_SECONDS
        try:
            async with asyncio.timeout_at(self._until + self._read / SLOWEST):
                message = await self._receive()
        except TimeoutError:
            raise CarriedError(
                SlowError("The body came too slowly: send it again over a better line.", code="BODY_TOO_SLOW")
            ) from None
        if message["type"] == "http.disconnect":
            self._whole = True
            raise CarriedError(MalformedError("The body was cut off.", code="BODY_CUT_OFF"))
        self._count(message)
        if self._read > self._most:
            raise CarriedError(self._too_large())
        return message

    def sending(self, send: Send) -> Send:
        """Send an answer in such a way that it arrives also where the body was not read to its end."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and not self._whole:
                await self._linger()
                if not self._whole:
                    MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        return sent

    async def _linger(self) -> None:
        """Read on for a moment: a connection that is closed in the middle takes the answer with it."""
        if self._asks_first and not self._read:
            return
        most = self._read + _LINGER_BYTES
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                while not self._whole and self._read < most:
                    message = await self._receive()
                    self._count(message)

    def _count(self, message: Message) -> None:
        self._read += len(message.get("body", b""))
        self._whole = message["type"] == "http.disconnect" or not message.get("more_body", False)

    def _too_large(self) -> TooLargeError:
        return TooLargeError(
            f"The body is larger than the {self._most} bytes that are taken here.", code="BODY_TOO_LARGE"
        )
