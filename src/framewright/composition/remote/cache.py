"""What was fetched before, on disk, for every render on this machine: bounded, and safe for several processes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import time
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from framewright.model.logs import get_logger
from framewright.stores.blobs import BlobFolder, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_log = get_logger(__name__)

_VERSION = "1"
# A sweep looks at every file, so it waits until a part of the room has been filled anew; it then makes some room.
_SWEEP_PART = 0.05
_KEPT_PART = 0.9
# Pieces of writers that were killed.
_ABANDONED_SECONDS = 3600.0


class CacheEntry(BaseModel):
    """A remembered answer.

    Attributes:
        forever: its address can never mean anything else, so nobody need be asked again.
        fetched: seconds since 1970.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    status: int
    headers: tuple[tuple[str, str], ...]
    blob: str
    bytes: int
    fetched: float
    forever: bool


class RemoteCache:
    """Remembers answers by name, which is an address or another text that stands for one thing.

    Where the folder cannot be written nothing is remembered, and what is there is still used.

    Args:
        folder: made when something is first remembered.
        largest: bytes of all blobs together; what was not used for longest goes first.
    """

    def __init__(self, folder: Path, *, largest: int) -> None:
        self._folder = folder / f"remote-{_VERSION}"
        self._entries = self._folder / "entries"
        self.blobs = BlobFolder(self._folder / "blobs")
        self._largest = largest
        self._added = 0
        self._writable = True

    def find(self, name: str, into: BlobFolder) -> CacheEntry | None:
        """An answer whose body is whole; the body is then in ``into`` too."""
        try:
            entry = CacheEntry.model_validate_json(self._path(name).read_bytes())
        except (OSError, ValidationError):
            return None
        # Of two names with the same digest one would be taken for the other.
        if entry.name != name:
            return None
        if self.blobs.read(entry.blob) is None:
            return None
        with contextlib.suppress(OSError):
            os.utime(self.blobs.path(entry.blob))
        try:
            into.adopt(self.blobs, entry.blob)
        except FileNotFoundError:  # another process has just made room
            return None
        return entry

    def remember(self, entry: CacheEntry, source: BlobFolder) -> None:
        """Remember an answer whose body lies in ``source``."""
        if not self._writable or entry.bytes > self._largest:
            return
        try:
            self.blobs.adopt(source, entry.blob)
            self._write(self._path(entry.name), entry.model_dump_json().encode())
        except OSError as error:
            # Read-only, or full: a render does not need it.
            self._writable = False
            _log.info("cache_not_written", folder=str(self._folder), error=str(error))
            return
        self._added += entry.bytes
        if self._added > self._largest * _SWEEP_PART:
            self.sweep()

    def usage(self) -> tuple[int, int]:
        """How many bodies are remembered, and their bytes."""
        sizes = [size for _, size, _ in self._blobs()]
        return len(sizes), sum(sizes)

    def clean(self, *, older_than: float = 0.0) -> int:
        """Forget what was not used for so many seconds; return the bytes that are free now."""
        freed = 0
        with contextlib.suppress(OSError), self._alone() as alone:
            if alone:
                now = time.time()
                for used, size, path in self._blobs():
                    if now - used >= older_than:
                        path.unlink(missing_ok=True)
                        freed += size
                self._forget_bodiless()
        return freed

    def sweep(self) -> None:
        """Remove what was not used for longest, until nine tenths of the room are taken; one process at a time."""
        self._added = 0
        with contextlib.suppress(OSError), self._alone() as alone:
            if alone:
                self._sweep()

    def _sweep(self) -> None:
        now = time.time()
        for path in self.blobs.root.glob("*"):
            if path.name.startswith(".partial-") and now - path.stat().st_mtime > _ABANDONED_SECONDS:
                path.unlink(missing_ok=True)
        blobs = self._blobs()
        taken = sum(size for _, size, _ in blobs)
        if taken <= self._largest:
            return
        for _, size, path in sorted(blobs):
            if taken <= self._largest * _KEPT_PART:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                taken -= size
        self._forget_bodiless()

    def _blobs(self) -> list[tuple[float, int, Path]]:
        """When each was last used, its bytes, its path."""
        blobs: list[tuple[float, int, Path]] = []
        for path in self.blobs.root.glob("??/*"):
            with contextlib.suppress(OSError):
                facts = path.stat()
                blobs.append((facts.st_mtime, facts.st_size, path))
        return blobs

    def _forget_bodiless(self) -> None:
        for path in self._entries.glob("*.json"):
            with contextlib.suppress(OSError, ValidationError):
                entry = CacheEntry.model_validate_json(path.read_bytes())
                if not self.blobs.path(entry.blob).exists():
                    path.unlink()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        """True for the one process that sweeps; the others need not."""
        with (self._folder / "lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _path(self, name: str) -> Path:
        return self._entries / f"{digest_of(name.encode())}.json"

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            partial.write_bytes(data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
