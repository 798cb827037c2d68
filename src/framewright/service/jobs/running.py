"""A job that runs: what was told of it so far, and the wish that it ends."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from framewright.model.events import Progressed, Stage, StageBegan
from framewright.model.job import JobProgress, JobState, Planned
from framewright.service.jobs.book import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.model.job import Job, JobError, JobEvent, Told
    from framewright.service.jobs.entries import Entry, KeptOutput
    from framewright.service.jobs.story import Story

BEAT_SECONDS = 1.0
"""Of silence, after which listeners are told once more how far it is: they are promised something every two seconds."""


class Ending:
    """Why a job shall not go on.

    Args:
        state: that it takes: cancelled, failed, or queued where it goes on another time.
        error: of one that failed.
    """

    def __init__(self, state: JobState, error: JobError | None = None) -> None:
        self.state = state
        self.error = error


class Running:
    """One job in one of the slots.

    Attributes:
        entry: as it was written down last.
        board: what its page shows now.
        settled: set once its end was told.
    """

    def __init__(
        self, entry: Entry, story: Story, *, clock: Callable[[], float], on_told: Callable[[], None]
    ) -> None:
        self.entry = entry
        self.story = story
        self.board = entry.board
        self.settled = asyncio.Event()
        self._clock = clock
        self._on_told = on_told
        self._told_at = time.monotonic()
        self._ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    @property
    def id(self) -> str:
        """Of the job."""
        return self.entry.id

    @property
    def ending(self) -> asyncio.Future[Ending]:
        """Whether somebody wants it to end, and how."""
        return self._ending

    def end(self, ending: Ending) -> None:
        """Want it to end. The first wish counts."""
        if not self._ending.done():
            self._ending.set_result(ending)

    def job(self) -> Job:
        """As its page has it now."""
        return self.entry.job(self._clock(), self.board)

    def tell(self, event: JobEvent) -> None:
        """Something has happened."""
        # A runner tells its opening, too; so does each one that comes in the place of one that died.
        if isinstance(event, StageBegan) and event.stage is self.board.progress.stage:
            return
        told = self.story.tell(event, self._clock())
        self.board = self.board.after(event, told.at)
        self._told_at = time.monotonic()
        self._on_told()

    def open(self) -> None:
        """Tell what there is to tell before its runner has told anything."""
        self.tell(StageBegan(stage=Stage.OPENING))
        self._tell_progress()

    async def beat(self) -> None:
        """Tell how far it is whenever nothing else was told for a while."""
        while True:
            silent = time.monotonic() - self._told_at
            if silent >= BEAT_SECONDS:
                self._tell_progress()
                silent = 0.0
            await asyncio.sleep(BEAT_SECONDS - silent)

    def page(self) -> Page:
        """What was told and is not written down."""
        story = self.story.unwritten
        turns = any(isinstance(told.told, Planned) for told in story)
        return Page(self.id, story, self.job() if turns else None)

    def noted(self, event: JobEvent) -> Told:
        """An event that is written down before it is told."""
        told = self.story.number(event, self._clock())
        self.board = self.board.after(event, told.at)
        self._told_at = time.monotonic()
        return told

    def ended(
        self, state: JobState, at: float, *, error: JobError | None, output: KeptOutput | None
    ) -> Entry:
        """Take an end, or the place in the queue that it had; the entry with all that was told."""
        again = state is JobState.QUEUED
        self.entry = replace(
            self.entry,
            state=state,
            started=None if again else self.entry.started,
            ended=None if again else at,
            error=error,
            output=output,
        )
        return self.written_entry()

    def written_entry(self) -> Entry:
        """The entry with the board as it is now."""
        return replace(self.entry, board=self.board)

    def _tell_progress(self) -> None:
        now: JobProgress = self.board.progress
        self.tell(
            Progressed(
                frames=now.frames,
                total=now.total,
                rate=now.rate,
                seconds_left=now.seconds_left,
                fraction=now.fraction,
            )
        )
