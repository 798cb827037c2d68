"""One browser for one page after another: how a page leaves, and how what it left is cleared away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from framewright.model.errors import BrowserError

if TYPE_CHECKING:
    from framewright.browser.page import Page


async def leave(page: Page, timeout: float) -> None:
    """Close a page and wait until its process has let go of it.

    Raises:
        CompositionError, BrowserError: it cannot be closed in ``timeout`` seconds, and its browser is no longer fit for
            another page.
    """
    await page.evaluate("0", timeout=timeout)
    try:
        async with asyncio.timeout(timeout):
            await page.close()
            await page.gone.wait()
    except TimeoutError:
        raise BrowserError("The page does not close.", code="BROWSER_STALLED") from None


async def clear(page: Page, origins: set[str]) -> None:
    """Clear away what pages of these origins have left in the browser: storage, cookies, cache.

    Args:
        page: a blank one of the same browser.
        origins: empty afterwards.

    Raises:
        BrowserError: the browser refuses, or is gone.
    """
    while origins:
        origin = origins.pop()
        await page.call("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    await page.call("Network.clearBrowserCookies")
    await page.call("Network.clearBrowserCache")
