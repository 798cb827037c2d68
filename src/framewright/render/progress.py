"""How far a whole render is: its parts weighed by what they are expected to cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.render.meter import Pace

if TYPE_CHECKING:
    from framewright.model.plan import Chunk, Plan
    from framewright.render.telling import Teller

FINISHING_SHARE = 0.02
"""Of the whole: what it takes to put the pieces together."""


class Progress:
    """Counts the frames of all chunks, and tells how far they are. Its fraction never goes back, and ends at exactly 1.

    Args:
        teller: told at most ten times a second.
    """

    def __init__(self, plan: Plan, teller: Teller) -> None:
        self._teller = teller
        self._total = len(plan.picture.range)
        self._costs = {chunk.index: max(chunk.cost, 1e-9) for chunk in plan.chunks}
        self._whole = sum(self._costs.values())
        self._frames: dict[int, int] = {}
        self._lengths = {chunk.index: len(chunk.range) for chunk in plan.chunks}
        self._reached = 0.0
        self._most = 0
        self._pace = Pace(self._total)

    def advance(self, chunk: Chunk, frames: int) -> None:
        """So many frames of a chunk are done. An attempt that begins anew takes nothing back."""
        self._frames[chunk.index] = frames
        done = sum(self._frames.values())
        cost = sum(
            self._costs[index] * frames / self._lengths[index] for index, frames in self._frames.items()
        )
        self._reached = max(self._reached, (1 - FINISHING_SHARE) * cost / self._whole)
        if done <= self._most:
            return
        self._most = done
        told = self._pace.advance(done)
        if told is not None:
            self._teller.tell(told.model_copy(update={"fraction": min(1.0, self._reached)}))

    def end(self) -> None:
        """The file stands under its name."""
        told = self._pace.advance(self._total)
        if told is not None:
            self._teller.tell(told.model_copy(update={"fraction": 1.0}))
