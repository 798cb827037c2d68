"""Where jobs wait and run: a queue with a bound, a few slots, and every turn that a job may take there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from framewright.model.job import CancelledTold, JobState, Queued, Told
from framewright.model.logs import get_logger
from framewright.service.errors import BusyError, ConflictError, ServiceError, UnavailableError
from framewright.service.ids import new_id
from framewright.service.jobs.board import Board
from framewright.service.jobs.entries import Entry, moment
from framewright.service.jobs.line import Waiting
from framewright.service.jobs.running import Ending, Running
from framewright.service.jobs.slots import Slots
from framewright.service.jobs.story import Story

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from framewright.model.job import Job
    from framewright.service.desk import Order
    from framewright.service.jobs.book import Book
    from framewright.service.jobs.hub import Hub
    from framewright.service.jobs.orders import Folders
    from framewright.service.jobs.performing import Performer
    from framewright.service.settings import ServiceSettings
    from framewright.service.turns import Turns

CANCEL_SECONDS = 2.0
_USUAL_SECONDS = 30.0
_SOONEST, _LATEST = 2.0, 300.0

_Result = TypeVar("_Result")
_log = get_logger(__name__)


class Floor:
    """All jobs that wait or run.

    Args:
        on_end: called with each job that has ended.
    """

    def __init__(
        self,
        book: Book,
        hub: Hub,
        performer: Performer,
        folders: Folders,
        settings: ServiceSettings,
        *,
        turns: Turns,
        clock: Callable[[], float],
        on_end: Callable[[Job], None],
    ) -> None:
        self._book = book
        self._hub = hub
        self._settings = settings
        self._clock = clock
        self._slots = Slots(turns, book, performer, folders, clock=clock, on_end=on_end)
        self._line = self._slots.line
        self._reserved = 0
        self._latest = 0.0
        self._turns = set[asyncio.Task[object]]()

    # How it stands

    def story(self, job: str) -> Story | None:
        """Of a job that waits or runs; None: it does neither."""
        waiting, seat, left = self._line.get(job), self._slots.seat(job), self._slots.scribe.unsettled(job)
        if waiting is not None:
            return waiting.story
        if seat is not None and not (seat.running is not None and seat.running.settled.is_set()):
            return seat.waiting.story
        return None if left is None else left.story

    def running(self, job: str) -> Running | None:
        """A job as it runs; None: it does not."""
        seat = self._slots.seat(job)
        if seat is not None and seat.running is not None and not seat.running.settled.is_set():
            return seat.running
        return self._slots.scribe.unsettled(job)

    def position(self, job: str) -> int | None:
        """How many wait before it; None: it does not wait."""
        seat = self._slots.seat(job)
        begins = seat is not None and seat.running is None
        return 0 if begins else self._line.position(job)

    @property
    def is_open(self) -> bool:
        """Whether it takes jobs, and begins them."""
        return self._slots.is_open

    @property
    def room(self) -> int:
        """Jobs that would be taken now."""
        taken = len(self._line) + len(self._slots) + self._reserved
        return max(0, self._settings.slots + self._settings.queue - taken)

    @property
    def busy(self) -> tuple[int, int]:
        """How many wait, and how many run."""
        return len(self._line), len(self._slots)

    # From the start of the service to its stop

    def open(self, waiting: list[Waiting]) -> None:
        """Begin to work, with those who waited before."""
        for one in waiting:
            self._line.add(one)
            self._latest = max(self._latest, one.queued)
        self._slots.open()

    async def close(self, seconds: float) -> None:
        """Begin nothing more. What runs may go on for so long; then it waits for the next start of the service."""
        self._slots.is_open = False
        await asyncio.gather(*self._turns, return_exceptions=True)
        await self._slots.close(seconds)

    # Turns

    async def submit(self, order: Order) -> tuple[Entry, bool]:
        """See :meth:`~framewright.service.desk.Desk.submit`; the job, and whether it is new."""
        return await self._whole(self._submit(order))

    async def retry(self, job: str) -> Entry:
        """See :meth:`~framewright.service.desk.Desk.retry`."""
        return await self._whole(self._retry(job))

    async def cancel(self, job: str) -> None:
        """See :meth:`~framewright.service.desk.Desk.cancel`."""
        await self._whole(self._cancel(job))

    async def _submit(self, order: Order) -> tuple[Entry, bool]:
        now, position, refusal = self._moment(), self._place(), self._refusal()
        queued = Told(id=1, at=moment(now), told=Queued(position=position))
        entry = Entry(
            number=0,
            id=new_id(),
            owner=order.caller.name,
            name=order.request.name or order.source.name,
            state=JobState.QUEUED,
            attempt=1,
            restarts=0,
            request=order.request,
            source=order.source,
            request_id=order.request_id,
            trace=order.trace,
            created=now,
            queued=now,
            started=None,
            ended=None,
            board=Board().after(queued.told, queued.at),
            error=None,
            output=None,
        )
        self._reserved += 1
        try:
            entry, fresh = await self._book.admit(order, entry, queued, refusal)
        finally:
            self._reserved -= 1
        if fresh:
            _log.info(
                "job_queued", job=entry.id, request=entry.request_id, owner=entry.owner, position=position
            )
            self._enter(entry, queued)
        return entry, fresh

    async def _retry(self, job: str) -> Entry:
        now, position, refusal = self._moment(), self._place(), self._refusal()

        def told(_: Entry, last: int) -> Told:
            return Told(id=last + 1, at=moment(now), told=Queued(position=position))

        self._reserved += 1
        try:
            entry, queued = await self._book.again(job, now, refusal, told)
        finally:
            self._reserved -= 1
        _log.info("job_queued_again", job=entry.id, request=entry.request_id, attempt=entry.attempt)
        self._hub.publish(job, queued)
        self._enter(entry, queued)
        return entry

    async def _cancel(self, job: str) -> None:
        while (waiting := self._line.remove(job)) is None:
            seat = self._slots.seat(job)
            if seat is None:
                raise _over()
            await seat.ready.wait()
            if seat.running is not None:
                await self._break_off(seat.running)
                return
            # Nothing came of its turn: it waits again, or its end is being written.
            await asyncio.sleep(0)
        try:
            await self._leave(waiting)
        except UnavailableError:
            self._line.add(waiting)
            raise
        self._slots.tell_places()

    async def _break_off(self, running: Running) -> None:
        if running.settled.is_set():
            raise _over()
        running.end(Ending(JobState.CANCELLED))
        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                await running.settled.wait()
        except TimeoutError:
            _log.warning("job_ends_late", job=running.id, request=running.entry.request_id)
            return
        if running.entry.state is not JobState.CANCELLED:
            raise _over()

    async def _leave(self, waiting: Waiting) -> None:
        entry = await self._book.entry(waiting.job)
        if entry is None:
            return
        now = self._clock()
        told = waiting.story.number(CancelledTold(), now)
        entry = replace(
            entry, state=JobState.CANCELLED, ended=now, board=entry.board.after(told.told, told.at)
        )
        await self._book.turn(entry, [*waiting.story.unwritten, told])
        waiting.story.publish([told])
        self._slots.ended(entry)

    # The slots

    def _enter(self, entry: Entry, queued: Told) -> None:
        told = queued.told
        assert isinstance(told, Queued)
        story = Story(entry.id, queued.id, self._hub)
        self._line.add(Waiting(entry.queued, entry.number, entry.id, story, told.position))
        self._slots.fill()

    # Small things

    def _moment(self) -> float:
        """Now, but never before the moment at which somebody else came: a clock may be set back, a queue may not."""
        self._latest = max(self._latest, self._clock())
        return self._latest

    def _place(self) -> int:
        """That somebody gets who comes now."""
        return max(0, len(self._line) + len(self._slots) + self._reserved - self._settings.slots)

    def _refusal(self) -> ServiceError | None:
        """Why nobody is taken now; None: there is room."""
        if not self._slots.is_open:
            return UnavailableError(
                "The service is stopping: ask again once it is back.", code="STOPPING", seconds=10
            )
        if self.room:
            return None
        seconds = self._patience()
        return BusyError(
            f"{len(self._line)} renders wait already: ask again in about {seconds:.0f} seconds.",
            code="QUEUE_FULL",
            seconds=seconds,
        )

    def _patience(self) -> float:
        """Seconds until the next job ends, about."""
        usual = sum(self._slots.took) / len(self._slots.took) if self._slots.took else _USUAL_SECONDS
        left = [running.board.progress.seconds_left or usual for running in self._slots.all_running()]
        return min(_LATEST, max(_SOONEST, min(left, default=_SOONEST)))

    async def _whole(self, turn: Coroutine[None, None, _Result]) -> _Result:
        """Take a turn to its end, also where whoever asked for it has gone away meanwhile."""
        task = asyncio.ensure_future(turn)
        self._turns.add(task)
        task.add_done_callback(self._turns.discard)
        task.add_done_callback(lambda done: None if done.cancelled() else done.exception())
        return await asyncio.shield(task)


def _over() -> ConflictError:
    return ConflictError("The render has ended already: there is nothing to cancel.", code="JOB_OVER")
