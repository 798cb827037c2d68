"""Renders of a namespace: which there are, how far they are, ending one, and waiting for one."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode

from framewright.executors.temporal import names
from framewright.executors.temporal.collecting import collect
from framewright.executors.temporal.connecting import translated
from framewright.executors.temporal.errors import framewright_error
from framewright.executors.temporal.fetching import Shelf
from framewright.executors.temporal.looking import look_at
from framewright.executors.temporal.starting import CALL_OFF_SECONDS, Running, call_off, has_ended
from framewright.executors.temporal.tidings import Tidings
from framewright.executors.temporal.values import RenderDone, RenderMemo
from framewright.model.errors import UsageError
from framewright.model.events import ChunkState, ChunkTold, Stage
from framewright.model.output import Format

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from temporalio.client import Client, WorkflowExecution, WorkflowHandle

    from framewright.executors.temporal.looking import Look
    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.model.report import RenderReport
    from framewright.model.settings import Settings
    from framewright.render.telling import Teller

_AT_A_TIME = 10
_UNKNOWN = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT})


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JobState(StrEnum):
    """What has become of a render."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_STATES = {
    WorkflowExecutionStatus.RUNNING: JobState.RUNNING,
    WorkflowExecutionStatus.CONTINUED_AS_NEW: JobState.RUNNING,
    WorkflowExecutionStatus.COMPLETED: JobState.DONE,
    WorkflowExecutionStatus.CANCELED: JobState.CANCELLED,
    WorkflowExecutionStatus.TERMINATED: JobState.CANCELLED,
}


class Job(_Value):
    """A render of a namespace.

    Attributes:
        run: tells it from earlier renders of the same plan.
        stage: see :class:`~framewright.executors.temporal.values.Standing`; None: it has ended, or no worker is there to tell.
        chunks, chunks_done: None: not known.
        frames, size, rate: None until it is planned.
        at: when it was asked for, by ISO 8601.
        by: user and host.
        error: why it failed; None also in lists, which do not look.
    """

    id: str
    run: str
    state: JobState
    stage: str | None = None
    chunks: int | None = None
    chunks_done: int | None = None
    composition: str
    format: str
    frames: int | None = None
    size: str | None = None
    rate: str | None = None
    at: str
    by: str
    error: str | None = None


class JobDetails(_Value):
    """A render, with what its chunks are at.

    Attributes:
        at_work: chunks that somebody renders at this moment, or that have failed and wait.
        states: how many chunks wait, run, are done, and were there before.
    """

    job: Job
    at_work: tuple[ChunkTold, ...] = ()
    states: dict[str, int] = {}


async def list_jobs(client: Client, settings: TemporalSettings, *, limit: int) -> tuple[Job, ...]:
    """The latest renders, the last one first; those that run are asked how far they are.

    Raises:
        TemporalError, SetupError: as :func:`~framewright.executors.temporal.connecting.connect`.
    """
    gate = asyncio.Semaphore(_AT_A_TIME)

    async def look(execution: WorkflowExecution) -> Job:
        async with gate:
            return await _job(client, execution, settings)

    with translated(settings.address):
        found = [
            execution
            async for execution in client.list_workflows(
                f"WorkflowType = '{names.RENDER_WORKFLOW}'", limit=limit
            )
        ]
    return tuple(await asyncio.gather(*map(look, found)))


async def show_job(client: Client, settings: TemporalSettings, job: str, here: Settings) -> JobDetails:
    """One render, with its chunks.

    Raises:
        UsageError: ``JOB_UNKNOWN``. TemporalError, SetupError: as :func:`list_jobs`.
    """
    handle, execution = await find_job(client, settings, job)
    look = await _look(client, handle, settings) if _state(execution) is JobState.RUNNING else None
    found = await _told(execution, look)
    if found.state is JobState.FAILED:
        found = found.model_copy(update={"error": await _error_of(handle)})
    if look is None or look.standing is None or look.standing.plan is None:
        return JobDetails(job=found)
    async with Shelf(here) as shelf:
        plan = await shelf.plan_of(look.standing.plan)
    latest: dict[int, ChunkTold] = {}
    for event in Tidings(plan).of(look):
        if isinstance(event, ChunkTold) and event.state in {ChunkState.RUNNING, ChunkState.FAILED}:
            latest[event.chunk] = event
    letters = {"waiting": "w", "handed out": "r", "done": "d", "reused": "u"}
    return JobDetails(
        job=found,
        at_work=tuple(latest[index] for index in sorted(latest)),
        states={name: look.states.count(letter) for name, letter in letters.items()},
    )


async def cancel_job(client: Client, settings: TemporalSettings, job: str, *, wait: bool) -> bool:
    """End a render.

    Args:
        wait: until its workers have let go, for a minute at most.

    Returns:
        Whether it has ended; it may have before.

    Raises:
        UsageError: ``JOB_UNKNOWN``. TemporalError, SetupError: as :func:`list_jobs`.
    """
    handle, _ = await find_job(client, settings, job)
    running = Running(handle, joined=True)
    if await has_ended(running, settings.address):
        return True
    return await call_off(running, settings.address, seconds=CALL_OFF_SECONDS if wait else 0.0)


async def wait_for_job(
    client: Client,
    settings: TemporalSettings,
    job: str,
    output: Callable[[RenderMemo], Path],
    *,
    teller: Teller,
    here: Settings,
) -> RenderReport:
    """Follow a render to its end and fetch its output. Cancelled, it leaves the render alone.

    Args:
        output: where it goes.

    Raises:
        UsageError: ``JOB_UNKNOWN``, ``FORMAT_CONTRADICTS``.
        FramewrightError: what the render ended with; the output cannot be written.
    """
    handle, execution = await find_job(client, settings, job)
    memo = await memo_value(execution)
    teller.stage(Stage.OPENING)
    return await collect(
        client,
        Running(handle, joined=True),
        output(memo),
        Format(memo.format),
        teller,
        settings=settings,
        here=here,
        over=_state(execution) is not JobState.RUNNING,
    )


async def find_job(
    client: Client, settings: TemporalSettings, job: str
) -> tuple[WorkflowHandle[object, RenderDone], WorkflowExecution]:
    """The latest run of a render.

    Raises:
        UsageError: ``JOB_UNKNOWN``. TemporalError, SetupError: as :func:`list_jobs`.
    """
    unknown = UsageError(
        f"There is no render '{job}' in the namespace {settings.namespace} of {settings.address}: framewright jobs list shows "
        "those that there are.",
        code="JOB_UNKNOWN",
    )
    with translated(settings.address):
        try:
            execution = await client.get_workflow_handle(job).describe()
        except RPCError as error:
            if error.status in _UNKNOWN:
                raise unknown from error
            raise
    if execution.workflow_type != names.RENDER_WORKFLOW:
        raise unknown
    handle = client.get_workflow_handle(job, run_id=execution.run_id, result_type=RenderDone)
    return handle, execution


async def memo_value(execution: WorkflowExecution) -> RenderMemo:
    """What its client has noted of a render."""
    nothing = RenderMemo(composition=execution.id, format="mp4", at=execution.start_time.isoformat(), by="")
    found: RenderMemo = await execution.memo_value("render", nothing, type_hint=RenderMemo)
    return found


async def _job(client: Client, execution: WorkflowExecution, settings: TemporalSettings) -> Job:
    look = None
    if _state(execution) is JobState.RUNNING:
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id, result_type=RenderDone)
        look = await _look(client, handle, settings, at_chunks=False)
    return await _told(execution, look)


async def _look(
    client: Client,
    handle: WorkflowHandle[object, RenderDone],
    settings: TemporalSettings,
    *,
    at_chunks: bool = True,
) -> Look | None:
    try:
        return await look_at(client, handle, settings.address, at_chunks=at_chunks)
    except RPCError:  # it has ended, and been forgotten, this very moment
        return None


async def _told(execution: WorkflowExecution, look: Look | None) -> Job:
    memo = await memo_value(execution)
    plan = look.standing.plan if look is not None and look.standing is not None else None
    return Job(
        id=execution.id,
        run=execution.run_id,
        state=_state(execution),
        stage=look.standing.stage if look is not None and look.standing is not None else None,
        chunks=None if plan is None else plan.chunks,
        chunks_done=None if plan is None or look is None else sum(map(look.states.count, "du")),
        composition=memo.composition,
        format=memo.format,
        frames=memo.frames if plan is None else plan.frames,
        size=memo.size,
        rate=memo.rate,
        at=memo.at,
        by=memo.by,
    )


def _state(execution: WorkflowExecution) -> JobState:
    status = execution.status
    return JobState.FAILED if status is None else _STATES.get(status, JobState.FAILED)


async def _error_of(handle: WorkflowHandle[object, RenderDone]) -> str | None:
    try:
        await handle.result()
    except WorkflowFailureError as error:
        return framewright_error(error).message
    except RPCError:
        return None
    return None
