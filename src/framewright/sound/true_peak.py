"""How high the wave goes between its samples (ITU-R BS.1770, annex 2), cell by cell.

Where samples and the bends of their wave say that nothing between them can be too high, they are the answer. Elsewhere, four points a sample find the cells
that may be too high; at 20 kHz they can miss 0.5 dB of a peak. Those cells are looked at again with eight, which miss
0.1 dB there and 0.03 dB at 10 kHz.
"""

from __future__ import annotations

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
_AROUND = REACH // CELL
# OpenBLAS computes in the calling thread up to 2^18 multiplications.
_PRODUCT = 2**18
# What the coarse look may miss, with some room: it is 0.55 dB at 0.45 of the sample rate.
_MISSED = 10 ** (0.7 / 20)


def cell_peaks(sound: NDArray[np.float32], above: float) -> NDArray[np.float32]:
    """The highest point of either channel in each cell.

    Args:
        sound: ``REACH + n × CELL + REACH`` × 2 samples, for n cells.
        above: lower peaks need not be exact.
    """
    left, right = (_channel_peaks(np.ascontiguousarray(channel), above) for channel in sound.T)
    peaks: NDArray[np.float32] = np.maximum(left, right)
    return peaks


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


def _channel_peaks(channel: NDArray[np.float32], above: float) -> NDArray[np.float32]:
    samples = _highest(np.abs(channel))
    peaks: NDArray[np.float32] = samples[_AROUND:-_AROUND].copy()
    if float(samples.max()) * _SHARPEST <= above:
        return peaks
    suspects = np.nonzero(bound(channel, samples) > above)[0]
    windows = sliding_window_view(channel, CELL + 2 * REACH)[::CELL]
    for kernel in (_COARSE, _FINE):
        if not suspects.size:
            break
        found = np.maximum(peaks[suspects], _points(windows, suspects, kernel))
        peaks[suspects] = found
        suspects = suspects[found * _MISSED > above]
    return peaks


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
    for kernel, shifts in ((_COARSE, _COARSE_AT), (_FINE, _FINE_AT)):
        added = kernel.astype(np.float64)
        rows = np.arange(added.shape[0])
        share = np.repeat(shifts, CELL)
        before = REACH + rows % CELL
        added[rows, before] -= 1 - share
        added[rows, before + 1] -= share
        once = np.cumsum(added, axis=1)
        twice = np.cumsum(once[:, :-1], axis=1)
        straight = max(straight, float((1 + np.abs(once[:, -1]) + 2 * np.abs(twice[:, -1])).max()))
        bent = max(bent, float(np.abs(twice[:, :-1]).sum(axis=1).max()))
    # What 32-bit numbers lose on the way is less than this.
    return np.float32(1.001 * straight), np.float32(1.001 * bent)


# Made once: the room's only cost at its import, a few milliseconds. Points that were looked at are not looked at again.
_COARSE_AT = (1 / 4, 2 / 4, 3 / 4)
_FINE_AT = (1 / 8, 3 / 8, 5 / 8, 7 / 8)
_COARSE, _FINE = _kernel(_COARSE_AT), _kernel(_FINE_AT)
_STRAIGHT, _BENT = _limits()
# No bend is more than four times the highest sample.
_SHARPEST = float(_STRAIGHT + 4 * _BENT)
