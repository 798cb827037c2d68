"""Server-sent events: the story of a job as it happens, for as long as somebody listens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import Response

from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from contextlib import AbstractContextManager

    from starlette.types import Receive, Scope, Send

    from framewright.model.job import Told

MEDIA_TYPE = "text/event-stream"
KEEP_ALIVE_SECONDS = 1.5
"""Without an event for so long, a comment shows that the service is there."""
SLOW_SECONDS = 30.0
"""A reader that takes nothing for so long is cut off. It may come back and say which event it saw last."""
_BACK_AFTER = 1000
_log = get_logger(__name__)


def event_bytes(told: Told) -> bytes:
    """An event as it is sent; JSON has no line breaks of its own."""
    told_json = told.told.model_dump_json()
    at = told.model_dump_json(include={"at"})
    return f"id: {told.id}\nevent: {told.told.event}\ndata: {at[:-1]},{told_json[1:]}\n\n".encode()


class EventStream(Response):
    """An answer that goes on until the job ends, the listener leaves or the service stops.

    Nothing is kept for a listener: the next event is asked for once the last one is sent.

    Args:
        listening: entered as long as it goes on.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self,
        told: AsyncIterator[Told],
        stopping: asyncio.Event,
        headers: Mapping[str, str] | None = None,
        *,
        listening: AbstractContextManager[None],
        job: str,
        request: str,
    ) -> None:
        super().__init__(headers={**(headers or {}), "cache-control": "no-store", "x-accel-buffering": "no"})
        # An answer without an end has no length.
        self.raw_headers = [(name, value) for name, value in self.raw_headers if name != b"content-length"]
        self._told = told
        self._stopping = stopping
        self._listening = listening
        self._names = {"job": job, "request": request}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until one of the three ends it."""
        del scope
        with self._listening:
            await self._go_on(receive, send)

    async def _go_on(self, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        writing = asyncio.create_task(self._write(send))
        ends = [
            writing,
            asyncio.create_task(_left(receive)),
            asyncio.create_task(self._stopping.wait()),
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if not writing.done() and self._stopping.is_set():
                await _stop(writing)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            for task in ends:
                await _stop(task)
            close = getattr(self._told, "aclose", None)
            if close is not None:
                await close()
        if not writing.cancelled() and (error := writing.exception()) is not None:
            raise error

    async def _write(self, send: Send) -> None:
        await _send(send, f"retry: {_BACK_AFTER}\n\n".encode())
        coming: asyncio.Task[Told | None] | None = None
        try:
            while True:
                coming = coming or asyncio.create_task(_next(self._told))
                await asyncio.wait([coming], timeout=KEEP_ALIVE_SECONDS)
                if not coming.done():
                    await _send(send, b":\n\n")
                    continue
                told, coming = coming.result(), None
                if told is None:
                    break
                await _send(send, event_bytes(told))
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            _log.info("listener_cut_off", seconds=SLOW_SECONDS, **self._names)
        finally:
            if coming is not None:
                await _stop(coming)


async def _next(told: AsyncIterator[Told]) -> Told | None:
    return await anext(told, None)


async def _send(send: Send, body: bytes) -> None:
    """Raises TimeoutError: nobody takes it."""
    async with asyncio.timeout(SLOW_SECONDS):
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stop(task: asyncio.Task[object] | asyncio.Task[None] | asyncio.Task[bool]) -> None:
    task.cancel()
    await asyncio.wait([task])
