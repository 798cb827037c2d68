"""Blocking work of stores beside the event loop: it ends soon when nobody waits for it any more."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")
# A call to a share that has gone away can hang for as long as the share likes; no cancelled render waits for that.
_END_SECONDS = 5.0


class StoppedError(Exception):
    """Nobody waits for the work any more."""


async def in_thread(work: Callable[[Event], _Result]) -> _Result:
    """Do blocking work in a thread.

    Args:
        work: gets an event that is set once the wait for it was cancelled; it ends soon then, with :class:`StoppedError` or
            otherwise, and leaves nothing behind.
    """
    stop = Event()
    task = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.set()
        task.add_done_callback(_heard)
        await asyncio.wait((task,), timeout=_END_SECONDS)
        raise


def _heard(task: asyncio.Future[_Result]) -> None:
    if not task.cancelled():
        task.exception()
