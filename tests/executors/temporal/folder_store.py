"""A store in a folder, as simple as can be: what every store promises, and nothing more."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from blake3 import blake3

from framewright.executors.temporal.names import blob_of
from framewright.model.errors import StoreError
from framewright.stores.store import StoredThing

if TYPE_CHECKING:
    from pathlib import Path


class FolderStore:
    """See :class:`framewright.stores.store.BlobStore`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.uri = root.as_uri()

    async def put(self, path: Path, digest: str | None = None) -> str:
        data = path.read_bytes()
        found = blake3(data).hexdigest()
        if digest not in (None, found):
            raise StoreError(f"{path} has changed.", code="BLOB_CHANGED")
        self._write(blob_of(found), data)
        return found

    async def get(self, digest: str) -> Path:
        path = self.root / blob_of(digest)
        if not path.exists():
            raise StoreError(f"{digest} is missing.", code="BLOB_MISSING")
        if blake3(path.read_bytes()).hexdigest() != digest:
            raise StoreError(f"{digest} was changed.", code="BLOB_CHANGED")
        return path

    async def drop(self, digest: str) -> None:
        (self.root / blob_of(digest)).unlink(missing_ok=True)

    async def commit(self, name: str, document: bytes) -> bool:
        return self._write(name, document)

    async def read(self, name: str) -> bytes | None:
        path = self.root / name
        return path.read_bytes() if path.is_file() else None

    async def list(self, prefix: str) -> tuple[StoredThing, ...]:
        found = []
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if path.is_file() and name.startswith(prefix):
                facts = path.stat()
                found.append(StoredThing(name, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC)))
        return tuple(found)

    async def delete(self, prefix: str) -> int:
        things = await self.list(prefix)
        for thing in things:
            (self.root / thing.name).unlink()
        return len(things)

    async def close(self) -> None:
        pass

    def _write(self, name: str, data: bytes) -> bool:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}-{os.urandom(4).hex()}")
        partial.write_bytes(data)
        try:
            os.link(partial, path)
        except FileExistsError:
            return False
        finally:
            partial.unlink()
        return True

    def wipe(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
