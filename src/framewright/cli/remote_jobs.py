"""``framewright jobs list|show|cancel|wait --server URL``: the jobs of a render service."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import hanging, line, people_console, rows
from framewright.cli.jobs import MARKS, MOST_AT_WORK
from framewright.cli.logs import set_up_logs
from framewright.cli.render import narrator_of, usual_output
from framewright.cli.stop import stop_on_signals
from framewright.model.errors import ExitCode
from framewright.render import CancelToken

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from rich.console import Console

    from framewright.cli.remote import ServerWishes
    from framewright.cli.render import Telling
    from framewright.client import AsyncClient, Job, JobLine
    from framewright.model.report import RenderReport

_Result = TypeVar("_Result")


def list_there(server: ServerWishes, *, limit: int, as_json: bool, debug: bool) -> int:
    """List jobs on stdout, the latest first; with ``as_json`` as one JSON document.

    Returns:
        The exit code 0.

    Raises:
        FramewrightError: nobody answers, or does not let us in.
    """
    set_up_logs(debug=debug)

    async def work(client: AsyncClient) -> list[JobLine]:
        found: list[JobLine] = []
        async with aclosing(client.jobs()) as jobs:
            async for job in jobs:
                found.append(job)
                if len(found) == limit:
                    break
        return found

    found = _asked(server, work)
    if as_json:
        sys.stdout.write(f"{json.dumps([job.model_dump(mode='json') for job in found], indent=2)}\n")
        return ExitCode.DONE
    console = people_console(sys.stdout)
    line(console, server.url, style="bold")
    if not found:
        line(console, "  no renders")
    for job in found:
        _tell_head(console, job)
    return ExitCode.DONE


def show_there(server: ServerWishes, job: str, *, as_json: bool, debug: bool) -> int:
    """Show one job on stdout.

    Returns:
        The exit code 0.

    Raises:
        UnknownError: there is no such job. FramewrightError: as :func:`list_there`.
    """
    set_up_logs(debug=debug)
    found = _asked(server, lambda client: client.job(job))
    if as_json:
        sys.stdout.write(f"{found.model_dump_json(indent=2)}\n")
    else:
        _tell_job(people_console(sys.stdout), found)
    return ExitCode.DONE


def cancel_there(server: ServerWishes, job: str, *, wait: bool, as_json: bool, debug: bool) -> int:
    """End a job, and say whether it has ended.

    Returns:
        The exit code 0.

    Raises:
        ConflictError: it had ended before. UnknownError: there is no such job. FramewrightError: as :func:`list_there`.
    """
    set_up_logs(debug=debug)

    async def work(client: AsyncClient) -> Job:
        found = await client.cancel(job)
        return await client.wait(job) if wait else found

    ended = _asked(server, work).state.over
    if as_json:
        sys.stdout.write(f"{json.dumps({'id': job, 'ended': ended})}\n")
    else:
        told = "has ended" if ended else "is told to end; framewright jobs show says when it has"
        line(people_console(sys.stdout), f"{job} {told}")
    return ExitCode.DONE


def wait_there(server: ServerWishes, job: str, output: Path | None, *, telling: Telling) -> int:
    """Follow a job as if it had been begun here, and fetch its output. Stopped, it leaves the job alone.

    Returns:
        The exit code 0.

    Raises:
        UnknownError: there is no such job. UsageError: ``FORMAT_CONTRADICTS``.
        FramewrightError: what the job has failed with; as :func:`list_there`.
    """
    set_up_logs(debug=telling.debug)
    from framewright.client.rendering import format_of
    from framewright.media import remove_partials

    token = CancelToken()
    targets: list[Path] = []

    def at_once() -> None:
        for target in targets:
            remove_partials(target)

    with narrator_of(job, telling) as narrator:

        async def work(client: AsyncClient) -> RenderReport:
            found = await client.job(job)
            targets.append(output or usual_output(found.name, format_of(found)))
            return await client.collect(job, targets[0], on_event=narrator.tell, cancel=token)

        with stop_on_signals(token.cancel, at_once=at_once):
            _asked(server, work)
    return ExitCode.DONE


def _tell_head(console: Console, job: Job | JobLine) -> None:
    facts = phrases.clean(job.name)
    state = job.state.value
    if job.position is not None:
        state = f"queued, {phrases.count(job.position, 'job')} before it"
    elif not job.state.over and job.progress.total:
        state = f"{job.progress.stage}, {job.progress.frames} of {phrases.count(job.progress.total, 'frame')}"
    elif job.output is not None:
        state = f"done, {phrases.clean(job.output.name)}, {phrases.size(job.output.bytes)}"
    hanging(console, MARKS[job.state.value], Text.assemble((facts, "bold"), f"  {state}"))
    line(console, Text(f"    {job.id}  {job.created.isoformat(timespec='seconds')}", style="dim"))


def _tell_job(console: Console, job: Job) -> None:
    _tell_head(console, job)
    told = [("asked for", f"{job.created.isoformat(timespec='seconds')} by {phrases.clean(job.by)}")]
    if job.attempt > 1:
        told.append(("attempt", str(job.attempt)))
    if job.seconds is not None:
        told.append(("took" if job.state.over else "runs", phrases.seconds(job.seconds)))
    if job.plan is not None:
        plan = job.plan
        told.append(
            ("plan", f"{plan.width}×{plan.height}, {phrases.count(plan.frames, 'frame')} at {plan.fps} fps")
        )
    if job.error is not None:
        told.append(("error", phrases.clean(job.error.message)))
    at_work = [chunk for chunk in job.chunks if chunk.state in {"running", "failed"}]
    for chunk in at_work[:MOST_AT_WORK]:
        what = f"{chunk.frames} of {chunk.stop - chunk.start} frames"
        if chunk.message is not None:
            what = f"failed: {phrases.clean(chunk.message)}"
        told.append((f"chunk {chunk.chunk}", f"{what}, {phrases.clean(chunk.worker or 'nobody')}"))
    if len(at_work) > MOST_AT_WORK:
        told.append(("", f"and {len(at_work) - MOST_AT_WORK} more; --json tells all"))
    if job.warnings:
        told.append(("warnings", f"{len(job.warnings)}; --json tells all"))
    rows(console, told)


def _asked(server: ServerWishes, work: Callable[[AsyncClient], Awaitable[_Result]]) -> _Result:
    async def ask() -> _Result:
        async with server.client() as client:
            return await work(client)

    return asyncio.run(ask())
