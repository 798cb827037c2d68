"""``framewright jobs list|show|cancel|priority|wait``."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, TypeVar

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import hanging, line, people_console, rows
from framewright.cli.logs import set_up_logs
from framewright.cli.render import narrator_of, usual_output
from framewright.cli.settings import read_settings
from framewright.cli.stop import stop_on_signals
from framewright.model.errors import ExitCode
from framewright.model.output import Format
from framewright.render import CancelToken
from framewright.render.cancel import Stoppable
from framewright.render.telling import Teller

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from rich.console import Console
    from temporalio.client import Client

    from framewright.cli.cluster import ClusterWishes
    from framewright.cli.render import Telling
    from framewright.executors.temporal.jobs import Job, JobDetails
    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.executors.temporal.values import RenderMemo
    from framewright.model.report import RenderReport

MARKS = {
    "queued": Text("○", style="dim"),
    "running": Text("●", style="cyan"),
    "done": Text("✓", style="bold green"),
    "failed": Text("✗", style="bold red"),
    "cancelled": Text("■", style="yellow"),
}
MOST_AT_WORK = 40
_Result = TypeVar("_Result")


def run_jobs_list(wishes: ClusterWishes, *, limit: int, as_json: bool, debug: bool) -> int:
    """List renders on stdout; with ``as_json`` as one JSON document.

    Returns:
        The exit code 0.

    Raises:
        SetupError, TemporalError: no server, or none that lets us in.
    """
    set_up_logs(debug=debug)
    settings = wishes.read()
    from framewright.executors.temporal.jobs import list_jobs

    found = _asked(settings, lambda client: list_jobs(client, settings, limit=limit))
    if as_json:
        sys.stdout.write(f"{json.dumps([job.model_dump(mode='json') for job in found], indent=2)}\n")
    else:
        tell_jobs(people_console(sys.stdout), found, settings)
    return ExitCode.DONE


def run_jobs_show(wishes: ClusterWishes, job: str, *, as_json: bool, debug: bool) -> int:
    """Show one render on stdout.

    Returns:
        The exit code 0.

    Raises:
        UsageError: ``JOB_UNKNOWN``. SetupError, TemporalError: as :func:`run_jobs_list`.
    """
    set_up_logs(debug=debug)
    settings, here = wishes.read(), read_settings()
    from framewright.executors.temporal.jobs import show_job

    found = _asked(settings, lambda client: show_job(client, settings, job, here))
    if as_json:
        sys.stdout.write(f"{found.model_dump_json(indent=2)}\n")
    else:
        tell_job(people_console(sys.stdout), found)
    return ExitCode.DONE


def run_jobs_cancel(wishes: ClusterWishes, job: str, *, wait: bool, as_json: bool, debug: bool) -> int:
    """End a render, and say whether it has ended.

    Returns:
        The exit code 0.

    Raises:
        UsageError: ``JOB_UNKNOWN``. SetupError, TemporalError: as :func:`run_jobs_list`.
    """
    set_up_logs(debug=debug)
    settings = wishes.read()
    from framewright.executors.temporal.jobs import cancel_job

    ended = _asked(settings, lambda client: cancel_job(client, settings, job, wait=wait))
    if as_json:
        sys.stdout.write(f"{json.dumps({'id': job, 'ended': ended})}\n")
    else:
        told = "has ended" if ended else "is told to end; framewright jobs show says when it has"
        line(people_console(sys.stdout), f"{job} {told}")
    return ExitCode.DONE


def run_jobs_priority(wishes: ClusterWishes, job: str, priority: int, *, as_json: bool, debug: bool) -> int:
    """Give a render another priority, and say what it reaches.

    Returns:
        The exit code 0.

    Raises:
        UsageError: ``JOB_UNKNOWN``, ``JOB_ENDED``. SetupError, TemporalError: as :func:`run_jobs_list`.
    """
    set_up_logs(debug=debug)
    settings = wishes.read()
    from framewright.executors.temporal.priority import set_priority

    all_of_it = _asked(settings, lambda client: set_priority(client, settings, job, priority))
    if as_json:
        sys.stdout.write(f"{json.dumps({'id': job, 'priority': priority, 'waiting_changed': all_of_it})}\n")
    else:
        told = "" if all_of_it else "; chunks that wait with this server, which is an old one, keep theirs"
        line(people_console(sys.stdout), f"{job} has priority {priority}{told}")
    return ExitCode.DONE


def run_jobs_wait(wishes: ClusterWishes, job: str, output: Path | None, *, telling: Telling) -> int:
    """Follow a render as if it had been begun here, and fetch its output.

    Returns:
        The exit code 0.

    Raises:
        UsageError: ``JOB_UNKNOWN``, ``FORMAT_CONTRADICTS``.
        FramewrightError: what the render ended with; it goes on when this is stopped.
    """
    set_up_logs(debug=telling.debug)
    settings, here = wishes.read(), read_settings()
    from framewright.executors.temporal.jobs import wait_for_job
    from framewright.media import remove_partials

    token = CancelToken()
    targets: list[Path] = []

    def target_of(memo: RenderMemo) -> Path:
        targets.append(output or usual_output(memo.composition, Format(memo.format)))
        return targets[0]

    def at_once() -> None:
        for target in targets:
            remove_partials(target)

    with narrator_of(job, telling) as narrator:

        async def work(client: Client) -> RenderReport:
            async with Stoppable(token):
                return await wait_for_job(
                    client, settings, job, target_of, teller=Teller(narrator.tell), here=here
                )
            raise AssertionError("unreachable")

        with stop_on_signals(token.cancel, at_once=at_once):
            _asked(settings, work)
    return ExitCode.DONE


def tell_jobs(console: Console, found: Sequence[Job], settings: TemporalSettings) -> None:
    """Print one line a render, and one below it with its id."""
    line(console, f"{settings.namespace} on {settings.address}", style="bold")
    if not found:
        line(console, "  no renders")
    for job in found:
        _tell_head(console, job)


def tell_job(console: Console, details: JobDetails) -> None:
    """Print a render, and what its chunks are at."""
    job = details.job
    _tell_head(console, job)
    told = [("asked for", f"{job.at} by {phrases.clean(job.by)}")]
    if details.states:
        states = ", ".join(f"{count} {name}" for name, count in details.states.items() if count)
        told.append(("chunks", states))
    if job.error is not None:
        told.append(("error", phrases.clean(job.error)))
    for event in details.at_work[:MOST_AT_WORK]:
        again = f", attempt {event.attempt}" if event.attempt > 1 else ""
        what = f"{event.frames} of {event.stop - event.start} frames"
        if event.message is not None:
            what = f"failed: {phrases.clean(event.message)}"
        told.append((f"chunk {event.chunk}", f"{what}{again}, {phrases.clean(event.worker or 'nobody')}"))
    if len(details.at_work) > MOST_AT_WORK:
        told.append(("", f"and {len(details.at_work) - MOST_AT_WORK} more; --json tells all"))
    rows(console, told)


def _tell_head(console: Console, job: Job) -> None:
    facts = [phrases.clean(job.composition), job.format]
    if job.frames is not None:
        facts.append(phrases.count(job.frames, "frame"))
    if job.size is not None:
        facts.append(f"{job.size} at {job.rate} fps")
    state = job.state.value
    if job.chunks is not None:
        state = f"{job.stage}, {job.chunks_done} of {phrases.count(job.chunks, 'chunk')}"
    elif job.stage is not None:
        state = job.stage
    hanging(console, MARKS[job.state.value], Text.assemble((", ".join(facts), "bold"), f"  {state}"))
    line(console, Text(f"    {job.id}  {job.at}", style="dim"))


def _asked(settings: TemporalSettings, work: Callable[[Client], Awaitable[_Result]]) -> _Result:
    from framewright.executors.temporal.connecting import connected

    async def ask() -> _Result:
        async with connected(settings) as client:
            return await work(client)

    return asyncio.run(ask())
