"""Puts the rooms of a service together, by who renders for it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.service.data_folder import SECRET
from framewright.service.desks import Cluster, OpenDesk, cluster_desk, local_desk, shared_uploads
from framewright.service.metrics import Metrics
from framewright.service.plans.keeper import Plans
from framewright.service.rooms import Rooms
from framewright.service.runner.running import run_order
from framewright.service.secret import derived, read_secret
from framewright.service.sources import Sources
from framewright.service.tickets import SignedTickets
from framewright.service.tokens import TokenBook
from framewright.service.traced_runs import open_tracing, traced
from framewright.service.turns import Turns
from framewright.service.uploads import Intake, Uploads
from framewright.service.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from framewright.model.job import Job, Told
    from framewright.service.database import Database
    from framewright.service.settings import ServiceSettings
    from framewright.service.tracing import Tracing


@dataclass(frozen=True, slots=True)
class House:
    """The rooms, and the way out of them.

    Attributes:
        close: have the desk take nothing more, and what runs go on for so many seconds.
    """

    rooms: Rooms
    close: Callable[[float], Awaitable[None]]


@asynccontextmanager
async def furnished(
    settings: ServiceSettings, database: Database, cluster: Cluster | None
) -> AsyncIterator[House]:
    """The rooms of a service, open as long as the context lasts.

    Raises:
        SetupError: whatever one of them needs and does not find.
    """
    metrics, turns = Metrics(), Turns(settings.slots)
    async with AsyncExitStack() as stack:
        tracing = open_tracing()
        if tracing is not None:
            stack.push_async_callback(tracing.flush)
        elsewhere = None if cluster is None else await stack.enter_async_context(shared_uploads(cluster))
        uploads = await stack.enter_async_context(Uploads(settings, database, elsewhere=elsewhere))
        # Before the desk, so that it hears of its last turns, too.
        webhooks = await stack.enter_async_context(Webhooks(settings, database, on_attempt=metrics.delivered))
        opened = await stack.enter_async_context(
            _opened(settings, database, metrics, webhooks, cluster=cluster, turns=turns, tracing=tracing)
        )
        plans = None
        if cluster is None:
            plans = await stack.enter_async_context(
                Plans(settings, database, turns=turns, run=traced(run_order, tracing), on_work=metrics.worked)
            )
        tokens, tickets = None, None
        if settings.needs_tokens:
            secret = await asyncio.to_thread(read_secret, settings.data_folder / SECRET)
            tokens, tickets = TokenBook(database), SignedTickets(derived(secret, "tickets"))
        rooms = Rooms(
            settings=settings,
            desk=opened.desk,
            sources=Sources(settings, uploads),
            uploads=uploads,
            intake=Intake(settings, uploads),
            tokens=tokens,
            tickets=tickets,
            webhooks=webhooks,
            plans=plans,
            metrics=metrics,
            spans=tracing,
        )

        async def close(seconds: float) -> None:
            # Whoever waits for a chunk is answered before the port closes.
            await asyncio.gather(opened.close(seconds), *([] if plans is None else [plans.close()]))

        yield House(rooms, close)


def _opened(
    settings: ServiceSettings,
    database: Database,
    metrics: Metrics,
    webhooks: Webhooks,
    *,
    cluster: Cluster | None,
    turns: Turns,
    tracing: Tracing | None,
) -> AbstractAsyncContextManager[OpenDesk]:
    if cluster is None:
        return local_desk(
            settings,
            database,
            herald=webhooks,
            on_end=lambda job: _count(metrics, job),
            turns=turns,
            spans=tracing,
        )

    async def on_told(job: Job, told: Told) -> None:
        _count(metrics, job)
        await webhooks.tell(job, told)

    return cluster_desk(settings, cluster, on_told=on_told, spans=tracing)


def _count(metrics: Metrics, job: Job) -> None:
    if not job.state.over:
        return
    metrics.job_ended(job.state, job.seconds or 0.0, job.output.frames if job.output else 0)
