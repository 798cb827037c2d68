"""Sound at another speed and its own pitch: pieces of 30 ms that overlap where they fit best (WSOLA, Verhelst 1993).

The line is cut where sounds set in. An attack stands at its exact time, the pieces before it end right where it
begins, and so each join is one of the source. Between attacks, a piece may stand up to 12.5 ms from its exact place in
the source; that never adds up.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from framewright.sound.attacks import AHEAD, Attacks
from framewright.sound.queued import Queued

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from framewright.sound.resampling import Samples

_HOP = 720
_SEARCH = 600
_READ = 16_384
# A candidate at the edge of the search must be better than one at the exact place by this.
_PULL = 0.05
_RISING = np.sin(np.pi / 2 * (np.arange(_HOP) + 0.5) / _HOP) ** 2
_PENALTY = 1 - _PULL * np.abs(np.arange(-_SEARCH, _SEARCH + 1)) / _SEARCH
_FFT = 2048


class Stretched:
    """Reads a source at another speed. It is stretched from its beginning on, wherever one begins to read.

    Args:
        source: at 48 kHz.
        skipped: the sample of the source that is the first one here.
        rate: samples of the source in one of the result.
    """

    def __init__(self, source: Samples, skipped: int, rate: float) -> None:
        self._source = source
        self._skipped = skipped
        self._rate = Fraction(rate)
        self._begin()

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        """``count`` × 2 samples from ``first`` on; never before 0."""
        if first < self._made.first:
            self._begin()
        while self._made.end < first + count:
            self._made.forget(first)
            self._piece()
        return self._made.take(first, count)

    def _begin(self) -> None:
        self._made = Queued()
        self._heard = Queued()
        self._attacks = Attacks()
        self._coming: deque[int] = deque()
        self._start_segment(0)

    def _start_segment(self, place: int) -> None:
        self._segment = place
        self._origin = self._made.end
        self._tail: NDArray[np.float32] | None = None

    def _piece(self) -> None:
        """Make the next hop, or the rest up to the next attack."""
        at = self._made.end
        ideal = self._segment + round((at - self._origin) * self._rate)
        horizon = self._segment + int((at - self._origin + 2 * _HOP) * self._rate) + 2 * _HOP + _SEARCH + 1
        self._listen(horizon + AHEAD + _HOP)
        while self._coming and self._coming[0] <= self._segment:
            self._coming.popleft()
        attack = self._coming[0] if self._coming else None
        if attack is not None:
            left = round(attack / self._rate) - at
            if left <= 2 * _HOP:
                self._close(attack, max(0, left))
                return
        if self._tail is None:
            place = ideal
            made = self._samples(place, _HOP)
        else:
            highest = None if attack is None else attack - 2 * _HOP
            place = self._best(ideal, highest)
            rising = _RISING[:, None]
            made = (self._tail * (1 - rising) + self._samples(place, _HOP) * rising).astype(np.float32)
        self._made.add(made)
        self._tail = self._samples(place + _HOP, _HOP)
        self._heard.forget(min(place, ideal + int(_HOP * self._rate)) - _SEARCH - 2 * _HOP)

    def _close(self, attack: int, left: int) -> None:
        """End this segment so that the attack comes next, in the result as in the source."""
        made = self._samples(attack - left, left)
        tail = self._samples(self._segment, min(left, _HOP)) if self._tail is None else self._tail[:left]
        if tail.shape[0]:
            rising = (np.sin(np.pi / 2 * (np.arange(tail.shape[0]) + 0.5) / tail.shape[0]) ** 2)[:, None]
            made = made.copy()
            made[: tail.shape[0]] = tail * (1 - rising) + made[: tail.shape[0]] * rising
        self._made.add(made)
        self._start_segment(attack)

    def _best(self, ideal: int, highest: int | None) -> int:
        """The place near the exact one at which the source goes on most like the piece before would."""
        assert self._tail is not None
        tail = self._tail.sum(axis=1, dtype=np.float64)
        if highest is not None and highest < ideal - _SEARCH:
            return highest
        if float(tail @ tail) < 1e-9:
            return ideal if highest is None else min(ideal, highest)
        around = self._samples(ideal - _SEARCH, 2 * _SEARCH + _HOP).sum(axis=1, dtype=np.float64)
        likeness = np.fft.irfft(np.fft.rfft(around, _FFT) * np.conj(np.fft.rfft(tail, _FFT)), _FFT)
        energy = np.concatenate([[0.0], np.cumsum(around * around)])
        energy = energy[_HOP:] - energy[:-_HOP]
        score = likeness[: 2 * _SEARCH + 1] / np.sqrt(energy + 1e-6) * _PENALTY
        if highest is not None:
            score = score[: highest - (ideal - _SEARCH) + 1]
        return ideal - _SEARCH + int(score.argmax())

    def _samples(self, first: int, count: int) -> NDArray[np.float32]:
        """Of the source, from the track's beginning; silence before that."""
        missing = max(0, self._heard.first - first)
        if not missing:
            return self._heard.peek(first, count)
        silence = np.zeros((min(missing, count), 2), dtype=np.float32)
        return np.concatenate([silence, self._heard.peek(self._heard.first, max(0, count - missing))])

    def _listen(self, until: int) -> None:
        """Have the source up to a sample, and all attacks before it."""
        while self._attacks.scanned < until:
            sound = self._source.read(self._skipped + self._heard.end, _READ)
            self._heard.add(sound)
            self._coming.extend(self._attacks.look(sound))
