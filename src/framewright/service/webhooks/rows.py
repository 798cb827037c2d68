"""What is written down of messages. Every function works within a transaction of the service's database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from framewright.model.webhook import Delivery

if TYPE_CHECKING:
    import sqlite3

_COLUMNS = "number, id, job, event, url, body, attempts"
# Those of one job arrive in their order: nobody hears that it has ended before it began.
_FIRST = (
    "NOT EXISTS (SELECT 1 FROM deliveries earlier WHERE earlier.job = deliveries.job "
    "AND earlier.number < deliveries.number AND earlier.next_at IS NOT NULL)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A message that waits.

    Attributes:
        number: counts up.
        attempts: made before.
    """

    number: int
    id: str
    job: str
    event: str
    url: str
    body: str
    attempts: int

    @property
    def host(self) -> str:
        """Where it goes."""
        return urlsplit(self.url).netloc


def add(
    db: sqlite3.Connection, *, delivery: str, job: str, told: int, event: str, url: str, body: str, now: float
) -> None:
    """Write a message down, unless this event of the job was before."""
    db.execute(
        "INSERT INTO deliveries (id, job, told, event, url, body, created, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (job, told) DO NOTHING",
        (delivery, job, told, event, url, body, now, now),
    )


def due(db: sqlite3.Connection, now: float, limit: int) -> list[Parcel]:
    """Messages whose time has come, the one that waits longest first."""
    asked = (
        f"SELECT {_COLUMNS} FROM deliveries WHERE next_at <= ? AND {_FIRST} ORDER BY next_at, number LIMIT ?"  # noqa: S608
    )
    return [Parcel(**dict(row)) for row in db.execute(asked, (now, limit))]


def next_time(db: sqlite3.Connection, after: float) -> float | None:
    """When the next message is due, after a time; None: none waits."""
    asked = f"SELECT min(next_at) FROM deliveries WHERE next_at > ? AND {_FIRST}"  # noqa: S608
    found = db.execute(asked, (after,)).fetchone()[0]
    return None if found is None else float(found)


def tried(
    db: sqlite3.Connection, number: int, *, answer: str, delivered: float | None, next_at: float | None
) -> None:
    """Write down what an attempt came to."""
    db.execute(
        "UPDATE deliveries SET attempts = attempts + 1, answer = ?, delivered = ?, next_at = ? WHERE number = ?",
        (answer, delivered, next_at, number),
    )


def of_job(db: sqlite3.Connection, job: str) -> tuple[Delivery, ...]:
    """The messages of a job, in their order."""
    rows = db.execute("SELECT * FROM deliveries WHERE job = ? ORDER BY number", (job,))
    return tuple(
        Delivery(
            id=row["id"],
            event=row["event"],
            host=urlsplit(row["url"]).netloc,
            created=datetime.fromtimestamp(row["created"], UTC),
            attempts=row["attempts"],
            next=_moment(row["next_at"]),
            delivered=_moment(row["delivered"]),
            answer=row["answer"],
        )
        for row in rows
    )


def forget(db: sqlite3.Connection, before: float) -> None:
    """Forget messages that are over and were written down before."""
    db.execute("DELETE FROM deliveries WHERE next_at IS NULL AND created < ?", (before,))


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
