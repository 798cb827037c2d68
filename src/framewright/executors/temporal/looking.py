"""One look at a workflow that renders: what it says of itself, and what the server knows of the activities under way."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from pydantic import ValidationError
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from framewright.executors.temporal.connecting import translated
from framewright.executors.temporal.standing import RUNNING, WAITING, read_states
from framewright.executors.temporal.values import Beat, Standing

if TYPE_CHECKING:
    from datetime import datetime

    from temporalio.api.workflow.v1 import PendingActivityInfo
    from temporalio.client import Client, WorkflowHandle

    from framewright.executors.temporal.values import RenderDone

CALL_SECONDS = 5.0
"""That one question to the server may take; it is asked again soon."""


@dataclass(frozen=True, slots=True)
class Doing:
    """An activity that has not ended.

    Attributes:
        name: its id in the workflow, see :func:`~framewright.executors.temporal.names.chunk_of`.
        kind: one of :mod:`~framewright.executors.temporal.activity_names`.
        attempt: the first one is 1.
        worker: who has it, or had it last.
        started: somebody has it at this moment.
        beat: the last one of this very attempt.
        failure: why the attempt before ended.
        since: when this attempt was begun; None: nobody has it.
    """

    name: str
    kind: str
    attempt: int
    worker: str
    started: bool
    beat: Beat | None
    failure: str | None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen.

    Attributes:
        running: it has not ended.
        standing: None: no worker was there to tell.
        states: one letter a chunk, see :mod:`framewright.executors.temporal.standing`; empty as long as nothing is known.
    """

    running: bool
    standing: Standing | None
    states: str
    doing: tuple[Doing, ...]


async def look_at(
    client: Client, handle: WorkflowHandle[object, RenderDone], address: str, *, at_chunks: bool = True
) -> Look:
    """Ask the server, and through it the workflow and those of its children that are at work.

    Args:
        at_chunks: also who does what.

    Raises:
        TemporalError: ``TEMPORAL_UNREACHABLE``. SetupError: ``TEMPORAL_REFUSED``.
    """
    with translated(address):
        description = await handle.describe(rpc_timeout=timedelta(seconds=CALL_SECONDS))
    running = description.status is WorkflowExecutionStatus.RUNNING
    standing = await _standing_of(handle)
    states = list(read_states(standing.states)) if standing is not None else []
    doing = [_doing(info, client) for info in description.raw_description.pending_activities]
    if standing is not None and running and at_chunks:
        for number, name in enumerate(standing.parts):
            first = number * standing.part_chunks
            mine = slice(first, first + standing.part_chunks)
            if all(state not in {WAITING, RUNNING} for state in states[mine]):
                continue
            part, inner = await _look_at_part(client, name, address)
            doing += inner
            if part:
                states[mine] = part
    return Look(running, standing, "".join(states), tuple(doing))


async def _look_at_part(client: Client, name: str, address: str) -> tuple[str, list[Doing]]:
    handle = client.get_workflow_handle(name)
    try:
        with translated(address):
            description = await handle.describe(rpc_timeout=timedelta(seconds=CALL_SECONDS))
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:  # it has not been started
            return "", []
        raise
    standing = await _standing_of(handle)
    states = "" if standing is None else read_states(standing.states)
    return states, [_doing(info, client) for info in description.raw_description.pending_activities]


async def _standing_of(handle: WorkflowHandle[object, object]) -> Standing | None:
    """Needs a worker that answers; without one it is not known."""
    with contextlib.suppress(RPCError, WorkflowQueryFailedError, ValidationError):
        standing: Standing = await handle.query(
            "standing", result_type=Standing, rpc_timeout=timedelta(seconds=CALL_SECONDS)
        )
        return standing
    return None


def _doing(info: PendingActivityInfo, client: Client) -> Doing:
    started = info.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
    # What an attempt before this one had told stays there until this one tells something.
    fresh = started and info.last_heartbeat_time.ToNanoseconds() >= info.last_started_time.ToNanoseconds()
    beat = None
    if fresh and info.heartbeat_details.payloads:
        with contextlib.suppress(ValidationError, RuntimeError, ValueError):
            (beat,) = client.data_converter.payload_converter.from_payloads(
                info.heartbeat_details.payloads[:1], [Beat]
            )
    return Doing(
        name=info.activity_id,
        kind=info.activity_type.name,
        attempt=max(1, info.attempt),
        worker=beat.worker if beat is not None else info.last_worker_identity,
        started=started,
        beat=beat,
        failure=info.last_failure.message if info.HasField("last_failure") else None,
        since=info.last_started_time.ToDatetime(UTC) if started else None,
    )
