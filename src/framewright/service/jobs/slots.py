"""The slots of the floor: who waits, who is served, and what becomes of each."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from framewright.model.errors import FramewrightError
from framewright.model.job import JobState, Queued, Started
from framewright.model.logs import get_logger
from framewright.render.threads import in_thread
from framewright.service.errors import UnavailableError
from framewright.service.jobs.entries import Entry, error_of
from framewright.service.jobs.line import Line, Waiting
from framewright.service.jobs.performing import Outcome
from framewright.service.jobs.running import Ending, Running
from framewright.service.jobs.scribe import Scribe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from framewright.model.job import Job
    from framewright.service.jobs.book import Book
    from framewright.service.jobs.orders import Folders
    from framewright.service.jobs.performing import Performer
    from framewright.service.turns import Turns

_PAUSE_SECONDS = 5.0
"""After the database has failed, until the next job is begun."""
_LAST_SECONDS = 15.0
"""For runners that are told to stop, and then killed."""
_REMEMBERED = 10

_log = get_logger(__name__)


@dataclass(eq=False, slots=True)
class Seat:
    """A slot that is taken.

    Attributes:
        running: None until the job is read from the book.
        ready: it is, or nothing came of it.
    """

    waiting: Waiting
    running: Running | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Slots:
    """Serves those who wait, so many at a time.

    Args:
        turns: of the whole service.
        on_end: called with each job that has ended.

    Attributes:
        line: who waits.
        scribe: writes down what is told of them.
        took: seconds that the last jobs ran.
    """

    def __init__(
        self,
        turns: Turns,
        book: Book,
        performer: Performer,
        folders: Folders,
        *,
        clock: Callable[[], float],
        on_end: Callable[[Job], None],
    ) -> None:
        self._turns = turns
        turns.offer = self._serve_next
        self._book = book
        self._performer = performer
        self._folders = folders
        self._clock = clock
        self._on_end = on_end
        self._seats: dict[str, Seat] = {}
        self.line = Line()
        self.scribe = Scribe(book, self.line, self.all_running, clock=clock)
        self.took = deque[float](maxlen=_REMEMBERED)
        self.is_open = False

    def __len__(self) -> int:
        """Slots that are taken."""
        return len(self._seats)

    def seat(self, job: str) -> Seat | None:
        """Where a job is served, or a runner of it is still to end."""
        return self._seats.get(job)

    def open(self) -> None:
        """Begin to serve."""
        self.is_open = True
        self.scribe.open()
        self.fill()

    async def close(self, seconds: float) -> None:
        """Serve nobody more. What runs may go on for so long; then it waits for another time."""
        self.is_open = False
        seats = tuple(self._seats.values())
        tasks = [seat.task for seat in seats if seat.task is not None]
        if tasks:
            _log.info("jobs_may_end", running=len(tasks), seconds=seconds)
            await asyncio.wait(tasks, timeout=seconds)
            for seat in seats:
                await seat.ready.wait()
                if seat.running is not None:
                    seat.running.end(Ending(JobState.QUEUED))
            left = (await asyncio.wait(tasks, timeout=_LAST_SECONDS))[1]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        await self.scribe.close()

    def all_running(self) -> list[Running]:
        """Jobs that run and have not ended."""
        return [
            seat.running
            for seat in self._seats.values()
            if seat.running is not None and not seat.running.settled.is_set()
        ]

    def fill(self) -> None:
        """Serve the next ones, where a slot is free."""
        self._turns.deal()
        self.tell_places()

    def _serve_next(self) -> bool:
        waiting = self.line.take(self._seats) if self.is_open else None
        if waiting is None:
            return False
        seat = self._seats[waiting.job] = Seat(waiting)
        seat.task = asyncio.create_task(self._serve(seat))
        # Once all turns are dealt: whoever begins in this moment is told of no place.
        asyncio.get_running_loop().call_soon(self.tell_places)
        return True

    async def _serve(self, seat: Seat) -> None:
        job, served = seat.waiting.job, False
        try:
            seat.running = await self._begin(seat.waiting)
            served = True
            seat.ready.set()
            if seat.running is not None:
                outcome = await self._performer.perform(seat.running)
                await self._end(seat.running, outcome)
        except UnavailableError as error:
            _log.error("job_not_begun", job=job, error=error.message)
        except Exception as error:  # noqa: BLE001 -- a mistake of ours: it ends one job, and not the service
            served = True
            _log.error("job_broke", job=job, error=f"{type(error).__name__}: {error}")
            if seat.running is not None and not seat.running.settled.is_set():
                wrong = FramewrightError(
                    "Something unexpected happened in the service: its log tells more.", code="UNEXPECTED"
                )
                await self.scribe.settle(seat.running, Outcome(JobState.FAILED, error_of(wrong)))
        finally:
            self._seats.pop(job, None)
            self._turns.give_back()
            if not served:
                self.line.add(seat.waiting)
            seat.ready.set()
        if served:
            self.fill()
        else:
            asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self.fill)

    async def _begin(self, waiting: Waiting) -> Running | None:
        entry = await self._book.entry(waiting.job)
        if entry is None or entry.state is not JobState.QUEUED:
            return None
        now = self._clock()
        running = Running(
            replace(entry, state=JobState.RUNNING, started=now, ended=None),
            waiting.story,
            clock=self._clock,
            on_told=self.scribe.note,
        )
        told = running.noted(Started(attempt=entry.attempt))
        await self._book.turn(running.written_entry(), [*waiting.story.unwritten, told])
        waiting.story.written(told.id)
        waiting.story.publish([told])
        _log.info(
            "job_started",
            job=entry.id,
            request=entry.request_id,
            attempt=entry.attempt,
            waited=round(now - entry.queued, 3),
        )
        return running

    async def _end(self, running: Running, outcome: Outcome) -> None:
        if outcome.state is not JobState.DONE:
            await in_thread(lambda: _drop_output(self._folders.job(running.id)))
        await self.scribe.settle(running, outcome)
        if running.entry.state.over:
            self.ended(running.entry)
        else:
            _log.info("job_waits_again", job=running.id, request=running.entry.request_id)
        if outcome.burial is not None:
            _log.warning("runner_ends_late", job=running.id, request=running.entry.request_id)
            await asyncio.wait((outcome.burial,))

    def ended(self, entry: Entry) -> None:
        """Note the end of a job that is written down."""
        job = entry.job(self._clock())
        if job.seconds is not None and job.state is JobState.DONE:
            self.took.append(job.seconds)
        _log.info(
            "job_ended",
            job=job.id,
            request=entry.request_id,
            state=job.state.value,
            seconds=None if job.seconds is None else round(job.seconds, 3),
            code=None if job.error is None else job.error.code,
        )
        self._on_end(job)

    def tell_places(self) -> None:
        """Tell those who wait where they stand now."""
        now = self._clock()
        for waiting, place in self.line.moved():
            waiting.story.tell(Queued(position=place), now)
            self.scribe.note()


def _drop_output(home: Path) -> None:
    for file in home.glob("output.*"):
        with contextlib.suppress(OSError):
            file.unlink()
