"""Keeps the true peak of a mix at or below -1 dBTP, and leaves all that is quieter as it is, bit for bit.

Each cell of 16 samples gets the gain that its peak needs. From there the gain rises by ``RELEASE`` and falls within
``LOOKAHEAD`` before the peak, along a smooth curve; between cells it is a straight line. All of it looks at positions,
never at blocks, so that blocks of any size give the same samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from framewright.model.sound import SAMPLE_RATE
from framewright.sound.planes import silent
from framewright.sound.true_peak import CELL, REACH, Shadow, cell_peaks

if TYPE_CHECKING:
    from numpy.typing import NDArray

CEILING = -1.0
"""dBTP that no true peak goes above."""

RELEASE = 30.0
"""dB a second by which the gain comes back."""

MEMORY = 96_000
"""Samples behind a peak after which it has no part in the gain, if it was not 60 dB too high."""

LOOKAHEAD = 15 * CELL
"""Samples: 5 ms."""

# Peaks up to here pass as they are.
_PASSING = 10 ** ((CEILING - 0.02) / 20)
# What is limited comes half a dB lower: of sound up to 24 kHz, such as noise, meters differ by that much.
_TARGET_DB = CEILING - 0.5
# Gains are whole steps of this many dB: the last bits of a product differ between machines, and are not heard.
_STEP = 1e-3
_AHEAD = LOOKAHEAD // CELL
_RISE = RELEASE * CELL / SAMPLE_RATE
# A cell has a part in the gain at both of its edges; and some room for whole steps.
_BEHIND = 3 * _RISE + 0.05
_SHAPE = np.hanning(_AHEAD + 3)[1:-1]
_SHAPE = _SHAPE / _SHAPE.sum()


class Limiter:
    """Takes samples, gives as many back, somewhat later.

    Attributes:
        lowest: dB, the lowest gain so far; 0 while nothing was too loud.
    """

    def __init__(self) -> None:
        self.lowest = 0.0
        self._unseen = silent(REACH)
        self._held = silent(0)
        self._needed = 0.0
        self._rising = 0.0
        self._needs = np.zeros(_AHEAD)
        self._edge: float | None = None

    def push(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take ``n`` × 2 samples; give those whose gain is known by now, in order."""
        self._held = np.concatenate([self._held, sound])
        self._unseen = np.concatenate([self._unseen, sound])
        cells = (self._unseen.shape[0] - 2 * REACH) // CELL
        if cells <= 0:
            return self._held[:0]
        needs = self._look(cells)
        edges = np.minimum(needs, np.concatenate([[self._needed], needs[:-1]]))
        self._needed = float(needs[-1])
        return self._apply(self._smooth(self._released(edges)))

    def finish(self) -> NDArray[np.float32]:
        """Give what is left; the limiter is of no use afterwards."""
        left = self._held.shape[0]
        return self.push(silent(LOOKAHEAD + 2 * REACH + 3 * CELL + left))[:left]

    def _look(self, cells: int) -> NDArray[np.float64]:
        """The dB that each new cell must be lowered by, as numbers of 0 and below."""
        span = cells * CELL
        # The gain comes back so slowly that most peaks are let through by what those before them took.
        height = 10 ** ((_TARGET_DB - self._rising - _BEHIND) / 20) if self._rising else 0.0
        shadow = Shadow(height, fading=_RISE, room=_BEHIND)
        peaks = cell_peaks(self._unseen[: span + 2 * REACH], _PASSING, shadow).astype(np.float64)
        self._unseen = self._unseen[span:]
        needs = np.zeros(cells)
        high = peaks > _PASSING
        needs[high] = np.floor((_TARGET_DB - 20 * np.log10(peaks[high])) / _STEP) * _STEP
        return needs

    def _released(self, edges: NDArray[np.float64]) -> NDArray[np.float64]:
        """Behind each need the gain rises in a straight line of dB."""
        if self._rising == 0.0 and not edges.any():
            return edges
        steps = np.arange(1, edges.size + 1) * _RISE
        lowest = np.minimum(np.minimum.accumulate(edges - steps), self._rising)
        risen: NDArray[np.float64] = np.minimum(lowest + steps, 0.0)
        # In whole steps, or a block's length would show in the last bits.
        risen = np.round(risen / _STEP) * _STEP
        self._rising = float(risen[-1])
        return np.minimum(risen, edges)

    def _smooth(self, needs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The gains of the edges that are known, in dB: never above a need within the shape's reach."""
        known = np.concatenate([self._needs, needs])
        self._needs = known[-2 * _AHEAD :]
        if known.size <= 2 * _AHEAD:
            self._needs = known
            return known[:0]
        if not known.any():
            return np.zeros(known.size - 2 * _AHEAD)
        lowest = sliding_window_view(known, _AHEAD + 1).min(axis=1)
        smooth: NDArray[np.float64] = sliding_window_view(lowest, _AHEAD + 1) @ _SHAPE
        return smooth

    def _apply(self, edges: NDArray[np.float64]) -> NDArray[np.float32]:
        if self._edge is not None:
            edges = np.concatenate([[self._edge], edges])
        if edges.size < 2:
            self._edge = float(edges[-1]) if edges.size else self._edge
            return self._held[:0]
        self._edge = float(edges[-1])
        span = (edges.size - 1) * CELL
        sound, self._held = self._held[:span], self._held[span:]
        if not edges.any():
            return sound
        self.lowest = min(self.lowest, float(edges.min()))
        gains = 10 ** (edges / 20)
        way = np.arange(CELL) / CELL
        line = gains[:-1, None] + np.diff(gains)[:, None] * way[None, :]
        limited: NDArray[np.float32] = sound * line.reshape(-1, 1)[: sound.shape[0]].astype(np.float32)
        return limited
