"""Reading finished files the way a player does: every frame, its time, and its colours by the file's own tags.

Colours are computed here from the planes, not by libswscale, so that a wrong tag and a wrong conversion cannot
cancel each other.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

from truth import counter

# kr, kb of the matrix that a tag names (ITU-T H.273): BT.709, BT.470BG, SMPTE 170M, BT.2020.
_MATRICES = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
_LIMITED, _FULL = 1, 2


@dataclass(frozen=True)
class Tags:
    """How a file says its colours are stored, in the numbers of ITU-T H.273."""

    matrix: int
    range: int
    primaries: int
    transfer: int


def numbers(path: Path) -> list[int]:
    """The counter of every frame."""
    return [counter.read(grey) for grey in greys(path)]


def numbers_at(path: Path, moments: list[Fraction]) -> list[int]:
    """The counter that a player shows at each of these times: for files that hold a picture longer instead of again."""
    begins, counts = times(path), numbers(path)
    return [counts[max(0, bisect_right(begins, moment) - 1)] for moment in moments]


def greys(path: Path) -> Iterator[np.ndarray]:
    """Every frame as height × width, 0 to 255."""
    if path.is_dir():
        for file in sequence(path):
            yield np.asarray(Image.open(file).convert("L"), dtype=np.float32)
        return
    for frame in _frames(path):
        if frame.format.is_rgb:
            yield frame.to_ndarray(format="rgb24").astype(np.float32).mean(axis=2)
            continue
        luma, bits = _component(frame, 0)
        scale = 2.0 ** (bits - 8)
        full = frame.color_range == _FULL
        yield np.clip(luma / scale if full else (luma / scale - 16) * 255 / 219, 0, 255).astype(np.float32)


def pictures(path: Path) -> Iterator[np.ndarray]:
    """Every frame as height × width × 4, RGBA from 0 to 255, straight alpha, colours by the file's tags."""
    if path.is_dir():
        for file in sequence(path):
            yield np.asarray(Image.open(file).convert("RGBA"), dtype=np.float32)
        return
    for frame in _frames(path):
        yield _rgba(frame)


def times(path: Path) -> list[Fraction]:
    """When each frame of a video file is shown, in seconds."""
    return [frame.pts * frame.time_base for frame in _frames(path)]


def tick(path: Path) -> Fraction:
    """The shortest time that the clock of a video file can tell, in seconds."""
    with av.open(str(path)) as container:
        time_base = container.streams.video[0].time_base
        assert time_base is not None
        return time_base


def sequence(folder: Path) -> list[Path]:
    """The pictures of a sequence. Their names must be ``frame_000001.png`` and on, with no other file beside them."""
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"frame_{number:06d}.png" for number in range(1, len(files) + 1)]
    return files


def tags(path: Path) -> Tags:
    """The colour tags of the first decoded frame."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        return Tags(
            matrix=int(frame.colorspace),
            range=int(frame.color_range),
            primaries=int(frame.color_primaries),
            transfer=int(frame.color_trc),
        )


def _frames(path: Path) -> Iterator[av.VideoFrame]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        if stream.codec_context.name in {"vp9", "libvpx-vp9"} and stream.metadata.get("alpha_mode") == "1":
            # FFmpeg's own vp9 decoder drops the alpha layer.
            decoder = av.CodecContext.create("libvpx-vp9", "r")
            for packet in container.demux(stream):
                yield from decoder.decode(packet if packet.size else None)
            return
        yield from container.decode(stream)


def _component(frame: av.VideoFrame, index: int) -> tuple[np.ndarray, int]:
    """One plane of a planar picture as numbers, and the bits of each."""
    part = frame.format.components[index]
    plane = frame.planes[part.plane]
    kind = np.uint8 if part.bits == 8 else np.dtype("<u2")
    rows = np.frombuffer(plane, kind).reshape(-1, plane.line_size // np.dtype(kind).itemsize)
    return rows[: plane.height, : plane.width].astype(np.float32), part.bits


def _rgba(frame: av.VideoFrame) -> np.ndarray:
    if frame.format.is_rgb or frame.format.has_palette:
        return frame.to_ndarray(format="rgba").astype(np.float32)
    assert frame.colorspace in _MATRICES, f"the file does not say its colour matrix ({frame.colorspace})"
    assert frame.color_range in {_LIMITED, _FULL}, "the file does not say its colour range"
    kr, kb = _MATRICES[frame.colorspace]
    (y, bits), (u, _), (v, _) = (_component(frame, index) for index in range(3))
    scale = 2.0 ** (bits - 8)
    y, u, v = y / scale, _stretched(u, y.shape) / scale - 128, _stretched(v, y.shape) / scale - 128
    if frame.color_range == _LIMITED:
        y, u, v = (y - 16) * 255 / 219, u * 255 / 224, v * 255 / 224
    red, blue = y + 2 * (1 - kr) * v, y + 2 * (1 - kb) * u
    green = (y - kr * red - kb * blue) / (1 - kr - kb)
    alpha = np.full_like(y, 255)
    if len(frame.format.components) == 4:
        plane, alpha_bits = _component(frame, 3)
        alpha = plane * 255 / (2**alpha_bits - 1)
    return np.clip(np.stack([red, green, blue, alpha], axis=2), 0, 255)


def _stretched(plane: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Chroma at the size of luma, each value repeated."""
    rows, columns = -(-shape[0] // plane.shape[0]), -(-shape[1] // plane.shape[1])
    return plane.repeat(rows, axis=0).repeat(columns, axis=1)[: shape[0], : shape[1]]
