"""A source that is heard again and again, laid out in one line, so that the resampler never sees a seam."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from framewright.sound.planes import blank

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from framewright.sound.resampling import Samples

# A stretch that is shorter is kept as it is decoded: 1.5 MB a track at 48 kHz, instead of a seek each time.
_KEPT_SECONDS = 4


class Unrolled:
    """The line: the source up to the loop's end, then from its beginning to its end, and so on.

    The n-th seam is at the sample nearest to its exact time, so that nothing adds up.

    Args:
        source: in its own rate.
        rate: samples a second.
        begin: seconds into the source at which the loop begins.
        length: of one round; more than 0.
    """

    def __init__(self, source: Samples, rate: int, begin: Fraction, length: Fraction) -> None:
        self._source = source
        self._rate = rate
        self._begin = begin
        self._length = length
        self._kept: NDArray[np.float32] | None = None

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        """``count`` × 2 samples of the line from ``first`` on."""
        taken = blank(count)
        done = 0
        while done < count:
            at = first + done
            round_ = self._round(at)
            part = min(count - done, self._seam(round_ + 1) - at)
            if round_ <= 0:
                taken[done : done + part] = self._source.read(at, part)
            else:
                inside = at - self._seam(round_)
                taken[done : done + part] = self._again(inside, part)
            done += part
        return taken

    def _seam(self, index: int) -> int:
        """Where the round of this number begins: round 0 is the first one, which has the whole source before it."""
        return round((self._begin + self._length * index) * self._rate)

    def _round(self, place: int) -> int:
        guess = int((Fraction(place, self._rate) - self._begin) // self._length)
        while place >= self._seam(guess + 1):
            guess += 1
        while guess > 0 and place < self._seam(guess):
            guess -= 1
        return max(0, guess)

    def _again(self, inside: int, count: int) -> NDArray[np.float32]:
        begin = round(self._begin * self._rate)
        if self._length > _KEPT_SECONDS:
            return self._source.read(begin + inside, count)
        if self._kept is None:
            self._kept = self._source.read(begin, int(self._length * self._rate) + 2)
        return self._kept[inside : inside + count]
