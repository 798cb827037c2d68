"""A runner that stands ready: starting our interpreter and its libraries takes longer than a short render's first frame."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from framewright.model.errors import SetupError
from framewright.model.logs import get_logger
from framewright.service.runner.handle import Runner

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_log = get_logger(__name__)


class SpareRunner:
    """Keeps one runner started ahead. An async context manager; leaving it ends the one that waits."""

    def __init__(self) -> None:
        self._starting: asyncio.Task[Runner] | None = None
        self._open = False

    async def __aenter__(self) -> Self:
        self._open = True
        self._start_ahead()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        starting, self._starting = self._starting, None
        if starting is not None:
            with contextlib.suppress(SetupError):
                await (await starting).close()

    async def take(self) -> Runner:
        """A runner, which is the caller's now; another one is started in its place.

        Raises:
            SetupError: ``RUNNER_NOT_STARTED``.
        """
        starting, self._starting = self._starting, None
        if starting is None:
            return await Runner.start()
        try:
            runner = await asyncio.shield(starting)
        except asyncio.CancelledError:
            self._starting = starting
            raise
        self._start_ahead()
        if runner.alive:
            return runner
        _log.info("spare_runner_was_dead", pid=runner.pid)
        await runner.close()
        return await Runner.start()

    def _start_ahead(self) -> None:
        if self._open and self._starting is None:
            self._starting = asyncio.create_task(Runner.start())
