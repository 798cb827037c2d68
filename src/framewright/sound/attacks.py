"""Where sounds set in: places at which it gets four times as loud as in the 16 ms before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

APART = 2_400
"""Samples that lie between two of them at least: 50 ms."""

AHEAD = 64 * 3
"""Samples behind a place that are looked at to judge it."""

_CELL = 64
_BEFORE = 12
_BEHIND = 3
_RATIO = 4.0
# -60 dB: what sets in below that is noise.
_QUIETEST = 1e-3


class Attacks:
    """Looks for attacks in samples that come block by block. What it finds does not depend on the blocks.

    Attributes:
        scanned: all attacks before this sample are known.
    """

    def __init__(self) -> None:
        self.scanned = 0
        self._peaks = np.zeros(_BEFORE, dtype=np.float32)
        self._loud = np.zeros(0, dtype=np.float32)
        self._last = -APART

    def look(self, sound: NDArray[np.float32]) -> list[int]:
        """Take ``n`` × 2 further samples; give the places of attacks that are known by them."""
        self._loud = np.concatenate([self._loud, np.abs(sound).max(axis=1)])
        cells = self._loud.shape[0] // _CELL
        peaks = np.concatenate([self._peaks, self._loud[: cells * _CELL].reshape(-1, _CELL).max(axis=1)])
        judged = cells - _BEHIND + 1
        if judged <= 0:
            return []
        found = []
        windows = np.lib.stride_tricks.sliding_window_view
        before = windows(peaks, _BEFORE).max(axis=1)[:judged]
        behind = windows(peaks[_BEFORE:], _BEHIND).max(axis=1)[:judged]
        for cell in np.nonzero((behind > _RATIO * before) & (behind > _QUIETEST))[0]:
            if self.scanned + cell * _CELL + AHEAD < self._last + APART:
                continue
            ahead = self._loud[cell * _CELL : (cell + _BEHIND) * _CELL]
            over = np.nonzero(ahead > max(2 * before[cell], 1e-3 * behind[cell]))[0]
            place = self.scanned + int(cell) * _CELL + int(over[0])
            if place - self._last >= APART:
                found.append(place)
                self._last = place
        self._peaks = peaks[judged : judged + _BEFORE]
        self._loud = self._loud[judged * _CELL :]
        self.scanned += judged * _CELL
        return found
