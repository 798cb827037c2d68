"""All attempts that this service follows: those that it has taken, until they are over, and others as long as somebody wants to know."""

from __future__ import annotations

import asyncio
import contextlib
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from temporalio.service import RPCError

from framewright.model.errors import FramewrightError
from framewright.model.logs import get_logger
from framewright.service.temporal.attempts import Attempt, Means
from framewright.service.temporal.cluster import has_stopped
from framewright.service.temporal.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.model.job import Told
    from framewright.service.temporal.book import JobBook, Known
    from framewright.service.temporal.cluster import Cluster
    from framewright.service.temporal.documents import JobOrder
    from framewright.service.temporal.outputs import Outputs

ROUND_SECONDS = 20.0
"""Between two looks at jobs that nobody may follow any more, because the service has died that had taken them."""
SWEEP_SECONDS = 3600.0

_log = get_logger(__name__)


class Watches:
    """See the module. Open it first, and close it in the end; the jobs go on.

    Args:
        days: after which jobs that are over are forgotten.
        on_told: told every event of jobs that are this service's to tell of: the ones that it has taken, and the ends that it
            was the first to write down.
    """

    def __init__(
        self,
        cluster: Cluster,
        book: JobBook,
        outputs: Outputs,
        *,
        days: float,
        on_told: Callable[[Watch, Told], None],
    ) -> None:
        self._cluster, self._book, self._outputs, self._days = cluster, book, outputs, days
        self._on_told = on_told
        self._watches: dict[tuple[str, int], Watch] = {}
        self._opening = asyncio.Lock()
        self._minding: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to mind what others have left."""
        self._minding = asyncio.create_task(self._mind())

    async def close(self) -> None:
        """Leave off."""
        if self._minding is not None:
            self._minding.cancel()
            await asyncio.gather(self._minding, return_exceptions=True)
        await asyncio.gather(*(watch.stop() for watch in self.all))
        self._watches.clear()

    @property
    def all(self) -> tuple[Watch, ...]:
        """What is followed now."""
        return tuple(self._watches.values())

    def get(self, job: str, attempt: int) -> Watch | None:
        """One that is followed already."""
        return self._watches.get((job, attempt))

    async def of(self, order: JobOrder, attempt: int, *, held: bool = False, adopted: bool = False) -> Watch:
        """Follow an attempt that is not over.

        Args:
            held, adopted: until it is over, see :class:`~framewright.service.temporal.watching.Watch`.

        Raises:
            StoreError: what is to be known of it cannot be read.
        """
        async with self._opening:
            watch = self._watches.get((order.id, attempt))
            if watch is None:
                begun = await self._book.begun(order.id, attempt) if attempt > 1 else None
                before = await self._book.ended(order.id, attempt - 1) if attempt > 1 else None
                watch = Watch(
                    Means(self._cluster, self._book, self._outputs),
                    Attempt(
                        order=order,
                        number=attempt,
                        begun=begun,
                        last=0 if before is None else before.last,
                    ),
                    on_end=self._ended,
                    on_told=self._told,
                )
                self._watches[order.id, attempt] = watch
                watch.held = held
                watch.start()
            watch.held = watch.held or held
            watch.adopted = watch.adopted or adopted
            return watch

    def _told(self, watch: Watch, told: Told) -> None:
        # Ends are told by whoever was first to write them down.
        if watch.held and watch.ended is None:
            self._on_told(watch, told)

    async def _ended(self, watch: Watch, mine: bool) -> None:
        self._watches.pop((watch.order.id, watch.attempt), None)
        if mine and watch.end_told is not None:
            self._on_told(watch, watch.end_told)

    async def _mind(self) -> None:
        swept = float("-inf")
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(FramewrightError, RPCError):
                await self._round()
                if loop.time() - swept > SWEEP_SECONDS:
                    swept = loop.time()
                    await self._sweep()
            # Services that were started together need not ask together.
            await asyncio.sleep(ROUND_SECONDS * random.uniform(0.7, 1.3))

    async def _round(self) -> None:
        for watch in self.all:
            if watch.idle and not (watch.held or watch.adopted):
                self._watches.pop((watch.order.id, watch.attempt), None)
                await watch.stop()
        for known in (await self._book.all()).values():
            if known.over or self.get(known.job, known.attempt) is not None:
                continue
            if await self._is_left(known) and (order := await self._book.order(known.job)) is not None:
                _log.info("job_adopted", job=known.job, attempt=known.attempt)
                await self.of(order, known.attempt, adopted=True)

    async def _is_left(self, known: Known) -> bool:
        """Whether a job has come to an end that nobody has written down, or was never begun."""
        if (datetime.now(UTC) - known.written).total_seconds() < ROUND_SECONDS:
            return False
        handle = await self._cluster.workflow(known.job, known.attempt)
        return await has_stopped(handle, self._cluster.settings.address)

    async def _sweep(self) -> None:
        """Forget jobs of long ago. Several services may do so at once."""
        now = datetime.now(UTC)
        for known in list((await self._book.all()).values()):
            if known.over and (now - known.written).total_seconds() > self._days * 86400:
                await self._book.forget(known.job)
                _log.info("job_forgotten", job=known.job, days=self._days)
