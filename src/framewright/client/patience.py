"""How long a service that is away, or has no time, is waited for."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING

from framewright.model.logs import get_logger
from framewright.model.service_errors import BusyError, ServerGoneError

if TYPE_CHECKING:
    from framewright.model.errors import FramewrightError

SERVER_GONE = "SERVER_GONE"
ANSWER_STRANGE = "ANSWER_STRANGE"
_FIRST_SECONDS = 0.25
_LONGEST_SECONDS = 8.0
_log = get_logger(__name__)


def pause(attempt: int) -> float:
    """Seconds before another attempt: twice as long each time, up to eight.

    Args:
        attempt: how many have failed; at least 1.
    """
    return float(min(_LONGEST_SECONDS, _FIRST_SECONDS * 2 ** min(attempt - 1, 16)))


def is_passing(error: FramewrightError) -> bool:
    """Whether the same request may be answered in a while. What a service says of a job is no such thing."""
    return isinstance(error, BusyError) or (isinstance(error, ServerGoneError) and error.code == SERVER_GONE)


class Patience:
    """Of one errand, which may take several requests.

    Args:
        seconds: without any success, after which it is given up.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._attempts = 0
        self._since: float | None = None

    @property
    def tried(self) -> bool:
        """Whether something has failed since the last success."""
        return self._attempts > 0

    def succeeded(self) -> None:
        """Something came through: the next failure is a first one."""
        self._attempts = 0
        self._since = None

    async def wait(self, error: FramewrightError) -> None:
        """Wait until it is worth another attempt.

        Raises:
            FramewrightError: ``error``, when another attempt would change nothing, or time is up.
        """
        if not is_passing(error):
            raise error
        now = time.monotonic()
        if self._since is None:
            self._since = now
        self._attempts += 1
        # Many clients of one service shall not come back at the same moment.
        seconds = pause(self._attempts) * random.uniform(0.75, 1.0)
        if isinstance(error, BusyError):
            seconds = max(seconds, error.seconds)
        if now - self._since + seconds > self._seconds:
            raise error
        _log.info("service_waited_for", code=error.code, attempt=self._attempts, seconds=round(seconds, 2))
        await asyncio.sleep(seconds)
