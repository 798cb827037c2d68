"""Where the time went: stages, rate over the last seconds, and the frames that took longest."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from framewright.model.events import Progressed
from framewright.model.report import SlowRange

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.model.frames import FrameRange

_WINDOW_SECONDS = 5.0
_SHORTEST_SPAN = 0.5
_TELL_EVERY = 0.1


class Pace:
    """Progress, thinned out to ten tellings a second, with the rate over the last five seconds.

    The rate counts from the first frame on: the wait for it says nothing of those that follow.
    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._clock = clock
        # One entry a telling, hence at most 52.
        self._marks: deque[tuple[float, int]] = deque()
        self._told_at = float("-inf")

    def advance(self, frames: int) -> Progressed | None:
        """What to tell now that so many frames are done; None while it is too early to tell again."""
        now = self._clock()
        if now - self._told_at < _TELL_EVERY and frames < self._total:
            return None
        self._told_at = now
        self._marks.append((now, frames))
        while len(self._marks) > 1 and self._marks[1][0] <= now - _WINDOW_SECONDS:
            self._marks.popleft()
        since, done = self._marks[0]
        span = now - since
        rate = (frames - done) / span if span >= _SHORTEST_SPAN and frames > done else None
        left = (self._total - frames) / rate if rate else None
        if frames == self._total:
            left = 0.0
        return Progressed(frames=frames, total=self._total, rate=rate, seconds_left=left)


class SlowestBlock:
    """The block of frames that took longest to draw, seconds a frame."""

    def __init__(self) -> None:
        self._slowest: SlowRange | None = None
        self._blocks = 0

    def note(self, frames: FrameRange, seconds: float) -> None:
        """A block was captured in so many wall seconds."""
        self._blocks += 1
        slowest = self._slowest
        if slowest is None or seconds / len(frames) > slowest.seconds / (slowest.stop - slowest.start):
            self._slowest = SlowRange(start=frames.start, stop=frames.stop, seconds=seconds)

    @property
    def slowest(self) -> SlowRange | None:
        """None when there were fewer than two blocks: then nothing can be told apart."""
        return self._slowest if self._blocks > 1 else None


class Watch:
    """Wall seconds of consecutive stages."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = self._mark = clock()

    def lap(self) -> float:
        """Seconds since the lap before."""
        now = self._clock()
        spent, self._mark = now - self._mark, now
        return spent

    @property
    def total(self) -> float:
        """Seconds since the beginning."""
        return self._clock() - self._began
