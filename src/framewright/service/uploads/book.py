"""What is written down of uploads. Every function works within a transaction of the service's database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from framewright.model.upload import Upload

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_NEEDED = "EXISTS (SELECT 1 FROM jobs WHERE jobs.upload = uploads.id AND jobs.state IN ('queued', 'running'))"
BLOCK = 4096
"""Bytes that a file takes beside its own, and so does a folder: else a million tiny files would take no room."""
_COLUMNS = "id, owner, name, digest, files, bytes, pages, created, used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An upload as it is written down. Times are seconds since 1970."""

    id: str
    owner: str
    name: str
    digest: str
    files: int
    bytes: int
    pages: tuple[str, ...]
    created: float
    used: float

    @property
    def room(self) -> int:
        """Bytes that it takes on the disk, about."""
        return self.bytes + BLOCK * (self.files + 1)

    @property
    def shown(self) -> Upload:
        """As callers see it."""
        return Upload(
            id=self.id,
            name=self.name,
            by=self.owner,
            digest=self.digest,
            files=self.files,
            bytes=self.bytes,
            pages=self.pages,
            created=datetime.fromtimestamp(self.created, UTC),
            used=datetime.fromtimestamp(self.used, UTC),
        )


def find(db: sqlite3.Connection, upload: str) -> Entry | None:
    """An upload by its id."""
    return _one(db.execute(f"SELECT {_COLUMNS} FROM uploads WHERE id = ?", (upload,)))  # noqa: S608


def find_content(db: sqlite3.Connection, owner: str, digest: str) -> Entry | None:
    """The upload of an owner that has this content."""
    asked = f"SELECT {_COLUMNS} FROM uploads WHERE owner = ? AND digest = ?"  # noqa: S608
    return _one(db.execute(asked, (owner, digest)))


def add(db: sqlite3.Connection, entry: Entry) -> None:
    """Write an upload down."""
    values = (
        entry.id,
        entry.owner,
        entry.name,
        entry.digest,
        entry.files,
        entry.bytes,
        json.dumps(entry.pages),
        entry.created,
        entry.used,
    )
    db.execute(f"INSERT INTO uploads ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608


def use(db: sqlite3.Connection, upload: str, now: float) -> None:
    """Take note that it was named."""
    db.execute("UPDATE uploads SET used = ? WHERE id = ?", (now, upload))


def page(db: sqlite3.Connection, owner: str | None, before: str | None, limit: int) -> list[Entry]:
    """Uploads, the latest first.

    Args:
        owner: None: everybody's.
        before: the id of the last one that was seen.
    """
    asked = (
        f"SELECT {_COLUMNS} FROM uploads WHERE (:owner IS NULL OR owner = :owner) AND (:before IS NULL OR "  # noqa: S608
        "(created, id) < (SELECT created, id FROM uploads WHERE id = :before)) ORDER BY created DESC, id DESC LIMIT :limit"
    )
    rows = db.execute(asked, {"owner": owner, "before": before, "limit": limit})
    return [_read(row) for row in rows]


def is_needed(db: sqlite3.Connection, upload: str) -> bool:
    """Whether a job that has not ended may open it."""
    asked = f"SELECT {_NEEDED} FROM uploads WHERE id = ?"  # noqa: S608
    row = db.execute(asked, (upload,)).fetchone()
    return row is not None and bool(row[0])


def remove(db: sqlite3.Connection, uploads: Iterable[str]) -> None:
    """Forget uploads. Jobs that named them stay."""
    db.executemany("DELETE FROM uploads WHERE id = ?", [(upload,) for upload in uploads])


def unused(db: sqlite3.Connection, before: float) -> list[Entry]:
    """What was not named since and no job needs: the one that waits longest first."""
    asked = f"SELECT {_COLUMNS} FROM uploads WHERE used < ? AND NOT {_NEEDED} ORDER BY used, id"  # noqa: S608
    return [_read(row) for row in db.execute(asked, (before,))]


def total(db: sqlite3.Connection) -> int:
    """Bytes that all uploads take on the disk, about."""
    asked = f"SELECT coalesce(sum(bytes + {BLOCK} * (files + 1)), 0) FROM uploads"  # noqa: S608
    return int(db.execute(asked).fetchone()[0])


def ids(db: sqlite3.Connection) -> frozenset[str]:
    """All that are written down."""
    return frozenset(row[0] for row in db.execute("SELECT id FROM uploads"))


def _one(rows: sqlite3.Cursor) -> Entry | None:
    row = rows.fetchone()
    return None if row is None else _read(row)


def _read(row: sqlite3.Row) -> Entry:
    kept = {name: row[name] for name in _COLUMNS.split(", ") if name != "pages"}
    return Entry(**kept, pages=tuple(json.loads(row["pages"])))
