"""Several things at once in workflow code, where none outlives the first that fails. (``asyncio.TaskGroup`` hangs there.)"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from temporalio import workflow

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Sequence


async def together(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do all of it; what the first raises is raised when the others have been cancelled and have let go."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    # Not GeneratorExit and the like: then the worker lets go of the whole run, and there is nothing to be waited for in.
    except (Exception, asyncio.CancelledError):
        await let_go(tasks)
        raise


async def let_go(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel tasks, and wait until they have ended, in whatever way; being cancelled meanwhile changes nothing."""
    for task in tasks:
        task.cancel()
    while not all(task.done() for task in tasks):
        with contextlib.suppress(asyncio.CancelledError):
            await workflow.wait_condition(lambda: all(task.done() for task in tasks))
    for task in tasks:
        if not task.cancelled():
            task.exception()  # seen: nobody else will ask
