"""The desk over Temporal as a service has it: with the store open, and probes in processes of their own."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from framewright.service.jobs.hands import Runners
from framewright.service.jobs.orders import Folders
from framewright.service.jobs.probing import Probing
from framewright.service.temporal.desk import TemporalDesk
from framewright.stores import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.model.job import Job, Told
    from framewright.model.settings import Settings
    from framewright.service.settings import ServiceSettings


@asynccontextmanager
async def temporal_desk(
    settings: ServiceSettings,
    *,
    temporal: TemporalSettings,
    store: str,
    here: Settings,
    on_told: Callable[[Job, Told], Awaitable[None]],
) -> AsyncIterator[TemporalDesk]:
    """A desk; neither the server nor the store need answer yet.

    Args:
        store: its URI.
        here: of this machine.
        on_told: see :class:`~framewright.service.temporal.desk.TemporalDesk`.

    Raises:
        SetupError: the store cannot be what is named.
    """
    folders = Folders(settings.data_folder)
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(open_store(store, here))
        runners = await stack.enter_async_context(Runners(settings))
        yield await stack.enter_async_context(
            TemporalDesk(
                settings,
                temporal=temporal,
                here=here,
                store=opened,
                folder=folders.data / "cluster",
                prober=Probing(runners, folders, settings),
                on_told=on_told,
            )
        )
