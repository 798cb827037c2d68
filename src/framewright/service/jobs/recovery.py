"""What a service finds of jobs when it starts: who waited waits on, and who ran goes on before them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from framewright.model.errors import WorkerError
from framewright.model.events import FellBack
from framewright.model.job import Failed, JobEvent, JobState, Queued, Told
from framewright.model.logs import get_logger
from framewright.service.jobs import rows
from framewright.service.jobs.entries import Entry, error_of, moment

if TYPE_CHECKING:
    import sqlite3

MOST_RESTARTS = 5
"""Times that a service may die while a job runs, until it is the job that is held to be the reason."""
LEFT_OUT = 1000
"""Ids after a start: what was told last before it may not have been written down, and no id may mean two things."""
_PAGE = 500

_log = get_logger(__name__)


def recover(db: sqlite3.Connection, now: float) -> list[tuple[str, float, int, int]]:
    """Put jobs that ran back into the queue; all that wait, as ids, times, numbers and last ids, in their order."""
    for place, (job, _, _) in enumerate(rows.places(db, JobState.RUNNING)):
        entry = rows.entry_of(db, job)
        if entry is not None:
            _take_back(db, entry, now, place)
    return [
        (job, queued, number, rows.last_id(db, job))
        for job, queued, number in rows.places(db, JobState.QUEUED)
    ]


def _take_back(db: sqlite3.Connection, entry: Entry, now: float, place: int) -> None:
    entry = replace(entry, restarts=entry.restarts + 1, started=entry.started)
    events: list[JobEvent]
    if entry.restarts > MOST_RESTARTS:
        error = WorkerError(
            f"The service ended {entry.restarts} times while the render ran, and does not try it again by itself.",
            code="SERVICE_DIED",
        )
        told = error_of(error)
        entry = replace(entry, state=JobState.FAILED, ended=now, error=told)
        events = [Failed(error=told)]
    else:
        # Its place in the queue is that of before, which is before all who came later.
        entry = replace(entry, state=JobState.QUEUED, started=None)
        restarted = FellBack(
            code="SERVICE_RESTARTED",
            message="The service ended while the render ran: it goes on with what was finished.",
        )
        events = [restarted, Queued(position=place)]
    first = rows.last_id(db, entry.id) + LEFT_OUT
    story = [Told(id=first + number, at=moment(now), told=event) for number, event in enumerate(events)]
    # What was told since its last turn stands in its story alone.
    board = entry.board
    after = 0
    while page := rows.story_of(db, entry.id, after=after, limit=_PAGE):
        board, after = board.after_all(page), page[-1].id
    rows.append(db, entry.id, story)
    rows.update(db, replace(entry, board=board.after_all(story)))
    _log.info(
        "job_recovered",
        job=entry.id,
        request=entry.request_id,
        state=entry.state.value,
        restarts=entry.restarts,
    )
