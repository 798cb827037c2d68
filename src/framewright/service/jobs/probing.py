"""Looks at compositions for whoever waits for it: a few at a time, and few who wait."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from framewright.model.errors import FramewrightError, WorkerError
from framewright.service.errors import BusyError
from framewright.service.jobs.orders import probe_order
from framewright.service.runner.messages import ProbeDone

if TYPE_CHECKING:
    from framewright.model.job_request import ProbeRequest
    from framewright.render import ProbeResult
    from framewright.service.desk import Source
    from framewright.service.jobs.hands import Hands
    from framewright.service.jobs.orders import Folders
    from framewright.service.settings import ServiceSettings

AT_ONCE = 2
MOST_WAITING = 8
_RUNNERS = 2


class Probing:
    """Probes compositions.

    Args:
        hands: do it.
    """

    def __init__(self, hands: Hands, folders: Folders, settings: ServiceSettings) -> None:
        self._hands = hands
        self._folders = folders
        self._settings = settings
        self._probing = asyncio.Semaphore(AT_ONCE)
        self._asked = 0

    async def probe(self, request: ProbeRequest, source: Source) -> ProbeResult:
        """See :meth:`~framewright.service.desk.Desk.probe`.

        Raises:
            BusyError: ``PROBES_FULL``.
        """
        if self._asked >= AT_ONCE + MOST_WAITING:
            raise BusyError(
                f"{self._asked} compositions are being looked at: ask again in a few seconds.",
                code="PROBES_FULL",
                seconds=5,
            )
        self._asked += 1
        try:
            async with self._probing:
                return await self._runners(request, source)
        finally:
            self._asked -= 1

    async def _runners(self, request: ProbeRequest, source: Source) -> ProbeResult:
        order = probe_order(request, source, self._folders, self._settings)
        for number in range(1, _RUNNERS + 1):
            work = self._folders.work / f"probe-{secrets.token_hex(8)}"
            try:
                answer = await self._hands.run(order, work, lambda _: None)
            except FramewrightError as error:
                if number == _RUNNERS or not (error.retryable and error.code.startswith("RUNNER_")):
                    raise
                continue
            if isinstance(answer, ProbeDone):
                return answer.result
            raise WorkerError(f"The runner has answered a probe with {answer.kind}.", code="RUNNER_CONFUSED")
        raise AssertionError("the last one returns or raises")
