"""One folder of the piece cache: pieces that belong together, and that nobody clears away while a render uses them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Self

from blake3 import blake3
from pydantic import TypeAdapter, ValidationError

from framewright.model.frames import FrameRange
from framewright.model.logs import get_logger
from framewright.model.piece import ChunkResult, SoundResult

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

_log = get_logger(__name__)

_NAME = re.compile(r"(\d{1,9})-(\d{1,9})-([0-9a-f]{64})\.piece")
LOCK = ".lock"
# Whoever clears a shelf holds it only while it removes files.
_LOCK_SECONDS = 5.0
_CUTS = TypeAdapter(tuple[tuple[int, int], ...])


@dataclass(frozen=True, slots=True)
class Stored:
    """A piece that stands on a shelf, by its name; what it holds was not looked at yet."""

    frames: FrameRange
    key: str
    path: Path


def sidecar_of(piece: Path) -> Path:
    """Where the account of a piece stands."""
    return piece.with_name(f"{piece.name}.json")


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

    def path(self, frames: FrameRange, key: str) -> Path:
        """Where the piece of these frames lies, or would lie."""
        return self.folder / f"{frames.start}-{frames.stop}-{key}.piece"

    def sound_path(self, key: str) -> Path:
        """Where the sound of this digest lies, or would lie."""
        return self.folder / f"sound-{key}.piece"

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
        try:
            result = ChunkResult.model_validate_json(sidecar_of(stored.path).read_bytes())
        except (OSError, ValidationError):
            result = None
        if (
            result is None
            or (result.key, result.range) != (stored.key, stored.frames)
            or not self._is_whole(stored.path, result.digest)
        ):
            self.remove(stored.path)
            return None
        return result

    def sound(self, key: str) -> SoundResult | None:
        """The account of a sound that is whole. One that is not is removed, and not there."""
        path = self.sound_path(key)
        if not sidecar_of(path).exists():
            return None
        try:
            result = SoundResult.model_validate_json(sidecar_of(path).read_bytes())
        except (OSError, ValidationError):
            result = None
        if result is None or result.key != key or not self._is_whole(path, result.digest):
            self.remove(path)
            return None
        return result

    def _is_whole(self, path: Path, digest: str) -> bool:
        try:
            if digest_of_file(path) != digest:
                return False
        except OSError:
            return False
        # The time of its sidecar tells when a piece was last used.
        with contextlib.suppress(OSError):
            os.utime(sidecar_of(path))
        return True

    def remove(self, piece: Path) -> None:
        """Take a piece away, its sidecar first: without that it does not exist."""
        for path in (sidecar_of(piece), piece):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def cuts(self, video: str) -> tuple[FrameRange, ...] | None:
        """How the video of this digest was cut when it was rendered last."""
        try:
            written = _CUTS.validate_json(self._cuts_path(video).read_bytes())
            return tuple(FrameRange(start, stop) for start, stop in written)
        except (OSError, ValueError):
            return None

    def remember_cuts(self, video: str, cuts: Sequence[FrameRange]) -> None:
        """Remember how it is cut, so that the pieces of a render that is broken off are found though costs differ."""
        if not self.writable:
            return
        path = self._cuts_path(video)
        partial = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            partial.write_bytes(_CUTS.dump_json(tuple((one.start, one.stop) for one in cuts)))
            partial.replace(path)
        except OSError as error:
            _log.info("piece_cache_not_written", folder=str(self.folder), error=str(error))
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)

    def _cuts_path(self, video: str) -> Path:
        return self.folder / f"cuts-{video}.json"


def digest_of_file(path: Path) -> str:
    """The BLAKE3 digest of a file, in hexadecimal.

    Raises:
        OSError: it cannot be read.
    """
    digest = blake3()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


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
