"""The workflow of some of a plan's chunks: a render of very many is shared out among such children."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

from framewright.executors.temporal.calls import Calls
from framewright.executors.temporal.crew import Crew
from framewright.executors.temporal.ending import until_it_ends
from framewright.executors.temporal.names import PART_WORKFLOW
from framewright.executors.temporal.values import PartDone, PartOrder, Standing


@workflow.defn(name=PART_WORKFLOW)
class PartWorkflow:
    """Has at most 1 000 chunks rendered. It answers and obeys as :class:`~framewright.executors.temporal.flow.RenderWorkflow` does."""

    @workflow.init
    def __init__(self, order: PartOrder) -> None:
        self._order = order
        self._cancelled = False
        ends = workflow.info().start_time + timedelta(seconds=order.seconds)
        self._calls = Calls(order.queue, ends=ends, heartbeat=order.limits.heartbeat, priority=order.priority)
        self._crew = Crew(self._calls, order.plan, order.first, order.stop, order.limits.window)

    @workflow.run
    async def run(self, order: PartOrder) -> PartDone:  # noqa: ARG002 -- taken at the beginning
        """Until all chunks lie in the store."""
        await until_it_ends(
            self._render(), cancelled=lambda: self._cancelled, seconds=self._calls.seconds_left
        )
        return PartDone(reused=self._crew.reused, seconds=self._crew.seconds)

    async def _render(self) -> None:
        order = self._order
        chunks = await self._calls.cuts(order.plan, order.first, order.stop)
        await self._crew.run(chunks, resume=order.resume)

    @workflow.query
    def standing(self) -> Standing:
        """How far it is."""
        return Standing(
            stage="rendering",
            plan=self._order.plan,
            states=self._crew.states,
            priority=self._calls.priority,
        )

    @workflow.signal
    def cancel(self) -> None:
        """Leave off."""
        self._cancelled = True

    @workflow.signal
    def set_priority(self, priority: int) -> None:
        """From now on; chunks that wait with the server keep theirs."""
        self._calls.priority = min(5, max(1, priority))
