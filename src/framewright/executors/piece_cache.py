"""Finished pieces on disk, for whoever renders the same again: bounded by size and age, shared by all processes."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from framewright.executors.cuts import Cuts
from framewright.executors.shelf import LOCK, Shelf, lock_folder
from framewright.model.logs import get_logger
from framewright.render.committing import sidecar_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from framewright.model.settings import Settings

_log = get_logger(__name__)

_DAY = 24 * 3600.0
# After a sweep there is room for the next render.
_KEPT_PART = 0.9
_ACCOUNT = ".json"


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece in the cache.

    Attributes:
        bytes: with its sidecar.
        used: seconds since 1970.
    """

    path: Path
    bytes: int
    used: float


class PieceCache:
    """Pieces below one folder, on shelves of those that belong together.

    Args:
        folder: made when the first piece comes.
        largest: bytes of all pieces together; what was not used for longest goes first.
        oldest: seconds that a piece stays without being used.
    """

    def __init__(self, folder: Path, *, largest: int, oldest: float) -> None:
        self.folder = folder
        self._largest = largest
        self._oldest = oldest

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The cache of this installation; None where it is switched off."""
        return cls.at(settings) if settings.piece_cache_size and settings.piece_cache_age else None

    @classmethod
    def at(cls, settings: Settings) -> Self:
        """What the cache of this installation holds, also where it was switched off since."""
        return cls(
            settings.cache_folder / "pieces",
            largest=settings.piece_cache_size,
            oldest=settings.piece_cache_age * _DAY,
        )

    def shelf(self, name: str) -> Shelf:
        """The shelf of this name, a digest in hexadecimal."""
        return Shelf(self.folder / name[:2] / name)

    def kept(self) -> tuple[Kept, ...]:
        """All pieces with a sidecar; what was not used for longest comes first."""
        found = []
        for shelf in self._shelves():
            for account in shelf.glob(f"[!.]*.*{_ACCOUNT}"):
                with contextlib.suppress(OSError):
                    path, facts = account.with_suffix(""), account.stat()
                    found.append(Kept(path, path.stat().st_size + facts.st_size, facts.st_mtime))
        return tuple(sorted(found, key=lambda one: one.used))

    def sweep(self) -> int:
        """Remove what is too old, and what was not used for longest if there is too much; return the bytes that are free now.

        Pieces that a render uses stay. One process at a time; where another is at it, nothing is done.
        """
        return self._alone(self._largest, self._oldest)

    def clean(self, *, older_than: float = 0.0) -> int:
        """Remove all pieces that were not used for so many seconds, but those that a render uses; return the bytes freed."""
        return self._alone(None, older_than)

    def _alone(self, largest: int | None, oldest: float) -> int:
        if not self.folder.is_dir():
            return 0
        try:
            with lock_folder(self.folder, exclusive=True, seconds=0.0):
                return self._remove(largest, oldest)
        except OSError as error:
            _log.info("piece_cache_not_swept", folder=str(self.folder), error=str(error))
            return 0

    def _remove(self, largest: int | None, oldest: float) -> int:
        pieces = self.kept()
        now, taken = time.time(), sum(one.bytes for one in pieces)
        room = 0 if largest is None else taken - int(largest * _KEPT_PART) if taken > largest else 0
        freed = 0
        for one in pieces:
            if now - one.used < oldest and freed >= room:
                break
            with _cleared(one.path.parent) as ours:
                if ours:
                    sidecar_of(one.path).unlink(missing_ok=True)
                    one.path.unlink(missing_ok=True)
                    freed += one.bytes
        Cuts(self).sweep(self._oldest)
        for shelf in self._shelves():
            with _cleared(shelf) as ours:
                if ours:
                    _tidy(shelf)
        return freed

    def _shelves(self) -> Iterator[Path]:
        yield from (path for path in self.folder.glob("??/*") if path.is_dir())


@contextlib.contextmanager
def _cleared(shelf: Path) -> Iterator[bool]:
    """True while a shelf is ours alone; False where a render uses it."""
    try:
        lock = lock_folder(shelf, exclusive=True, seconds=0.0)
    except OSError:
        yield False
        return
    with lock:
        yield True


def _tidy(shelf: Path) -> None:
    """Remove what belongs to no finished piece: nobody writes here now, so its writer has died. Then the empty shelf."""
    with contextlib.suppress(OSError):
        names = {entry.name for entry in os.scandir(shelf)}
        pieces = {name for name in names if f"{name}{_ACCOUNT}" in names}
        keep = pieces | {f"{name}{_ACCOUNT}" for name in pieces}
        for name in names - keep - {LOCK}:
            (shelf / name).unlink()
        if not pieces:
            (shelf / LOCK).unlink()
            shelf.rmdir()
