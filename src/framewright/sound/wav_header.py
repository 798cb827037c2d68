"""How long a WAV file says that it is: FFmpeg goes by what is left of one that was cut off."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIH")
_UNKNOWN = 2**31
"""Bytes from which on a header says nothing: who writes into a pipe puts such a number there, in more than one way."""
_MOST_CHUNKS = 1000


def stated_samples(path: Path) -> int | None:
    """The samples, in each channel, that uncompressed sound has by its header; None: it does not say."""
    block = 0
    with path.open("rb") as file:
        if file.read(4) != b"RIFF":
            return None  # its 64-bit kin tell their length elsewhere
        file.seek(12)
        for _ in range(_MOST_CHUNKS):
            head = file.read(_CHUNK.size)
            if len(head) < _CHUNK.size:
                return None
            name, size = _CHUNK.unpack(head)
            if name == b"data":
                return size // block if block and 0 < size < _UNKNOWN else None
            begin = file.tell()
            if name == b"fmt " and size >= _FORMAT.size:
                written = file.read(_FORMAT.size)
                if len(written) == _FORMAT.size:
                    block = _FORMAT.unpack(written)[4]
            file.seek(begin + size + size % 2)
    return None
