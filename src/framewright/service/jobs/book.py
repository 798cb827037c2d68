"""The book of jobs: every turn that a job takes is one transaction, and stands there before anybody is told."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from framewright.model.job import JobState, Planned
from framewright.service.errors import ConflictError, GoneError, ServiceError, UnavailableError
from framewright.service.jobs import rows
from framewright.service.jobs.entries import Entry, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from framewright.model.job import Job, Told
    from framewright.model.report import RenderReport
    from framewright.service.database import Database
    from framewright.service.desk import Order
    from framewright.service.jobs.entries import EntryLine

_Result = TypeVar("_Result")


class Herald(Protocol):
    """Is there when a job takes a turn, to tell others."""

    def write(self, db: sqlite3.Connection, job: Job, told: Told) -> None:
        """In the transaction in which a turn is written down: that it was queued, started, planned, or has ended."""
        ...

    def wake(self) -> None:
        """The transaction stands."""
        ...


class NoHerald:
    """Nobody is told."""

    def write(self, db: sqlite3.Connection, job: Job, told: Told) -> None:
        """Nothing."""

    def wake(self) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was written on.

    Attributes:
        job: whose.
        story: what was told of it.
        shown: the job as it is now, for the herald; None: no turn is among it.
    """

    job: str
    story: Sequence[Told]
    shown: Job | None = None


class Book:
    """Async access to the jobs of a database.

    Args:
        herald: told of turns.
    """

    def __init__(self, database: Database, herald: Herald) -> None:
        self._database = database
        self._herald = herald

    async def admit(
        self, order: Order, entry: Entry, queued: Told, refusal: ServiceError | None
    ) -> tuple[Entry, bool]:
        """Write a new job down, or find the one that the order's key has made before; and whether it is new.

        Args:
            queued: the first thing that is told of it.
            refusal: raised in place of a new job.

        Raises:
            ConflictError: ``KEY_REUSED``. GoneError: ``COMPOSITION_GONE``. ServiceError: the refusal.
        """
        digest = hashlib.sha256(order.request.model_dump_json().encode()).hexdigest()

        def work(db: sqlite3.Connection) -> tuple[Entry, bool]:
            known = rows.recall_key(db, entry.owner, order.key) if order.key is not None else None
            if known is not None:
                return self._as_before(db, known, digest), False
            if refusal is not None:
                raise refusal
            try:
                new = rows.insert(db, entry)
            except sqlite3.IntegrityError as error:
                raise _gone() from error
            if order.key is not None:
                rows.remember_key(db, new, order.key, digest)
            self._write(db, new, [queued])
            return new, True

        return await self._run(work)

    async def again(
        self, job: str, at: float, refusal: ServiceError | None, told: Callable[[Entry, int], Told]
    ) -> tuple[Entry, Told]:
        """Have a job that failed or was cancelled wait for its next attempt.

        Args:
            refusal: raised where the job could be tried again otherwise.
            told: what is told of it, from the job and the last id of its story.

        Raises:
            ConflictError: ``JOB_NOT_OVER``, ``JOB_DONE``. GoneError: ``COMPOSITION_GONE``. ServiceError: the refusal.
        """

        def work(db: sqlite3.Connection) -> tuple[Entry, Told]:
            entry = self._entry(db, job)
            if entry.state is JobState.DONE:
                raise ConflictError("The render is done: ask for a new one.", code="JOB_DONE")
            if not entry.state.over:
                raise ConflictError(
                    "The render has not ended: it can be tried again once it has failed or was cancelled.",
                    code="JOB_NOT_OVER",
                )
            if not rows.has_upload(db, job):
                raise _gone()
            if refusal is not None:
                raise refusal
            entry = replace(
                entry,
                state=JobState.QUEUED,
                attempt=entry.attempt + 1,
                restarts=0,
                queued=at,
                started=None,
                ended=None,
                error=None,
                output=None,
            )
            queued = told(entry, rows.last_id(db, job))
            entry = replace(entry, board=entry.board.after(queued.told, queued.at))
            rows.update(db, entry)
            self._write(db, entry, [queued])
            return entry, queued

        return await self._run(work)

    async def turn(
        self,
        entry: Entry,
        story: Sequence[Told],
        report: RenderReport | None = None,
    ) -> None:
        """Write down that a job has begun, ended, or waits again, with what was told of it; the last one is the turn."""

        def work(db: sqlite3.Connection) -> None:
            rows.update(db, entry, report)
            self._write(db, entry, story)

        await self._run(work)

    async def write(self, pages: Sequence[Page]) -> None:
        """Write down what was told meanwhile."""

        def work(db: sqlite3.Connection) -> None:
            for page in pages:
                rows.append(db, page.job, page.story)
                for told in page.story:
                    if isinstance(told.told, Planned) and page.shown is not None:
                        self._herald.write(db, page.shown, told)

        await self._run(work)

    async def entry(self, job: str) -> Entry | None:
        """One job; None: there is none."""
        return await self.read(lambda db: rows.entry_of(db, job))

    async def lines(
        self, *, owner: str | None, states: Sequence[JobState], before: int | None, limit: int
    ) -> list[EntryLine]:
        """Jobs, the latest first; see :func:`~framewright.service.jobs.rows.lines`."""
        return await self.read(
            lambda db: rows.lines(db, owner=owner, states=states, before=before, limit=limit)
        )

    async def story(self, job: str, *, after: int, limit: int) -> list[Told]:
        """What was told of a job after an id, in order."""
        return await self.read(lambda db: rows.story_of(db, job, after=after, limit=limit))

    async def read(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """Look something up.

        Raises:
            UnavailableError: ``DATABASE_FAILED``.
        """
        try:
            return await self._database.run(work)
        except sqlite3.Error as error:
            raise failed(error) from error

    async def _run(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        result = await self.read(work)
        self._herald.wake()
        return result

    def _write(self, db: sqlite3.Connection, entry: Entry, story: Sequence[Told]) -> None:
        rows.append(db, entry.id, story)
        for told in story:
            if told is story[-1] or isinstance(told.told, Planned):
                self._herald.write(db, entry.job(told.at.timestamp()), told)

    def _as_before(self, db: sqlite3.Connection, known: tuple[str, str], digest: str) -> Entry:
        if known[0] != digest:
            raise ConflictError(
                "The Idempotency-Key came with another request before: give each request a key of its own.",
                code="KEY_REUSED",
            )
        return self._entry(db, known[1])

    def _entry(self, db: sqlite3.Connection, job: str) -> Entry:
        entry = rows.entry_of(db, job)
        if entry is None:
            raise unknown(job)
        return entry


def failed(error: sqlite3.Error) -> UnavailableError:
    """That the database does not do its part."""
    return UnavailableError(
        f"The service's database cannot be used: {error}. See that there is room in its data folder.",
        code="DATABASE_FAILED",
        seconds=30,
    )


def _gone() -> GoneError:
    return GoneError(
        "The project of this render was cleaned up: upload it again, and ask for a new render.",
        code="COMPOSITION_GONE",
    )
