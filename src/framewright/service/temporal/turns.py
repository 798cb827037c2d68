"""Hands on the turns of jobs, one after the other, to somebody who may take his time over them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from framewright.model.job import Job, Told

MOST_WAITING = 10_000
_CLOSE_SECONDS = 5.0

_log = get_logger(__name__)


class Turns:
    """Open it first, and close it in the end.

    Args:
        tell: what it raises is logged, and ends nothing.
    """

    def __init__(self, tell: Callable[[Job, Told], Awaitable[None]]) -> None:
        self._tell = tell
        self._waiting = asyncio.Queue[tuple["Job", "Told"]](MOST_WAITING)
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Hand on what waits, within a few seconds."""
        if self._task is None:
            return
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._waiting.join()
        except TimeoutError:
            _log.warning("turns_not_told", waiting=self._waiting.qsize())
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def add(self, job: Job, told: Told) -> None:
        """Hand on a turn, soon."""
        try:
            self._waiting.put_nowait((job, told))
        except asyncio.QueueFull:
            _log.warning("turn_not_told", job=job.id, told=told.told.event)

    async def _work(self) -> None:
        while True:
            job, told = await self._waiting.get()
            try:
                await self._tell(job, told)
            except Exception as error:  # noqa: BLE001 -- whoever is told has his own troubles
                _log.warning("turn_not_told", job=job.id, told=told.told.event, error=repr(error))
            finally:
                self._waiting.task_done()
