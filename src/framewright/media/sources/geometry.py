"""From the pixels that are stored to those that are shown: turned upright, made square, and no more than needed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast

from framewright.model.size import Size

Turn = Literal[0, 90, 180, 270]

# Sizes that a source is scaled down to, as parts of it: few enough that clips of nearly equal size share frames.
_STEPS = tuple(Fraction(part, 64) for part in (4, 6, 8, 12, 16, 24, 32, 48))


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
    """The size that a frame is handed out in: that of the source, or one of few steps below that still fills the box."""
    width, height = shape.shown
    if box is None:
        return Size(width, height)
    needed = max(Fraction(box.width, width), Fraction(box.height, height))
    for step in _STEPS:
        small = Size(_even(width * step), _even(height * step))
        if step >= needed and small.width < width and small.height < height:
            return small
    return Size(width, height)


def _even(side: Fraction) -> int:
    return max(2, 2 * math.ceil(side / 2))
