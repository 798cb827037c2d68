"""Work that is done once, however many ask for it at a time, and no more of it at a time than there is room for."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from framewright.service.errors import BusyError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Hashable

    from framewright.service.turns import Turns

_Result = TypeVar("_Result")


@dataclass(slots=True)
class _Work(Generic[_Result]):
    task: asyncio.Task[_Result]
    waiting: int = 0


@dataclass(slots=True)
class SharedWork:
    """Who asks for what is under way joins; it is called off when the last of them has gone.

    Args:
        turns: each work takes one.
        most: so much may be under way or wait for its turn.
    """

    turns: Turns
    most: int
    _works: dict[Hashable, _Work[object]] = field(default_factory=dict)
    _closed: bool = False

    async def do(self, key: Hashable, work: Callable[[], Coroutine[None, None, _Result]]) -> _Result:
        """Have work done, or wait for the same work that somebody else has asked for.

        Args:
            key: of the work: equal ones are the same.

        Raises:
            BusyError: ``PLANS_BUSY``. UnavailableError: ``STOPPING`` the service is told to stop.
            FramewrightError: whatever the work raises.
        """
        found = cast("_Work[_Result] | None", self._works.get(key))
        if found is None:
            found = self._begin(key, work)
        found.waiting += 1
        try:
            return await asyncio.shield(found.task)
        except asyncio.CancelledError:
            if self._closed and found.task.cancelled():
                raise _stopping() from None
            raise
        finally:
            found.waiting -= 1
            if not found.waiting and not found.task.done():
                # Whoever asks from now on begins anew, rather than joining what ends.
                self._works.pop(key, None)
                await _called_off(found.task)

    def about(self, part: Hashable) -> bool:
        """Whether something is under way, or waits for its turn, whose key has this in it."""
        return any(isinstance(key, tuple) and part in key for key in self._works)

    async def close(self) -> None:
        """Call off everything; nothing more is begun."""
        self._closed = True
        tasks = [one.task for one in self._works.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, key: Hashable, work: Callable[[], Coroutine[None, None, _Result]]) -> _Work[_Result]:
        if self._closed:
            raise _stopping()
        if len(self._works) >= self.most:
            raise BusyError(
                f"{len(self._works)} plans, chunks and files are being made or wait already: ask again later.",
                code="PLANS_BUSY",
            )
        made = _Work(asyncio.create_task(self._in_turn(work)))
        self._works[key] = cast("_Work[object]", made)

        def ended(task: asyncio.Task[_Result]) -> None:
            if not task.cancelled():
                task.exception()  # those who wait have it; if nobody does, nobody misses it
            if self._works.get(key) is made:
                del self._works[key]

        made.task.add_done_callback(ended)
        return made

    async def _in_turn(self, work: Callable[[], Coroutine[None, None, _Result]]) -> _Result:
        async with self.turns.part():
            return await work()


async def _called_off(task: asyncio.Task[_Result]) -> None:
    """Cancel, and wait for the end: what is begun next may want the same files."""
    task.cancel()
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait((task,))


def _stopping() -> UnavailableError:
    return UnavailableError(
        "The service is about to stop: ask again in a while.", code="STOPPING", seconds=10
    )
