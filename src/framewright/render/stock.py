"""Browsers that wait for their next page, so that a row of renders starts each of them once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from framewright.browser import Browser
from framewright.model.errors import FramewrightError
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from framewright.browser import BrowserOptions

_MOST_PAGES = 100
"""Pages that one browser shows before it is replaced: what a page costs it for good is not known to us."""

_log = get_logger(__name__)


class BrowserStock:
    """Starts browsers, and keeps those that are given back. An async context manager, which closes what it keeps.

    Args:
        most: browsers that may wait; 0: each is closed when it is given back.

    Attributes:
        starting: hold it while a browser starts: all at once slow each other and help none.
        started: browsers so far.
    """

    def __init__(self, *, most: int = 0) -> None:
        self.starting = asyncio.Lock()
        self.started = 0
        self._most = most
        self._waiting: list[Browser] = []
        self._shown: dict[Browser, int] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(self.discard(browser) for browser in tuple(self._shown)))

    async def take(self, options: BrowserOptions) -> Browser:
        """A browser of these options without a page: one that waited, or a new one.

        Raises:
            SetupError, BrowserError: as :meth:`framewright.browser.Browser.start`.
        """
        for browser in self._waiting:
            if browser.options == options:
                self._waiting.remove(browser)
                self._shown[browser] += 1
                return browser
        browser = Browser(options)
        await browser.start()
        self.started += 1
        self._shown[browser] = 1
        return browser

    async def give_back(self, browser: Browser) -> None:
        """Close its pages and keep it, or close it: when enough are kept, it is old, or a page does not close."""
        if self._most == 0 or self._shown.get(browser, _MOST_PAGES) >= _MOST_PAGES:
            await self.discard(browser)
            return
        # Workers are stopped as soon as the last frame is there, most often in the middle of this, which is soon done.
        emptying = asyncio.ensure_future(browser.empty())
        cancelled = False
        while not emptying.done():
            try:
                await asyncio.wait((emptying,))
            except asyncio.CancelledError:
                cancelled = True
        if (error := emptying.exception()) is None:
            await self._keep(browser)
        else:
            _log.info("browser_discarded", error=str(error))
            await self.discard(browser)
        if cancelled:
            raise asyncio.CancelledError

    async def _keep(self, browser: Browser) -> None:
        self._waiting.append(browser)
        if len(self._waiting) > self._most:
            # The one that waited longest has options that nobody asked for since.
            await self.discard(self._waiting[0])

    async def discard(self, browser: Browser) -> None:
        """Close it. May be called again."""
        self._shown.pop(browser, None)
        if browser in self._waiting:
            self._waiting.remove(browser)
        # What is wrong with a browser that is thrown away was told by the call that failed.
        with suppress(FramewrightError, OSError):
            await browser.close()
