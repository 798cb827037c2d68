"""Screens: the place inside a video element where its picture is painted.

Chromium keeps the controls of a video in a shadow tree that no script can reach. The debugging protocol can: it hands
its root over to the runtime, which paints there (``runtime/screens.js``).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from framewright.model.errors import BrowserError

if TYPE_CHECKING:
    from framewright.browser import Page

_GROUP = "screens"
_WAITING = "function () { return this.waiting(); }"
_SEAT = "function (link) { return window[Symbol.for(link)].screens.seat(this); }"
# A page may hold thousands of videos; the browser answers as fast one after the other.
_AT_ONCE = 16


async def seat_screens(page: Page, control: str, link: str, *, timeout: float) -> None:
    """Give every video that waits for it a place for its picture.

    Args:
        control: the runtime's control object.
        link: by what name the runtime finds itself in each of the page's documents.
        timeout: seconds that one call may take.

    Raises:
        CompositionError: ``PAGE_HANGS`` when the page does not answer in time.
        BrowserError: ``SCREEN_MISSING`` this browser builds its videos in another way; it died.
    """

    async def call(method: str, **params: Any) -> dict[str, Any]:
        return await page.call(method, params, timeout=timeout)

    told = {"functionDeclaration": _WAITING, "objectGroup": _GROUP}
    waiting = (await call("Runtime.callFunctionOn", objectId=control, **told))["result"]["objectId"]
    found = await call("Runtime.getProperties", objectId=waiting, ownProperties=True)
    videos = [one["value"]["objectId"] for one in found["result"] if one["name"].isdigit()]
    turn = asyncio.Semaphore(_AT_ONCE)

    async def seat(video: str) -> None:
        async with turn:
            described = await call("DOM.describeNode", objectId=video, depth=0, pierce=True)
            roots = described["node"].get("shadowRoots", ())
            inner = [root for root in roots if root["shadowRootType"] == "user-agent"]
            if not inner:
                raise _no_place()
            node = {"backendNodeId": inner[0]["backendNodeId"], "objectGroup": _GROUP}
            root = (await call("DOM.resolveNode", **node))["object"]["objectId"]
            seating = {"functionDeclaration": _SEAT, "arguments": [{"value": link}], "returnByValue": True}
            if not (await call("Runtime.callFunctionOn", objectId=root, **seating))["result"].get("value"):
                raise _no_place()

    try:
        async with asyncio.TaskGroup() as group:
            for video in videos:
                group.create_task(seat(video))
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several
    finally:
        await call("Runtime.releaseObjectGroup", objectGroup=_GROUP)


def _no_place() -> BrowserError:
    return BrowserError(
        "This Chromium builds video elements in a way that is not known: their pictures have no place. Use the release "
        "that `framewright doctor` names.",
        code="SCREEN_MISSING",
    )
