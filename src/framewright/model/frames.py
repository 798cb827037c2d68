"""Time as a type: exact frame rates and half-open ranges of frames."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Self

from framewright.model.errors import CompositionError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

HIGHEST_RATE = 240
LONGEST_SECONDS = 24 * 3600
_WHOLE_FRAME_TOLERANCE = Fraction(1, 1000)
_RATE = re.compile(r"\s*(\d{1,9})(?:\s*/\s*(\d{1,9})|\.(\d{1,6}))?\s*")
_BROADCAST_RATES = {
    "23.976": Fraction(24000, 1001),
    "23.98": Fraction(24000, 1001),
    "29.97": Fraction(30000, 1001),
    "47.952": Fraction(48000, 1001),
    "59.94": Fraction(60000, 1001),
    "119.88": Fraction(120000, 1001),
}


@dataclass(frozen=True, slots=True)
class FrameRate:
    """Frames a second, exact: 30, or 30000/1001."""

    value: Fraction

    def __post_init__(self) -> None:
        if not 0 < self.value <= HIGHEST_RATE:
            raise UsageError(
                f"{self} frames a second is out of range: use more than 0 and at most {HIGHEST_RATE}.",
                code="FPS_INVALID",
            )

    @classmethod
    def parse(cls, text: str | float | Fraction) -> Self:
        """Read ``30``, ``30000/1001``, ``12.5`` or a broadcast rate such as ``29.97`` (30000/1001).

        Raises:
            UsageError: ``FPS_INVALID`` when it is no number, zero, or more than 240.
        """
        written = str(text).strip()
        if written in _BROADCAST_RATES:
            return cls(_BROADCAST_RATES[written])
        match = _RATE.fullmatch(written)
        if match is None or (match[2] is not None and int(match[2]) == 0):
            raise UsageError(
                f"'{written}' is no frame rate: give a whole number such as 30, or a fraction such as 30000/1001.",
                code="FPS_INVALID",
            )
        return cls(Fraction(written.replace(" ", "")))

    def time_of(self, frame: int) -> Fraction:
        """Seconds at which a frame begins. Multiplied, never accumulated."""
        return frame / self.value

    def frame_at(self, seconds: Fraction) -> int:
        """The frame that is shown at a time."""
        return int(seconds * self.value)

    def frames_in(self, seconds: Fraction | float) -> int:
        """How many frames a duration has: the nearest whole number if within 1e-3 of it, else the next above.

        Raises:
            CompositionError: ``DURATION_INVALID`` when it is not above 0, not finite, or longer than 24 h.
        """
        if not math.isfinite(seconds) or seconds <= 0:
            raise CompositionError(
                f"The duration is {_spoken(seconds)}: give a data-duration, or --duration, above 0 seconds.",
                code="DURATION_INVALID",
            )
        if seconds > LONGEST_SECONDS:
            raise CompositionError(
                f"The duration is {float(seconds):g} seconds: at most 24 hours ({LONGEST_SECONDS} s) can be rendered.",
                code="DURATION_INVALID",
            )
        exact = Fraction(seconds) * self.value
        nearest = round(exact)
        whole = nearest if abs(exact - nearest) <= _WHOLE_FRAME_TOLERANCE else math.ceil(exact)
        return max(1, whole)

    def __str__(self) -> str:
        return str(self.value)

    def __float__(self) -> float:
        return float(self.value)


def _spoken(seconds: Fraction | float) -> str:
    return f"{float(seconds):g} seconds" if math.isfinite(seconds) else "endless"


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Frames ``start`` to ``stop``, the last one excluded."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.stop:
            raise ValueError(f"no range of frames: {self.start}…{self.stop}")

    def __len__(self) -> int:
        return self.stop - self.start

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.start, self.stop))

    def __contains__(self, frame: int) -> bool:
        return self.start <= frame < self.stop

    def clamp(self, start: int | None, stop: int | None) -> FrameRange:
        """The part of this range between two wished ends.

        Raises:
            UsageError: ``FRAMES_INVALID`` when nothing is left.
        """
        first = max(self.start, self.start if start is None else start)
        last = min(self.stop, self.stop if stop is None else stop)
        if first >= last:
            raise UsageError(
                f"No frame is left between --start-frame {start if start is not None else self.start} and "
                f"--end-frame {stop if stop is not None else self.stop}: "
                f"the composition has the frames {self.start} to {self.stop - 1}.",
                code="FRAMES_INVALID",
            )
        return FrameRange(first, last)

    def blocks(self, size: int) -> Iterator[FrameRange]:
        """Pieces cut at the multiples of ``size``, so that two renders of any ranges cut at the same frames."""
        start = self.start
        while start < self.stop:
            stop = min(self.stop, (start // size + 1) * size)
            yield FrameRange(start, stop)
            start = stop

    def __str__(self) -> str:
        return f"{self.start}…{self.stop}"
