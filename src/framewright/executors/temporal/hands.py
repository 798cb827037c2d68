"""Child processes that stay warm: each keeps the browsers of one plan open from chunk to chunk, and is closed when that is over."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from framewright.executors.messages import OpenPlan, written_path
from framewright.executors.slots import ProcessSlot
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from framewright.executors.temporal.layout import Layout, Layouts
    from framewright.executors.temporal.values import PlanReference
    from framewright.model.events import RenderEvent
    from framewright.model.settings import Settings
    from framewright.render.bundle import Bundle

IDLE_SECONDS = 3.0
"""Chunks of a plan follow at once or not at all; and a render that was called off leaves no browser for longer, not even where a
chunk had just been finished and nothing was left to be cancelled."""

_log = get_logger(__name__)


class Hand:
    """One place for a child process.

    Attributes:
        plan: that its child has open; None: there is no child.
    """

    def __init__(self, name: str, *, idle_seconds: float) -> None:
        self.name = name
        self.busy = False
        self.used = 0
        self.slot: ProcessSlot | None = None
        self.plan: PlanReference | None = None
        self._idle_seconds = idle_seconds
        self._held = AsyncExitStack()
        self._resting: asyncio.Task[None] | None = None

    async def open(self, reference: PlanReference, layouts: Layouts) -> Layout:
        """Have a plan's layout held as long as the child is open; whatever was open for another plan is closed."""
        await self.wake()
        if self.plan is not None and self.plan.document != reference.document:
            await self.close()
        layout = await self._held.enter_async_context(layouts.hold(reference))
        self.plan = reference
        return layout

    async def wake(self) -> None:
        """Stop waiting for work."""
        resting, self._resting = self._resting, None
        if resting is not None:
            resting.cancel()
            await asyncio.gather(resting, return_exceptions=True)

    def rest(self) -> None:
        """Keep the child open for a while."""
        self._resting = asyncio.create_task(self._rest())

    async def close(self) -> None:
        """End the child, its browsers, and all that is its. May be called again."""
        slot, self.slot, self.plan = self.slot, None, None
        held, self._held = self._held, AsyncExitStack()
        try:
            if slot is not None:
                await slot.close()
        finally:
            await held.aclose()

    async def _rest(self) -> None:
        await asyncio.sleep(self._idle_seconds)
        _log.info("child_closed", hand=self.name, why="nothing to do")
        await self.close()


class Hands:
    """As many children as chunks are rendered at a time.

    Args:
        slots: how many.
        workers: browsers in each.
        idle_seconds: that a child is kept open without work.
    """

    def __init__(
        self,
        slots: int,
        workers: int,
        layouts: Layouts,
        settings: Settings,
        *,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._workers = workers
        self._layouts = layouts
        self._settings = settings
        self._free = asyncio.Semaphore(slots)
        self._turns = itertools.count(1)
        self.hands = tuple(
            Hand(f"process {number}", idle_seconds=idle_seconds) for number in range(1, slots + 1)
        )

    @property
    def busy(self) -> int:
        """How many are at work."""
        return sum(hand.busy for hand in self.hands)

    @asynccontextmanager
    async def take(self, reference: PlanReference, bundle: Bundle) -> AsyncIterator[ProcessSlot]:
        """A slot for one run, with the plan open already where that can be. An error of the run closes its child.

        Args:
            bundle: of the plan's layout, with what the run needs.
        """
        async with self._free:
            hand = self._choose(reference)
            hand.busy, hand.used = True, next(self._turns)
            try:
                layout = await hand.open(reference, self._layouts)
                if hand.slot is None:
                    opening = self._opening(layout, bundle)
                    hand.slot = ProcessSlot(hand.name, opening, self._workers, _tell)
                yield hand.slot
            except BaseException:
                # Whatever was wrong with its browsers, the next run begins with others; and nobody wants to see those of a
                # render that was cancelled.
                await hand.close()
                raise
            else:
                hand.rest()
            finally:
                hand.busy = False

    async def close(self) -> None:
        """End all children. Nobody takes one any more."""
        for hand in self.hands:
            await hand.wake()
        await asyncio.gather(*(hand.close() for hand in self.hands))

    def _choose(self, reference: PlanReference) -> Hand:
        """A free one: with the same plan, with none, or the one that has rested for longest."""

        def order(hand: Hand) -> tuple[int, int]:
            if hand.plan is None:
                return 1, 0
            return (0 if hand.plan.document == reference.document else 2), hand.used

        return min((hand for hand in self.hands if not hand.busy), key=order)

    def _opening(self, layout: Layout, bundle: Bundle) -> OpenPlan:
        return OpenPlan(
            plan=written_path(layout.document),
            root=None if bundle.root is None else written_path(bundle.root),
            blobs=written_path(bundle.blobs),
            settings=self._settings.model_dump(mode="json"),
            allow_drift=False,
            live=False,
        )


def _tell(event: RenderEvent) -> None:
    _log.debug("child_tells", told=event.model_dump_json())
