"""A large file on its way to an object store: in parts, checked as it goes, and taken back when it is not wanted any more."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING

import obstore
from blake3 import blake3

from framewright.stores.reading import UnreadableError, changed_file
from framewright.stores.threads import StoppedError, in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from obstore.store import ObjectStore

PART = 8 << 20
_AT_A_TIME = 3
# An upload to S3 has at most 10 000 parts.
_MOST_PARTS = 9_000
_TAKING_BACK_SECONDS = 5.0


async def send(client: ObjectStore, name: str, path: Path, digest: str, size: int) -> None:
    """Send a file; it appears when all of it is there and is what it was said to be.

    Raises:
        StoreError: ``BLOB_CHANGED``.
        UnreadableError: the file cannot be read.
        Exception: of the client.
    """
    stop = Event()
    part = max(PART, -(-size // _MOST_PARTS))
    sending = asyncio.ensure_future(
        obstore.put_async(
            client,
            name,
            _parts(path, digest, part, stop),
            use_multipart=True,
            chunk_size=part,
            max_concurrency=_AT_A_TIME,
        )
    )
    try:
        await asyncio.shield(sending)
    except asyncio.CancelledError:
        # A client that is dropped leaves the parts that it has sent, unseen and paid for: let it fail, and it removes them.
        stop.set()
        await asyncio.wait((sending,), timeout=_TAKING_BACK_SECONDS)
        if not sending.done():
            sending.cancel()
        elif not sending.cancelled():
            sending.exception()
        raise


async def _parts(path: Path, digest: str, size: int, stop: Event) -> AsyncIterator[bytes]:
    seen = blake3()

    def read(_: Event) -> bytes:
        piece = file.read(size)
        seen.update(piece)
        return piece

    try:
        with path.open("rb") as file:
            while piece := await in_thread(read):
                yield piece
                if stop.is_set():
                    raise StoppedError
    except OSError as error:
        raise UnreadableError(error) from error
    if seen.hexdigest() != digest:
        raise changed_file(path)
