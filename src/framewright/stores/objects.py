"""A store in a bucket of an object store: S3 and all that speak like it, Google Cloud Storage, Azure. Needs the extra."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar
from weakref import WeakValueDictionary

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError

from framewright.model.errors import FramewrightError, StoreError
from framewright.stores.blobs import digest_of
from framewright.stores.cache import WrongBytesError
from framewright.stores.names import blob_name, document_name, is_name
from framewright.stores.object_errors import store_error
from framewright.stores.patience import Patience
from framewright.stores.reading import UnreadableError, changed_file, digest_of_file, pieces, size_of_file
from framewright.stores.sending import PART, send
from framewright.stores.store import REFRESH_SECONDS, StoredThing
from framewright.stores.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from pathlib import Path
    from threading import Event
    from types import TracebackType

    from obstore import GetOptions

    from framewright.stores.blobs import BlobWriter
    from framewright.stores.buckets import Bucket
    from framewright.stores.cache import BlobCache

_Result = TypeVar("_Result")
_REFRESH = timedelta(seconds=REFRESH_SECONDS)
# Small enough for a slow line to bring one before it counts as quiet.
_PIECE = 512 << 10
_QUIET_SECONDS = 20.0
# What one request can remove, and one answer list.
_AT_ONCE = 1000


class ObjectStore:
    """See :class:`~framewright.stores.store.BlobStore`."""

    def __init__(self, bucket: Bucket, cache: BlobCache) -> None:
        self.uri = bucket.uri
        self._calls = bucket.calls
        self._bulk = bucket.bulk
        self._cache = cache
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def put(self, path: Path, digest: str | None = None) -> str:
        """See the protocol."""
        blob_name(digest or "0" * 64)
        try:
            if digest is None:
                digest = await in_thread(lambda stop: digest_of_file(path, stop))
            found = digest
            size = await in_thread(lambda _: size_of_file(path))
            if not await self._is_kept(blob_name(found), size):
                await self._do(lambda: self._keep(path, found, size))
        except UnreadableError as error:
            raise error.error from None
        return found

    async def get(self, digest: str) -> Path:
        """See the protocol."""
        name = blob_name(digest)
        turn = self._turns.setdefault(digest, asyncio.Lock())
        async with turn:  # chunks of one plan want the same files at the same time
            found = await in_thread(lambda stop: self._cache.find(digest, stop))
            if found is not None:
                return found
            for _ in range(2):  # what was wrong on its way may be right the next time
                with contextlib.suppress(WrongBytesError), self._cache.writer() as writer:
                    await self._fetch(name, writer)
                    return await in_thread(lambda _: self._cache.commit(writer, digest))
        raise StoreError(
            f"{name} in the store {self.uri} is not what was written: remove it.", code="BLOB_CHANGED"
        )

    async def drop(self, digest: str) -> None:
        """See the protocol."""
        await self.remove([blob_name(digest)])
        await in_thread(lambda _: self._cache.drop(digest))

    async def commit(self, name: str, document: bytes) -> bool:
        """See the protocol."""
        if not document:
            raise ValueError("a document is not empty")
        document_name(name)
        patience = Patience()
        while True:
            try:
                await obstore.put_async(self._calls, name, document, mode="create", use_multipart=False)
            except (AlreadyExistsError, PreconditionError):
                # A try whose answer was lost may have come through nonetheless.
                return patience.tries > 0 and await self.read(name) == document
            except Exception as error:  # noqa: BLE001 -- the client's own are many
                await patience.after(store_error(self.uri, error))
            else:
                return True

    async def read(self, name: str) -> bytes | None:
        """See the protocol."""
        document_name(name)

        async def load() -> bytes | None:
            try:
                answer = await obstore.get_async(self._calls, name)
                return bytes(await answer.bytes_async())
            except FileNotFoundError:
                return None

        return await self._do(load)

    async def list(self, prefix: str) -> tuple[StoredThing, ...]:
        """See the protocol."""
        # The client lists by whole parts of names.
        above = prefix.rpartition("/")[0]

        async def load() -> tuple[StoredThing, ...]:
            found: tuple[StoredThing, ...] = ()
            async for batch in obstore.list(self._calls, prefix=above or None, chunk_size=_AT_ONCE):
                found += tuple(
                    StoredThing(meta["path"], meta["size"], meta["last_modified"])
                    for meta in batch
                    if meta["path"].startswith(prefix) and is_name(meta["path"])
                )
            return tuple(sorted(found, key=lambda thing: thing.name))

        return () if above and not is_name(above) else await self._do(load)

    async def delete(self, prefix: str) -> int:
        """See the protocol."""
        names = [thing.name for thing in await self.list(prefix)]
        await self.remove(names)
        return len(names)

    async def remove(self, names: Iterable[str]) -> None:
        """See the protocol."""
        wanted = [name for name in names if is_name(name)]
        for first in range(0, len(wanted), _AT_ONCE):
            some = wanted[first : first + _AT_ONCE]
            await self._do(partial(self._remove, some))

    async def tidy(self, before: datetime) -> None:
        """See the protocol: parts of uploads that were broken off are a rule of the bucket's, for nobody else can see them."""

    async def close(self) -> None:
        """See the protocol."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _is_kept(self, name: str, size: int) -> bool:
        async def look() -> bool:
            try:
                facts = await obstore.head_async(self._calls, name)
            except FileNotFoundError:
                return False
            return facts["size"] == size and datetime.now(UTC) - facts["last_modified"] < _REFRESH

        return await self._do(look)

    async def _keep(self, path: Path, digest: str, size: int) -> None:
        if size > PART:
            await send(self._bulk, blob_name(digest), path, digest, size)
            return
        data = await in_thread(lambda stop: b"".join(pieces(path, stop)))
        if digest_of(data) != digest:
            raise changed_file(path)
        await obstore.put_async(self._bulk, blob_name(digest), data, use_multipart=False)

    async def _fetch(self, name: str, writer: BlobWriter) -> None:
        """Let a blob stream in; a stream that breaks is taken up where it broke."""
        patience = Patience()
        while True:
            try:
                await self._stream(name, writer, patience)
            except (FramewrightError, WrongBytesError):
                raise
            except FileNotFoundError:
                raise StoreError(
                    f"The store {self.uri} holds no {name}: render again.", code="BLOB_MISSING"
                ) from None
            except Exception as error:  # noqa: BLE001 -- the client's own are many
                await patience.after(store_error(self.uri, error))
            else:
                return

    async def _stream(self, name: str, writer: BlobWriter, patience: Patience) -> None:
        async with asyncio.timeout(_QUIET_SECONDS) as quiet:
            rest: GetOptions | None = {"range": {"offset": writer.bytes}} if writer.bytes else None
            answer = await obstore.get_async(self._bulk, name, options=rest)
            async for piece in answer.stream(min_chunk_size=_PIECE):
                await in_thread(partial(self._write, writer, piece))
                if writer.bytes > answer.meta["size"]:  # it has changed between two answers
                    raise WrongBytesError
                patience.renew()
                quiet.reschedule(asyncio.get_running_loop().time() + _QUIET_SECONDS)

    def _write(self, writer: BlobWriter, piece: bytes, _: Event) -> None:
        self._cache.write(writer, piece)

    async def _remove(self, names: Sequence[str]) -> None:
        try:
            await obstore.delete_async(self._calls, names)
        except FileNotFoundError:  # some say so, and may have left the others
            for name in names:
                with contextlib.suppress(FileNotFoundError):
                    await obstore.delete_async(self._calls, name)

    async def _do(self, call: Callable[[], Awaitable[_Result]]) -> _Result:
        patience = Patience()
        while True:
            try:
                return await call()
            except (FramewrightError, UnreadableError):
                raise
            except Exception as error:  # noqa: BLE001 -- the client's own are many
                await patience.after(store_error(self.uri, error))
