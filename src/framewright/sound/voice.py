"""One track of a mix: its file, open only while it is heard, and what becomes of its samples."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from framewright.model.sound import SAMPLE_RATE
from framewright.sound.decoding import Decoder
from framewright.sound.errors import Origin
from framewright.sound.lanes import Lane, faded, multiplied, sides
from framewright.sound.resampling import Resampled
from framewright.sound.stretching import Stretched
from framewright.sound.unrolling import Unrolled

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from framewright.model.sound import SoundTrack
    from framewright.sound.resampling import Samples

LOUDEST = 10_000.0
"""The highest gain, 80 dB: more would only make numbers that are none."""

SHORTEST_LOOP = Fraction(1, 100)
"""Seconds; what is shorter is heard once."""


class Voice:
    """A track over the whole composition.

    Attributes:
        first: the sample of the composition at which it begins.
    """

    def __init__(self, track: SoundTrack, path: Path) -> None:
        self._track = track
        self._origin = Origin(track.name, track.source, path)
        self.first = samples(track.start)
        self._stop = None if track.duration is None else samples(track.start + track.duration)
        self._lane = Lane(track.lane) if track.lane else None
        self._decoder: Decoder | None = None
        self._sound: Samples | None = None
        self._natural: int | None = None
        self._open_ended = False

    def heard(self, first: int, stop: int) -> bool:
        """Whether it has a part in these samples of the composition."""
        end = self._end()
        return self.first < stop and (end is None or first < end)

    def over(
        self, first: int, stop: int, group: NDArray[np.float32] | float
    ) -> tuple[int, NDArray[np.float32]] | None:
        """Its samples between two of the composition, and the place of the first of them; None: it is not heard there.

        Args:
            group: the gain of its group between them.

        Raises:
            SoundError: the file cannot be read.
        """
        if self._sound is None:
            self._open()
        assert self._sound is not None
        end = self._end()
        low, high = max(first, self.first), stop if end is None else min(stop, end)
        if low >= high:
            return None
        sound = self._sound.read(low - self.first, high - low)
        if self._open_ended:
            # Reading behind the end tells where it is. The resampler's last echo goes, as it does when that is known.
            self._natural = self._natural_end()
            if self._natural is not None:
                sound = sound[: max(0, self._natural - low)]
                self._open_ended = False
        self._shape(
            sound,
            low - self.first,
            group[low - first : high - first] if isinstance(group, np.ndarray) else group,
        )
        return low, sound

    def close(self) -> None:
        """Let go of the file. It is opened again when the track is heard again."""
        if self._decoder is not None:
            self._decoder.close()
        self._decoder = self._sound = None

    def _end(self) -> int | None:
        ends = [end for end in (self._stop, self._natural) if end is not None]
        return min(ends, default=None)

    def _open(self) -> None:
        track = self._track
        self._decoder = decoder = Decoder(self._origin)
        offset = Fraction(track.offset)
        until = None if track.until is None else Fraction(track.until)
        looped = False
        source: Samples = decoder
        if track.loop:
            length = (Fraction(decoder.length(), decoder.rate) if until is None else until) - offset
            if looped := length >= SHORTEST_LOOP:
                source = Unrolled(decoder, decoder.rate, offset, length)
        line = Resampled(source, decoder.rate)
        skipped = samples(track.offset + (track.skip if looped else 0))
        self._sound = _Shifted(line, skipped) if track.rate == 1 else Stretched(line, skipped, track.rate)
        if not looped:
            if track.fade_out and until is None:
                decoder.length()
            self._natural = self._natural_end()
            self._open_ended = self._natural is None

    def _natural_end(self) -> int | None:
        """The sample of the composition behind the source's last one; None: that is not known yet."""
        track = self._track
        assert self._decoder is not None
        known = self._decoder.known_length
        ends = [] if known is None else [Fraction(known, self._decoder.rate)]
        if track.until is not None:
            ends.append(Fraction(track.until))
        if not ends:
            return None
        left = (min(ends) - Fraction(track.offset)) / Fraction(track.rate)
        return self.first + max(0, round(left * SAMPLE_RATE))

    def _shape(self, sound: NDArray[np.float32], first: int, group: NDArray[np.float32] | float) -> None:
        """Gain, fades and pan, in place. Samples that nothing changes stay as they are, bit for bit."""
        track = self._track
        count = sound.shape[0]
        end = self._end()
        gain = multiplied(
            self._lane.over(first, count) if self._lane is not None else track.volume,
            group,
            faded(
                first,
                count,
                length=None if end is None else end - self.first,
                fade_in=samples(track.fade_in),
                fade_out=samples(track.fade_out),
            ),
        )
        if isinstance(gain, np.ndarray):
            sound *= np.minimum(gain, np.float32(LOUDEST))[:, None]
        elif gain != 1:
            sound *= np.float32(min(gain, LOUDEST))
        for channel, side in enumerate(sides(track.pan)):
            if side != 1:
                sound[:, channel] *= np.float32(side)


class _Shifted:
    """A sound from some sample on."""

    def __init__(self, source: Samples, skipped: int) -> None:
        self._source = source
        self._skipped = skipped

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        return self._source.read(first + self._skipped, count)


def samples(seconds: float) -> int:
    """The sample nearest to a time."""
    return round(seconds * SAMPLE_RATE)
