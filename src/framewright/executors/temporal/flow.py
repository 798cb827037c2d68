"""The workflow of one render: planned where that is still to do, its chunks beside its sound, then one file of it all."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from framewright.executors.temporal.calls import CUTS_AT_A_TIME, Calls
from framewright.executors.temporal.crew import Crew
from framewright.executors.temporal.ending import until_it_ends
from framewright.executors.temporal.errors import named_pieces
from framewright.executors.temporal.names import RENDER_WORKFLOW
from framewright.executors.temporal.parts import Parts
from framewright.executors.temporal.standing import DONE, REUSED, RUNNING, WAITING
from framewright.executors.temporal.together import together
from framewright.executors.temporal.values import (
    Assembled,
    ForgetOrder,
    PlanReference,
    RenderDone,
    RenderOrder,
    Standing,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framewright.model.plan import Chunk


@workflow.defn(name=RENDER_WORKFLOW)
class RenderWorkflow:
    """Has one plan rendered.

    Query ``standing``: how far it is. Signals: ``cancel``, and ``set_priority`` for all that is not yet handed out.
    """

    @workflow.init
    def __init__(self, order: RenderOrder) -> None:
        self._order = order
        self._cancelled = False
        self._stage: Literal["planning", "rendering", "assembling", "cleaning", "done"] = "planning"
        self._plan: PlanReference | None = None
        self._crew: Crew | None = None
        self._parts: Parts | None = None
        self._sound = ""
        self._seconds = 0.0
        self._again: set[int] = set()
        self._done: RenderDone | None = None
        # From when it was asked for, not from when a worker first looked at it.
        ends = workflow.info().start_time + timedelta(seconds=order.seconds)
        self._calls = Calls(order.queue, ends=ends, heartbeat=order.limits.heartbeat, priority=order.priority)

    @workflow.run
    async def run(self, order: RenderOrder) -> RenderDone:  # noqa: ARG002 -- taken at the beginning
        """Until the finished file lies in the store."""
        await until_it_ends(
            self._render(), cancelled=lambda: self._cancelled, seconds=self._calls.seconds_left
        )
        assert self._done is not None
        return self._done

    async def _render(self) -> None:
        plan = self._plan = await self._planned()
        limits = self._order.limits
        self._sound = WAITING if plan.sound else ""
        self._crew = Crew(self._calls, plan, 0, plan.chunks, limits.window)
        if plan.chunks > limits.whole:
            self._parts = Parts(self._calls, plan, self._order)
        self._stage = "rendering"
        await together((self._render_chunks(plan, self._crew), self._mix(plan)))
        self._stage = "assembling"
        assembled = await self._assemble(plan, self._crew)
        if not self._order.keep_pieces:
            self._stage = "cleaning"
            await self._clean(plan)
        self._stage = "done"
        self._done = RenderDone(
            plan=plan,
            bytes=assembled.bytes,
            seconds=self._seconds + self._crew.seconds,
            reused=self._crew.reused,
            again=len(self._again),
        )

    async def _planned(self) -> PlanReference:
        if self._order.plan is not None:
            return self._order.plan
        if self._order.project is None:
            raise ApplicationError(
                "The order has neither a plan nor a project.", type="UsageError", non_retryable=True
            )
        return await self._calls.plan(self._order.project)

    async def _render_chunks(self, plan: PlanReference, crew: Crew) -> None:
        resume = self._order.resume
        if self._parts is None:
            await crew.run(await self._cuts(plan, range(plan.chunks)), resume=resume)
        else:
            seconds = await self._parts.run(crew)
            self._seconds += seconds

    async def _mix(self, plan: PlanReference) -> None:
        if plan.sound:
            self._sound = RUNNING
            made = await self._calls.sound(plan, resume=self._order.resume)
            self._sound = REUSED if made.reused else DONE
            self._seconds += made.seconds

    async def _assemble(self, plan: PlanReference, crew: Crew) -> Assembled:
        """The finished file. Pieces that turn out to be corrupt are forgotten, and rendered again."""
        for rounds_left in reversed(range(self._order.limits.rounds + 1)):
            try:
                made = await self._calls.assemble(plan)
            except ActivityError as error:
                named = named_pieces(error)
                if named is None or not rounds_left:
                    raise
                await self._make_again(plan, crew, *named)
            else:
                self._seconds += made.seconds
                return made
        raise AssertionError("the last round returns or raises")

    async def _make_again(self, plan: PlanReference, crew: Crew, chunks: Sequence[int], sound: bool) -> None:
        chunks = [index for index in chunks if 0 <= index < plan.chunks]
        workflow.logger.warning("pieces are corrupt, and are made again: chunks %s", chunks)
        self._again.update(chunks)
        self._stage = "rendering"
        crew.mark(chunks, WAITING)
        await self._calls.forget(ForgetOrder(plan=plan, indices=tuple(chunks), sound=sound))
        cuts = await self._cuts(plan, chunks)
        works = [crew.run(cuts, resume=True)]
        if sound:
            works.append(self._mix(plan))
        await together(works)
        self._stage = "assembling"

    async def _cuts(self, plan: PlanReference, chunks: Sequence[int]) -> list[Chunk]:
        wanted = set(chunks)
        found: list[Chunk] = []
        for page, _ in groupby(sorted(wanted), lambda index: index // CUTS_AT_A_TIME):
            first = page * CUTS_AT_A_TIME
            cuts = await self._calls.cuts(plan, first, min(first + CUTS_AT_A_TIME, plan.chunks))
            found += [chunk for chunk in cuts if chunk.index in wanted]
        return found

    async def _clean(self, plan: PlanReference) -> None:
        try:
            await self._calls.forget(ForgetOrder(plan=plan, indices=None))
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # The file is there, which is what was asked for; the store's own clean-up takes the rest by its age.
            workflow.logger.warning("pieces could not be removed from the store: %s", error.cause)

    @workflow.query
    def standing(self) -> Standing:
        """How far it is."""
        return Standing(
            stage=self._stage,
            plan=self._plan,
            states=self._crew.states if self._crew is not None else "",
            sound=self._sound,
            parts=self._parts.ids if self._parts is not None else (),
            part_chunks=self._order.limits.part if self._parts is not None else 0,
            priority=self._calls.priority,
        )

    @workflow.signal
    def cancel(self) -> None:
        """Leave off; the workflow ends when all workers have let go."""
        self._cancelled = True

    @workflow.signal
    async def set_priority(self, priority: int) -> None:
        """1 comes first, 5 last. It reaches what is handed out from now on; what waits with the server keeps its own."""
        self._calls.priority = min(5, max(1, priority))
        if self._parts is not None:
            await self._parts.tell_priority(self._calls.priority)
