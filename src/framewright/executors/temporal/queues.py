"""Who listens to a queue."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.service import RPCError

from framewright.executors.temporal.looking import CALL_SECONDS

if TYPE_CHECKING:
    from temporalio.client import Client


async def pollers_of(client: Client, queue: str) -> int | None:
    """Workers that have asked for activities of a queue within the last minutes; None: the server does not say."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    )
    try:
        told = await client.workflow_service.describe_task_queue(
            request, timeout=timedelta(seconds=CALL_SECONDS)
        )
    except RPCError:
        return None
    return len(told.pollers)
