"""How long a store is asked again before it counts as not there."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framewright.model.errors import StoreError

SECONDS = 10.0
"""For which one call tries to get through; whoever calls may try for longer."""
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 3.0


class Patience:
    """Counts the tries of one call.

    Attributes:
        tries: that have failed.
    """

    def __init__(self) -> None:
        self.tries = 0
        self.renew()

    def renew(self) -> None:
        """The call got on: the time begins anew."""
        self._until = time.monotonic() + SECONDS
        self._pause = _FIRST_PAUSE

    async def after(self, error: StoreError) -> None:
        """Wait before another try.

        Raises:
            StoreError: this one, where another try is no use or there is no time for it.
        """
        self.tries += 1
        # Machines that lost the store together need not come back together.
        pause = self._pause * random.uniform(0.5, 1.0)
        if not error.retryable or time.monotonic() + pause > self._until:
            raise error
        self._pause = min(_LONGEST_PAUSE, self._pause * 2)
        await asyncio.sleep(pause)
