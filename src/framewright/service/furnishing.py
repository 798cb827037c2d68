"""Puts the rooms of a service together, by who renders for it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.service.data_folder import SECRET
from framewright.service.metrics import Metrics
from framewright.service.plans.keeper import Plans
from framewright.service.rooms import Rooms
from framewright.service.secret import derived, read_secret
from framewright.service.sources import Sources
from framewright.service.tickets import SignedTickets
from framewright.service.tokens import TokenBook
from framewright.service.uploads import Intake, Uploads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.model.job import Job
    from framewright.model.settings import Settings
    from framewright.service.database import Database
    from framewright.service.desk import Desk
    from framewright.service.settings import ServiceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Who renders in place of this machine.

    Attributes:
        store: the URI of the store that its workers share.
        here: of this machine.
    """

    temporal: TemporalSettings
    store: str
    here: Settings


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
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        uploads = await stack.enter_async_context(Uploads(settings, database))
        desk, close = await _desk(settings, database, metrics, cluster, stack)
        plans = None
        if cluster is None:
            plans = await stack.enter_async_context(Plans(settings, database, on_work=metrics.worked))
        tokens, tickets = None, None
        if settings.needs_tokens:
            secret = await asyncio.to_thread(read_secret, settings.data_folder / SECRET)
            tokens, tickets = TokenBook(database), SignedTickets(derived(secret, "tickets"))
        rooms = Rooms(
            settings=settings,
            desk=desk,
            sources=Sources(settings, uploads),
            uploads=uploads,
            intake=Intake(settings, uploads),
            tokens=tokens,
            tickets=tickets,
            plans=plans,
            metrics=metrics,
        )
        yield House(rooms, close)


async def _desk(
    settings: ServiceSettings,
    database: Database,
    metrics: Metrics,
    cluster: Cluster | None,
    stack: AsyncExitStack,
) -> tuple[Desk, Callable[[float], Awaitable[None]]]:
    from framewright.service.jobs.desk import LocalDesk
    from framewright.service.jobs.hands import Runners

    assert cluster is None
    runners = await stack.enter_async_context(Runners(settings))
    desk = await stack.enter_async_context(
        LocalDesk(settings, database, runners, on_end=lambda job: _count(metrics, job))
    )
    return desk, desk.close


def _count(metrics: Metrics, job: Job) -> None:
    metrics.job_ended(job.state, job.seconds or 0.0, job.output.frames if job.output else 0)
