"""A store in a folder, which may lie on a share that many machines write to."""

from __future__ import annotations

import errno
import time
from typing import TYPE_CHECKING, Self, TypeVar

from framewright.model.errors import StoreError, StoreRefusedError
from framewright.stores import folders
from framewright.stores.blobs import BlobFolder, BlobWriter
from framewright.stores.cache import WrongBytesError
from framewright.stores.names import blob_name, document_name, is_name
from framewright.stores.patience import Patience
from framewright.stores.reading import UnreadableError, changed_file, digest_of_file, pieces, size_of_file
from framewright.stores.store import REFRESH_SECONDS
from framewright.stores.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path
    from threading import Event
    from types import TracebackType

    from framewright.stores.cache import BlobCache
    from framewright.stores.store import StoredThing

_Result = TypeVar("_Result")
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNFIT = {errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL}


class DirectoryStore:
    """See :class:`~framewright.stores.store.BlobStore`.

    Args:
        root: absolute; made when the first thing comes, in a folder that must be there.
    """

    def __init__(self, root: Path, cache: BlobCache) -> None:
        self.root = root
        self.uri = root.as_uri()
        self._cache = cache
        self._blobs = BlobFolder(root / "blobs")
        self._seen = False

    async def put(self, path: Path, digest: str | None = None) -> str:
        """See the protocol."""

        def work(stop: Event) -> str:
            name = digest_of_file(path, stop) if digest is None else digest
            if not self._is_kept(name, path):
                self._keep(name, path, stop)
            return name

        blob_name(digest or "0" * 64)
        try:
            return await self._do(work, writing=True)
        except UnreadableError as error:
            raise error.error from None

    async def get(self, digest: str) -> Path:
        """See the protocol."""
        name = blob_name(digest)

        def work(stop: Event) -> Path | None:
            found = self._cache.find(digest, stop)
            if found is not None:
                return found
            try:
                return self._cache.take(self._blobs.path(digest), digest, stop)
            except FileNotFoundError:
                return None
            except UnreadableError as error:
                raise error.error from None

        for _ in range(2):  # what was wrong on its way may be right the next time
            try:
                found = await self._do(work)
            except WrongBytesError:
                continue
            if found is None:
                raise StoreError(f"The store {self.uri} holds no {name}: render again.", code="BLOB_MISSING")
            return found
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
        target, tried = self.root / document_name(name), False

        def work(_: Event) -> bool:
            nonlocal tried
            again, tried = tried, True
            # A try that failed may have come through nonetheless.
            return folders.commit(target, document) or (again and folders.read(target) == document)

        return await self._do(work, writing=True)

    async def read(self, name: str) -> bytes | None:
        """See the protocol."""
        target = self.root / document_name(name)
        return await self._do(lambda _: folders.read(target))

    async def list(self, prefix: str) -> tuple[StoredThing, ...]:
        """See the protocol."""
        return await self._do(lambda stop: folders.things(self.root, prefix, stop))

    async def delete(self, prefix: str) -> int:
        """See the protocol."""
        names = [thing.name for thing in await self.list(prefix)]
        await self.remove(names)
        return len(names)

    async def remove(self, names: Iterable[str]) -> None:
        """See the protocol."""
        targets = [self.root / name for name in names if is_name(name)]
        await self._do(lambda stop: folders.remove(targets, stop))

    async def tidy(self, before: datetime) -> None:
        """See the protocol."""
        await self._do(lambda stop: folders.tidy(self.root, before.timestamp(), stop))

    async def close(self) -> None:
        """See the protocol."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _is_kept(self, digest: str, path: Path) -> bool:
        blob = self._blobs.path(digest)
        size = size_of_file(path)
        try:
            facts = blob.stat()
        except FileNotFoundError:
            return False
        if facts.st_size != size:
            return False
        if time.time() - facts.st_mtime > REFRESH_SECONDS:
            folders.refresh(blob)
        return True

    def _keep(self, digest: str, path: Path, stop: Event) -> None:
        with BlobWriter(self._blobs) as writer:
            for piece in pieces(path, stop):
                writer.write(piece)
            if writer.digest != digest:
                raise changed_file(path)
            writer.commit()

    async def _do(self, work: Callable[[Event], _Result], *, writing: bool = False) -> _Result:
        def attempt(stop: Event) -> _Result:
            self._stand(writing=writing)
            return work(stop)

        patience = Patience()
        while True:
            try:
                return await in_thread(attempt)
            except OSError as error:
                await patience.after(self._said(error))

    def _stand(self, *, writing: bool) -> None:
        """Tell a store that nothing was put into yet from a share that is not mounted, or not any more."""
        if self.root.is_dir():
            self._seen = True
        elif self._seen or not self.root.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "its folder is not there")
        elif writing:
            self.root.mkdir(exist_ok=True)
            self._seen = True

    def _said(self, error: OSError) -> StoreError:
        reason = (error.strerror or str(error)).rstrip(".")
        if error.errno in _FULL:
            return StoreRefusedError(
                f"The store {self.uri} is full: free some space, or clean it with 'framewright store clean'.",
                code="STORE_FULL",
            )
        if error.errno in _REFUSED | _UNFIT:
            return StoreRefusedError(
                f"The store {self.uri} may not be used so ({reason}): let this user read and write it.",
                code="STORE_REFUSED",
            )
        return StoreError(
            f"The store {self.uri} does not answer ({reason}): see that it is mounted here.",
            code="STORE_UNAVAILABLE",
        )
