"""Where the index of an mp4 or a mov stands: before the pictures, or behind them (ISO/IEC 14496-12, 4.2)."""

from __future__ import annotations

import struct
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = struct.Struct(">I4s")
_LONG = struct.Struct(">Q")
_MOST_BOXES = 1000


def index_comes_first(path: Path) -> bool | None:
    """Whether a player can begin before it has the whole file; None: the file has no boxes.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        for _ in range(_MOST_BOXES):
            kind = _next_box(file)
            if kind is None:
                return None
            if kind in {b"moov", b"mdat"}:
                return kind == b"moov"
    return None


def _next_box(file: IO[bytes]) -> bytes | None:
    """The name of the box that begins here; the file is at its end then."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    size, kind = _HEAD.unpack(head)
    body = size - _HEAD.size
    if size == 1:
        long = file.read(_LONG.size)
        body = _LONG.unpack(long)[0] - _HEAD.size - _LONG.size if len(long) == _LONG.size else -1
    # A size of 0 reaches to the end of the file; anything else below the head's own is no box.
    if body >= 0:
        file.seek(body, 1)
    elif size or kind not in {b"moov", b"mdat"}:
        return None
    return bytes(kind)
