"""``framewright worker``: renders for others until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import hanging, line, people_console, rows
from framewright.cli.logs import set_up_logs
from framewright.cli.settings import read_settings
from framewright.cli.stop import stop_on_signals
from framewright.model.errors import ExitCode, RenderCancelledError, UsageError
from framewright.model.events import Decided
from framewright.render.options import parse_workers

if TYPE_CHECKING:
    from rich.console import Console

    from framewright.cli.cluster import ClusterWishes
    from framewright.executors.temporal.serving import Service
    from framewright.executors.temporal.worker_events import WorkerEvent, WorkerReady, WorkTold

_DIGITS = 16
_MARKS = {
    "done": Text("✓", style="green"),
    "failed": Text("✗", style="bold red"),
    "cancelled": Text("■", style="yellow"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerWishes:
    """The options that are the worker's own, as they were written."""

    store: str | None = None
    slots: str = "auto"
    workers: str = "auto"
    dev: bool = False
    metrics: str | None = None
    otel: bool | None = None
    deployment: str | None = None
    build_id: str | None = None


def run_worker(
    cluster: ClusterWishes,
    wishes: WorkerWishes,
    *,
    page_timeout: float | None,
    page_memory: str | None,
    as_json: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Work until a signal comes. The first one lets what runs go on for half a minute, the second one ends it at once.

    Returns:
        The exit code 0.

    Raises:
        FramewrightError: whatever went wrong, for :mod:`framewright.cli.entry` to tell.
    """
    if as_json and quiet:
        raise UsageError("Give --json or --quiet, not both.", code="TELLING_INVALID")
    set_up_logs(debug=debug)
    settings = read_settings(page_timeout=page_timeout, page_memory=page_memory)
    service = _service(cluster, wishes, settings.store)
    # Only now is it known that all of it is installed.
    from framewright.executors.temporal.serving import serve

    console, ready = people_console(), False

    async def work() -> None:
        stop, loop, task = asyncio.Event(), asyncio.get_running_loop(), asyncio.current_task()

        def tell(event: WorkerEvent) -> None:
            nonlocal ready
            ready = ready or event.event == "ready"
            if not as_json:
                if not quiet or event.event == "dev":
                    with contextlib.suppress(
                        BrokenPipeError
                    ):  # whoever looked on has left; there is work to do
                        tell_people(console, event)
                return
            try:
                sys.stdout.write(f"{event.model_dump_json()}\n")
                sys.stdout.flush()
            except BrokenPipeError:
                stop.set()  # a program that follows us has ended, and no render must fail for that

        def hear() -> None:
            stop.set()
            if not ready and task is not None:
                task.cancel()

        def stop_soon() -> None:
            loop.call_soon_threadsafe(hear)

        with stop_on_signals(stop_soon):
            try:
                await serve(service, settings, stop, tell)
            except asyncio.CancelledError:
                if not stop.is_set():
                    raise
                raise RenderCancelledError(
                    "The worker was stopped before it was ready.", code="CANCELLED"
                ) from None

    asyncio.run(work())
    return ExitCode.DONE


def _service(cluster: ClusterWishes, wishes: WorkerWishes, usual_store: str | None) -> Service:
    """Raises UsageError: options that contradict each other; SetupError: as :meth:`ClusterWishes.read`."""
    if wishes.dev and (given := [name for name in cluster.given if name != "--queue"]):
        raise UsageError(
            f"--dev starts a server of its own: leave out {', '.join(given)}.", code="OPTIONS_CONTRADICT"
        )
    if (wishes.deployment is None) != (wishes.build_id is None):
        raise UsageError("--deployment and --build-id go together: give both.", code="OPTIONS_CONTRADICT")
    temporal = cluster.read()
    from framewright.executors.temporal.serving import Service

    named = (
        None if wishes.deployment is None or wishes.build_id is None else (wishes.deployment, wishes.build_id)
    )
    return Service(
        temporal=temporal,
        # What is only tried should not fill the store that others use.
        store=wishes.store or (None if wishes.dev else usual_store),
        slots=_number("--slots", wishes.slots),
        workers=parse_workers(wishes.workers),
        deployment=named,
        metrics=wishes.metrics,
        tracing=wishes.otel,
        dev=wishes.dev,
    )


def tell_people(console: Console, event: WorkerEvent) -> None:
    """Print an event."""
    match event.event:
        case "decided":
            assert isinstance(event, Decided)
            line(console, f"  {event.subject}: {phrases.clean(event.reason)}", style="dim")
        case "dev":
            line(
                console, "A server and a store for trying; both are gone with this worker. Render on it with:"
            )
            line(console, Text(f"  {event.command}", style="bold"))
        case "ready":
            _tell_ready(console, event)
        case "work":
            _tell_work(console, event)
        case "stopping":
            busy = phrases.count(event.busy, "chunk")
            rest = f"; {busy} may go on for {phrases.seconds(event.seconds)}" if event.busy else ""
            line(console, f"Stopping: nothing more is taken{rest}.")


def _tell_ready(console: Console, event: WorkerReady) -> None:
    hanging(console, Text("●", style="bold green"), Text.assemble((event.worker, "bold"), " listens"))
    told = [
        ("temporal", f"{event.address}, namespace {event.namespace}"),
        ("queue", f"{event.queue}, environment {event.environment[:_DIGITS]}"),
        ("store", phrases.clean(event.store)),
    ]
    rows(console, [*told, *([("metrics", f"http://{event.metrics}/metrics")] if event.metrics else [])])


def _tell_work(console: Console, event: WorkTold) -> None:
    what = event.activity.replace("_", " ")
    again = f", attempt {event.attempt}" if event.attempt > 1 else ""
    why = f": {phrases.clean(event.message)}" if event.message else ""
    facts = f"  {phrases.seconds(event.seconds)}, {event.workflow[:32]}{again}"
    hanging(console, _MARKS[event.outcome], Text.assemble(what, (facts, "dim"), why))


def _number(option: str, written: str) -> int | None:
    if written == "auto":
        return None
    try:
        return int(written)
    except ValueError:
        raise UsageError(
            f"{option} '{written}' is no number: give one, or auto.", code="SLOTS_INVALID"
        ) from None
