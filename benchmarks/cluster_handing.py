"""What Temporal alone costs: chunks that take no time pass through the render's workflow on the development server."""

from __future__ import annotations

import asyncio
import resource
import secrets
import statistics
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from temporalio import activity
from temporalio.worker import Worker

from framewright.executors.temporal import activity_names as names
from framewright.executors.temporal.connecting import connect, part_safely
from framewright.executors.temporal.dev_server import DevServer
from framewright.executors.temporal.flow import RenderWorkflow
from framewright.executors.temporal.names import chunk_queue, join_queue
from framewright.executors.temporal.part import PartWorkflow
from framewright.executors.temporal.sandbox import workflow_runner
from framewright.executors.temporal.values import (
    Assembled,
    AssembleOrder,
    ChunkMade,
    ChunkOrder,
    Cuts,
    CutsOrder,
    PlanReference,
    RenderOrder,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from temporalio.client import Client, WorkflowHandle

_ENVIRONMENT = "e" * 64


class Idle:
    """Workers that have done everything at once."""

    @activity.defn(name=names.READ_CUTS)
    async def read_cuts(self, order: CutsOrder) -> Cuts:
        numbers = range(order.first, order.stop)
        return Cuts(starts=(*(n * 60 for n in numbers), order.stop * 60), costs=tuple(1.0 for _ in numbers))

    @activity.defn(name=names.RENDER_CHUNK)
    async def render_chunk(self, order: ChunkOrder) -> ChunkMade:
        key = f"{order.index:064x}"
        return ChunkMade(index=order.index, key=key, bytes=1, reused=False, seconds=0.0, worker="idle")

    @activity.defn(name=names.ASSEMBLE)
    async def assemble(self, order: AssembleOrder) -> Assembled:
        return Assembled(bytes=order.plan.chunks, seconds=0.0, worker="idle")


async def hand_out(counts: Sequence[int], *, slots: int) -> list[dict[str, Any]]:
    """Renders of so many chunks, one after the other."""
    before = _children()
    async with DevServer.start() as server:
        client = await connect(server.settings)
        found = [await _one(client, chunks, slots) for chunks in counts]
        del client
        await part_safely()
    # Only now: processes count when they have ended. Its start is a part of it.
    found[-1]["processor ms of the server a chunk, of all renders"] = round(
        1000 * (_children() - before) / sum(counts), 2
    )
    return found


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _one(client: Client, chunks: int, slots: int) -> dict[str, Any]:
    queue = f"handing-{secrets.token_hex(4)}"
    plan = PlanReference(
        store="file:///nowhere",
        document="d" * 64,
        digest=secrets.token_hex(32),
        environment=_ENVIRONMENT,
        chunks=chunks,
        frames=chunks * 60,
        sound=False,
    )
    idle = Idle()
    async with AsyncExitStack() as stack:
        for worker in (
            Worker(
                client,
                task_queue=queue,
                workflows=[RenderWorkflow, PartWorkflow],
                activities=[idle.read_cuts],
                workflow_runner=workflow_runner(),
            ),
            Worker(
                client,
                task_queue=chunk_queue(queue, _ENVIRONMENT),
                activities=[idle.render_chunk],
                max_concurrent_activities=slots,
            ),
            Worker(client, task_queue=join_queue(queue, _ENVIRONMENT), activities=[idle.assemble]),
        ):
            await stack.enter_async_context(worker)
        began, cpu = time.monotonic(), time.process_time()
        handle = await client.start_workflow(
            RenderWorkflow.run, RenderOrder(plan=plan, queue=queue), id=queue, task_queue=queue
        )
        async with asyncio.timeout(900):
            await handle.result()
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    return {
        "chunks": chunks,
        "slots": slots,
        "seconds": round(seconds, 3),
        "chunks a second": round(chunks / seconds, 1),
        "processor ms of workers a chunk": round(1000 * cpu / chunks, 2),
        **await read_history(handle),
    }


async def read_history(handle: WorkflowHandle[Any, Any]) -> dict[str, Any]:
    """What a finished render's own workflow has left in the history, and how long its chunks waited."""
    scheduled: dict[int, float] = {}
    waited: list[float] = []
    events = size = 0
    async for event in handle.fetch_history_events():
        events += 1
        size += event.ByteSize()
        if event.HasField("activity_task_scheduled_event_attributes"):
            if event.activity_task_scheduled_event_attributes.activity_type.name == names.RENDER_CHUNK:
                scheduled[event.event_id] = event.event_time.ToMicroseconds() / 1e6
        elif event.HasField("activity_task_started_event_attributes"):
            asked = scheduled.pop(event.activity_task_started_event_attributes.scheduled_event_id, None)
            if asked is not None:
                waited.append(event.event_time.ToMicroseconds() / 1e6 - asked)
    told: dict[str, Any] = {"events": events, "KiB": round(size / 1024, 1)}
    if waited:
        told["events a chunk"] = round(events / len(waited), 2)
        told["bytes a chunk"] = round(size / len(waited))
        told["schedule to start, ms"] = {
            "median": round(1000 * statistics.median(waited), 1),
            "longest": round(1000 * max(waited), 1),
        }
    return told
