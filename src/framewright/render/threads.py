"""Blocking work beside the event loop. A thread cannot be cancelled, and no file may change once a render has ended."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")


async def in_thread(
    work: Callable[[], _Result],
    *,
    undo: Callable[[_Result], None] | None = None,
    interrupt: Callable[[], None] | None = None,
) -> _Result:
    """Do blocking work in a thread, and to its end even when this is cancelled.

    Args:
        undo: called with the result when the wait for it was cancelled, so that nobody will have it.
        interrupt: called when the wait is cancelled, so that the end comes soon.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if interrupt is not None:
            interrupt()
        await _ended(task)
        if undo is not None and task.exception() is None:
            undo(task.result())
        raise


async def past_stopping(work: Callable[[], _Result]) -> _Result:
    """Do the blocking work after which all is done: whoever cancels it comes too late, and is not heard."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    await _ended(task)
    return task.result()


async def _ended(task: asyncio.Future[_Result]) -> None:
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait((task,))
