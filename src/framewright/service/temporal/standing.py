"""How busy a cluster is, quickly: looked up at most once a second, however often it is asked."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING

from framewright.executors.temporal.queues import pollers_of
from framewright.model.errors import FramewrightError
from framewright.model.job import JobState
from framewright.service.desk import Standing

if TYPE_CHECKING:
    from framewright.service.settings import ServiceSettings
    from framewright.service.temporal.book import JobBook
    from framewright.service.temporal.cluster import Cluster
    from framewright.service.temporal.watches import Watches

FRESH_SECONDS = 1.0
LOOK_SECONDS = 2.0
"""After which a server or a store that has not answered counts as away."""
_SLOW = "Temporal's server or the store does not answer in time."


class Bearings:
    """Asks the server whether it answers and who listens, and the store which jobs there are."""

    def __init__(self, cluster: Cluster, book: JobBook, watches: Watches, settings: ServiceSettings) -> None:
        self._cluster, self._book, self._watches, self._settings = cluster, book, watches, settings
        self._known = Standing(
            ready=False, slots=0, queued=0, running=0, room=0, why_not="The service has just started."
        )
        self._at = float("-inf")
        self._slow = _SLOW
        self._looking: asyncio.Task[Standing] | None = None

    async def now(self) -> Standing:
        """As it was within the last second."""
        if time.monotonic() - self._at > FRESH_SECONDS:
            # Whoever leaves, or has waited long enough, does not take the answer from those who come after.
            looking = self._looking = self._looking or asyncio.create_task(self._look())
            await asyncio.wait((looking,), timeout=LOOK_SECONDS)
            if not looking.done():
                return self._away(self._slow)
            if self._looking is looking:
                self._known, self._looking = looking.result(), None
                self._at = time.monotonic()
        return self._known

    async def close(self) -> None:
        """Leave off."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _look(self) -> Standing:
        try:
            found = await self._asked()
        except FramewrightError as error:
            self._slow = error.message
            return self._away(error.message)
        self._slow = _SLOW
        return found

    async def _asked(self) -> Standing:
        queue = self._cluster.settings.queue
        listening = await pollers_of(await self._cluster.client(), queue)
        jobs = await self._book.all()
        if listening is None:
            raise self._cluster.away()
        held = sum(not known.over for known in jobs.values())
        states = Counter(
            state for known in jobs.values() if known.over and (state := self._book.state(known)) is not None
        )
        running = sum(watch.state is JobState.RUNNING for watch in self._watches.all)
        why_not = (
            None
            if listening
            else f"No worker listens (queue {queue} on {self._cluster.settings.address}): start one with framewright worker."
        )
        return Standing(
            ready=bool(listening),
            slots=listening,
            queued=max(0, held - running),
            running=min(held, running),
            room=max(0, self._settings.queue - held),
            why_not=why_not,
            states={
                JobState.QUEUED.value: max(0, held - running),
                JobState.RUNNING.value: min(held, running),
                **{state.value: states[state] for state in JobState if state.over},
            },
        )

    def _away(self, why: str) -> Standing:
        known = self._known
        return Standing(
            ready=False,
            slots=known.slots,
            queued=known.queued,
            running=known.running,
            room=0,
            why_not=why,
            states=known.states,
        )
