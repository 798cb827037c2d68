"""Tells others of jobs: each message is written down with the turn that it tells of, and tried until it arrives."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING, Self

from framewright.composition.remote import network
from framewright.model.job import Job, JobLine
from framewright.model.logs import get_logger
from framewright.model.webhook import WebhookMessage
from framewright.service.errors import ServiceError
from framewright.service.ids import new_id
from framewright.service.webhooks import rows
from framewright.service.webhooks.allowing import Allowed
from framewright.service.webhooks.secret import read_webhook_secret
from framewright.service.webhooks.sending import ATTEMPT_SECONDS, Attempt, send

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from types import TracebackType

    import aiohttp

    from framewright.model.job import Told
    from framewright.model.webhook import Delivery
    from framewright.service.database import Database
    from framewright.service.settings import ServiceSettings
    from framewright.service.webhooks.rows import Parcel

PAUSES = (10.0, 60.0, 300.0, 900.0, 2400.0)
"""Seconds between the attempts: six of them, over an hour."""
MOST_AT_ONCE = 16
MOST_OF_A_HOST = 4
"""So that a receiver that takes its time holds up nobody but itself."""
_LONGEST_SLEEP = 600.0
_TRY_AGAIN_SECONDS = 5.0
_JITTER = 0.1
_DAY = 86_400.0
_PIECE = 1 << 16

_log = get_logger(__name__)


class Webhooks:
    """The messages of one service. An async context manager: they are sent while it is entered.

    Args:
        database: open, and so until this is left.
        on_attempt: told what each attempt came to: ``delivered``, ``retried`` or ``failed``.
        pauses: seconds between attempts, one less than there are of these.
        seconds: that one attempt may take.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        database: Database,
        *,
        on_attempt: Callable[[str], None] = lambda _: None,
        pauses: Sequence[float] = PAUSES,
        seconds: float = ATTEMPT_SECONDS,
    ) -> None:
        self._settings = settings
        self._database = database
        self._allowed = Allowed(settings)
        self._on_attempt = on_attempt
        self._pauses = tuple(pauses)
        self._seconds = seconds
        self._news = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], Parcel] = {}
        self._secret = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: aiohttp.ClientSession | None = None
        self._working: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._secret = await asyncio.to_thread(read_webhook_secret, self._settings)
        self._loop = asyncio.get_running_loop()
        self._session = network.open_session(self._allowed.policy, _PIECE)
        self._working = asyncio.create_task(self._work())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._working is not None
        assert self._session is not None
        # What was not answered yet counts as not tried: the next start does so.
        tasks = [self._working, *self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._session.close()

    def check(self, url: str) -> None:
        """See that messages may go to an address; see :meth:`~framewright.service.webhooks.allowing.Allowed.check`."""
        self._allowed.check(url)

    def write(self, db: sqlite3.Connection, job: Job, told: Told) -> None:
        """In the transaction in which a turn of a job is written down: write down its message, where one is wished."""
        webhook = job.request.webhook
        event = told.told.event
        if webhook is None or event not in webhook.events:
            return
        line = JobLine(**{name: getattr(job, name) for name in JobLine.model_fields})
        message = WebhookMessage(event=event, at=told.at, job=line)
        rows.add(
            db,
            delivery=new_id(),
            job=job.id,
            told=told.id,
            event=event,
            url=webhook.url,
            body=message.model_dump_json(),
            now=time.time(),
        )

    def wake(self) -> None:
        """The transaction stands. May be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._news.set)

    async def tell(self, job: Job, told: Told) -> None:
        """As :meth:`write`, in a transaction of its own. Told twice, it is one message."""
        await self._database.run(lambda db: self.write(db, job, told))
        self.wake()

    async def deliveries_of(self, job: str) -> tuple[Delivery, ...]:
        """The messages of a job, in their order."""
        return await self._database.run(lambda db: rows.of_job(db, job))

    async def _work(self) -> None:
        cleaned = 0.0
        while True:
            self._news.clear()
            now = time.time()
            try:
                if now - cleaned > _DAY / 24:
                    before = now - self._settings.keep_jobs * _DAY
                    await self._database.run(lambda db: rows.forget(db, before))  # noqa: B023 -- done when it is left
                    cleaned = now
                await self._begin(now)
                wait = await self._until_next(now)
            except Exception as error:  # noqa: BLE001 -- a database that fails now may not in a while
                _log.warning("webhooks_not_read", error=repr(error))
                wait = _TRY_AGAIN_SECONDS
            try:
                async with asyncio.timeout(wait):
                    await self._news.wait()
            except TimeoutError:
                pass

    async def _begin(self, now: float) -> None:
        # Those under way are among what is due: ask for so many more.
        found = await self._database.run(lambda db: rows.due(db, now, 8 * MOST_AT_ONCE))
        for parcel in found:
            under_way = self._under_way.values()
            if len(under_way) >= MOST_AT_ONCE:
                return
            busy = sum(other.host == parcel.host for other in under_way) >= MOST_OF_A_HOST
            if busy or any(other.job == parcel.job for other in under_way):
                continue
            task = asyncio.create_task(self._deliver(parcel))
            self._under_way[task] = parcel
            task.add_done_callback(self._ended)

    async def _until_next(self, now: float) -> float:
        next_at = await self._database.run(lambda db: rows.next_time(db, now))
        return _LONGEST_SLEEP if next_at is None else min(max(0.0, next_at - time.time()), _LONGEST_SLEEP)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        self._news.set()

    async def _deliver(self, parcel: Parcel) -> None:
        try:
            # The settings may have changed since it was asked for.
            self._allowed.check(parcel.url)
        except ServiceError as error:
            attempt = Attempt(arrived=False, over=True, answer=error.message)
        else:
            assert self._session is not None
            attempt = await send(self._session, parcel, self._secret, seconds=self._seconds)
        now = time.time()
        last = attempt.over or parcel.attempts >= len(self._pauses)
        next_at = (
            None if last else now + self._pauses[parcel.attempts] * random.uniform(1 - _JITTER, 1 + _JITTER)
        )
        outcome = "delivered" if attempt.arrived else "failed" if last else "retried"
        told = _log.info if attempt.arrived else _log.warning
        told(
            f"webhook_{outcome}",
            job=parcel.job,
            delivery=parcel.id,
            told=parcel.event,
            host=parcel.host,
            attempt=parcel.attempts + 1,
            answer=attempt.answer,
        )
        self._on_attempt(outcome)
        await self._written(parcel, attempt, now if attempt.arrived else None, next_at)

    async def _written(
        self, parcel: Parcel, attempt: Attempt, delivered: float | None, next_at: float | None
    ) -> None:
        while True:
            try:
                await self._database.run(
                    lambda db: rows.tried(
                        db, parcel.number, answer=attempt.answer, delivered=delivered, next_at=next_at
                    )
                )
            except Exception as error:  # noqa: BLE001 -- left as it is, it would be sent again at once, and again
                _log.warning("webhook_not_written", job=parcel.job, delivery=parcel.id, error=repr(error))
                await asyncio.sleep(_TRY_AGAIN_SECONDS)
            else:
                return
