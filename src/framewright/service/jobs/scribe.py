"""Writes down what was told: turns at once, the rest a little later and together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from framewright.model.events import FellBack
from framewright.model.job import CancelledTold, Done, Failed, JobError, JobEvent, JobState, Queued
from framewright.model.logs import get_logger
from framewright.service.errors import UnavailableError
from framewright.service.jobs.book import Page
from framewright.service.jobs.entries import error_of
from framewright.service.jobs.running import Ending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from framewright.service.jobs.book import Book
    from framewright.service.jobs.line import Line
    from framewright.service.jobs.performing import Outcome
    from framewright.service.jobs.running import Running

_WRITE_SECONDS = 0.25
_TRY_AGAIN_SECONDS = 5.0

_log = get_logger(__name__)


class Scribe:
    """Writes for all jobs that wait or run.

    Args:
        waiting: who waits.
        running: who runs, as it is now.
    """

    def __init__(
        self,
        book: Book,
        waiting: Line,
        running: Callable[[], Iterable[Running]],
        *,
        clock: Callable[[], float],
    ) -> None:
        self._book = book
        self._waiting = waiting
        self._running = running
        self._clock = clock
        self._news = asyncio.Event()
        self._unsettled: dict[str, Running] = {}
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    def open(self) -> None:
        """Begin to write."""
        self._tasks = (asyncio.create_task(self._write_on()), asyncio.create_task(self._settle_late()))

    async def close(self) -> None:
        """Write what is left, and stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._write()

    def note(self) -> None:
        """Something was told."""
        self._news.set()

    def unsettled(self, job: str) -> Running | None:
        """A job whose end could not be written down yet."""
        return self._unsettled.get(job)

    async def settle(self, running: Running, outcome: Outcome) -> None:
        """Write down what came of a job, then tell it. It has ended afterwards, also where it cannot be written."""
        story = [running.noted(event) for event in _last_words(outcome)]
        entry = running.ended(outcome.state, self._clock(), error=outcome.error, output=outcome.output)
        try:
            await self._book.turn(entry, [*running.story.unwritten, *story], outcome.report)
            running.story.written(story[-1].id)
            running.story.publish(story)
        except UnavailableError as error:
            self._settle_otherwise(running, error)
        running.settled.set()

    def _settle_otherwise(self, running: Running, error: UnavailableError) -> None:
        """The end that a job has in memory until the book takes it."""
        _log.error("job_not_written", job=running.id, request=running.entry.request_id, error=error.message)
        told = database_failed(error)
        running.ended(JobState.FAILED, self._clock(), error=told, output=None)
        running.tell(Failed(error=told))
        self._unsettled[running.id] = running

    async def _settle_late(self) -> None:
        while True:
            await asyncio.sleep(_TRY_AGAIN_SECONDS)
            for running in tuple(self._unsettled.values()):
                try:
                    await self._book.turn(running.written_entry(), running.story.unwritten)
                except UnavailableError:
                    break
                del self._unsettled[running.id]
                _log.info("job_written_late", job=running.id, request=running.entry.request_id)

    async def _write_on(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._write()
            except Exception as error:  # noqa: BLE001 -- a mistake of ours, or of a herald: the next lines are not at fault
                _log.error("story_not_written", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(_WRITE_SECONDS)

    async def _write(self) -> None:
        running = {one.id: one for one in self._running()}
        pages = [one.page() for one in running.values() if one.story.unwritten]
        stories = [one.story for one in self._waiting if one.story.unwritten]
        pages += [Page(story.job, story.unwritten) for story in stories]
        if not pages:
            return
        known = {story.job: story for story in [*stories, *(one.story for one in running.values())]}
        try:
            await self._book.write(pages)
        except UnavailableError as error:
            _log.error("story_not_written", jobs=len(pages), error=error.message)
            for one in running.values():
                one.end(Ending(JobState.FAILED, database_failed(error)))
        # Of what could not be written nothing is kept: it would grow for as long as the disk is full.
        for page in pages:
            known[page.job].written(page.story[-1].id)


def database_failed(error: UnavailableError) -> JobError:
    """Why a job cannot go on whose story cannot be written."""
    return error_of(error).model_copy(
        update={"message": f"{error.message} Then retry the render: it goes on with what was finished."}
    )


def _last_words(outcome: Outcome) -> tuple[JobEvent, ...]:
    match outcome.state:
        case JobState.DONE:
            assert outcome.report is not None
            assert outcome.output is not None
            return (Done(report=outcome.report, output=outcome.output.output),)
        case JobState.FAILED:
            assert outcome.error is not None
            return (Failed(error=outcome.error),)
        case JobState.CANCELLED:
            return (CancelledTold(),)
        case _:
            stopped = FellBack(
                code="SERVICE_STOPPED",
                message="The service was stopped: it goes on with what is finished once that is back.",
            )
            return (stopped, Queued(position=0))
