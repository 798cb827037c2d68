"""Starting the workflow of a render, joining one that runs already, and calling one off."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from temporalio.client import WorkflowExecutionStatus
from temporalio.common import Priority, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from framewright.executors.temporal import names
from framewright.executors.temporal.connecting import translated
from framewright.executors.temporal.looking import CALL_SECONDS
from framewright.executors.temporal.values import RenderDone, RenderMemo
from framewright.model.errors import FramewrightError

if TYPE_CHECKING:
    from temporalio.client import Client, WorkflowHandle

    from framewright.executors.temporal.values import RenderOrder
    from framewright.model.plan import Plan

CALL_OFF_SECONDS = 60.0
"""Until the workers have let go: they hear of it with their next beat, and close their browsers within 10 s."""
_LOOK_EVERY = 0.2
_SPARE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Running:
    """A workflow that renders.

    Attributes:
        joined: another client had started it.
    """

    handle: WorkflowHandle[object, RenderDone]
    joined: bool

    @property
    def id(self) -> str:
        """By which people call it."""
        return self.handle.id


async def start(
    client: Client, order: RenderOrder, memo: RenderMemo, address: str, *, name: str | None = None
) -> Running:
    """Start a render, or join the one of the same plan. It goes on when this is cancelled; see :func:`start_or_undo`.

    Args:
        name: of the workflow, which then runs once and never again; None: by the plan's digest.

    Raises:
        TemporalError: ``TEMPORAL_UNREACHABLE``. SetupError: ``TEMPORAL_REFUSED``.
    """
    # One that is called after its plan may run again when it has ended: its pieces are in the store.
    again = WorkflowIDReusePolicy.ALLOW_DUPLICATE if name is None else WorkflowIDReusePolicy.REJECT_DUPLICATE
    name = name or _name_of(order)
    with translated(address):
        try:
            handle = await client.start_workflow(
                names.RENDER_WORKFLOW,
                order,
                id=name,
                task_queue=order.queue,
                result_type=RenderDone,
                id_reuse_policy=again,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                execution_timeout=timedelta(seconds=order.seconds + _SPARE_SECONDS),
                memo={"render": memo},
                static_summary=memo.summary,
                priority=Priority(priority_key=order.priority),
            )
        except WorkflowAlreadyStartedError as error:
            found = client.get_workflow_handle(name, run_id=error.run_id, result_type=RenderDone)
            return Running(found, joined=True)
    run = client.get_workflow_handle(name, run_id=handle.result_run_id, result_type=RenderDone)
    return Running(run, joined=False)


async def start_or_undo(client: Client, order: RenderOrder, memo: RenderMemo, address: str) -> Running:
    """The same; cancelled while it starts one, it calls it off."""
    starting = asyncio.ensure_future(start(client, order, memo, address))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await to_its_end(_undo(starting, address))
        raise


async def call_off(running: Running, address: str, *, seconds: float = CALL_OFF_SECONDS) -> bool:
    """Cancel a render, and wait until its workers have let go.

    Returns:
        Whether it has ended.

    Raises:
        TemporalError: ``TEMPORAL_UNREACHABLE``.
    """
    with translated(address):
        try:
            await running.handle.cancel(rpc_timeout=timedelta(seconds=CALL_SECONDS))
        except RPCError:
            return await has_ended(running, address)
    return await wait_for_end(running, address, seconds=seconds)


async def wait_for_end(running: Running, address: str, *, seconds: float) -> bool:
    """Wait until a render has ended, however; whether it has."""
    limit = time.monotonic() + seconds
    while True:
        if await has_ended(running, address):
            return True
        if time.monotonic() > limit:
            return False
        await asyncio.sleep(_LOOK_EVERY)


async def has_ended(running: Running, address: str) -> bool:
    """Whether a render has ended, however."""
    with translated(address):
        description = await running.handle.describe(rpc_timeout=timedelta(seconds=CALL_SECONDS))
    return description.status is not WorkflowExecutionStatus.RUNNING


async def to_its_end(work: object) -> None:
    """Await what takes a bounded time, whoever cancels meanwhile; what it raises of ours is let go, for something else is under way."""
    task = asyncio.ensure_future(work)  # type: ignore[call-overload]
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait((task,))
    with contextlib.suppress(FramewrightError, RPCError):
        task.result()


def memo_of(plan: Plan, composition: str) -> RenderMemo:
    """What lists of renders show of one.

    Args:
        composition: what people call it.
    """
    drawn = plan.picture.drawn
    return RenderMemo(
        composition=composition,
        format=plan.output.format.value,
        frames=len(plan.picture.range),
        size=f"{drawn.width}x{drawn.height}",
        rate=plan.picture.rate,
        plan=plan.digests.plan,
        at=_now(),
        by=_me(),
    )


def memo_of_project(composition: str, container: str) -> RenderMemo:
    """The same of a project that nobody has planned."""
    return RenderMemo(composition=composition, format=container, at=_now(), by=_me())


def _name_of(order: RenderOrder) -> str:
    if order.plan is not None:
        return names.workflow_of(order.plan.digest)
    assert order.project is not None
    return names.project_workflow_of(order.project.manifest)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _me() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container whose user has no name
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


async def _undo(starting: asyncio.Future[Running], address: str) -> None:
    running = await starting
    if not running.joined:
        await call_off(running, address)
