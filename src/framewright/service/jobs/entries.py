"""A job as it stands in the book, and as callers see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from framewright.model.job import Job, JobError, JobLine, JobLinks, JobOutput, JobProgress, JobState
from framewright.service.errors import UnknownError

if TYPE_CHECKING:
    from framewright.model.errors import FramewrightError
    from framewright.model.job_request import RenderRequest
    from framewright.service.desk import Caller, Source
    from framewright.service.jobs.board import Board


class KeptOutput(BaseModel):
    """The finished file, as it is kept.

    Attributes:
        file: its name in the folder of the job.
        digest: of its content: SHA-256 in hexadecimal.
        gone: it made room for later ones.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    output: JobOutput
    file: str
    digest: str
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A job in the book. Times are seconds since 1970.

    Attributes:
        number: the order in which jobs were asked for.
        queued: when it last took its place in the queue.
        restarts: times that the service died while it ran.
    """

    number: int
    id: str
    owner: str
    name: str
    state: JobState
    attempt: int
    restarts: int
    request: RenderRequest
    source: Source
    request_id: str | None
    trace: str | None
    created: float
    queued: float
    started: float | None
    ended: float | None
    board: Board
    error: JobError | None
    output: KeptOutput | None

    def job(self, now: float, board: Board | None = None) -> Job:
        """As its page has it.

        Args:
            board: of now; None: as it was written down.
        """
        board = board or self.board
        job = Job(
            id=self.id,
            name=self.name,
            by=self.owner,
            state=self.state,
            attempt=self.attempt,
            created=moment(self.created),
            started=None if self.started is None else moment(self.started),
            ended=None if self.ended is None else moment(self.ended),
            seconds=seconds_of(self.started, self.ended, now),
            request=self.request,
            error=self.error,
            output=None if self.output is None else self.output.output,
            links=links_of(self.id, self.state, self.output),
        )
        return board.shown(job)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """A job as a list needs it: without its request and its board."""

    number: int
    id: str
    owner: str
    name: str
    state: JobState
    attempt: int
    created: float
    started: float | None
    ended: float | None
    progress: JobProgress
    error: JobError | None
    output: KeptOutput | None

    def line(self, now: float, *, progress: JobProgress | None, position: int | None) -> JobLine:
        """As a list has it.

        Args:
            progress: of now; None: as it was written down.
        """
        return JobLine(
            id=self.id,
            name=self.name,
            by=self.owner,
            state=self.state,
            attempt=self.attempt,
            created=moment(self.created),
            started=None if self.started is None else moment(self.started),
            ended=None if self.ended is None else moment(self.ended),
            seconds=seconds_of(self.started, self.ended, now),
            position=position,
            progress=progress or self.progress,
            error=self.error,
            output=None if self.output is None else self.output.output,
            links=links_of(self.id, self.state, self.output),
        )


def seconds_of(started: float | None, ended: float | None, now: float) -> float | None:
    """How long a job has run, or ran."""
    return None if started is None else max(0.0, (now if ended is None else ended) - started)


def moment(seconds: float) -> datetime:
    """A time as the wire has it."""
    return datetime.fromtimestamp(seconds, UTC)


def links_of(job: str, state: JobState, output: KeptOutput | None) -> JobLinks:
    """Where more is to be had of a job."""
    home = f"/v1/renders/{job}"
    there = state is JobState.DONE and output is not None and not output.gone
    return JobLinks(
        self=home,
        events=f"{home}/events",
        output=f"{home}/output" if there else None,
        frame=f"{home}/frames/{{n}}.jpg" if there or state is JobState.RUNNING else None,
        report=f"{home}/report" if state is JobState.DONE else None,
    )


def error_of(error: FramewrightError) -> JobError:
    """An error as a job tells it."""
    return JobError(
        error=type(error).__name__,
        code=error.code,
        message=error.message,
        retryable=error.retryable,
        owner=error.owner.value,
    )


def check_seen(entry: Entry | None, job: str, caller: Caller) -> Entry:
    """The job, if the caller may see it.

    Raises:
        UnknownError: ``JOB_UNKNOWN``; somebody else's is not told apart from none.
    """
    if entry is None or not (caller.sees_all or entry.owner == caller.name):
        raise unknown(job)
    return entry


def unknown(job: str) -> UnknownError:
    """That there is no such job."""
    return UnknownError(f"There is no render '{job}'.", code="JOB_UNKNOWN")
