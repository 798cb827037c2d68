"""A body on its way from the network to the disk. How slowly it may come is for those to say who read the network."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from framewright.service.errors import TooLargeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable

_GATHERED = 1 << 20


async def receive(pieces: AsyncIterable[bytes], write: Callable[[bytes], object], *, largest: int) -> int:
    """Write what comes, and tell how much it was.

    Args:
        write: called in a thread, a megabyte at a time or so.
        largest: bytes.

    Raises:
        TooLargeError: ``BODY_TOO_LARGE``.
    """
    size = 0
    gathered = bytearray()
    async for piece in pieces:
        size += len(piece)
        if size > largest:
            raise TooLargeError(
                f"An upload has at most {largest} bytes: leave out what the pages do not need, or send it file by file.",
                code="BODY_TOO_LARGE",
            )
        gathered += piece
        if len(gathered) >= _GATHERED:
            await asyncio.to_thread(write, bytes(gathered))
            gathered.clear()
    if gathered:
        await asyncio.to_thread(write, bytes(gathered))
    return size
