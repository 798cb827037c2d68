"""Whether two videos show the same: a time counts only for the same pictures."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import av
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_EVERY = 20
_IDENTICAL = 99.0
LEAST_DECIBELS = 30.0


class UnlikeError(Exception):
    """Two videos that should show the same do not."""


def compare(first: Path, second: Path) -> float:
    """The worst PSNR in decibels of the luma of every twentieth frame.

    Raises:
        UnlikeError: they have different numbers of frames, or differ by more than lossy coding explains.
    """
    worst = _IDENTICAL
    for number, (one, other) in enumerate(zip_longest(_lumas(first), _lumas(second))):
        if one is None or other is None:
            raise UnlikeError(f"{first.name} and {second.name} part after {number} frames: one has no more")
        if number % _EVERY == 0 and (error := float(np.mean((one - other) ** 2))):
            worst = min(worst, 10 * np.log10(255**2 / error))
    if worst < LEAST_DECIBELS:
        raise UnlikeError(f"{first.name} and {second.name} differ: {worst:.1f} dB")
    return round(worst, 1)


def _lumas(path: Path) -> Iterator[np.ndarray]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
            yield rows[:, : plane.width].astype(np.float32)
