"""The same for many things, a few of them at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

_AT_A_TIME = 16
_In = TypeVar("_In")
_Out = TypeVar("_Out")


async def each(things: Sequence[_In], work: Callable[[_In], Awaitable[_Out]]) -> list[_Out]:
    """What comes of each thing, in order. What one raises ends the others."""
    found: dict[int, _Out] = {}
    left = iter(enumerate(things))

    async def go_on() -> None:
        for index, thing in left:
            found[index] = await work(thing)

    tasks = [asyncio.create_task(go_on()) for _ in range(min(_AT_A_TIME, len(things)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [found[index] for index in range(len(things))]
