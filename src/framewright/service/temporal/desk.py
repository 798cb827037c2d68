"""Jobs on a cluster: see :class:`~framewright.service.desk.Desk`.

Everything that matters of a job stands in the store or with Temporal's server, so that any service on the same two can answer for
it: list it, follow it, end it, hand out its file. What one service has in memory only saves it from asking again.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from temporalio.service import RPCError, RPCStatusCode

from framewright.executors.temporal.looking import CALL_SECONDS
from framewright.model.errors import RenderCancelledError, StoreError
from framewright.model.job import CancelledTold, Done, Failed, JobPage, JobState, Planned, Queued, Started
from framewright.model.logs import get_logger
from framewright.service.desk import FileAnswer, Taken
from framewright.service.errors import ConflictError, GoneError, UnknownError
from framewright.service.jobs.board import Board
from framewright.service.runner.frames import frame_as_jpeg
from framewright.service.temporal.book import JobBook
from framewright.service.temporal.cluster import Cluster, answering
from framewright.service.temporal.latest import latest_frame
from framewright.service.temporal.outputs import Outputs, digest_of_files
from framewright.service.temporal.settling import failed
from framewright.service.temporal.standing import Bearings
from framewright.service.temporal.story import ended_after
from framewright.service.temporal.taking import Taking
from framewright.service.temporal.turns import Turns
from framewright.service.temporal.views import (
    check_done,
    check_seen,
    ended_job,
    ended_line,
    running_job,
    running_line,
)
from framewright.service.temporal.watches import Watches
from framewright.stores import digest_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path
    from typing import Self

    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.model.job import Job, JobLine, Told
    from framewright.model.job_request import ProbeRequest
    from framewright.model.report import RenderReport
    from framewright.model.settings import Settings
    from framewright.render import ProbeResult
    from framewright.service.desk import Caller, Order, Source, Standing
    from framewright.service.settings import ServiceSettings
    from framewright.service.temporal.book import Known
    from framewright.service.temporal.documents import Ended, JobOrder
    from framewright.service.temporal.watching import Watch
    from framewright.stores import BlobStore

FIRST_LOOK_SECONDS = 1.0
"""That a caller waits until something is known of a job that was not followed before."""
_AT_A_TIME = 16
_CALL = timedelta(seconds=CALL_SECONDS)

_log = get_logger(__name__)


class Prober(Protocol):
    """Looks at compositions."""

    async def probe(self, request: ProbeRequest, source: Source) -> ProbeResult:
        """Raises what :meth:`framewright.service.desk.Desk.probe` does."""
        ...


class TemporalDesk:
    """An async context manager. Any number of them stand side by side, in one process or in many.

    Args:
        settings: of the service: its queue, its limits, how long jobs are kept.
        temporal: where Temporal's server is.
        here: of this machine.
        store: open, and closed by whoever opened it.
        folder: of this desk alone, for finished files that somebody has asked for; it is emptied.
        prober: looks at compositions on this machine.
        on_told: told the turns of jobs that are this desk's to tell of: of those that it has taken how they begin, and each end
            that it was the first to write down.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        *,
        temporal: TemporalSettings,
        here: Settings,
        store: BlobStore,
        folder: Path,
        prober: Prober,
        on_told: Callable[[Job, Told], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._cluster = Cluster(temporal, here, store)
        self._book = JobBook(store)
        self._outputs = Outputs(folder / "outputs", store, settings.keep_outputs)
        self._prober = prober
        self._turns = Turns(on_told)
        self._watches = Watches(
            self._cluster, self._book, self._outputs, days=settings.keep_jobs, on_told=self._tell
        )
        self._taking = Taking(self._cluster, self._book, settings)
        self._bearings = Bearings(self._cluster, self._book, self._watches, settings)
        self._gate = asyncio.Semaphore(_AT_A_TIME)

    async def __aenter__(self) -> Self:
        await self._outputs.open()
        self._turns.open()
        self._watches.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave off following; the jobs go on, and other desks see to them."""
        await self._watches.close()
        await self._turns.close()
        await self._bearings.close()
        await self._cluster.close()

    async def submit(self, order: Order) -> Taken:
        """See :class:`~framewright.service.desk.Desk`.

        Raises:
            UnavailableError: the server or the store does not answer; nothing was begun.
        """
        with answering():
            taken, fresh = await self._taking.take(order)
            if not fresh:
                return Taken(await self._shown(taken), fresh=False)
            watch = await self._watches.of(taken, 1, held=True)
            return Taken(running_job(watch), fresh=True)

    async def job(self, job: str, caller: Caller) -> Job:
        """See :class:`~framewright.service.desk.Desk`."""
        with answering():
            _, order = await self._found(job, caller)
            return await self._shown(order)

    async def jobs(
        self, caller: Caller, *, states: Sequence[JobState] = (), before: str | None = None, limit: int = 50
    ) -> JobPage:
        """See :class:`~framewright.service.desk.Desk`."""
        with answering():
            known = await self._book.all()
            ids = [job for job in known if before is None or job > before]
            lines: list[JobLine] = []
            # One more than is wanted tells whether there are more.
            while ids and len(lines) <= limit:
                some, ids = ids[: limit + 1], ids[limit + 1 :]
                found = await asyncio.gather(*(self._line(known[job], caller) for job in some))
                lines += [line for line in found if line is not None and (not states or line.state in states)]
        page = tuple(lines[:limit])
        return JobPage(jobs=page, next=page[-1].id if len(lines) > limit and page else None)

    async def events(self, job: str, caller: Caller, *, after: int = 0) -> AsyncIterator[Told]:
        """See :class:`~framewright.service.desk.Desk`; and :mod:`framewright.service.temporal.story` on what ids are."""
        with answering():
            known, order = await self._found(job, caller)
            ended = await self._ended(known)
            watch = None if ended is not None else await self._watches.of(order, known.attempt)
        if watch is not None:
            async for told in watch.events(after):
                yield told
            return
        assert ended is not None
        with answering():
            story = await self._book.story(ended)
        for told in ended_after(story, ended.last, after):
            yield told

    async def cancel(self, job: str, caller: Caller) -> Job:
        """See :class:`~framewright.service.desk.Desk`. Workers let go of their browsers within ten seconds."""
        with answering():
            known, order = await self._found(job, caller)
            if known.over:
                raise _over(order)
            watch = await self._watches.of(order, known.attempt)
            watch.care()
            await watch.seen(FIRST_LOOK_SECONDS)
            handle = await self._cluster.workflow(order.id, known.attempt)
            # Told first: should this service die before it has written that down, the workflow's own end says so.
            try:
                await handle.cancel(rpc_timeout=_CALL)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
            ended = await watch.end(
                failed(RenderCancelledError("The render was cancelled.", code="CANCELLED"))
            )
            if ended.state is not JobState.CANCELLED:
                raise _over(order)
            return await self._shown(order)

    async def retry(self, job: str, caller: Caller) -> Job:
        """See :class:`~framewright.service.desk.Desk`."""
        with answering():
            known, order = await self._found(job, caller)
            attempt = await self._taking.again(known, order)
            return running_job(await self._watches.of(order, attempt, held=True))

    @asynccontextmanager
    async def output(self, job: str, caller: Caller) -> AsyncIterator[FileAnswer]:
        """See :class:`~framewright.service.desk.Desk`."""
        async with AsyncExitStack() as stack:
            with answering():
                order, ended = await self._done(job, caller, "OUTPUT_NOT_READY")
                path = await self._file(stack, order, ended)
            assert ended.output is not None
            yield FileAnswer(
                path=path,
                name=ended.output.name,
                type=ended.output.type,
                digest=digest_of_files(ended.files),
                # A sequence is packed here, into an archive whose bytes nobody has looked at.
                digest_by="blake3" if len(ended.files) == 1 and not ended.files[0].name else None,
            )

    @asynccontextmanager
    async def frame(self, job: str, number: int | None, caller: Caller) -> AsyncIterator[FileAnswer]:
        """See :class:`~framewright.service.desk.Desk`. While the job runs, the latest is the last one of the latest piece."""
        async with AsyncExitStack() as stack:
            with answering():
                known, order = await self._found(job, caller)
                ended = await self._ended(known)
                if ended is None and number is None:
                    picture = await self._latest(order, known.attempt)
                else:
                    check_done(order, ended, "FRAME_NOT_READY")
                    assert ended is not None
                    picture = await self._picture(stack, order, ended, number)
            place = await stack.enter_async_context(self._outputs.scratch(picture, ".jpg"))
            name = f"frame-{'latest' if number is None else number}.jpg"
            yield FileAnswer(path=place, name=name, type="image/jpeg", digest=digest_of(picture))

    async def report(self, job: str, caller: Caller) -> RenderReport:
        """See :class:`~framewright.service.desk.Desk`."""
        with answering():
            order, ended = await self._done(job, caller, "REPORT_NOT_READY")
            story = await self._book.story(ended)
        if story and isinstance(story[-1].told, Done):
            return story[-1].told.report
        raise GoneError(f"The account of '{order.name}' was cleaned up.", code="REPORT_GONE")

    async def probe(self, request: ProbeRequest, source: Source, caller: Caller) -> ProbeResult:
        """See :class:`~framewright.service.desk.Desk`. The page is opened on this machine."""
        del caller
        return await self._prober.probe(request, source)

    async def standing(self) -> Standing:
        """See :class:`~framewright.service.desk.Desk`."""
        return await self._bearings.now()

    async def _found(self, job: str, caller: Caller) -> tuple[Known, JobOrder]:
        known = await self._book.find(job)
        order = check_seen(None if known is None else await self._book.order(job), job, caller)
        assert known is not None
        return known, order

    async def _ended(self, known: Known) -> Ended | None:
        return await self._book.ended(known.job, known.attempt) if known.over else None

    async def _shown(self, order: JobOrder) -> Job:
        known = await self._book.find(order.id)
        if known is None:
            raise UnknownError(f"There is no render '{order.id}'.", code="JOB_UNKNOWN")
        ended = await self._ended(known)
        if ended is None:
            watch = await self._watches.of(order, known.attempt)
            watch.care()
            await watch.seen(FIRST_LOOK_SECONDS)
            if watch.ended is None:
                return running_job(watch)
            ended = watch.ended
        board = Board().after_all(await self._book.story(ended))
        return ended_job(order, known.attempt, ended, board)

    async def _line(self, known: Known, caller: Caller) -> JobLine | None:
        """None: the caller may not see it, or it is being removed."""
        async with self._gate:
            order = await self._book.order(known.job)
            if order is None or not (caller.sees_all or order.by == caller.name):
                return None
            ended = await self._ended(known)
            if ended is not None:
                return ended_line(order, known.attempt, ended)
            watch = await self._watches.of(order, known.attempt)
            await watch.seen(FIRST_LOOK_SECONDS)
            if watch.ended is not None:
                return ended_line(order, known.attempt, watch.ended)
            return running_line(watch)

    async def _done(self, job: str, caller: Caller, code: str) -> tuple[JobOrder, Ended]:
        known, order = await self._found(job, caller)
        return order, check_done(order, await self._ended(known), code)

    async def _latest(self, order: JobOrder, attempt: int) -> bytes:
        watch = await self._watches.of(order, attempt)
        watch.care()
        await watch.seen(FIRST_LOOK_SECONDS)
        picture = await latest_frame(self._cluster, watch)
        if picture is None:
            raise ConflictError(f"No piece of '{order.name}' is finished yet.", code="FRAME_NOT_READY")
        return picture

    async def _picture(
        self, stack: AsyncExitStack, order: JobOrder, ended: Ended, number: int | None
    ) -> bytes:
        assert ended.output is not None
        last = ended.output.frames - 1
        wanted = last if number is None else number
        if wanted > last:
            raise UnknownError(
                f"'{order.name}' has the frames 0 to {last}, and no {wanted}.", code="FRAME_UNKNOWN"
            )
        return await frame_as_jpeg(await self._file(stack, order, ended), wanted, fps=ended.rate)

    async def _file(self, stack: AsyncExitStack, order: JobOrder, ended: Ended) -> Path:
        try:
            return await stack.enter_async_context(self._outputs.file(ended.files, order.format))
        except StoreError as error:
            if error.code != "BLOB_MISSING":
                raise
            raise GoneError(
                f"The file of '{order.name}' was cleaned up: render it again.", code="OUTPUT_GONE"
            ) from error

    def _tell(self, watch: Watch, told: Told) -> None:
        # Others come many times a second, and nobody who is not there himself wants to hear of them.
        if isinstance(told.told, Queued | Started | Planned | Done | Failed | CancelledTold):
            ended = watch.ended
            job = (
                running_job(watch)
                if ended is None
                else ended_job(watch.order, watch.attempt, ended, watch.board)
            )
            self._turns.add(job, told)


def _over(order: JobOrder) -> ConflictError:
    return ConflictError(f"'{order.name}' has ended already.", code="JOB_OVER")
