"""Who may render now: jobs of the desk and parts of plans have the same slots, and take turns."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


class Turns:
    """So much may be under way at a time. Where jobs and parts both wait, each second turn is a part's.

    Args:
        count: of turns at a time.

    Attributes:
        offer: begins the next job where one waits, and says whether it did; set by the desk.
    """

    def __init__(self, count: int) -> None:
        self.offer: Callable[[], bool] = lambda: False
        self._free = count
        self._parts = deque[asyncio.Future[None]]()
        self._job_was_last = False

    def deal(self) -> None:
        """Give turns that are free to those who wait."""
        while self._free:
            if self._job_was_last and self._let_part():
                continue
            if self.offer():
                self._free -= 1
                self._job_was_last = True
            elif not self._let_part():
                return

    def give_back(self) -> None:
        """A job has ended; :meth:`deal` lets the next one begin."""
        self._free += 1

    @asynccontextmanager
    async def part(self) -> AsyncIterator[None]:
        """A turn for a part of a plan, as soon as there is one."""
        coming: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._parts.append(coming)
        self.deal()
        try:
            await coming
        except asyncio.CancelledError:
            # Whoever left the row is passed over there.
            if not coming.cancelled():
                self.give_back()
                self.deal()
            raise
        try:
            yield
        finally:
            self.give_back()
            self.deal()

    def _let_part(self) -> bool:
        while self._parts:
            coming = self._parts.popleft()
            if not coming.cancelled():
                self._free -= 1
                self._job_was_last = False
                coming.set_result(None)
                return True
        return False
