"""What is cleaned up: jobs that ended long ago, the oldest files where all together are too large, and what nobody knows."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from framewright.model.logs import get_logger
from framewright.render.threads import in_thread
from framewright.service.errors import UnavailableError
from framewright.service.jobs.entries import KeptOutput
from framewright.service.jobs.performing import clear

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection

    from framewright.service.jobs.book import Book
    from framewright.service.jobs.orders import Folders
    from framewright.service.jobs.shelf import Shelf
    from framewright.service.settings import ServiceSettings

EVERY_SECONDS = 3600.0
_DAY = 86_400.0
_AT_ONCE = 100
"""Jobs of one transaction: others wait for it."""

_log = get_logger(__name__)


class Retention:
    """Cleans up at the start of the service, and every hour."""

    def __init__(
        self,
        book: Book,
        shelf: Shelf,
        folders: Folders,
        settings: ServiceSettings,
        *,
        clock: Callable[[], float],
    ) -> None:
        self._book = book
        self._shelf = shelf
        self._folders = folders
        self._settings = settings
        self._clock = clock

    async def clear_strays(self) -> None:
        """Remove what no job knows. Nothing may run yet."""
        known = await self._book.read(lambda db: {row[0] for row in db.execute("SELECT id FROM jobs")})
        removed = await in_thread(lambda: _clear_strays(self._folders, known))
        if removed:
            _log.info("strays_removed", folders=removed)

    async def keep(self) -> None:
        """Clean up now and then; it never ends."""
        while True:
            try:
                await self.clean()
            except (UnavailableError, OSError, ValueError) as error:
                _log.warning("not_cleaned_up", error=str(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def clean(self) -> None:
        """Remove jobs that ended too long ago, and the oldest files beyond the room for them."""
        jobs = await self._forget_old()
        files, size = await self._make_room()
        if jobs or files:
            _log.info("cleaned_up", jobs=jobs, files=files, bytes=size)

    async def _forget_old(self) -> int:
        before, count = self._clock() - self._settings.keep_jobs * _DAY, 0
        while True:
            gone = await self._book.read(lambda db: _forget(db, before, self._shelf.is_read))
            for job in gone:
                await in_thread(partial(clear, self._folders.job(job)))
            count += len(gone)
            if len(gone) < _AT_ONCE:
                return count

    async def _make_room(self) -> tuple[int, int]:
        outputs = await self._book.read(_outputs)
        over = sum(size for _, size in outputs) - self._settings.keep_outputs
        files = removed = 0
        for job, size in outputs:
            if removed >= over:
                break
            if self._shelf.is_read(job):
                continue
            kept = await self._book.read(partial(_give_up, job=job))
            if kept is not None:
                path = self._folders.job(job) / kept.file
                await in_thread(partial(path.unlink, missing_ok=True))
                files, removed = files + 1, removed + size
        return files, removed


def _clear_strays(folders: Folders, known: Collection[str]) -> int:
    removed = 0
    for place, left in ((folders.work, ()), (folders.jobs, known)):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for one in place.iterdir():
            if one.name in left:
                continue
            removed += 1
            if one.is_dir() and not one.is_symlink():
                clear(one)
            else:
                one.unlink(missing_ok=True)
    return removed


def _forget(db: sqlite3.Connection, before: float, is_read: Callable[[str], bool]) -> list[str]:
    rows = db.execute(
        "SELECT id FROM jobs WHERE state IN ('done', 'failed', 'cancelled') AND ended < ? ORDER BY ended",
        (before,),
    )
    gone = [row["id"] for row in rows if not is_read(row["id"])][:_AT_ONCE]
    db.executemany("DELETE FROM jobs WHERE id = ?", [(job,) for job in gone])
    return gone


def _outputs(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Jobs with files, and the sizes of these, the oldest first."""
    rows = db.execute(
        "SELECT id, json_extract(output, '$.output.bytes') AS size FROM jobs"
        " WHERE output IS NOT NULL AND NOT json_extract(output, '$.gone') ORDER BY ended"
    )
    return [(row["id"], row["size"]) for row in rows]


def _give_up(db: sqlite3.Connection, job: str) -> KeptOutput | None:
    row = db.execute("SELECT output FROM jobs WHERE id = ?", (job,)).fetchone()
    if row is None or row["output"] is None:
        return None
    kept = KeptOutput.model_validate_json(row["output"]).model_copy(update={"gone": True})
    db.execute("UPDATE jobs SET output = ? WHERE id = ?", (kept.model_dump_json(), job))
    return kept
