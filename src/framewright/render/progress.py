"""How far a whole render is: its parts weighed by what they are expected to cost."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from framewright.model.events import ChunkState, ChunkTold
from framewright.model.frames import FrameRange
from framewright.render.meter import Pace
from framewright.schedule.costs import CostCurve

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.model.events import SoundTold
    from framewright.model.plan import Plan
    from framewright.render.telling import Teller

SOUND_SHARE = 0.02
"""Of the whole: what the mix takes, which is beside the frames."""
FINISHING_SHARE = 0.02
"""Of the whole: what it takes to put the pieces together."""
# Of what running chunks tell: to look at more would cost more than it says.
_LOOK_EVERY = 0.1


class Progress:
    """Makes one progress of what is told of chunks and sound, in whatever order and however often.

    Its fraction never goes back, and is exactly 1 once :meth:`end` was called.

    Args:
        teller: told at most ten times a second.
    """

    def __init__(self, plan: Plan, teller: Teller, clock: Callable[[], float] = time.monotonic) -> None:
        self._teller = teller
        self._frames = plan.picture.range
        knots = plan.estimate.knots
        self._curve = CostCurve(knots) if knots else CostCurve.flat(1.0)
        self._whole = self._curve.of(self._frames)
        # How far frames are done without a gap, from each frame at which somebody began.
        self._reached: dict[int, int] = {}
        self._sound = 0.0
        self._most = (0, 0.0)
        self._told = self._most
        self._looked_at = float("-inf")
        self._clock = clock
        self._pace = Pace(len(self._frames), clock)

    def note(self, told: ChunkTold | SoundTold) -> None:
        """Something got on."""
        if isinstance(told, ChunkTold):
            if told.state is ChunkState.FAILED:
                return
            whole = told.state in {ChunkState.DONE, ChunkState.REUSED}
            reached = told.stop if whole else told.start + told.frames
            if reached <= self._reached.get(told.start, told.start):
                return
            self._reached[told.start] = reached
            if not whole and self._clock() - self._looked_at < _LOOK_EVERY:
                return
        else:
            self._sound = max(self._sound, min(1.0, told.fraction))
        self._look()

    def again(self) -> None:
        """Tell what it was too early to tell when it was noted."""
        if self._most != self._told:
            self._look()

    def _look(self) -> None:
        self._looked_at = self._clock()
        done, cost, reached = 0, 0.0, self._frames.start
        for start in sorted(self._reached):
            stop = min(self._reached[start], self._frames.stop)
            if stop > reached:
                part = FrameRange(max(start, reached), stop)
                done, cost, reached = done + len(part), cost + self._curve.of(part), stop
        share = cost / self._whole if self._whole else done / len(self._frames)
        pictures = 1 - SOUND_SHARE - FINISHING_SHARE
        fraction = max(self._most[1], min(pictures, pictures * share) + SOUND_SHARE * self._sound)
        # An attempt that begins anew takes nothing back.
        done = max(done, self._most[0])
        self._most = (done, fraction)
        if self._most == self._told:
            return
        event = self._pace.advance(done)
        if event is not None:
            self._told = self._most
            self._teller.tell(event.model_copy(update={"fraction": fraction}))

    def end(self) -> None:
        """The file stands under its name."""
        event = self._pace.advance(len(self._frames))
        assert event is not None, "the last frame is always told"
        self._teller.tell(event.model_copy(update={"fraction": 1.0}))
