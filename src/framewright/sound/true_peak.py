"""How high the wave goes between its samples (ITU-R BS.1770, annex 2), cell by cell.

Three looks, each at more points a sample and at fewer cells. Two points can miss 3 dB of a peak, four 0.7 dB; the eight
of the last look miss 0.1 dB at 20 kHz and 0.03 dB at 10 kHz. A cell is looked at again only while it may be higher than
what is of interest, and than what the peaks before it leave of interest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CELL = 16
"""Samples of a cell."""

REACH = 48
"""Samples before and behind a cell that have a part in it."""

_KAISER = 6.0
_NEPER = float(np.log(10)) / 20
_AROUND = REACH // CELL
# OpenBLAS computes in the calling thread up to 2^18 multiplications.
_PRODUCT = 2**18
_SILENCE = 1e-12


@dataclass(frozen=True, slots=True)
class Shadow:
    """What a peak makes of those behind it: lower ones are of no interest.

    Attributes:
        height: what the peaks before the first cell leave there.
        fading: dB that it falls from cell to cell.
        room: dB that a peak must be lower by, in any distance.
    """

    height: float
    fading: float
    room: float

    def over(self, peaks: NDArray[np.float32]) -> NDArray[np.float32]:
        """The shadow on each cell, by peaks that are at least so high."""
        fallen = np.arange(peaks.size) * (self.fading * _NEPER)
        levels = np.log(np.maximum(peaks[:-1], _SILENCE, dtype=np.float64)) + fallen[1:]
        begin = np.log(max(self.height, _SILENCE))
        line = np.maximum.accumulate(np.concatenate([[begin], levels])) - fallen
        heights: NDArray[np.float32] = np.exp(line - self.room * _NEPER).astype(np.float32)
        return heights


def cell_peaks(sound: NDArray[np.float32], above: float, shadow: Shadow | None = None) -> NDArray[np.float32]:
    """The highest point of either channel in each cell.

    Args:
        sound: ``REACH + n × CELL + REACH`` × 2 samples, for n cells.
        above: lower peaks need not be exact.
        shadow: nor do those that lie in it. Without one, all others are.
    """
    left, right = (np.ascontiguousarray(channel) for channel in sound.T)
    # Of one channel on both sides, one side says all.
    sides = [_Side(channel) for channel in ((left,) if np.array_equal(left, right) else (left, right))]
    if all(side.quiet(above) for side in sides):
        return _highest_of(sides)
    for side in sides:
        side.limit()
    for look in _LOOKS:
        least = np.full(sides[0].peaks.size, above, dtype=np.float32)
        if shadow is not None:
            np.maximum(least, shadow.over(_highest_of(sides)), out=least)
        for side in sides:
            side.look(look, least)
    return _highest_of(sides)


class _Side:
    """One channel: what each of its cells reaches at least, and at most.

    Attributes:
        peaks: the highest points that were seen.
    """

    def __init__(self, channel: NDArray[np.float32]) -> None:
        self._channel = channel
        self._samples = _highest(np.abs(channel))
        self._windows = sliding_window_view(channel, CELL + 2 * REACH)[::CELL]
        self.peaks: NDArray[np.float32] = self._samples[_AROUND:-_AROUND].copy()
        self._limits = self.peaks

    def quiet(self, above: float) -> bool:
        """Whether samples like these, however sharp their bends, make no higher peak."""
        return float(self._samples.max()) * _SHARPEST <= above

    def limit(self) -> None:
        """Find what no cell can be above, as far as the samples tell."""
        self._limits = bound(self._channel, self._samples)

    def look(self, look: _Look, least: NDArray[np.float32]) -> None:
        """See more points of those cells that may be above ``least``."""
        suspects = np.nonzero(self._limits > least)[0]
        if not suspects.size:
            return
        found = np.maximum(self.peaks[suspects], _points(self._windows, suspects, look.kernel))
        self.peaks[suspects] = found
        # A peak right before the next cell is nearer to that one's first sample than to any point of its own.
        behind = np.abs(self._windows[suspects, REACH + CELL])
        self._limits[suspects] = np.maximum(found, behind) * look.missed


def _highest_of(sides: Sequence[_Side]) -> NDArray[np.float32]:
    highest: NDArray[np.float32] = np.maximum.reduce([side.peaks for side in sides])
    return highest


def bound(channel: NDArray[np.float32], samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """What no point of a cell can be above, by the samples around it and how sharply their wave bends.

    Args:
        channel: as :func:`cell_peaks` takes two.
        samples: the highest sample of each cell, those before the first and behind the last one included.
    """
    bends = np.zeros(channel.size, dtype=np.float32)
    np.subtract(channel[1:], channel[:-1], out=bends[1:])
    bends[1:-1] = bends[2:] - bends[1:-1]
    bends[-1] = 0
    np.abs(bends, out=bends)
    limits: NDArray[np.float32] = _STRAIGHT * _within_reach(samples)
    limits += _BENT * _within_reach(_highest(bends))
    return limits


def _highest(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest value of each cell."""
    # Turned round first: NumPy is six times quicker with few long rows than with many short ones.
    turned = np.ascontiguousarray(values.reshape(-1, CELL).T)
    highest: NDArray[np.float32] = np.maximum.reduce(turned, axis=0)
    return highest


def _within_reach(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest value of each cell and of those around it."""
    count = cells.size - 2 * _AROUND
    highest = cells[:count].copy()
    for place in range(1, 2 * _AROUND + 1):
        np.maximum(highest, cells[place : place + count], out=highest)
    return highest


def _points(
    windows: NDArray[np.float32], which: NDArray[np.intp], kernel: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The highest point of the cells of some windows."""
    # In products so small that BLAS does not wake its threads, which cost more than they give, and that stay in the
    # processor's cache; and always of one size, so that a window does not depend on how many there are.
    together = _PRODUCT // kernel.size
    taken = np.zeros((together, windows.shape[1]), dtype=np.float32)
    drawn = np.empty((kernel.shape[0], together), dtype=np.float32)
    highest = np.empty(which.size + together, dtype=np.float32)
    for begin in range(0, which.size, together):
        part = which[begin : begin + together]
        taken[: part.size] = windows[part]
        np.matmul(kernel, taken.T, out=drawn)
        np.abs(drawn, out=drawn)
        np.maximum.reduce(drawn, axis=0, out=highest[begin : begin + together])
    return highest[: which.size]


def _kernel(shifts: Sequence[float]) -> NDArray[np.float32]:
    """What each sample of a window gives to the points that lie so far behind those of its cell: points × samples."""
    places = np.add.outer(shifts, np.arange(CELL)).ravel() + REACH
    distance = np.arange(CELL + 2 * REACH)[None, :] - places[:, None]
    inside = np.clip(1 - (distance / REACH) ** 2, 0, None)
    window = np.i0(_KAISER * np.sqrt(inside)) / np.i0(_KAISER) * (inside > 0)
    return np.asarray(np.sinc(distance) * window, dtype=np.float32)


def _limits() -> tuple[np.float32, np.float32]:
    """Two factors: no point is above the highest sample times the one plus the sharpest bend times the other.

    A bend is x[n-1] - 2x[n] + x[n+1]. A point is what lies on the straight line between its neighbours, and what all
    samples add to that; the latter, summed by parts twice, is a sum of bends and two rests that are almost nothing.
    """
    straight = bent = 0.0
    for look in _LOOKS:
        added = look.kernel.astype(np.float64)
        rows = np.arange(added.shape[0])
        share = np.repeat(look.shifts, CELL)
        before = REACH + rows % CELL
        added[rows, before] -= 1 - share
        added[rows, before + 1] -= share
        once = np.cumsum(added, axis=1)
        twice = np.cumsum(once[:, :-1], axis=1)
        straight = max(straight, float((1 + np.abs(once[:, -1]) + 2 * np.abs(twice[:, -1])).max()))
        bent = max(bent, float(np.abs(twice[:, :-1]).sum(axis=1).max()))
    # What 32-bit numbers lose on the way is less than this.
    return np.float32(1.001 * straight), np.float32(1.001 * bent)


class _Look:
    """Points between samples.

    Args:
        shifts: how far each lies behind its sample.
        missed: dB that these, and those of the looks before, may miss of a peak, with some room.

    Attributes:
        kernel: what each sample of a window gives to them.
        missed: the same as a factor.
    """

    def __init__(self, shifts: Sequence[float], missed: float) -> None:
        self.shifts = shifts
        self.kernel = _kernel(shifts)
        self.missed = np.float32(10 ** (missed / 20))


# Made once: the room's only cost at its import, a few milliseconds. Points that were looked at are not looked at again.
_LOOKS = (
    _Look((1 / 2,), missed=3.2),
    _Look((1 / 4, 3 / 4), missed=0.8),
    _Look((1 / 8, 3 / 8, 5 / 8, 7 / 8), missed=0.0),
)
_STRAIGHT, _BENT = _limits()
# No bend is more than four times the highest sample.
_SHARPEST = float(_STRAIGHT + 4 * _BENT)
