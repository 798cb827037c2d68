"""Following one attempt of a job: what its workflow does becomes the job's story, and its end is written down for everybody."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.executors.temporal.following import LOOK_EVERY, Follower
from framewright.executors.temporal.starting import Running
from framewright.model.errors import FramewrightError, OutputError, StoreError
from framewright.model.events import ChunkTold, SoundTold, Stage
from framewright.model.job import JobState, Planned, Queued, Started
from framewright.model.logs import get_logger
from framewright.render.ledger import Ledger
from framewright.render.progress import Progress
from framewright.render.telling import Teller
from framewright.service.jobs.board import Board
from framewright.service.jobs.orders import file_name
from framewright.service.temporal.beginning import begin, first_taken_at
from framewright.service.temporal.documents import Ended
from framewright.service.temporal.planned import cut, job_plan
from framewright.service.temporal.settling import Finished, Outcome, failed
from framewright.service.temporal.story import ROOM, StoryBook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from temporalio.client import WorkflowHandle

    from framewright.executors.temporal.looking import Look
    from framewright.executors.temporal.values import PlanReference, RenderDone
    from framewright.model.events import RenderEvent
    from framewright.model.job import JobEvent, Told
    from framewright.model.plan import Plan
    from framewright.service.temporal.attempts import Attempt, Means

CALM_SECONDS = 5.0
"""Between two looks while nobody listens."""
CARE_SECONDS = 5.0
"""Whoever has asked for a job is likely to ask again soon: so long it is looked at as if he listened."""
LINGER_SECONDS = 30.0
"""That a job which is another service's to see to its end is followed after somebody wanted to know of it."""
_HEAR_SECONDS = 1.0
_AGAIN_SECONDS = 2.0
_LONGEST_PAUSE = 30.0
_SETTLED_SECONDS = 0.11
"""After which progress is told again, see :class:`~framewright.render.meter.Pace`."""
# The store has what the workflow has left there, and it is not what it should be: it will not be by asking again.
_SPOILT = frozenset({"OUTPUT_MISSING", "OUTPUT_INVALID", "BLOB_MISSING", "BLOB_CHANGED"})

_log = get_logger(__name__)


class Watch:
    """Of one attempt. It goes on until the attempt is over; nothing that it does changes the workflow.

    Args:
        on_end: told once, in the end, and whether it was this watch that wrote it down.
        on_told: told every event.

    Attributes:
        board: what is known.
        state: of the job.
        ended: None as long as it goes on.
        end_told: the event of its end; None before.
        held: it is this service's to tell of, and to see to its end.
        adopted: whoever held it has gone, and it is this service's to see to its end.
    """

    def __init__(
        self,
        means: Means,
        attempt: Attempt,
        *,
        on_end: Callable[[Watch, bool], Awaitable[None]],
        on_told: Callable[[Watch, Told], None],
    ) -> None:
        self.order, self.attempt = attempt.order, attempt.number
        self.board = Board()
        self.state = JobState.QUEUED
        self.ended: Ended | None = None
        self.end_told: Told | None = None
        self.held = False
        self.adopted = False
        self._cluster, self._book, self._outputs = means.cluster, means.book, means.outputs
        self._begun = attempt.begun
        self._on_end, self._on_told = on_end, on_told
        self._story = StoryBook(attempt.order.created, attempt.last)
        self._teller = Teller(self._tell)
        self._ledger: Ledger | None = None
        self._progress: Progress | None = None
        self._plan: PlanReference | None = None
        self._watched = False
        self._wanted_until = 0.0
        self._listeners = 0
        self._news = asyncio.Event()
        self._stir = asyncio.Event()
        self._seen = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow."""
        self._tell(Queued(position=self.order.before if self.attempt == 1 else 0))
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Leave off; the job goes on."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def plan(self) -> PlanReference | None:
        """What is rendered; None: it is not known yet."""
        return self._plan

    @property
    def idle(self) -> bool:
        """Whether nobody has wanted to know of it for a while."""
        return not self._listeners and time.monotonic() > self._wanted_until - CARE_SECONDS + LINGER_SECONDS

    def care(self) -> None:
        """Somebody wants to know: look more often for a while."""
        calm = not self._lively
        self._wanted_until = time.monotonic() + CARE_SECONDS
        if calm:
            self._stir.set()

    async def seen(self, seconds: float) -> None:
        """Wait until something is known, but not for longer than this."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._seen.wait()

    async def events(self, after: int) -> AsyncIterator[Told]:
        """See :class:`~framewright.service.desk.Desk`."""
        with self._listening():
            story, count = self._story.after(after), self._story.count
            last = after
            while True:
                news = self._news
                for told in story:
                    last = told.id
                    yield told
                if self.ended is not None and count == self._story.count:
                    return
                if count == self._story.count:
                    await news.wait()
                story, count = self._story.since(count, last), self._story.count

    def end(self, outcome: Outcome) -> Awaitable[Ended]:
        """Write down what became of it, unless somebody has; what stands."""
        return self._settle(outcome)

    @contextmanager
    def _listening(self) -> Iterator[None]:
        self._listeners += 1
        self.care()
        try:
            yield
        finally:
            self._listeners -= 1
            self._wanted_until = time.monotonic() + CARE_SECONDS

    @property
    def _lively(self) -> bool:
        return self._listeners > 0 or time.monotonic() < self._wanted_until

    async def _pause(self) -> None:
        # One look brings many things at once, and the last of them would wait for the next one.
        await asyncio.sleep(_SETTLED_SECONDS)
        if self._progress is not None:
            self._progress.again()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY if self._lively else CALM_SECONDS):
                await self._stir.wait()
                self._stir.clear()

    async def _run(self) -> None:
        pause = _AGAIN_SECONDS
        while self.ended is None:
            try:
                outcome = await self._until_over()
                if outcome is not None:
                    await self._settle(outcome)
            except Exception as error:  # noqa: BLE001 -- whoever listens must not wait for one that has died
                # Server or store are away, mostly: who listens hears nothing meanwhile, and goes on when they are back.
                _log.warning(
                    "job_not_followed", job=self.order.id, attempt=self.attempt, error=repr(error)[:300]
                )
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    async def _until_over(self) -> Outcome | None:
        """How it ended; None: somebody else has written that down."""
        following = asyncio.create_task(self._follow())
        hearing = asyncio.create_task(self._hear())
        try:
            await asyncio.wait((following, hearing), return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                await self._over(hearing.result(), mine=False)
                return None
            return following.result()
        finally:
            following.cancel()
            hearing.cancel()
            await asyncio.gather(following, hearing, return_exceptions=True)

    async def _hear(self) -> Ended:
        """Wait until somebody has ended it: who cancels a job need not be the one who follows it."""
        while True:
            with suppress(StoreError):  # it is asked again
                ended = await self._book.ended(self.order.id, self.attempt)
                if ended is not None:
                    return ended
            # The end of the workflow shows anyway, some seconds later.
            await asyncio.sleep(_HEAR_SECONDS if self._lively else LINGER_SECONDS)

    async def _follow(self) -> Outcome:
        handle = await self._cluster.workflow(self.order.id, self.attempt)
        await self._note_beginning(handle)
        follower = Follower(
            await self._cluster.client(),
            Running(handle, joined=True),
            self._cluster.settings,
            plan_of=self._plan_of,
            tell=self._take,
            planned=self._planned,
            seen=self._look,
            pause=self._pause,
        )
        try:
            done = await follower.run()
        except FramewrightError as error:
            if not follower.ended:
                raise
            if error.code == "JOB_UNKNOWN" and self._is_young:
                # Whoever has written the job down has died before it was begun, or the server has lost it.
                await begin(self._cluster, self.order, self.attempt, self._begun)
                return await self._follow()
            return failed(error, self._plan)
        return await self._finished(done, follower)

    async def _finished(self, done: RenderDone, follower: Follower) -> Outcome:
        self._plan = done.plan
        try:
            finished = await Finished.read(self._cluster, done)
            for event in finished.events(follower.tidings):
                self._take(event)
            self._began(datetime.now(UTC))
            assert self._ledger is not None
            self._ledger.begin_to_finish()
            return await finished.outcome(done, self.order, self._ledger, self._outputs)
        except (StoreError, OutputError) as error:
            # The store may come back, and a full disk of this machine be cleared.
            if error.code not in _SPOILT:
                raise
            return failed(error, done.plan)
        except FramewrightError as error:
            return failed(error, done.plan)

    @property
    def _is_young(self) -> bool:
        since = self.order.created if self._begun is None else self._begun.at
        return (datetime.now(UTC) - since).total_seconds() < self.order.seconds

    async def _note_beginning(self, handle: WorkflowHandle[object, RenderDone]) -> None:
        """When somebody took it, if that was before anybody looked."""
        if self.state is JobState.QUEUED and not self._watched:
            at = await first_taken_at(handle)
            self._watched = at is None
            if at is not None:
                self._began(at)

    def _look(self, look: Look) -> None:
        taken = [doing.since for doing in look.doing if doing.started and doing.since is not None]
        if taken:
            self._began(min(taken))
        elif look.standing is not None and look.standing.plan is not None:
            self._began(datetime.now(UTC))
        self._seen.set()

    def _began(self, at: datetime) -> None:
        if self.state is not JobState.QUEUED:
            return
        self.state = JobState.RUNNING
        self._tell(Started(attempt=self.attempt), at)
        name = file_name(self.order.name, self.order.format)
        self._ledger = Ledger(Path(name), self._teller, watched=self._watched)
        self._teller.stage(Stage.OPENING)

    async def _plan_of(self, reference: PlanReference) -> Plan:
        self._plan = reference
        return await self._cluster.shelf.plan_of(reference)

    def _planned(self, plan: Plan) -> None:
        if self._progress is not None:
            return
        self._began(datetime.now(UTC))
        self._progress = Progress(plan, self._teller)
        self._tell(Planned(plan=job_plan(plan)))
        self._tell(cut(plan))

    def _take(self, event: RenderEvent) -> None:
        if isinstance(event, SoundTold):
            self._tell(event)
        if self._progress is not None and self._ledger is not None:
            self._ledger.take(event, self._progress)
        elif not isinstance(event, ChunkTold | SoundTold):
            self._teller.tell(event)

    def _tell(self, event: RenderEvent | JobEvent, at: datetime | None = None) -> None:
        # The file under its name is told by the last event.
        if event.event == "finished":
            return
        at = at or datetime.now(UTC)
        told = self._story.add(event, at)
        self._hand_on(told)

    def _hand_on(self, told: Told) -> None:
        self.board = self.board.after(told.told, told.at)
        news, self._news = self._news, asyncio.Event()
        news.set()
        self._on_told(self, told)

    async def _settle(self, outcome: Outcome) -> Ended:
        at = datetime.now(UTC)
        draft = StoryBook(self.order.created, self._story.last)
        last = draft.add(outcome.told, at, room=ROOM)
        board = self.board.after(outcome.told, at)
        ended = Ended(
            state=outcome.state,
            started=self.board.began,
            ended=at,
            error=outcome.error,
            output=outcome.output,
            files=outcome.files,
            rate=None if self.board.plan is None else self.board.plan.fps,
            plan=outcome.plan or self._plan,
            progress=board.progress,
            story=await self._book.keep_story((*self._story.told, last)),
            last=last.id,
        )
        stands, mine = await self._book.end(self.order.id, self.attempt, ended)
        await self._over(stands, mine=mine)
        return stands

    async def _over(self, ended: Ended, *, mine: bool) -> None:
        if self.ended is not None:
            return
        story = await self._book.story(ended)
        if self.ended is not None:  # somebody else was here meanwhile
            return
        self.ended, self.state = ended, ended.state
        if story:
            self.end_told = self._story.close(story[-1])
            self._hand_on(self.end_told)
        self._seen.set()
        news, self._news = self._news, asyncio.Event()
        news.set()
        _log.info(
            "job_over", job=self.order.id, attempt=self.attempt, state=ended.state.value, noted_here=mine,
            code=None if ended.error is None else ended.error.code,
        )  # fmt: skip
        await self._on_end(self, mine)
        # Somebody else may have ended it, who cancels, while this follows the workflow on.
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
