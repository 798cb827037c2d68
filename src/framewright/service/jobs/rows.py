"""Jobs and their stories in SQLite: each function is a part of somebody's transaction."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from framewright.model.job import JobError, JobEvent, JobProgress, JobState, Told
from framewright.model.job_request import RenderRequest
from framewright.service.desk import Source
from framewright.service.jobs.board import Board
from framewright.service.jobs.entries import Entry, EntryLine, KeptOutput, moment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from framewright.model.report import RenderReport

_EVENT: TypeAdapter[JobEvent] = TypeAdapter(JobEvent)
_LINE = "number, id, owner, name, state, attempt, created, started, ended, error, output"


def insert(db: sqlite3.Connection, entry: Entry) -> Entry:
    """Write a new job down; it comes back with its number."""
    source = entry.source
    cursor = db.execute(
        "INSERT INTO jobs (id, owner, name, state, attempt, request, source, upload, request_id, trace, created, queued, board)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.id,
            entry.owner,
            entry.name,
            entry.state.value,
            entry.attempt,
            entry.request.model_dump_json(exclude_none=True),
            _written_source(source),
            source.upload,
            entry.request_id,
            entry.trace,
            entry.created,
            entry.queued,
            entry.board.model_dump_json(),
        ),
    )
    assert cursor.lastrowid is not None
    return replace(entry, number=cursor.lastrowid)


def update(db: sqlite3.Connection, entry: Entry, report: RenderReport | None = None) -> None:
    """Write down what has changed of a job: whatever a request does not say."""
    db.execute(
        "UPDATE jobs SET state = ?, attempt = ?, restarts = ?, queued = ?, started = ?, ended = ?, board = ?, error = ?,"
        " output = ?, report = ? WHERE id = ?",
        (
            entry.state.value,
            entry.attempt,
            entry.restarts,
            entry.queued,
            entry.started,
            entry.ended,
            entry.board.model_dump_json(),
            None if entry.error is None else entry.error.model_dump_json(),
            None if entry.output is None else entry.output.model_dump_json(),
            None if report is None else report.model_dump_json(),
            entry.id,
        ),
    )


def entry_of(db: sqlite3.Connection, job: str) -> Entry | None:
    """One job."""
    row = db.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
    return None if row is None else _entry(row)


def owner_of(db: sqlite3.Connection, job: str) -> str | None:
    """Whose job it is; None: there is none."""
    row = db.execute("SELECT owner FROM jobs WHERE id = ?", (job,)).fetchone()
    return None if row is None else str(row[0])


def state_of(db: sqlite3.Connection, job: str) -> JobState | None:
    """Where a job stands; None: there is none."""
    row = db.execute("SELECT state FROM jobs WHERE id = ?", (job,)).fetchone()
    return None if row is None else JobState(row[0])


def report_of(db: sqlite3.Connection, job: str) -> str | None:
    """The account of a job, as JSON."""
    row = db.execute("SELECT report FROM jobs WHERE id = ?", (job,)).fetchone()
    return None if row is None else row[0]


def places(db: sqlite3.Connection, state: JobState) -> list[tuple[str, float, int]]:
    """Ids, times and numbers of the jobs of a state, in the order of the queue."""
    rows = db.execute(
        "SELECT id, queued, number FROM jobs WHERE state = ? ORDER BY queued, number", (state.value,)
    )
    return [(row["id"], row["queued"], row["number"]) for row in rows]


def lines(
    db: sqlite3.Connection,
    *,
    owner: str | None,
    states: Sequence[JobState],
    before: int | None,
    limit: int,
) -> list[EntryLine]:
    """Jobs, the latest first.

    Args:
        owner: None: everybody's.
        states: none: all.
        before: a number; None: from the latest on.
    """
    conditions, values = ["1"], list[str | int]()
    if owner is not None:
        conditions.append("owner = ?")
        values.append(owner)
    if states:
        conditions.append(f"state IN ({', '.join('?' * len(states))})")
        values += [state.value for state in states]
    if before is not None:
        conditions.append("number < ?")
        values.append(before)
    # The conditions are ours; what callers say stands in their values.
    wanted = f"SELECT {_LINE}, json_extract(board, '$.progress') AS progress FROM jobs WHERE {' AND '.join(conditions)}"  # noqa: S608
    rows = db.execute(f"{wanted} ORDER BY number DESC LIMIT ?", (*values, limit))
    return [_entry_line(row) for row in rows]


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """Jobs of each state that any job has."""
    return dict(db.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall())


def has_upload(db: sqlite3.Connection, job: str) -> bool:
    """Whether the upload of a job is still there; True where it needs none."""
    row = db.execute(
        "SELECT jobs.source, uploads.id FROM jobs LEFT JOIN uploads ON uploads.id = jobs.upload WHERE jobs.id = ?",
        (job,),
    ).fetchone()
    return row is not None and (row[1] is not None or _source(row[0]).upload is None)


def remember_key(db: sqlite3.Connection, entry: Entry, key: str, digest: str) -> None:
    """Note with which request a key came, and which job it has made."""
    db.execute("INSERT INTO keys VALUES (?, ?, ?, ?, ?)", (entry.owner, key, digest, entry.id, entry.created))


def recall_key(db: sqlite3.Connection, owner: str, key: str) -> tuple[str, str] | None:
    """The digest of the request that a key came with, and the job that it made; None: it is new."""
    row = db.execute("SELECT digest, job FROM keys WHERE owner = ? AND key = ?", (owner, key)).fetchone()
    return None if row is None else (row["digest"], row["job"])


def append(db: sqlite3.Connection, job: str, story: Iterable[Told]) -> None:
    """Write down what was told of a job; what stands there already is left as it is."""
    db.executemany(
        "INSERT INTO events VALUES (?, ?, ?, ?) ON CONFLICT (job, id) DO NOTHING",
        [(job, one.id, one.at.timestamp(), one.told.model_dump_json()) for one in story],
    )


def story_of(db: sqlite3.Connection, job: str, *, after: int, limit: int) -> list[Told]:
    """What was told of a job after an id, in order."""
    rows = db.execute(
        "SELECT id, at, told FROM events WHERE job = ? AND id > ? ORDER BY id LIMIT ?", (job, after, limit)
    )
    return [Told(id=row["id"], at=moment(row["at"]), told=_EVENT.validate_json(row["told"])) for row in rows]


def last_id(db: sqlite3.Connection, job: str) -> int:
    """Of what was told of a job; 0: nothing was."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM events WHERE job = ?", (job,)).fetchone()[0])


def _written_source(source: Source) -> str:
    return json.dumps(
        {
            "composition": source.composition,
            "name": source.name,
            "root": None if source.root is None else str(source.root),
            "upload": source.upload,
        }
    )


def _source(written: str) -> Source:
    told = json.loads(written)
    root = told["root"]
    return Source(
        composition=told["composition"],
        name=told["name"],
        root=None if root is None else Path(root),
        upload=told["upload"],
    )


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        number=row["number"],
        id=row["id"],
        owner=row["owner"],
        name=row["name"],
        state=JobState(row["state"]),
        attempt=row["attempt"],
        restarts=row["restarts"],
        request=RenderRequest.model_validate_json(row["request"]),
        source=_source(row["source"]),
        request_id=row["request_id"],
        trace=row["trace"],
        created=row["created"],
        queued=row["queued"],
        started=row["started"],
        ended=row["ended"],
        board=Board() if row["board"] is None else Board.model_validate_json(row["board"]),
        error=_error(row["error"]),
        output=_output(row["output"]),
    )


def _entry_line(row: sqlite3.Row) -> EntryLine:
    progress = row["progress"]
    return EntryLine(
        number=row["number"],
        id=row["id"],
        owner=row["owner"],
        name=row["name"],
        state=JobState(row["state"]),
        attempt=row["attempt"],
        created=row["created"],
        started=row["started"],
        ended=row["ended"],
        progress=JobProgress() if progress is None else JobProgress.model_validate_json(progress),
        error=_error(row["error"]),
        output=_output(row["output"]),
    )


def _error(written: str | None) -> JobError | None:
    return None if written is None else JobError.model_validate_json(written)


def _output(written: str | None) -> KeptOutput | None:
    return None if written is None else KeptOutput.model_validate_json(written)
