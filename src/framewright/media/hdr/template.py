"""A stream that says of its light what its file shall say, to be copied into a file that is written.

FFmpeg's muxers write what stands at a stream beside its codec, and PyAV sets none of that, but copies all of it from a
stream that was read. So the head of a file is written in memory, given the boxes that are missing, and read.
"""

from __future__ import annotations

import struct
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, cast

import av

from framewright.media.hdr.levels import boxes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

    from framewright.model.media import LightLevels

_WAY = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
_BEFORE_ENTRIES = 8  # of stsd: version, flags, number of entries
_HEAD = 8


@contextmanager
def levels_template(
    encoder: str, open_codec: Callable[[VideoCodecContext], None], levels: LightLevels
) -> Iterator[VideoStream]:
    """A stream that was read, of the encoder's own parameters.

    Args:
        encoder: FFmpeg's name of it.
        open_codec: sets it up and opens it.
        levels: what its file says.
    """
    written = BytesIO()
    container = av.open(written, "w", format="mp4", container_options={"movflags": "empty_moov"})
    stream = cast("VideoStream", container.add_stream(encoder))
    open_codec(stream.codec_context)
    container.start_encoding()
    head = with_boxes(written.getvalue(), boxes(levels))
    # Closed after the head is taken: the trailer that it writes tells of no frames.
    container.close()
    with av.open(BytesIO(head)) as read:
        yield read.streams.video[0]


def with_boxes(file: bytes, more: bytes) -> bytes:
    """The head of an mp4 file with these boxes behind those of its first sample entry.

    Raises:
        ValueError: it has no such entry.
    """
    grown = bytearray(file)
    start, end = 0, len(file)
    heads = []
    for name in _WAY:
        start, size = _find(file, start, end, name)
        heads.append(start)
        end = start + size
        start += _HEAD
    entry = start + _BEFORE_ENTRIES
    (size,) = struct.unpack_from(">I", file, entry)
    heads.append(entry)
    grown[entry + size : entry + size] = more
    for head in heads:
        (size,) = struct.unpack_from(">I", grown, head)
        struct.pack_into(">I", grown, head, size + len(more))
    return bytes(grown)


def _find(file: bytes, start: int, end: int, name: bytes) -> tuple[int, int]:
    while start + _HEAD <= end:
        size, found = struct.unpack_from(">I4s", file, start)
        if found == name:
            return start, size
        if size < _HEAD:
            break
        start += size
    raise ValueError(f"no box {name.decode()}")
