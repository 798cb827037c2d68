"""Starts the workflow as a client does, and looks at what it left with the server."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.common import WorkflowIDConflictPolicy

from framewright.executors.temporal.names import RENDER_WORKFLOW
from framewright.executors.temporal.values import RenderDone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from temporalio.client import Client, WorkflowHandle

    from framewright.executors.temporal.values import RenderOrder


async def start(client: Client, order: RenderOrder, name: str = "") -> WorkflowHandle[object, RenderDone]:
    return await client.start_workflow(
        RENDER_WORKFLOW,
        order,
        id=name or f"render-{order.queue}",
        task_queue=order.queue,
        result_type=RenderDone,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


async def payloads(handle: WorkflowHandle[object, object]) -> list[int]:
    """The bytes of every payload in the history of a workflow."""
    history = await handle.fetch_history()
    return [payload.ByteSize() for event in history.events for payload in _payloads(event)]


async def most_begun_in_one_go(handle: WorkflowHandle[object, object]) -> int:
    """Activities that one task of the workflow's code has handed out."""
    history = await handle.fetch_history()
    tasks = Counter(
        event.activity_task_scheduled_event_attributes.workflow_task_completed_event_id
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    )
    return max(tasks.values())


def _payloads(message: Message) -> Iterator[Payload]:
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            parts = list(value.values())
        elif isinstance(value, Message):
            parts = [value]
        else:
            parts = list(value)
        for part in parts:
            if isinstance(part, Message):
                yield from _payloads(part)
