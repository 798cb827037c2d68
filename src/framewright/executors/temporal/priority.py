"""Letting a render that runs come before others, or after them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.activity.v1 import ActivityOptions
from temporalio.api.common.v1 import Priority, WorkflowExecution
from temporalio.api.workflowservice.v1 import UpdateActivityOptionsRequest
from temporalio.service import RPCError, RPCStatusCode

from framewright.executors.temporal import activity_names, names
from framewright.executors.temporal.connecting import translated
from framewright.executors.temporal.values import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from temporalio.client import Client

FIRST, LAST = 1, 5
_CALL = timedelta(seconds=10)
_NOTHING_WAITS = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION})
_NOT_OFFERED = frozenset({RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.INVALID_ARGUMENT})


async def set_priority(client: Client, workflow: str, priority: int, address: str) -> bool:
    """Give a render another priority.

    What is handed out from now on gets it from the workflow; what waits with the server already is changed there. What runs
    goes on.

    Args:
        priority: from :data:`FIRST` to :data:`LAST`; 3 is usual.

    Returns:
        Whether the server changes what waits with it; older ones do not.

    Raises:
        TemporalError: ``TEMPORAL_UNREACHABLE``. SetupError: ``TEMPORAL_REFUSED``.
        RPCError: ``NOT_FOUND``: no such render runs.
    """
    handle = client.get_workflow_handle(workflow)
    with translated(address):
        await handle.signal(names.SET_PRIORITY, priority, rpc_timeout=_CALL)
        standing = await handle.query(names.STANDING, result_type=Standing, rpc_timeout=_CALL)
        return await _change_waiting(client, (workflow, *standing.parts), priority)


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
