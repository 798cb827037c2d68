"""The chunks of one workflow: begun costliest first, a bounded number at a time, each until it lies in the store."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from temporalio import workflow

from framewright.executors.temporal.standing import DONE, REUSED, RUNNING, WAITING, write_states
from framewright.executors.temporal.together import let_go

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.executors.temporal.calls import Calls
    from framewright.executors.temporal.values import PlanReference
    from framewright.model.plan import Chunk


_AT_ONCE = 50
"""Chunks that are begun in one go, of a fifth of a millisecond each on an idle machine: workflow code that keeps the processor
for two seconds counts as hanging, and a machine may be slow, or full of browsers."""
_PAUSE_SECONDS = 0.01


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
        # In the order in which they began: workflow code must not depend on that of a set.
        flying: dict[int, asyncio.Task[None]] = {}
        landed: list[int] = []
        try:
            while waiting or flying:
                for _ in range(min(_AT_ONCE, self._window - len(flying), len(waiting))):
                    self._begin(waiting.popleft(), flying, landed, resume=resume)
                if waiting and len(flying) < self._window:
                    await workflow.sleep(_PAUSE_SECONDS)
                else:
                    await workflow.wait_condition(lambda: bool(landed))
                for index in landed:
                    flying.pop(index).result()
                landed.clear()
        except (Exception, asyncio.CancelledError):  # as in ``together``
            await let_go(list(flying.values()))
            raise

    def _begin(
        self, chunk: Chunk, flying: dict[int, asyncio.Task[None]], landed: list[int], *, resume: bool
    ) -> None:
        self.mark((chunk.index,), RUNNING)
        flying[chunk.index] = task = asyncio.create_task(self._render(chunk, resume=resume))
        task.add_done_callback(lambda _: landed.append(chunk.index))

    async def _render(self, chunk: Chunk, *, resume: bool) -> None:
        made = await self._calls.chunk(self._plan, chunk, resume=resume)
        self.seconds += made.seconds
        self.mark((chunk.index,), REUSED if made.reused else DONE)
