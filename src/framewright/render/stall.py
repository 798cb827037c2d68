"""Telling how far a work is, and noticing that it does not get on."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Self

from framewright.model.errors import StalledError
from framewright.render.cancel import Stoppable

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from framewright.model.settings import Settings
    from framewright.render.chunk_limit import ChunkProgress

_TELL_EVERY = 1.0
_TELL_SOONEST = 0.1


class StallWatch:
    """Tells the progress of the block of code that it guards, once a second and at :meth:`beat`; and ends one that stands still.

    Args:
        progress: how far it is.
        tell: called with it, in the task of the block or beside it.
        patience: seconds without any change, after which the block ends with StalledError.
    """

    def __init__(
        self,
        progress: Callable[[], ChunkProgress],
        tell: Callable[[ChunkProgress], None],
        *,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress = progress
        self._tell = tell
        self._patience = patience
        self._clock = clock
        self._told_at = float("-inf")
        self._scope = Stoppable()

    async def __aenter__(self) -> Self:
        await self._scope.__aenter__()
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait((self._task,))
        await self._scope.__aexit__(kind, error, trace)

    def beat(self) -> None:
        """Something was done: tell it, unless something was told a moment ago."""
        if self._clock() - self._told_at >= _TELL_SOONEST:
            self._tell_now()

    def _tell_now(self) -> ChunkProgress:
        self._told_at = self._clock()
        progress = self._progress()
        self._tell(progress)
        return progress

    async def _look(self) -> None:
        seen, since = self._progress(), self._clock()
        try:
            while True:
                await asyncio.sleep(min(_TELL_EVERY, self._patience / 4))
                now = self._tell_now()
                if now != seen:
                    seen, since = now, self._clock()
                elif self._clock() - since > self._patience:
                    self._scope.stop(
                        StalledError(
                            f"No frame came for {self._patience:g} seconds, {now.frames} of {now.total} are done: "
                            "the page, or the machine, stands still.",
                            code="CAPTURE_STALLED",
                        )
                    )
                    return
        except Exception as error:  # noqa: BLE001 -- whoever is told may fail; the block ends with that
            self._scope.stop(error)


def patience_for(settings: Settings) -> float:
    """Seconds that a chunk may stand still: more than the page itself may take for one frame."""
    return max(settings.stall_timeout, 1.5 * settings.page_timeout)
