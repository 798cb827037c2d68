"""A render of very many chunks, shared out among child workflows: none has a history too long for the server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ApplicationError

from framewright.executors.temporal.names import PART_WORKFLOW, SET_PRIORITY, part_of
from framewright.executors.temporal.standing import DONE, REUSED
from framewright.executors.temporal.together import together
from framewright.executors.temporal.values import PartDone, PartOrder

if TYPE_CHECKING:
    from framewright.executors.temporal.calls import Calls
    from framewright.executors.temporal.crew import Crew
    from framewright.executors.temporal.values import PlanReference, RenderOrder


class Parts:
    """The children of one render.

    Attributes:
        ids: of the children, in order.
    """

    def __init__(self, calls: Calls, plan: PlanReference, order: RenderOrder) -> None:
        self._calls = calls
        self._plan = plan
        self._order = order
        # In order: workflow code must not depend on that of a set.
        self._running: dict[str, workflow.ChildWorkflowHandle[object, PartDone]] = {}
        self._seconds = 0.0
        self._ranges = [
            (first, min(first + order.limits.part, plan.chunks))
            for first in range(0, plan.chunks, order.limits.part)
        ]
        own = workflow.info().workflow_id
        self.ids = tuple(part_of(own, number) for number in range(1, len(self._ranges) + 1))

    async def run(self, crew: Crew) -> float:
        """Have all chunks rendered, and note it of the crew, which renders none; seconds of workers."""
        await together(
            self._part(crew, name, *span) for name, span in zip(self.ids, self._ranges, strict=True)
        )
        return self._seconds

    async def tell_priority(self, priority: int) -> None:
        """Let the children know."""
        told = [child.signal(SET_PRIORITY, priority) for child in self._running.values()]
        # One that has just ended needs to know nothing.
        for answer in await asyncio.gather(*told, return_exceptions=True):
            if isinstance(answer, BaseException) and not isinstance(answer, ApplicationError):
                raise answer

    async def _part(self, crew: Crew, name: str, first: int, stop: int) -> None:
        order = PartOrder(
            plan=self._plan,
            first=first,
            stop=stop,
            queue=self._order.queue,
            resume=self._order.resume,
            priority=self._calls.priority,
            seconds=self._calls.seconds_left,
            limits=self._order.limits,
        )
        child = await workflow.start_child_workflow(
            PART_WORKFLOW,
            order,
            id=name,
            result_type=PartDone,
            cancellation_type=workflow.ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
            parent_close_policy=workflow.ParentClosePolicy.REQUEST_CANCEL,
            priority=Priority(priority_key=self._calls.priority),
        )
        self._running[name] = child
        try:
            done = await child
        finally:
            del self._running[name]
        self._seconds += done.seconds
        # Which ones were there before only the child knows; how many is enough for the account.
        crew.mark(range(first, first + done.reused), REUSED)
        crew.mark(range(first + done.reused, stop), DONE)
