"""Staying with a workflow until it has ended: what it does becomes events, and a server that is away for a while is waited for."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode

from framewright.executors.temporal import names
from framewright.executors.temporal.errors import framewright_error
from framewright.executors.temporal.looking import look_at
from framewright.executors.temporal.queues import pollers_of
from framewright.executors.temporal.tidings import Tidings
from framewright.model.errors import FramewrightError, TemporalError
from framewright.model.events import FellBack

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from temporalio.client import Client

    from framewright.executors.temporal.looking import Look
    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.executors.temporal.starting import Running
    from framewright.executors.temporal.values import PlanReference, RenderDone
    from framewright.model.events import RenderEvent
    from framewright.model.plan import Plan

LOOK_EVERY = 0.7
AWAY_SECONDS = 300.0
"""That the server may be away before its client gives up; the render itself goes on when it is back."""
LONELY_SECONDS = 10.0
"""After which somebody should have begun: then it is looked whether any worker listens."""


async def _usual_pause() -> None:
    await asyncio.sleep(LOOK_EVERY)


class Follower:
    """Follows one workflow.

    Args:
        plan_of: reads a plan that is referred to.
        tell: takes events. What it raises ends the following.
        planned: told once, when it is known what is rendered, before any event of a chunk.
        seen: told each look, before its events.
        pause: waits between two looks.

    Attributes:
        ended: the workflow has, well or not.
    """

    def __init__(
        self,
        client: Client,
        running: Running,
        settings: TemporalSettings,
        *,
        plan_of: Callable[[PlanReference], Awaitable[Plan]],
        tell: Callable[[RenderEvent], None],
        planned: Callable[[Plan], None] = lambda _: None,
        seen: Callable[[Look], None] = lambda _: None,
        pause: Callable[[], Awaitable[None]] = _usual_pause,
        away_seconds: float = AWAY_SECONDS,
    ) -> None:
        self._client = client
        self._running = running
        self._settings = settings
        self._plan_of = plan_of
        self._tell = tell
        self._planned = planned
        self._seen = seen
        self._pause = pause
        self._away_seconds = away_seconds
        self._tidings: Tidings | None = None
        self._away_since: float | None = None
        self._lonely_from = time.monotonic() + LONELY_SECONDS
        self.ended = False

    @property
    def tidings(self) -> Tidings:
        """Of the plan; there once the workflow has ended well."""
        assert self._tidings is not None
        return self._tidings

    async def run(self) -> RenderDone:
        """Until the workflow has ended. Cancelled, it leaves the workflow alone.

        Raises:
            FramewrightError: what the workflow ended with, as it was raised there.
            TemporalError: the server has not answered for too long.
        """
        outcome = asyncio.create_task(self._outcome())
        watching = asyncio.create_task(self._watch())
        try:
            await asyncio.wait((outcome, watching), return_when=asyncio.FIRST_COMPLETED)
            if not outcome.done():
                watching.result()
            done = await outcome
        finally:
            outcome.cancel()
            watching.cancel()
            await asyncio.gather(outcome, watching, return_exceptions=True)
        await self._look(at_chunks=False)
        await self._know(done.plan)
        for event in self.tidings.rest(done):
            self._tell(event)
        return done

    async def _outcome(self) -> RenderDone:
        while True:
            try:
                done = await self._running.handle.result()
            except WorkflowFailureError as error:
                self.ended = True
                raise framewright_error(error) from error
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    self.ended = True
                    raise TemporalError(
                        f"Temporal's server at {self._settings.address} does not know the render {self._running.id} any more: "
                        "render again, what is finished is in the store.",
                        code="JOB_UNKNOWN",
                    ) from error
                # Whoever watches says so, and gives up when it is time.
                await asyncio.sleep(LOOK_EVERY)
            else:
                self.ended = True
                return done

    async def _watch(self) -> None:
        while True:
            look = await self._look()
            if look is not None:
                await self._mind_loneliness(look)
            await self._pause()

    async def _look(self, *, at_chunks: bool = True) -> Look | None:
        """What is new is told."""
        try:
            look = await look_at(
                self._client, self._running.handle, self._settings.address, at_chunks=at_chunks
            )
        except (TemporalError, RPCError) as error:
            self._away(error)
            return None
        self._away_since = None
        self._seen(look)
        if look.standing is not None and look.standing.plan is not None:
            await self._know(look.standing.plan)
            for event in self.tidings.of(look):
                self._tell(event)
        return look

    async def _know(self, reference: PlanReference) -> None:
        if self._tidings is None:
            plan = await self._plan_of(reference)
            self._tidings = Tidings(plan)
            self._planned(plan)

    def _away(self, error: TemporalError | RPCError) -> None:
        if self.ended:
            return
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
            self._tell(
                FellBack(
                    code="TEMPORAL_UNREACHABLE",
                    message=f"Temporal's server at {self._settings.address} does not answer; it is waited for, "
                    f"{self._away_seconds:g} s at most.",
                )
            )
        elif now - self._away_since > self._away_seconds:
            if isinstance(error, FramewrightError):
                raise error
            raise TemporalError(
                f"Temporal's server at {self._settings.address} does not answer: {error.message}.",
                code="TEMPORAL_UNREACHABLE",
            ) from error

    async def _mind_loneliness(self, look: Look) -> None:
        """Say it once when nobody is there who could begin."""
        if any(one.started for one in look.doing) or any(state in "du" for state in look.states):
            self._lonely_from = float("inf")
        if time.monotonic() < self._lonely_from:
            return
        self._lonely_from = float("inf")
        base, standing = self._settings.queue, look.standing
        queue = base
        if standing is not None and standing.plan is not None:
            queue = names.chunk_queue(base, standing.plan.environment)
        if await pollers_of(self._client, queue) != 0:
            return
        listens = (
            "No worker listens"
            if queue == base
            else "No worker listens that has the browser, codecs and fonts of this plan"
        )
        self._tell(
            FellBack(
                code="NO_WORKERS",
                message=f"{listens} (queue {queue} on {self._settings.address}); the render waits for one: start it with "
                "framewright worker.",
            )
        )
