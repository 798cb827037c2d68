"""A job as callers see it, put together from what stands in the store and what is followed here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from framewright.model.job import Job, JobLine, JobLinks, JobState
from framewright.service.errors import ConflictError, UnknownError

if TYPE_CHECKING:
    from framewright.service.desk import Caller
    from framewright.service.jobs.board import Board
    from framewright.service.temporal.documents import Ended, JobOrder
    from framewright.service.temporal.watching import Watch


def running_job(watch: Watch) -> Job:
    """One that is followed."""
    return watch.board.shown(_whole(watch.order, running_line(watch)))


def ended_job(order: JobOrder, attempt: int, ended: Ended, board: Board) -> Job:
    """One that is over."""
    job = board.shown(_whole(order, ended_line(order, attempt, ended)))
    return job.model_copy(update={"progress": ended.progress})


def running_line(watch: Watch) -> JobLine:
    """One that is followed, for a list."""
    order, began = watch.order, watch.board.began
    line = JobLine(
        id=order.id,
        name=order.name,
        by=order.by,
        state=watch.state,
        attempt=watch.attempt,
        created=order.created,
        started=began,
        seconds=None if began is None else max(0.0, (datetime.now(UTC) - began).total_seconds()),
        links=_links(order, watch.state),
    )
    return watch.board.shown_in_line(line)


def ended_line(order: JobOrder, attempt: int, ended: Ended) -> JobLine:
    """One that is over, for a list."""
    started = ended.started
    return JobLine(
        id=order.id,
        name=order.name,
        by=order.by,
        state=ended.state,
        attempt=attempt,
        created=order.created,
        started=started,
        ended=ended.ended,
        seconds=None if started is None else max(0.0, (ended.ended - started).total_seconds()),
        progress=ended.progress,
        error=ended.error,
        output=ended.output,
        links=_links(order, ended.state),
    )


def check_seen(order: JobOrder | None, job: str, caller: Caller) -> JobOrder:
    """The job, if the caller may see it.

    Raises:
        UnknownError: ``JOB_UNKNOWN``; somebody else's is not told apart from none.
    """
    if order is None or not (caller.sees_all or order.by == caller.name):
        raise UnknownError(f"There is no render '{job}'.", code="JOB_UNKNOWN")
    return order


def check_done(order: JobOrder, ended: Ended | None, code: str) -> Ended:
    """The end of a job that has a file.

    Raises:
        ConflictError: with this code.
    """
    if ended is None or ended.state is not JobState.DONE:
        state = "goes on" if ended is None else f"is {ended.state.value}"
        raise ConflictError(f"'{order.name}' {state}: there is no file yet.", code=code)
    return ended


def _whole(order: JobOrder, line: JobLine) -> Job:
    facts = {name: getattr(line, name) for name in JobLine.model_fields}
    return Job.model_validate({**facts, "request": order.request})


def _links(order: JobOrder, state: JobState) -> JobLinks:
    home = f"/v1/renders/{order.id}"
    done = state is JobState.DONE
    return JobLinks(
        self=home,
        events=f"{home}/events",
        output=f"{home}/output" if done else None,
        frame=f"{home}/frames/{{n}}.jpg" if done or state is JobState.RUNNING else None,
        report=f"{home}/report" if done else None,
    )
