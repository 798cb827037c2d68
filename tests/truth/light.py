"""PQ and HLG as their standards write them, one colour at a time, to judge tables and pictures by."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from truth import decoding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

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
