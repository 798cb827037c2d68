"""Blobs of stores on this machine: fetched once, bounded by size, shared by all processes."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from typing import TYPE_CHECKING, NamedTuple, Self

from framewright.model.errors import StoreError
from framewright.stores.blobs import PARTIAL, BlobFolder, BlobWriter
from framewright.stores.reading import UnreadableError, digest_of_file, pieces

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Event

    from framewright.model.settings import Settings

_HANDED_OUT_SECONDS = 3600.0
_TOUCHED_SECONDS = 300.0
_FORSAKEN_SECONDS = 24 * 3600.0
# After a sweep there is room for the next render.
_KEPT_PART = 0.9
_MOST_CHECKED = 100_000
_FULL = {errno.ENOSPC, errno.EDQUOT}


class WrongBytesError(Exception):
    """What came in is not what its name says."""


class Cached(NamedTuple):
    """A blob in the cache: when it was last asked for in seconds since 1970, its size, and where it lies."""

    used: float
    bytes: int
    path: Path


class BlobCache:
    """Blobs below one folder. All methods block.

    What was not asked for longest goes first; nothing goes that was handed out within the last hour. The time of a file's last
    *access* tells when that was: its time of change belongs to the store where both share the file.

    Args:
        folder: made when the first blob comes.
        largest: bytes of all blobs together.
    """

    def __init__(self, folder: Path, *, largest: int) -> None:
        self.blobs = BlobFolder(folder)
        self._largest = largest
        self._added: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> BlobCache:
        """The cache of this installation."""
        return cls(settings.cache_folder / "blobs", largest=settings.store_cache_size)

    def find(self, digest: str, stop: Event) -> Path | None:
        """A blob that is there and right. One that is wrong is removed, and not there."""
        path = self.blobs.path(digest)
        try:
            token = _token(path)
            if _CHECKED.get(path) != token:
                if digest_of_file(path, stop) != digest:
                    self.drop(digest)
                    return None
                _note(path, token)
            _touch(path)
        except (OSError, UnreadableError):
            return None
        return path

    def take(self, source: Path, digest: str, stop: Event) -> Path:
        """Take over a blob from a folder; without a copy where both lie on one disk.

        Raises:
            FileNotFoundError: it is not there.
            UnreadableError: it cannot be read.
            WrongBytesError: it is not what it was.
            StoreError: ``CACHE_FAILED``.
        """
        target = self.blobs.path(digest)
        token = _token(source)
        if self._linked(source, target):
            if digest_of_file(target, stop) != digest or _token(target) != token:
                self.drop(digest)
                raise WrongBytesError
            _note(target, token)
            _touch(target)
        else:
            with self.writer() as writer:
                for piece in pieces(source, stop):
                    self.write(writer, piece)
                self.commit(writer, digest)
        self._count(token[0])
        return target

    def writer(self) -> BlobWriter:
        """For a blob that comes in; to be entered and left here, filled by :meth:`write`, and ended by :meth:`commit`."""
        return _Writer(self.blobs)

    def write(self, writer: BlobWriter, piece: bytes) -> None:
        """Add a piece.

        Raises:
            StoreError: ``CACHE_FAILED``.
        """
        try:
            writer.write(piece)
        except OSError as error:
            raise cache_error(self.blobs.root, error) from error

    def commit(self, writer: BlobWriter, digest: str) -> Path:
        """Let a blob appear.

        Raises:
            WrongBytesError: it is another one; nothing appears.
            StoreError: ``CACHE_FAILED``.
        """
        if writer.digest != digest:
            raise WrongBytesError
        path = self.blobs.path(digest)
        try:
            writer.commit()
            _note(path, _token(path))
        except OSError as error:
            raise cache_error(self.blobs.root, error) from error
        self._count(writer.bytes)
        return path

    def drop(self, digest: str) -> None:
        """Remove a blob. Whoever has a link of his own keeps what he has."""
        path = self.blobs.path(digest)
        _CHECKED.pop(path, None)
        with contextlib.suppress(OSError):
            path.unlink()

    def kept(self) -> tuple[Cached, ...]:
        """Everything that is there; what was not asked for longest comes first."""
        found = []
        for path in self.blobs.root.glob("??/*"):
            with contextlib.suppress(OSError):
                facts = path.stat()
                found.append(Cached(facts.st_atime, facts.st_size, path))
        return tuple(sorted(found))

    def sweep(self) -> int:
        """Remove what was not asked for longest, where there is too much; return the bytes that are free now."""
        kept = self.kept()
        taken = sum(one.bytes for one in kept)
        room = taken - int(self._largest * _KEPT_PART) if taken > self._largest else 0
        now, freed = time.time(), 0
        for one in kept:
            if freed >= room or now - one.used < _HANDED_OUT_SECONDS + _TOUCHED_SECONDS:
                break
            freed += self._remove(one)
        for partial in self.blobs.root.glob(f"{PARTIAL}*"):
            with contextlib.suppress(OSError):
                if now - partial.stat().st_mtime > _FORSAKEN_SECONDS:
                    partial.unlink()
        return freed

    def clean(self, *, older_than: float = 0.0) -> int:
        """Remove whatever was not asked for in so many seconds; return the bytes that are free now. What was within the last hour stays."""
        now, least = time.time(), max(older_than, _HANDED_OUT_SECONDS + _TOUCHED_SECONDS)
        return sum(self._remove(one) for one in self.kept() if now - one.used >= least)

    def _remove(self, one: Cached) -> int:
        _CHECKED.pop(one.path, None)
        try:
            one.path.unlink()
        except OSError:
            return 0
        return one.bytes

    def _count(self, size: int) -> None:
        # Looking through a large cache costs more than most blobs do.
        if self._added is None or self._added + size > self._largest // 20:
            self._added = 0
            self.sweep()
        else:
            self._added += size

    def _linked(self, source: Path, target: Path) -> bool:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cache_error(self.blobs.root, error) from error
        try:
            os.link(source, target)
        except FileExistsError:
            return True  # somebody else was quicker
        except FileNotFoundError:
            raise
        except OSError:
            # Another disk, one without links, or a file that is not ours to link.
            return False
        return True


class _Writer(BlobWriter):
    """What goes wrong at its beginning is the cache's fault, not the store's."""

    def __enter__(self) -> Self:
        try:
            return super().__enter__()
        except OSError as error:
            raise cache_error(self._folder.root, error) from error


def cache_error(folder: Path, error: OSError) -> StoreError:
    """Why the cache cannot be written, in one sentence."""
    if error.errno in _FULL:
        said = f"The disk of the cache is full: free some space below {folder}, or set FRAMEWRIGHT_CACHE to another place."
    else:
        reason = (error.strerror or str(error)).rstrip(".")
        said = f"The cache {folder} cannot be written ({reason}): mend that, or set FRAMEWRIGHT_CACHE to another place."
    return StoreError(said, code="CACHE_FAILED")


_Token = tuple[int, int, int, int]
# Of this process: each blob is read through once in it, and again when somebody has touched it.
_CHECKED: dict[Path, _Token] = {}


def _note(path: Path, token: _Token) -> None:
    while len(_CHECKED) >= _MOST_CHECKED:
        with contextlib.suppress(KeyError, RuntimeError):
            _CHECKED.pop(next(iter(_CHECKED)))
    _CHECKED[path] = token


def _token(path: Path) -> _Token:
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns, facts.st_ino, facts.st_dev


def _touch(path: Path) -> None:
    with contextlib.suppress(OSError):
        facts = path.stat()
        # Where the file is the store's own, each touch is a chance to undo a refresh of the store at this very moment.
        if not 0 <= time.time() - facts.st_atime < _TOUCHED_SECONDS:
            os.utime(path, ns=(time.time_ns(), facts.st_mtime_ns))
