"""The desk of a service, by who renders for it: this machine, or a cluster."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.model.job import Job, Told
    from framewright.model.settings import Settings
    from framewright.service.database import Database
    from framewright.service.desk import Desk
    from framewright.service.jobs.book import Herald
    from framewright.service.jobs.hands import RunTracing
    from framewright.service.settings import ServiceSettings
    from framewright.service.turns import Turns
    from framewright.service.uploads.elsewhere import Elsewhere


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
class OpenDesk:
    """A desk, and the way out.

    Attributes:
        close: have it take nothing more, and what runs go on for so many seconds.
    """

    desk: Desk
    close: Callable[[float], Awaitable[None]]


@asynccontextmanager
async def local_desk(
    settings: ServiceSettings,
    database: Database,
    *,
    herald: Herald | None,
    on_end: Callable[[Job], None],
    turns: Turns,
    spans: RunTracing | None = None,
) -> AsyncIterator[OpenDesk]:
    """The desk of a service that renders by itself."""
    from framewright.service.jobs.desk import LocalDesk
    from framewright.service.jobs.hands import Runners

    async with (
        Runners(settings, spans) as runners,
        LocalDesk(settings, database, runners, herald=herald, on_end=on_end, turns=turns) as desk,
    ):
        yield OpenDesk(desk, desk.close)


@asynccontextmanager
async def cluster_desk(
    settings: ServiceSettings,
    cluster: Cluster,
    *,
    on_told: Callable[[Job, Told], Awaitable[None]],
    spans: RunTracing | None = None,
) -> AsyncIterator[OpenDesk]:
    """The desk of a service whose renders are workflows. This machine only looks at compositions.

    Args:
        on_told: see :class:`~framewright.service.temporal.desk.TemporalDesk`.

    Raises:
        SetupError: ``EXTRA_MISSING``. UsageError: ``STORE_INVALID``.
    """
    from framewright.service.jobs.hands import Runners
    from framewright.service.jobs.orders import Folders
    from framewright.service.jobs.probing import Probing
    from framewright.service.temporal.desk import TemporalDesk
    from framewright.stores.opening import open_store

    folders = Folders(settings.data_folder)
    # What runs a service of before has left behind.
    await asyncio.to_thread(shutil.rmtree, folders.work, ignore_errors=True)
    async with (
        open_store(cluster.store, cluster.here) as store,
        Runners(settings, spans) as runners,
        TemporalDesk(
            settings,
            temporal=cluster.temporal,
            here=cluster.here,
            store=store,
            folder=settings.data_folder / "cluster",
            prober=Probing(runners, folders, settings),
            on_told=on_told,
        ) as desk,
    ):
        yield OpenDesk(desk, _go_on)


async def _go_on(_seconds: float) -> None:
    """Jobs of a cluster go on without us."""


@asynccontextmanager
async def shared_uploads(cluster: Cluster) -> AsyncIterator[Elsewhere]:
    """The uploads of all services on the store of a cluster.

    Raises:
        UsageError: ``STORE_INVALID``.
    """
    from framewright.service.temporal.shared_uploads import SharedUploads
    from framewright.stores.opening import open_store

    async with open_store(cluster.store, cluster.here) as store:
        yield SharedUploads(store)
