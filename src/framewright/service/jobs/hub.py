"""Hands what is told of jobs to all who listen, none of whom can hold it up."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

from framewright.service.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from framewright.model.job import Told

MOST_LISTENERS = 1000
MOST_KEPT = 1000
"""Events that a listener may be behind by; then it reads on in the book."""


class Listener:
    """One who listens to a job.

    Attributes:
        behind: it has missed something.
    """

    def __init__(self) -> None:
        self.behind = False
        self._kept: deque[Told] = deque()
        self._news = asyncio.Event()

    def put(self, told: Told) -> None:
        """Something was told."""
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
            self.behind = True
        if not self.behind:
            self._kept.append(told)
        self._news.set()

    def join(self, unwritten: Iterable[Told]) -> None:
        """Begin anew with what stands in no book yet: whatever came before that is to be read there."""
        self._kept = deque(unwritten)
        self.behind = False
        if self._kept:
            self._news.set()

    def take(self) -> list[Told]:
        """What was told since."""
        taken = list(self._kept)
        self._kept.clear()
        self._news.clear()
        return taken

    def wake(self) -> None:
        """Have whoever waits look again."""
        self._news.set()

    async def news(self) -> None:
        """Wait until there is something to take."""
        await self._news.wait()


class Hub:
    """Everybody who listens, by job."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}
        self._count = 0
        self.closed = False

    @contextmanager
    def listen(self, job: str) -> Iterator[Listener]:
        """Somebody who is told everything from now on.

        Raises:
            BusyError: ``LISTENERS_FULL``.
        """
        if self._count >= MOST_LISTENERS:
            raise BusyError(
                f"{MOST_LISTENERS} others follow renders already: ask for the render itself now and then instead.",
                code="LISTENERS_FULL",
                seconds=10,
            )
        listener = Listener()
        others = self._listeners.setdefault(job, set())
        others.add(listener)
        self._count += 1
        try:
            yield listener
        finally:
            self._count -= 1
            others.discard(listener)
            if not others and self._listeners.get(job) is others:
                del self._listeners[job]

    def publish(self, job: str, told: Told) -> None:
        """Tell those who listen to this job."""
        for listener in self._listeners.get(job, ()):
            listener.put(told)

    def close(self) -> None:
        """All who listen have heard enough: the service stops."""
        self.closed = True
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.wake()
