"""Files of this machine, read piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blake3 import blake3

from framewright.model.errors import StoreError
from framewright.stores.threads import StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from threading import Event

PIECE = 4 << 20


class UnreadableError(Exception):
    """The file could not be read, whatever became of what was done with it.

    Attributes:
        error: what the system said.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


def pieces(path: Path, stop: Event, size: int = PIECE) -> Iterator[bytes]:
    """A file in pieces.

    Raises:
        UnreadableError: see there.
        StoppedError: the event was set.
    """
    try:
        # Not mapped: of a file that is cut off meanwhile, a map would end the process.
        with path.open("rb") as file:
            while piece := file.read(size):
                if stop.is_set():
                    raise StoppedError
                yield piece
    except OSError as error:
        raise UnreadableError(error) from error


def digest_of_file(path: Path, stop: Event) -> str:
    """The BLAKE3 digest of a file.

    Raises:
        UnreadableError: it cannot be read.
        StoppedError: the event was set.
    """
    digest = blake3(max_threads=blake3.AUTO)
    for piece in pieces(path, stop):
        digest.update(piece)
    return digest.hexdigest()


def size_of_file(path: Path) -> int:
    """Bytes of a file.

    Raises:
        UnreadableError: it is not there.
    """
    try:
        return path.stat().st_size
    except OSError as error:
        raise UnreadableError(error) from error


def changed_file(path: Path) -> StoreError:
    """What to raise when a file does not hold what it was said to hold."""
    return StoreError(
        f"{path} does not hold what was planned: it was written since; plan the render again.",
        code="BLOB_CHANGED",
    )
