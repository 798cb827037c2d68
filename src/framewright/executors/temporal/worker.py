"""A worker: listens to the queues of its kind of machine, and does what it hears until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.worker import Worker, WorkerDeploymentConfig

from framewright.executors.temporal.activities import WorkerActivities
from framewright.executors.temporal.flow import RenderWorkflow
from framewright.executors.temporal.names import chunk_queue, join_queue
from framewright.executors.temporal.part import PartWorkflow
from framewright.executors.temporal.sandbox import workflow_runner
from framewright.executors.temporal.workplace import open_workplace
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from temporalio.client import Client

    from framewright.executors.temporal.metrics import Metrics
    from framewright.executors.temporal.worker_events import WorkerEvent
    from framewright.executors.temporal.workplace import Workplace
    from framewright.model.plan import Digest
    from framewright.model.settings import Settings
    from framewright.stores.store import BlobStore

JOINS = 2
"""Sounds and last steps at a time: one may read what the other computes."""
DRAIN_SECONDS = 30.0
# A request to cancel comes back with the next beat that is truly sent.
_BEATS_SENT_EVERY = timedelta(seconds=2)

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """How a worker is set up.

    Attributes:
        queue: the base of the names of queues.
        environment: a digest of what draws and encodes here.
        slots: chunks at a time.
        workers: browsers for each.
        drain: seconds that what runs gets when the worker is told to stop; then it is left for others.
        deployment: names this version of the workers to Temporal; None: workers are all of one version.
        idle: seconds that browsers stay open without work; None: a few.
    """

    queue: str
    environment: Digest
    slots: int
    workers: int
    drain: float = DRAIN_SECONDS
    deployment: WorkerDeploymentConfig | None = None
    idle: float | None = None


def own_name() -> str:
    """Who this process is, for people: its host and number."""
    return f"{socket.gethostname()}:{os.getpid()}"


@asynccontextmanager
async def running_worker(
    client: Client,
    store: BlobStore,
    settings: Settings,
    outfit: Outfit,
    *,
    metrics: Metrics | None = None,
    tell: Callable[[WorkerEvent], None] = lambda _: None,
) -> AsyncIterator[Workplace]:
    """Work as long as the context is entered. Left, it takes nothing more, lets what runs go on for a while, and closes all browsers.

    Args:
        tell: told of everything that is done for a render.
    """
    worker = client.identity
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(
            open_workplace(
                store,
                settings,
                worker=worker,
                slots=outfit.slots,
                workers=outfit.workers,
                metrics=metrics,
                tell=tell,
                idle_seconds=outfit.idle,
            )
        )
        workers = _workers(client, here, outfit)
        for one in workers:
            await stack.enter_async_context(one)
        # One after the other, they would take one drain each.
        stack.push_async_callback(_shut_down, workers)
        _log.info(
            "worker_listens",
            worker=worker,
            queue=outfit.queue,
            environment=outfit.environment,
            slots=outfit.slots,
            workers=outfit.workers,
            store=store.uri,
        )
        yield here


async def _shut_down(workers: Sequence[Worker]) -> None:
    await asyncio.gather(*(worker.shutdown() for worker in workers))


def _workers(client: Client, here: Workplace, outfit: Outfit) -> tuple[Worker, ...]:
    does = WorkerActivities(here)

    def listening(
        queue: str, at_a_time: int, activities: Sequence[Callable[..., object]], decides: Sequence[type] = ()
    ) -> Worker:
        return Worker(
            client,
            task_queue=queue,
            activities=activities,
            workflows=decides,
            workflow_runner=workflow_runner(),
            max_concurrent_activities=at_a_time,
            # Whoever asks for more than it can do keeps work from those who are free.
            max_concurrent_activity_task_polls=min(at_a_time, 5),
            max_heartbeat_throttle_interval=_BEATS_SENT_EVERY,
            default_heartbeat_throttle_interval=_BEATS_SENT_EVERY,
            graceful_shutdown_timeout=timedelta(seconds=outfit.drain),
            disable_eager_activity_execution=True,
            deployment_config=outfit.deployment,
        )

    environment, anything = outfit.environment, max(2, outfit.slots)
    return (
        listening(
            outfit.queue, anything, (does.plan, does.read_cuts, does.forget), (RenderWorkflow, PartWorkflow)
        ),
        listening(chunk_queue(outfit.queue, environment), outfit.slots, (does.render_chunk,)),
        listening(join_queue(outfit.queue, environment), JOINS, (does.mix_sound, does.assemble)),
    )
