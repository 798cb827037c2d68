"""Having the workflow of an attempt run: begun once, whoever asks for it, and however often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.executors.temporal.starting import start
from framewright.executors.temporal.values import RenderMemo, RenderOrder
from framewright.executors.tracing import below
from framewright.model.logs import get_logger
from framewright.service.temporal.names import workflow_of

if TYPE_CHECKING:
    from framewright.executors.temporal.starting import Running
    from framewright.service.temporal.cluster import Cluster
    from framewright.service.temporal.documents import Begun, JobOrder

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
