"""Letting a render that runs come before others, or after them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.activity.v1 import ActivityOptions
from temporalio.api.common.v1 import Priority, WorkflowExecution
from temporalio.api.workflowservice.v1 import UpdateActivityOptionsRequest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from framewright.executors.temporal import activity_names, names
from framewright.executors.temporal.connecting import translated
from framewright.executors.temporal.jobs import find_job
from framewright.executors.temporal.values import Standing
from framewright.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from temporalio.client import Client

    from framewright.executors.temporal.settings import TemporalSettings

FIRST, LAST = 1, 5
_CALL = timedelta(seconds=10)
_NOTHING_WAITS = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION})
_NOT_OFFERED = frozenset({RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.INVALID_ARGUMENT})


async def set_priority(client: Client, settings: TemporalSettings, job: str, priority: int) -> bool:
    """Give a render another priority.

    What is handed out from now on gets it from the workflow; what waits with the server already is changed there. What runs
    goes on.

    Args:
        job: its id.
        priority: from :data:`FIRST` to :data:`LAST`; 3 is usual.

    Returns:
        Whether the server changes what waits with it; older ones do not.

    Raises:
        UsageError: ``JOB_UNKNOWN``; ``JOB_ENDED``: there is nothing left to be done sooner or later.
        TemporalError: ``TEMPORAL_UNREACHABLE``. SetupError: ``TEMPORAL_REFUSED``.
    """
    handle, execution = await find_job(client, settings, job)
    if execution.status is not WorkflowExecutionStatus.RUNNING:
        raise _ended(job)
    with translated(settings.address):
        try:
            await handle.signal(names.SET_PRIORITY, priority, rpc_timeout=_CALL)
        except RPCError as error:
            if error.status in _NOTHING_WAITS:
                raise _ended(job) from error
            raise
        standing = await handle.query(names.STANDING, result_type=Standing, rpc_timeout=_CALL)
        return await _change_waiting(client, (job, *standing.parts), priority)


def _ended(job: str) -> UsageError:
    return UsageError(f"The render '{job}' has ended: its priority is of no use any more.", code="JOB_ENDED")


async def _change_waiting(client: Client, workflows: Iterable[str], priority: int) -> bool:
    for workflow in workflows:
        request = UpdateActivityOptionsRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=workflow),
            identity=client.identity,
            type=activity_names.RENDER_CHUNK,
            activity_options=ActivityOptions(priority=Priority(priority_key=priority)),
            update_mask=FieldMask(paths=["priority.priority_key"]),
        )
        try:
            await client.workflow_service.update_activity_options(request, timeout=_CALL)
        except RPCError as error:
            if error.status in _NOT_OFFERED:
                return False
            if error.status not in _NOTHING_WAITS:
                raise
    return True
