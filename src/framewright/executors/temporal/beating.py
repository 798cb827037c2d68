"""The heartbeat of an activity: Temporal hears each second how far it is, and that it is alive."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Self

from temporalio import activity

from framewright.executors.temporal.values import Beat

if TYPE_CHECKING:
    from types import TracebackType

BEAT_SECONDS = 1.0


class Heart:
    """Beats as long as its block runs, which is a part of an activity. A request to cancel comes back with a beat.

    Args:
        worker: who does it.
        doing: what comes first.
    """

    def __init__(self, worker: str, doing: str = "fetching") -> None:
        self._beat = Beat.model_validate({"doing": doing, "worker": worker})

    def tell(self, **facts: str | float) -> None:
        """From now on beats say this, as :class:`Beat` names it; what is not named stays as it was."""
        self._beat = Beat.model_validate({**self._beat.model_dump(), **facts})

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait((self._task,))

    async def _go_on(self) -> None:
        while True:
            activity.heartbeat(self._beat)
            await asyncio.sleep(BEAT_SECONDS)
