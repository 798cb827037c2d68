"""Callers who go away before they are answered: what only they wait for is left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from starlette.responses import Response

from framewright.service.http.watch import GONE

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from starlette.requests import Request

_Result = TypeVar("_Result")


async def while_there(request: Request, work: Coroutine[None, None, _Result]) -> _Result | Response:
    """Await work as long as the caller waits for it; then it is cancelled, and what is returned reaches nobody.

    The body of the request must have been read, or be none.
    """
    doing = asyncio.ensure_future(work)
    leaving = asyncio.create_task(_gone(request))
    tasks = (doing, leaving)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else Response(status_code=GONE)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
