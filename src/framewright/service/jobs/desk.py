"""The desk of a service that renders on its own machine."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import shutil
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from framewright.model.job import JobPage, JobState
from framewright.model.logs import get_logger
from framewright.render.threads import in_thread
from framewright.service.desk import Standing, Taken
from framewright.service.errors import RequestError, UnavailableError
from framewright.service.jobs import rows
from framewright.service.jobs.book import Book, Herald, NoHerald
from framewright.service.jobs.entries import check_seen, unknown
from framewright.service.jobs.floor import Floor
from framewright.service.jobs.hub import Hub
from framewright.service.jobs.line import Waiting
from framewright.service.jobs.orders import Folders
from framewright.service.jobs.performing import Performer
from framewright.service.jobs.probing import Probing
from framewright.service.jobs.recovery import recover
from framewright.service.jobs.retention import Retention
from framewright.service.jobs.shelf import Shelf
from framewright.service.jobs.story import Story
from framewright.service.jobs.telling import follow
from framewright.service.turns import Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from typing import Self

    from framewright.model.job import Job, JobLine, Told
    from framewright.model.job_request import ProbeRequest
    from framewright.model.report import RenderReport
    from framewright.render import ProbeResult
    from framewright.service.database import Database
    from framewright.service.desk import Caller, FileAnswer, Order, Source
    from framewright.service.jobs.entries import Entry, EntryLine
    from framewright.service.jobs.hands import Hands
    from framewright.service.settings import ServiceSettings

MOST_LINES = 200
LEAST_ROOM = 32 * 2**20
"""Bytes that are free where the service keeps its data: with fewer it sends nobody here."""
_CURSOR = re.compile(rb"n(\d{1,18})")

_log = get_logger(__name__)


class LocalDesk:
    """A :class:`~framewright.service.desk.Desk` of this machine. An async context manager: it works while it is entered.

    Args:
        database: open, and so until the desk is left.
        hands: do what jobs ask for.
        herald: told of turns, in their transactions.
        on_end: called with each job that has ended.
        turns: that others take, too; None: all slots are the desk's.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        database: Database,
        hands: Hands,
        *,
        herald: Herald | None = None,
        on_end: Callable[[Job], None] = lambda _: None,
        turns: Turns | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        folders = Folders(settings.data_folder)
        self._settings = settings
        self._clock = clock
        self._hub = Hub()
        self._book = Book(database, NoHerald() if herald is None else herald)
        self._shelf = Shelf(self._book, hands, folders)
        self._probing = Probing(hands, folders, settings)
        self._retention = Retention(self._book, self._shelf, folders, settings, clock=clock)
        self._floor = Floor(
            self._book,
            self._hub,
            Performer(hands, folders, settings),
            folders,
            settings,
            turns=Turns(settings.slots) if turns is None else turns,
            clock=clock,
            on_end=on_end,
        )
        self._keeping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._retention.clear_strays()
        found = await self._book.read(lambda db: recover(db, self._clock()))
        waiting = [
            Waiting(queued, number, job, Story(job, last, self._hub), place)
            for place, (job, queued, number, last) in enumerate(found)
        ]
        self._floor.open(waiting)
        self._keeping = asyncio.create_task(self._retention.keep())
        _log.info("desk_open", waiting=len(waiting), slots=self._settings.slots)
        return self

    async def __aexit__(self, *_: object) -> None:
        # Whoever has begun to close it, and was told not to wait, waits for nothing but the end of what runs.
        await self.close(self._settings.stop_seconds if self._floor.is_open else 0.0)

    async def close(self, seconds: float) -> None:
        """Take nothing more, let running jobs go on for so long, and have the rest wait for the next start."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self._floor.close(seconds)
        self._hub.close()

    # What Desk asks for

    async def submit(self, order: Order) -> Taken:
        """See :class:`~framewright.service.desk.Desk`, also of all that follow."""
        entry, fresh = await self._floor.submit(order)
        return Taken(self._shown(entry), fresh)

    async def job(self, job: str, caller: Caller) -> Job:
        """One job."""
        return self._shown(await self._seen(job, caller))

    async def jobs(
        self, caller: Caller, *, states: Sequence[JobState] = (), before: str | None = None, limit: int = 50
    ) -> JobPage:
        """Jobs, the latest first."""
        limit = max(1, min(limit, MOST_LINES))
        number = None if before is None else _number(before)
        owner = None if caller.sees_all else caller.name
        found = await self._book.lines(owner=owner, states=states, before=number, limit=limit + 1)
        page = found[:limit]
        more = _cursor(page[-1].number) if len(found) > limit else None
        return JobPage(jobs=tuple(self._line(one) for one in page), next=more)

    async def events(self, job: str, caller: Caller, *, after: int = 0) -> AsyncIterator[Told]:
        """Its story; see :func:`~framewright.service.jobs.telling.follow`."""
        await self._check(job, caller)
        async for told in follow(job, after, self._book, self._hub, self._floor):
            yield told

    async def cancel(self, job: str, caller: Caller) -> Job:
        """End it."""
        await self._check(job, caller)
        await self._floor.cancel(job)
        return await self.job(job, caller)

    async def retry(self, job: str, caller: Caller) -> Job:
        """Have it go on."""
        await self._check(job, caller)
        return self._shown(await self._floor.retry(job))

    @asynccontextmanager
    async def output(self, job: str, caller: Caller) -> AsyncIterator[FileAnswer]:
        """Its file."""
        async with self._shelf.output(await self._seen(job, caller)) as answer:
            yield answer

    @asynccontextmanager
    async def frame(self, job: str, number: int | None, caller: Caller) -> AsyncIterator[FileAnswer]:
        """One of its frames."""
        async with self._shelf.frame(await self._seen(job, caller), number) as answer:
            yield answer

    async def report(self, job: str, caller: Caller) -> RenderReport:
        """Its account."""
        return await self._shelf.report(await self._seen(job, caller))

    async def probe(self, request: ProbeRequest, source: Source, caller: Caller) -> ProbeResult:
        """Look at a composition."""
        _log.info("probe", owner=caller.name, name=source.name)
        return await self._probing.probe(request, source)

    async def standing(self) -> Standing:
        """How busy it is."""
        queued, running = self._floor.busy
        states, why_not = dict.fromkeys(JobState, 0), None
        try:
            states |= {JobState(name): count for name, count in (await self._book.read(rows.counts)).items()}
        except UnavailableError as error:
            why_not = error.message
        if why_not is None and await in_thread(self._free_bytes) < LEAST_ROOM:
            why_not = "There is no room left in the service's data folder."
        if not self._floor.is_open:
            why_not = "The service is stopping."
        return Standing(
            ready=why_not is None,
            slots=self._settings.slots,
            queued=queued,
            running=running,
            room=self._floor.room,
            why_not=why_not,
            states={state.value: count for state, count in states.items()},
        )

    def _free_bytes(self) -> int:
        try:
            return shutil.disk_usage(self._settings.data_folder).free
        except OSError:
            return 0

    async def _check(self, job: str, caller: Caller) -> None:
        owner = await self._book.read(lambda db: rows.owner_of(db, job))
        if owner is None or not (caller.sees_all or owner == caller.name):
            raise unknown(job)

    async def _seen(self, job: str, caller: Caller) -> Entry:
        running = self._floor.running(job)
        return check_seen(running.entry if running else await self._book.entry(job), job, caller)

    def _shown(self, entry: Entry) -> Job:
        running = self._floor.running(entry.id)
        if running is not None:
            return running.job()
        job = entry.job(self._clock())
        return job.model_copy(update={"position": self._floor.position(entry.id)})

    def _line(self, one: EntryLine) -> JobLine:
        running = self._floor.running(one.id)
        progress = None if running is None else running.board.progress
        return one.line(self._clock(), progress=progress, position=self._floor.position(one.id))


def _cursor(number: int) -> str:
    return base64.urlsafe_b64encode(f"n{number}".encode()).decode().rstrip("=")


def _number(cursor: str) -> int:
    try:
        written = base64.urlsafe_b64decode(f"{cursor}{'=' * (-len(cursor) % 4)}")
    except (ValueError, binascii.Error):
        written = b""
    found = _CURSOR.fullmatch(written)
    if found is None:
        raise RequestError(
            "before is no place in the list: give the 'next' of the page before it.", code="CURSOR_INVALID"
        )
    return int(found[1])
