"""What routes count of what they do, where somebody counts."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from contextlib import AbstractContextManager

    from framewright.service.rooms import Rooms

_Result = TypeVar("_Result")


async def counted_probe(rooms: Rooms, work: Coroutine[None, None, _Result]) -> _Result:
    """Await a probe, and count what came of it."""
    outcome = "failed"
    try:
        result = await work
        outcome = "done"
    except asyncio.CancelledError:
        outcome = "cancelled"
        raise
    else:
        return result
    finally:
        if rooms.metrics is not None:
            rooms.metrics.probed(outcome)


async def counted_bytes(rooms: Rooms, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The body of an upload, counted as it comes."""
    async for piece in pieces:
        if rooms.metrics is not None:
            rooms.metrics.uploaded(len(piece))
        yield piece


def counted_listener(rooms: Rooms) -> AbstractContextManager[None]:
    """Entered as long as somebody listens."""
    return nullcontext() if rooms.metrics is None else rooms.metrics.listening()
