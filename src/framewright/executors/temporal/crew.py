"""The chunks of one workflow: begun costliest first, a bounded number at a time, each until it lies in the store."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from framewright.executors.temporal.standing import DONE, REUSED, RUNNING, WAITING, write_states
from framewright.executors.temporal.together import together

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.executors.temporal.calls import Calls
    from framewright.executors.temporal.values import PlanReference
    from framewright.model.plan import Chunk


class Crew:
    """Sees to some chunks of a plan.

    Args:
        first, stop: the chunks.
        window: that are handed out at a time.

    Attributes:
        seconds: of workers, all told.
    """

    def __init__(self, calls: Calls, plan: PlanReference, first: int, stop: int, window: int) -> None:
        self._calls = calls
        self._plan = plan
        self._first = first
        self._window = window
        self._states = [WAITING] * (stop - first)
        self.seconds = 0.0

    @property
    def states(self) -> str:
        """Of all chunks, as runs."""
        return write_states(self._states)

    @property
    def reused(self) -> int:
        """Chunks that were there before."""
        return self._states.count(REUSED)

    def mark(self, chunks: Iterable[int], state: str) -> None:
        """Note of chunks what others have seen to."""
        for index in chunks:
            self._states[index - self._first] = state

    async def run(self, chunks: Iterable[Chunk], *, resume: bool) -> None:
        """Have chunks rendered. Raises what the first raises that cannot be helped, when all others have let go."""
        waiting = deque(sorted(chunks, key=lambda chunk: (-chunk.cost, chunk.index)))
        lanes = min(self._window, len(waiting))
        await together(self._lane(waiting, resume=resume) for _ in range(lanes))

    async def _lane(self, waiting: deque[Chunk], *, resume: bool) -> None:
        while waiting:
            chunk = waiting.popleft()
            self.mark((chunk.index,), RUNNING)
            made = await self._calls.chunk(self._plan, chunk, resume=resume)
            self.seconds += made.seconds
            self.mark((chunk.index,), REUSED if made.reused else DONE)
