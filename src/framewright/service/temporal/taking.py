"""Taking an order: its files go into the store, the job is written down there, and its workflow is begun."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from framewright.executors.temporal.executor import MOST_SLOTS, USUAL_SLOTS
from framewright.executors.temporal.names import blob_of
from framewright.executors.temporal.publishing import publish_project
from framewright.executors.temporal.queues import pollers_of
from framewright.executors.temporal.values import Bounds
from framewright.model.errors import FramewrightError
from framewright.model.job import JobState
from framewright.model.logs import get_logger
from framewright.service.asked import check_asked
from framewright.service.errors import BusyError, ConflictError, GoneError, RequestError
from framewright.service.jobs.orders import format_of
from framewright.service.temporal.beginning import begin
from framewright.service.temporal.documents import Begun, JobOrder, KeyTaken
from framewright.service.temporal.names import key_document, new_job
from framewright.stores import digest_of

if TYPE_CHECKING:
    from framewright.executors.temporal.values import PlanReference, ProjectReference
    from framewright.model.output import Format
    from framewright.service.desk import Order
    from framewright.service.settings import ServiceSettings
    from framewright.service.temporal.book import JobBook, Known
    from framewright.service.temporal.cluster import Cluster

_BUSY_SECONDS = 10.0
_log = get_logger(__name__)


class Taking:
    """Takes orders, and has jobs tried again.

    Args:
        settings: ``queue`` jobs may wait or run, all services together, and each attempt may take ``run_seconds``.
    """

    def __init__(self, cluster: Cluster, book: JobBook, settings: ServiceSettings) -> None:
        self._cluster, self._book, self._settings = cluster, book, settings

    async def take(self, order: Order) -> tuple[JobOrder, bool]:
        """Take an order; the job, and whether it is a new one.

        Raises:
            BusyError: ``QUEUE_FULL``. ConflictError: ``KEY_REUSED``.
            UsageError, CompositionError: the options or the project cannot be used.
            TemporalError, StoreError, SetupError: server or store are away, or do not let us in; nothing was begun then.
        """
        asked = digest_of(order.request.model_dump_json().encode())
        owner, key = order.caller.name, order.key
        if key is not None and (found := await self._known(owner, key, asked)) is not None:
            return found, False
        await self._need_room()
        project, kind = await self._sent(order, slots=await self._slots())
        now = datetime.now(UTC)
        wanted = JobOrder(
            id=new_job(now),
            name=order.request.name or order.source.name,
            by=owner,
            created=now,
            request=order.request,
            project=project,
            format=kind,
            seconds=self._settings.run_seconds,
            before=await self._need_room(),
            key=None if key is None else key_document(owner, key),
            trace=order.trace,
        )
        if key is not None:
            # From here on the key stands for this job. Whoever dies now leaves it to the next one who comes with the key.
            taken = await self._book.take_key(owner, key, KeyTaken(job=wanted.id, request=asked))
            _check_same(taken, asked)
            wanted = wanted.model_copy(update={"id": taken.job})
        fresh = await self._book.take(wanted)
        if not fresh:
            there = await self._book.order(wanted.id)
            return there or wanted, False
        try:
            await begin(self._cluster, wanted, 1, None)
        except (FramewrightError, asyncio.CancelledError):
            # The caller is told that nothing was begun: it must not begin by itself later.
            await asyncio.shield(self._book.withdraw(wanted))
            raise
        _log.info("job_taken", job=wanted.id, by=owner, request=order.request_id, open_before=wanted.before)
        return wanted, True

    async def again(self, known: Known, order: JobOrder) -> int:
        """Have a job tried again that has failed or was cancelled; the number of the attempt.

        Raises:
            ConflictError: ``JOB_NOT_OVER``, ``JOB_DONE``. BusyError: ``QUEUE_FULL``. GoneError: ``COMPOSITION_GONE``.
            TemporalError, StoreError, SetupError: as :meth:`take`.
        """
        ended = await self._book.ended(order.id, known.attempt) if known.over else None
        if ended is None:
            raise not_over(order)
        if ended.state is JobState.DONE:
            raise ConflictError(f"'{order.name}' is done: there is nothing to try again.", code="JOB_DONE")
        await self._need_room()
        if not await self._cluster.store.list(blob_of(order.project.manifest)):
            raise GoneError(
                f"The files of '{order.name}' were cleaned up: send the project again.",
                code="COMPOSITION_GONE",
            )
        await self._cluster.client()
        attempt = known.attempt + 1
        begun = Begun(at=datetime.now(UTC), plan=await self._still_there(ended.plan))
        if not await self._book.begin(order.id, attempt, begun):
            raise not_over(order)
        # A server that goes away right now does not undo it: whoever follows the job begins it when the server is back.
        try:
            await begin(self._cluster, order, attempt, begun)
        except FramewrightError as error:
            _log.warning("job_begins_later", job=order.id, attempt=attempt, error=error.message)
        _log.info("job_tried_again", job=order.id, attempt=attempt, planned=begun.plan is not None)
        return attempt

    async def _known(self, owner: str, key: str, asked: str) -> JobOrder | None:
        """The job that a key stands for already."""
        taken = await self._book.taken(owner, key)
        if taken is None:
            return None
        _check_same(taken, asked)
        # The name of a job that was cleaned up may still be known here.
        return await self._book.order(taken.job) if await self._book.find(taken.job) is not None else None

    async def _need_room(self) -> int:
        """Jobs that are not over."""
        held = sum(not known.over for known in (await self._book.all(fresh=True)).values())
        if held >= self._settings.queue:
            raise BusyError(
                f"{held} renders wait or run, and {self._settings.queue} may: try again later.",
                code="QUEUE_FULL",
                seconds=_BUSY_SECONDS,
            )
        return held

    async def _slots(self) -> int:
        """Chunks at a time that plans are cut for.

        Raises:
            TemporalError: ``TEMPORAL_UNREACHABLE``: it is not worth sending anything.
        """
        listening = await pollers_of(await self._cluster.client(), self._cluster.settings.queue)
        if listening is None:
            raise self._cluster.away()
        return min(MOST_SLOTS, max(USUAL_SLOTS, listening))

    async def _sent(self, order: Order, *, slots: int) -> tuple[ProjectReference, Format]:
        """The project in the store, with what is wished for."""
        source = order.source
        kind = format_of(order.request)
        if order.request.page_timeout is not None:
            raise RequestError(
                "page_timeout cannot be set here: the workers of the cluster have theirs, FRAMEWRIGHT_PAGE_TIMEOUT. Leave it out.",
                code="OPTION_UNSUPPORTED",
            )
        options = await check_asked(order.request, source)
        reference = await publish_project(
            source.composition,
            options,
            self._cluster.store,
            self._cluster.here,
            slots=slots,
            bounds=Bounds(
                duration=self._settings.duration,
                frames=self._settings.frames,
                pixels=self._settings.pixels,
                page_network=self._settings.page_network,
            ),
            on_notice=lambda notice: _log.warning("files_left_out", message=notice.message),
        )
        return reference, kind

    async def _still_there(self, plan: PlanReference | None) -> PlanReference | None:
        if plan is None or not await self._cluster.store.list(blob_of(plan.document)):
            return None
        return plan


def not_over(order: JobOrder) -> ConflictError:
    """That a job goes on."""
    return ConflictError(f"'{order.name}' has not ended yet: cancel it first.", code="JOB_NOT_OVER")


def _check_same(taken: KeyTaken, asked: str) -> None:
    if taken.request != asked:
        raise ConflictError(
            "The key came with another request before: give each request its own.", code="KEY_REUSED"
        )
