"""A source's samples on the grid of the mix: sample n of the result is the sound at n ÷ 48000 seconds of the source.

The wheel's FFmpeg has no soxr. Its own resampler with a Kaiser window of this length is as good for our purpose
(docs/media.md has the measures), and what it gives does not depend on where one begins, if one begins at a sample that
both grids share: there the filter's phases repeat.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Protocol

import numpy as np
from av import AudioFrame
from av.audio.resampler import AudioResampler

from framewright.model.sound import SAMPLE_RATE
from framewright.sound.queued import Queued

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FILTER = {"filter_size": "128", "cutoff": "0.98", "filter_type": "kaiser", "kaiser_beta": "12"}
# Phases that the filter's table holds as they are; with more of them it stands in between.
_EXACT_PHASES = 1024
# Samples of either rate within which the filter's beginning has no part in what comes out.
_RUN_UP = 512
_FED = 16_384


class Samples(Protocol):
    """What can be read by place, best in order."""

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        """``count`` × 2 samples from ``first`` on, silence where there is nothing."""
        ...


class Resampled:
    """Reads a sound of any rate at 48 kHz. Sound that has that rate comes through untouched.

    Args:
        source: the sound; it is not closed here.
        rate: its samples a second.
    """

    def __init__(self, source: Samples, rate: int) -> None:
        self._source = source
        self._rate = rate
        shared = gcd(rate, SAMPLE_RATE)
        self._period_in, self._period_out = rate // shared, SAMPLE_RATE // shared
        self._resampler: AudioResampler | None = None
        self._fed = 0
        self._made = Queued()

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        """``count`` × 2 samples at 48 kHz from sample ``first`` on."""
        if self._rate == SAMPLE_RATE:
            return self._source.read(first, count)
        if (
            self._resampler is None
            or first < self._made.first
            or first > self._made.end + self._period_out + _RUN_UP
        ):
            self._begin(first)
        while self._made.end < first + count:
            self._made.forget(first)
            self._feed()
        return self._made.take(first, count)

    def _begin(self, first: int) -> None:
        periods = (first - _RUN_UP) // self._period_out
        while periods * self._period_in > first * self._rate // SAMPLE_RATE - _RUN_UP:
            periods -= 1
        options = dict(_FILTER)
        if self._period_out > _EXACT_PHASES:
            options["linear_interp"] = "1"
        self._resampler = AudioResampler("fltp", "stereo", SAMPLE_RATE, options=options)
        self._fed = periods * self._period_in
        self._made = Queued(periods * self._period_out)

    def _feed(self) -> None:
        assert self._resampler is not None
        sound = self._source.read(self._fed, _FED)
        self._fed += _FED
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound.T), format="fltp", layout="stereo")
        frame.sample_rate = self._rate
        for resampled in self._resampler.resample(frame):
            self._made.add(np.asarray(resampled.to_ndarray().T, dtype=np.float32))
