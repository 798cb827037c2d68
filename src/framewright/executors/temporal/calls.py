"""What the workflow has workers do: each activity with its queue, its limits of time, and the priority of the moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import Priority

from framewright.executors.temporal import activity_names
from framewright.executors.temporal.names import chunk_activity, chunk_queue, join_queue
from framewright.executors.temporal.policies import POLICIES, SPARE_SECONDS
from framewright.executors.temporal.values import (
    Assembled,
    AssembleOrder,
    ChunkMade,
    ChunkOrder,
    Cuts,
    CutsOrder,
    ForgetOrder,
    PlanReference,
    ProjectReference,
    SoundMade,
    SoundOrder,
)
from framewright.model.plan import Chunk

CUTS_AT_A_TIME = 1000
_Made = TypeVar("_Made")


class Calls:
    """Hands out activities of one workflow.

    Args:
        queue: the base of the names of queues.
        ends: when the render's time is over.
        heartbeat: see :class:`~framewright.executors.temporal.values.Limits`.

    Attributes:
        priority: of activities that are handed out from now on.
    """

    def __init__(self, queue: str, *, ends: datetime, heartbeat: float, priority: int) -> None:
        self._queue = queue
        self._ends = ends
        self._heartbeat = heartbeat
        self.priority = priority

    async def plan(self, project: ProjectReference) -> PlanReference:
        """Have a project planned."""
        return await self._call(activity_names.PLAN, project, PlanReference, self._queue)

    async def cuts(self, plan: PlanReference, first: int, stop: int) -> list[Chunk]:
        """These chunks; at most :data:`CUTS_AT_A_TIME`."""
        order = CutsOrder(plan=plan, first=first, stop=stop)
        cuts = await self._call(activity_names.READ_CUTS, order, Cuts, self._queue)
        return [
            Chunk(index=first + place, start=cuts.starts[place], stop=cuts.starts[place + 1], cost=cost)
            for place, cost in enumerate(cuts.costs)
        ]

    async def chunk(self, plan: PlanReference, chunk: Chunk, *, resume: bool) -> ChunkMade:
        """Have a chunk rendered."""
        order = ChunkOrder(plan=plan, index=chunk.index, start=chunk.start, stop=chunk.stop, resume=resume)
        queue = chunk_queue(self._queue, plan.environment)
        return await self._call(
            activity_names.RENDER_CHUNK,
            order,
            ChunkMade,
            queue,
            chunk.cost,
            activity=chunk_activity(chunk.index),
        )

    async def sound(self, plan: PlanReference, *, resume: bool) -> SoundMade:
        """Have the sound mixed."""
        order = SoundOrder(plan=plan, resume=resume)
        return await self._call(
            activity_names.MIX_SOUND, order, SoundMade, join_queue(self._queue, plan.environment)
        )

    async def assemble(self, plan: PlanReference) -> Assembled:
        """Have the finished file made."""
        queue = join_queue(self._queue, plan.environment)
        return await self._call(
            activity_names.ASSEMBLE, AssembleOrder(plan=plan), Assembled, queue, plan.seconds
        )

    async def forget(self, order: ForgetOrder) -> None:
        """Have pieces removed."""
        await self._call(activity_names.FORGET, order, None, self._queue)

    @property
    def seconds_left(self) -> float:
        """Of the render's time; never below one."""
        return max(1.0, (self._ends - workflow.now()).total_seconds())

    async def _call(
        self,
        name: str,
        order: object,
        gives: type[_Made] | None,
        queue: str,
        estimate: float = 0.0,
        *,
        activity: str | None = None,
    ) -> _Made:
        policy = POLICIES[name]
        made: Any = await workflow.execute_activity(
            name,
            order,
            result_type=gives,
            task_queue=queue,
            start_to_close_timeout=policy.attempt(estimate),
            schedule_to_close_timeout=timedelta(seconds=self.seconds_left + SPARE_SECONDS),
            heartbeat_timeout=policy.heartbeat(self._heartbeat),
            retry_policy=policy.retry,
            cancellation_type=policy.cancellation,
            priority=Priority(priority_key=self.priority),
            activity_id=activity,
        )
        return made  # type: ignore[no-any-return]  # of the type that was asked for
