"""What all activities of a worker share."""

from __future__ import annotations

import itertools
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from framewright.executors.temporal.hands import Hands
from framewright.executors.temporal.layout import Layouts
from framewright.executors.temporal.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from framewright.executors.temporal.worker_events import WorkTold
    from framewright.model.settings import Settings
    from framewright.stores.store import BlobStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """A store, the plans that lie here, and the processes that render.

    Attributes:
        worker: who we are, for people.
        runs: numbers of runs in child processes.
        tell: told of everything that is done for a render.
    """

    worker: str
    store: BlobStore
    settings: Settings
    layouts: Layouts
    hands: Hands
    metrics: Metrics = field(default_factory=Metrics)
    runs: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    tell: Callable[[WorkTold], None] = lambda _: None


@asynccontextmanager
async def open_workplace(
    store: BlobStore,
    settings: Settings,
    *,
    worker: str,
    slots: int,
    workers: int,
    metrics: Metrics | None = None,
    tell: Callable[[WorkTold], None] = lambda _: None,
    idle_seconds: float | None = None,
) -> AsyncIterator[Workplace]:
    """Make one, and leave nothing of it in the end.

    Args:
        slots: chunks at a time.
        workers: browsers for each.
        idle_seconds: that browsers stay open without work; None: a few.
    """
    async with Layouts(store, settings) as layouts:
        hands = Hands(
            slots,
            workers,
            layouts,
            settings,
            **({} if idle_seconds is None else {"idle_seconds": idle_seconds}),
        )
        try:
            yield Workplace(
                worker=worker,
                store=store,
                settings=settings,
                layouts=layouts,
                hands=hands,
                metrics=metrics or Metrics(),
                tell=tell,
            )
        finally:
            await hands.close()
