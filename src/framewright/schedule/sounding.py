"""Which frames are worth measuring next, and the curve that measured ones give: clips begin and end in steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from framewright.model.frames import FrameRange
from framewright.schedule.costs import CostCurve

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_STRETCHES = 200
"""Of a composition with more clips than this only every other boundary counts, or every third."""


@dataclass(slots=True)
class _Stretch:
    """Frames in which no clip begins or ends, and the costs that were measured in them."""

    frames: FrameRange
    found: dict[int, float] = field(default_factory=dict)
    asked: int = 0


class Sounding:
    """Measured costs, taken where they tell most: in the stretch with the most frames for each sample.

    Args:
        frames: all of them, one at least.
        boundaries: frames at which something may begin or end.
    """

    def __init__(self, frames: FrameRange, boundaries: Iterable[int]) -> None:
        inner = sorted({frame for frame in boundaries if frames.start < frame < frames.stop})
        inner = inner[:: -(-len(inner) // (MOST_STRETCHES - 1)) or 1]
        ends = [frames.start, *inner, frames.stop]
        self._stretches = [_Stretch(FrameRange(*pair)) for pair in pairwise(ends)]

    @property
    def samples(self) -> int:
        """How many were noted."""
        return sum(len(stretch.found) for stretch in self._stretches)

    def next(self) -> int | None:
        """The frame to measure now; None when all were."""
        open_ones = [stretch for stretch in self._stretches if stretch.asked < len(stretch.frames)]
        if not open_ones:
            return None
        # Before all, each stretch is looked at once.
        stretch = max(open_ones, key=lambda one: (one.asked == 0, len(one.frames) / (one.asked + 1)))
        for _ in range(len(stretch.frames)):
            stretch.asked += 1
            frame = stretch.frames.start + int(_spread(stretch.asked) * len(stretch.frames))
            if frame not in stretch.found:
                return frame
        return self.next()

    def note(self, frame: int, seconds: float) -> None:
        """What a frame took."""
        for stretch in self._stretches:
            if frame in stretch.frames:
                stretch.found[frame] = seconds
                return

    def curve(self) -> CostCurve | None:
        """Costs of all frames; None while nothing was noted."""
        knots: dict[int, float] = {}
        for stretch in self._stretches:
            found = sorted(stretch.found.items())
            if not found:
                continue
            # At a boundary costs leap: the sample next to it holds up to it.
            knots[stretch.frames.start] = found[0][1]
            knots.update(found)
            knots[stretch.frames.stop - 1] = found[-1][1]
        return CostCurve(tuple(sorted(knots.items()))) if knots else None


def _spread(index: int) -> float:
    """The ``index``-th point of an even spread over 0 to 1: 1/2, 1/4, 3/4, 1/8 … (van der Corput's sequence)."""
    value, part = 0.0, 0.5
    while index:
        value += part * (index & 1)
        index >>= 1
        part /= 2
    return value


def remembered(blocks: Iterable[tuple[FrameRange, float]], frames: FrameRange) -> CostCurve | None:
    """The curve of blocks that were rendered before, with the seconds of each; None where they tell of too little.

    Blocks that overlap, or that were rendered more than once, count as the first of them.
    """
    steps: list[tuple[FrameRange, float]] = []
    reached, known = frames.start, 0
    for block, seconds in sorted(blocks, key=lambda item: (item[0].start, item[0].stop)):
        if block.start >= reached and len(block) and block.stop <= frames.stop:
            steps.append((block, seconds / len(block)))
            reached = block.stop
            known += len(block)
    return CostCurve.steps(steps) if known >= _KNOWN * len(frames) else None


# Of the frames; what is missing follows from its neighbours.
_KNOWN = 0.8
