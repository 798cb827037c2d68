"""One folder of the piece cache: pieces that belong together, and that nobody clears away while a render uses them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Self, TypeVar

from framewright.model.frames import FrameRange
from framewright.model.logs import get_logger
from framewright.model.piece import ChunkResult, SoundResult
from framewright.render.committing import committed, sidecar_of

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_log = get_logger(__name__)

_NAME = re.compile(r"(\d{1,9})-(\d{1,9})-([0-9a-f]{64})\.(?!json)[a-z0-9]+")
LOCK = ".lock"
# Whoever clears a shelf holds it only while it removes files.
_LOCK_SECONDS = 5.0
_Result = TypeVar("_Result", ChunkResult, SoundResult)


@dataclass(frozen=True, slots=True)
class Stored:
    """A piece that stands on a shelf, by its name; what it holds was not looked at yet."""

    frames: FrameRange
    key: str
    path: Path


class Shelf:
    """A folder of pieces, held against being cleared as long as it is open. A context manager.

    Where it cannot be written, what is there is still found.

    Attributes:
        writable: whether pieces may be put there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writable = False
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._lock = lock_folder(self.folder, exclusive=False, seconds=_LOCK_SECONDS)
        except OSError as error:
            _log.info("piece_cache_not_written", folder=str(self.folder), error=str(error))
        self.writable = self._lock is not None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def place(self, key: str, suffix: str) -> Path:
        """Where the piece of this key lies, or would lie; see :class:`~framewright.render.workbench.Shelf`."""
        return self.folder / f"{key}{suffix}"

    def stored(self) -> tuple[Stored, ...]:
        """Every piece that has a sidecar."""
        try:
            names = {entry.name for entry in os.scandir(self.folder)}
        except OSError:
            return ()
        found = []
        for name in sorted(names):
            match = _NAME.fullmatch(name)
            if match is None or f"{name}.json" not in names or int(match[1]) >= int(match[2]):
                continue
            found.append(Stored(FrameRange(int(match[1]), int(match[2])), match[3], self.folder / name))
        return tuple(found)

    def chunk(self, stored: Stored) -> ChunkResult | None:
        """The account of a piece that is whole. One that is not is removed, and not there."""
        result = self._whole(stored.path, stored.key, ChunkResult)
        if result is not None and result.range != stored.frames:
            self.remove(stored.path)
            return None
        return result

    def sound(self, piece: Path, key: str) -> SoundResult | None:
        """The account of a sound that is whole. One that is not is removed, and not there."""
        return self._whole(piece, key, SoundResult) if sidecar_of(piece).exists() else None

    def _whole(self, piece: Path, key: str, kind: type[_Result]) -> _Result | None:
        result = committed(piece, key, kind)
        if result is None:
            self.remove(piece)
            return None
        # The time of its sidecar tells when a piece was last used.
        with contextlib.suppress(OSError):
            os.utime(sidecar_of(piece))
        return result

    def remove(self, piece: Path) -> None:
        """Take a piece away, its sidecar first: without that it does not exist."""
        for path in (sidecar_of(piece), piece):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def lock_folder(folder: Path, *, exclusive: bool, seconds: float) -> IO[bytes]:
    """Make a folder, and hold its lock until the file that comes back is closed.

    Args:
        exclusive: nobody else may hold it; otherwise nobody may hold it exclusively.
        seconds: to wait for whoever holds it.

    Raises:
        OSError: the folder cannot be written, or the lock was not let go in time.
    """
    how = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
    until = time.monotonic() + seconds
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / LOCK).open("ab")
        except FileNotFoundError:  # its folder was cleared away this very moment
            if time.monotonic() > until:
                raise
            continue
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
            # Whoever clears a folder away takes the lock's file along: then another one is the lock by now.
            if os.path.samestat(os.fstat(lock.fileno()), os.stat(folder / LOCK)):
                return lock
        except FileNotFoundError:
            pass
        except BlockingIOError:
            if time.monotonic() >= until:
                lock.close()
                raise
            time.sleep(0.01)
        except OSError:
            lock.close()
            raise
        lock.close()
