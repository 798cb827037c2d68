"""Having the workflow of an attempt run: begun once, whoever asks for it, and however often."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC
from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import EventType
from temporalio.service import RPCError

from framewright.executors.temporal.starting import start
from framewright.executors.temporal.values import RenderMemo, RenderOrder
from framewright.executors.tracing import below
from framewright.model.logs import get_logger
from framewright.service.temporal.names import workflow_of

if TYPE_CHECKING:
    from datetime import datetime

    from temporalio.client import WorkflowHandle

    from framewright.executors.temporal.starting import Running
    from framewright.executors.temporal.values import RenderDone
    from framewright.service.temporal.cluster import Cluster
    from framewright.service.temporal.documents import Begun, JobOrder

_FIRST_EVENTS = 12
_log = get_logger(__name__)


async def begin(cluster: Cluster, order: JobOrder, attempt: int, begun: Begun | None) -> Running:
    """Start the workflow of an attempt, unless it was started before.

    Args:
        begun: of an attempt after the first one.

    Raises:
        TemporalError: ``TEMPORAL_UNREACHABLE``. SetupError: ``TEMPORAL_REFUSED``.
    """
    plan = None if begun is None else begun.plan
    wanted = RenderOrder(
        plan=plan,
        project=order.project if plan is None else None,
        queue=cluster.settings.queue,
        resume=order.request.resume is not False,
        seconds=order.seconds,
    )
    memo = RenderMemo(
        composition=order.name,
        format=order.format.value,
        at=order.created.isoformat(timespec="seconds"),
        by=order.by,
    )
    client, name = await cluster.client(), workflow_of(order.id, attempt)
    # Whoever comes to begin it: all attempts of a job belong to the request that asked for it.
    with below(order.trace):
        running = await start(client, wanted, memo, cluster.settings.address, name=name)
    _log.info("job_handed_over", job=order.id, attempt=attempt, workflow=running.id, already=running.joined)
    return running


async def first_taken_at(handle: WorkflowHandle[object, RenderDone]) -> datetime | None:
    """When a worker began with the first thing that was to be done; None: none has, or none has done with it.

    The server writes down that something was begun when it is done.
    """
    looked = 0
    with suppress(RPCError):  # it is not there yet, or not any more
        async for event in handle.fetch_history_events(page_size=_FIRST_EVENTS):
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                return event.event_time.ToDatetime(UTC)
            looked += 1
            if looked >= _FIRST_EVENTS:
                break
    return None
