"""PQ and HLG as their standards write them, one colour at a time, to judge tables and pictures by."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np

from truth import counter, decoding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from framewright.model.picture import Picture

TOP = 1023
"""Codes are counted from 0 to this: R'G'B' in 10 bits of the full range."""


def pq(light: float) -> float:
    """SMPTE ST 2084: the code, 0 to 1, of cd/m²."""
    power = (light / 10_000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)


def hlg(scene: float) -> float:
    """ITU-R BT.2100: the code of light of the scene, 0 to 1."""
    if scene <= 1 / 12:
        return math.sqrt(3 * scene)
    a = 0.17883277
    return a * math.log(12 * scene - (1 - 4 * a)) + 0.5 - a * math.log(4 * a)


def graphics(colour: Sequence[int], transfer: str) -> list[float]:
    """The codes, 0 to 1023, of a colour of sRGB whose white is seen at 203 cd/m²."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in colour)]
    rows = ((0.6274, 0.3293, 0.0433), (0.0691, 0.9195, 0.0114), (0.0164, 0.0880, 0.8956))
    wide = [203 * sum(f * c for f, c in zip(row, linear, strict=True)) for row in rows]
    if transfer == "pq":
        return [TOP * pq(light) for light in wide]
    luminance = 0.2627 * wide[0] + 0.6780 * wide[1] + 0.0593 * wide[2]
    if luminance == 0:
        return [0.0] * 3
    gain = (luminance / 1000) ** (1 / 1.2 - 1) / 1000
    return [TOP * hlg(light * gain) for light in wide]


def codes(path: Path) -> Iterator[np.ndarray]:
    """R'G'B' of every frame of a file, as its tags say: height × width × 3, 0 to 1023."""
    for picture in decoding.pictures(path):
        yield picture[..., :3] * np.float32(TOP / 255)


PATCHES = ((573, 512, 512), (64, 512, 512), (700, 400, 560), (300, 600, 450), (820, 512, 512))
"""Y'CbCr of the flat patches in the lower half of a source, from left to right: 10 bits, limited range."""
TAGS = {"pq": 16, "hlg": 18}
# Frames among which x265 finds none before which to put off another: then it leaves the times of its packets as they were in memory.
_REORDERED = 8


def of_ycc(code: Sequence[float]) -> list[float]:
    """R'G'B', 0 to 1023, of Y'CbCr in 10 bits, limited range, by the matrix of BT.2020."""
    y, cb, cr = (code[0] - 64) / 876, (code[1] - 512) / 896, (code[2] - 512) / 896
    red, blue = y + 1.4746 * cr, y + 1.8814 * cb
    green = (y - 0.2627 * red - 0.0593 * blue) / 0.6780
    return [TOP * min(1.0, max(0.0, one)) for one in (red, green, blue)]


def write_source(
    path: Path,
    transfer: str,
    *,
    frames: int = 20,
    fps: int = 25,
    size: tuple[int, int] = (320, 180),
    first: int = 0,
    levels: str = "",
) -> Path:
    """A source whose upper half carries the number of each frame, the lower :data:`PATCHES`, lossless.

    Args:
        levels: more parameters of x265, such as ``max-cll=1000,400``.
    """
    width, height = size
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx265", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p10le"
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace, context.color_range = (
            9,
            TAGS[transfer],
            9,
            1,
        )
        parameters = ["lossless=1", "log-level=none", "pools=1", *([levels] if levels else [])]
        if frames <= _REORDERED:
            parameters.append("bframes=0")
        context.options = {"preset": "ultrafast", "x265-params": ":".join(parameters)}
        for number in range(frames):
            frame = av.VideoFrame(width, height, "yuv420p10le")
            for index, plane in enumerate(frame.planes):
                rows = np.frombuffer(plane, "<u2").reshape(-1, plane.line_size // 2)
                rows[: plane.height, : plane.width] = _plane(index, plane.height, plane.width, first + number)
            frame.pts, frame.time_base = number, Fraction(1, fps)
            frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range = (
                9,
                TAGS[transfer],
                9,
                1,
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _plane(index: int, height: int, width: int, number: int) -> np.ndarray:
    bits = np.array(counter.bits_of(number % counter.NUMBERS)).reshape(2, counter.BITS)
    cells = bits * 876 + 64 if index == 0 else np.full_like(bits, 512)
    half = height // 2
    upper = cells[np.arange(half) * 2 // half][:, np.arange(width) * counter.BITS // width]
    patches = np.array([patch[index] for patch in PATCHES])[np.arange(width) * len(PATCHES) // width]
    return np.concatenate([upper, np.repeat(patches[None], height - half, axis=0)])


def patch(codes: np.ndarray, number: int) -> np.ndarray:
    """The middle of a patch in a picture of a source, height × width × 3."""
    height, width = codes.shape[:2]
    left, step = width * number // len(PATCHES), width // len(PATCHES)
    middle = codes[height * 5 // 8 : height * 7 // 8, left + step // 4 : left + step * 3 // 4]
    return middle.reshape(-1, 3).mean(axis=0)


def number_in(codes: np.ndarray, white: float = TOP) -> int:
    """The number in a picture of a source, or of a counter whose white has this code."""
    return counter.read(codes.mean(axis=2) * np.float32(255 / white))


def codes_in(picture: Picture) -> np.ndarray:
    """R'G'B' of a picture in I010: height × width × 3, 0 to 1023; chroma repeated."""
    width, height = picture.size.width, picture.size.height
    half = ((height + 1) // 2, (width + 1) // 2)
    numbers = np.frombuffer(picture.data, "<u2").astype(np.float32)
    assert numbers.size == width * height + 2 * half[0] * half[1]
    luma = (numbers[: width * height].reshape(height, width) - 64) / 876
    chroma = (numbers[width * height :].reshape(2, *half) - 512) / 896
    blue, red = chroma.repeat(2, axis=1).repeat(2, axis=2)[:, :height, :width]
    red, blue = luma + 1.4746 * red, luma + 1.8814 * blue
    green = (luma - 0.2627 * red - 0.0593 * blue) / 0.6780
    return np.stack([red, green, blue], axis=2) * TOP
