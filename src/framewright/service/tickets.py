"""Tickets: what a link carries so that ``<video>`` and ``<img>``, which cannot send a token, may open the files of one job."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import time
from typing import TYPE_CHECKING

from framewright.service.desk import Caller
from framewright.service.errors import UnauthorizedError

if TYPE_CHECKING:
    from collections.abc import Callable

TICKET_SECONDS = 3600
"""A ticket is good for so long at least."""
_STEP = 600
_TICKET = re.compile(r"(\d{10,12})\.([A-Za-z0-9_-]{1,300})\.([0-9a-f]{64})\Z")


class SignedTickets:
    """Issues tickets and knows its own. Nothing is kept of them.

    Args:
        key: of this purpose alone.
        now: seconds since 1970.
    """

    def __init__(self, key: bytes, *, now: Callable[[], float] = time.time) -> None:
        self._key = key
        self._now = now

    def issue(self, job: str, caller: str) -> str:
        """A ticket for the files of a job, in the name of its owner."""
        # The same for a while, or a browser would fetch a picture again with each look at the job.
        until = (int(self._now() + TICKET_SECONDS) // _STEP + 1) * _STEP
        name = base64.urlsafe_b64encode(caller.encode()).decode().rstrip("=")
        return f"{until}.{name}.{self._mark(job, name, until)}"

    def caller(self, job: str, ticket: str) -> Caller:
        """Whom a ticket stands for; it lets them read.

        Raises:
            UnauthorizedError: ``TICKET_INVALID``.
        """
        found = _TICKET.match(ticket)
        if (
            found is not None
            and hmac.compare_digest(self._mark(job, found[2], int(found[1])), found[3])
            and self._now() < int(found[1])
        ):
            padded = found[2] + "=" * (-len(found[2]) % 4)
            try:
                return Caller(base64.urlsafe_b64decode(padded).decode(), frozenset({"read"}))
            except (binascii.Error, UnicodeDecodeError):
                pass
        raise UnauthorizedError(
            "The link's ticket is not good, or not any more: take the link from the job again.",
            code="TICKET_INVALID",
        )

    def _mark(self, job: str, name: str, until: int) -> str:
        return hmac.new(self._key, f"{job}.{name}.{until}".encode(), hashlib.sha256).hexdigest()
