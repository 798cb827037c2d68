"""What frames cost: measured at some of them, and a straight line in between."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.model.frames import FrameRange

LEAST_COST = 1e-6
"""Seconds. No frame is free, so that costs grow with frames, and equal costs can be cut of anything."""


@dataclass(frozen=True, slots=True)
class CostCurve:
    """Seconds that one browser takes for each frame.

    Sums over ranges are closed formulas over the knots: they take as long for a day of video as for a second.

    Attributes:
        knots: frames in ascending order, each with the seconds of that frame. Before the first one and after the last
            one costs stay as they are there. Two knots at neighbouring frames are a step.

    Raises:
        ValueError: there is no knot, the frames do not ascend, or a cost is negative or endless.
    """

    knots: tuple[tuple[int, float], ...]
    _frames: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _slopes: tuple[float, ...] = field(init=False, repr=False, compare=False)
    _sums: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.knots or self.knots[0][0] < 0:
            raise ValueError("a cost curve needs a knot, and no frame comes before 0")
        if any(b[0] <= a[0] for a, b in pairwise(self.knots)):
            raise ValueError("the frames of a cost curve do not ascend")
        if not all(math.isfinite(cost) and cost >= 0 for _, cost in self.knots):
            raise ValueError("a cost is a number of seconds from 0 on")
        knots = tuple((frame, max(LEAST_COST, float(cost))) for frame, cost in self.knots)
        object.__setattr__(self, "knots", knots)
        slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(knots)]
        sums = [knots[0][0] * knots[0][1]]
        for (a, b), slope in zip(pairwise(knots), slopes, strict=True):
            sums.append(sums[-1] + _line(a[1], slope, b[0] - a[0]))
        object.__setattr__(self, "_frames", tuple(frame for frame, _ in knots))
        object.__setattr__(self, "_slopes", (*slopes, 0.0))
        object.__setattr__(self, "_sums", tuple(sums))

    @classmethod
    def flat(cls, seconds: float = 1.0) -> Self:
        """Every frame costs the same."""
        return cls(((0, seconds),))

    @classmethod
    def steps(cls, ranges: Iterable[tuple[FrameRange, float]]) -> Self:
        """Each range at one cost a frame, in ascending order, such as the times of rendered blocks."""
        knots: list[tuple[int, float]] = []
        for frames, cost in ranges:
            if len(frames) > 0:
                knots.append((frames.start, cost))
                if len(frames) > 1:
                    knots.append((frames.stop - 1, cost))
        return cls(tuple(knots))

    def at(self, frame: int) -> float:
        """Seconds of one frame."""
        index = bisect_right(self._frames, frame) - 1
        if index < 0:
            return self.knots[0][1]
        base, cost = self.knots[index]
        return cost + self._slopes[index] * (frame - base)

    def of(self, frames: FrameRange) -> float:
        """Seconds of all frames of a range."""
        return self.before(frames.stop) - self.before(frames.start)

    def before(self, frame: int) -> float:
        """Seconds of all frames from 0 on that come before this one."""
        index = bisect_right(self._frames, frame) - 1
        if index < 0:
            return frame * self.knots[0][1]
        base, cost = self.knots[index]
        return self._sums[index] + _line(cost, self._slopes[index], frame - base)

    def frame_at(self, seconds: float) -> int:
        """The last frame that so many seconds, counted from frame 0, reach: those before it cost no more."""
        if seconds <= 0:
            return 0
        index = bisect_right(self._sums, seconds) - 1
        if index < 0:
            return int(seconds / self.knots[0][1])
        (base, cost), slope = self.knots[index], self._slopes[index]
        left = seconds - self._sums[index]
        if index + 1 == len(self.knots):
            return base + int(left / cost)
        # Halved rather than solved: the quadratic's root is at its worst where lines are nearly flat.
        frames = range(self.knots[index + 1][0] - base)
        return base + bisect_right(frames, left, key=lambda count: _line(cost, slope, count)) - 1

    def scaled(self, factor: float) -> CostCurve:
        """The same shape, each frame at ``factor`` times its cost."""
        return CostCurve(tuple((frame, cost * factor) for frame, cost in self.knots))


def _line(cost: float, slope: float, frames: int) -> float:
    """The sum of ``cost + slope·i`` for i from 0 to before ``frames``."""
    return frames * cost + slope * frames * (frames - 1) / 2
