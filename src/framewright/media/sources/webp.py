"""Animated WebP: FFmpeg decodes its pictures, but not its animation, so the container is read here.

Layout and disposal as in https://developers.google.com/speed/webp/docs/riff_container. As in browsers, the canvas
begins transparent, whatever background the file names, and frames of 10 ms or less last 100 ms.
"""

from __future__ import annotations

import io
import os
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, BinaryIO

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace

from framewright.media.codec_log import complaint
from framewright.media.sources.cursor import Decoded
from framewright.media.sources.errors import SourceFault
from framewright.media.sources.opening import MOST_PIXELS, open_file
from framewright.model.size import LARGEST_SIDE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from framewright.media.sources.frames import Counters

HEAD = 21
"""Bytes of the beginning that tell an animation."""

_ANIMATED = 0x02
_DISPOSED, _NOT_BLENDED = 0x01, 0x02
_SHORTEST, _INSTEAD = 10, 100  # milliseconds
_MOST_FRAMES = 100_000


def is_animation(head: bytes) -> bool:
    """Whether a file that begins so is an animated WebP."""
    return (
        head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and len(head) >= HEAD and bool(head[20] & _ANIMATED)
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One picture of an animation: where it lies in the file, on the canvas and in time."""

    offset: int
    size: int
    x: int
    y: int
    width: int
    height: int
    start: Fraction
    stop: Fraction
    disposed: bool
    blended: bool


@dataclass(frozen=True, slots=True)
class Animation:
    """What the chunks of a file say."""

    width: int
    height: int
    parts: tuple[Part, ...]


def read_animation(path: Path) -> Animation:
    """Go through the chunks of a file.

    Raises:
        SourceFault: it cannot be opened, is cut short before its first picture, or too large.
    """
    with os.fdopen(open_file(path), "rb") as file:
        return _animation(file)


def _animation(file: BinaryIO) -> Animation:
    end = os.fstat(file.fileno()).st_size
    head = file.read(30)
    if len(head) < 30:
        raise SourceFault("SOURCE_CORRUPT", "is cut short: it holds no picture")
    width, height = _int24(head, 24) + 1, _int24(head, 27) + 1
    if max(width, height) > LARGEST_SIDE or width * height > MOST_PIXELS:
        raise SourceFault("SOURCE_TOO_LARGE", f"has pictures of {width}×{height} pixels")
    parts: list[Part] = []
    at, clock = 30, Fraction(0)
    while at + 8 <= end and len(parts) < _MOST_FRAMES:
        file.seek(at)
        name, size = struct.unpack("<4sI", file.read(8))
        if name == b"ANMF" and at + 8 + size <= end and size > 16:
            fields = file.read(16)
            lasts = _int24(fields, 12)
            stop = clock + Fraction(lasts if lasts > _SHORTEST else _INSTEAD, 1000)
            parts.append(
                Part(
                    offset=at + 24,
                    size=size - 16,
                    x=2 * _int24(fields, 0),
                    y=2 * _int24(fields, 3),
                    width=_int24(fields, 6) + 1,
                    height=_int24(fields, 9) + 1,
                    start=clock,
                    stop=stop,
                    disposed=bool(fields[15] & _DISPOSED),
                    blended=not fields[15] & _NOT_BLENDED,
                )
            )
            clock = stop
        at += 8 + size + size % 2
    if not parts:
        raise SourceFault("SOURCE_CORRUPT", "holds no picture that can be decoded")
    return Animation(width, height, tuple(parts))


class WebpCursor:
    """Draws the pictures of an animation one after another on its canvas. Used by one thread at a time."""

    def __init__(self, path: Path, slack: Fraction, counters: Counters) -> None:
        self._file = os.fdopen(open_file(path), "rb")
        self._slack = slack
        self._counters = counters
        counters.opened += 1
        try:
            self._animation = _animation(self._file)
        except BaseException:
            self._file.close()
            raise
        self._rewind()

    @property
    def position(self) -> Fraction | None:
        """The start of the next frame; None: there is none."""
        if self._next >= len(self._animation.parts):
            return None
        return self._animation.parts[self._next].start - self._slack

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def put(self, seconds: Fraction) -> None:  # noqa: ARG002 - every frame needs those before it
        """Begin again, since each picture is drawn on those before it."""
        self._counters.seeks += 1
        self._rewind()

    def advance(self, seconds: Fraction, most: int) -> list[Decoded]:
        """Go on until the frame shown at a time is among those given, or there are ``most``, or the file ends.

        Raises:
            SourceFault: ``SOURCE_CORRUPT``: a picture cannot be decoded.
        """
        given: list[Decoded] = []
        parts = self._animation.parts
        while self._next < len(parts) and len(given) < most:
            part = parts[self._next]
            self._draw(part)
            self._next += 1
            stop = None if self._next == len(parts) else part.stop - self._slack
            given.append(
                Decoded(VideoFrame.from_ndarray(self._canvas, format="rgba"), part.start - self._slack, stop)
            )
            if stop is None or stop > seconds:
                break
        return given

    def _rewind(self) -> None:
        self._next = 0
        self._canvas: NDArray[np.uint8] = np.zeros(
            (self._animation.height, self._animation.width, 4), np.uint8
        )
        self._to_clear: Part | None = None

    def _draw(self, part: Part) -> None:
        if self._to_clear is not None:
            _place(self._canvas, self._to_clear)[:] = 0
        self._to_clear = part if part.disposed else None
        picture = self._picture(part)
        place = _place(self._canvas, part)
        if place.shape != picture.shape:
            raise SourceFault(
                "SOURCE_CORRUPT", f"has a picture at {float(part.start):.3f} s outside of its canvas"
            )
        place[:] = _over(picture, place) if part.blended else picture
        self._counters.decoded += 1

    def _picture(self, part: Part) -> NDArray[np.uint8]:
        self._file.seek(part.offset)
        try:
            packet = av.Packet(_still(self._file.read(part.size), part))
            (frame,) = av.CodecContext.create("webp", "r").decode(packet)
            return np.asarray(
                frame.reformat(
                    format="rgba",
                    src_colorspace=Colorspace.ITU601,
                    src_color_range=ColorRange.JPEG if frame.format.is_rgb else ColorRange.MPEG,
                    dst_color_range=ColorRange.JPEG,
                ).to_ndarray(),
                np.uint8,
            )
        except (av.FFmpegError, ValueError) as error:
            raise SourceFault(
                "SOURCE_CORRUPT", f"is damaged at {float(part.start):.3f} s: {complaint(error)}"
            ) from error


def _still(data: bytes, part: Part) -> bytes:
    """The chunks of one picture as a file of its own."""
    chunks = io.BytesIO()
    if data[:4] == b"ALPH":
        size = (part.width - 1).to_bytes(3, "little") + (part.height - 1).to_bytes(3, "little")
        chunks.write(b"VP8X" + struct.pack("<II", 10, 0x10) + size)
    chunks.write(data)
    return b"RIFF" + struct.pack("<I", chunks.tell() + 4) + b"WEBP" + chunks.getvalue()


def _place(canvas: NDArray[np.uint8], part: Part) -> NDArray[np.uint8]:
    return canvas[part.y : part.y + part.height, part.x : part.x + part.width]


def _over(above: NDArray[np.uint8], below: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One picture over another, both with straight alpha."""
    if above[..., 3].min() == 255:
        return above
    cover = above[..., 3:].astype(np.float32) / 255
    behind = below[..., 3:].astype(np.float32) / 255 * (1 - cover)
    whole = cover + behind
    colour = (above[..., :3] * cover + below[..., :3] * behind) / np.maximum(whole, 1e-6)
    return np.round(np.concatenate([colour, whole * 255], axis=2)).astype(np.uint8)


def _int24(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 3], "little")
