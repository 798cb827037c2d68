"""From the pixels that are stored to those that are shown: turned upright, made square, and no more than needed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast

from framewright.model.size import Size

Turn = Literal[0, 90, 180, 270]

# A box that was rounded to whole pixels in the ratio of the source is met, and not exceeded by two.
_ROUNDING = Fraction(1, 10)
_SMALLEST = Fraction(1, 16)


def quarter_turn(degrees: float) -> Turn:
    """The nearest of the four clockwise turns."""
    return cast("Turn", round(degrees / 90) % 4 * 90)


@dataclass(frozen=True, slots=True)
class Shape:
    """The pixels of a stream.

    Attributes:
        width, height: as stored.
        pixel: width of a stored pixel in heights of it.
        turn: degrees clockwise that make it upright.
    """

    width: int
    height: int
    pixel: Fraction = Fraction(1)
    turn: Turn = 0

    @property
    def square(self) -> tuple[int, int]:
        """With square pixels, before the turn. The side that is too short grows, as the HTML standard says."""
        if self.pixel >= 1:
            return max(1, round(self.width * self.pixel)), self.height
        return self.width, max(1, round(self.height / self.pixel))

    @property
    def shown(self) -> tuple[int, int]:
        """As people see it."""
        width, height = self.square
        return (height, width) if self.turn in {90, 270} else (width, height)


def size_for(shape: Shape, box: Size | None) -> Size:
    """The size that a frame is handed out in: that of the source, or what fills the box in its ratio, with even sides."""
    width, height = shape.shown
    if box is None:
        return Size(width, height)
    share = max(Fraction(box.width, width), Fraction(box.height, height), _SMALLEST)
    small = Size(_even(width * share), _even(height * share))
    return small if small.width < width and small.height < height else Size(width, height)


def _even(side: Fraction) -> int:
    return max(2, 2 * math.ceil((side - _ROUNDING) / 2))
