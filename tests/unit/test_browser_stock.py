"""The stock of browsers: who waits, who is closed, and what a cancellation in the middle does to it."""

from __future__ import annotations

import asyncio

import pytest

from framewright.model.errors import BrowserError
from framewright.render import stock as stock_room
from framewright.render.stock import BrowserStock


class Browser:
    def __init__(self, options):
        self.options = options
        self.closed = False
        self.fails = False
        self.emptying = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def start(self):
        pass

    async def empty(self):
        self.emptying.set()
        await self.may_end.wait()
        if self.fails:
            raise BrowserError("The page does not close.", code="BROWSER_STALLED")

    async def close(self):
        self.closed = True


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch):
    monkeypatch.setattr(stock_room, "Browser", Browser)


async def test_a_browser_serves_again_whoever_has_the_same_options():
    async with BrowserStock(most=2) as stock:
        first = await stock.take("small")
        await stock.give_back(first)
        assert await stock.take("large") is not first
        assert await stock.take("small") is first
        assert stock.started == 2
    assert first.closed, "also what is out is closed in the end"


async def test_without_room_a_browser_is_closed_when_it_comes_back():
    stock = BrowserStock()
    browser = await stock.take("small")
    await stock.give_back(browser)
    assert browser.closed and not browser.emptying.is_set()


async def test_the_one_that_waited_longest_makes_room():
    async with BrowserStock(most=1) as stock:
        old, new = await stock.take("old"), await stock.take("new")
        await stock.give_back(old)
        await stock.give_back(new)
        assert old.closed and not new.closed


async def test_one_whose_page_does_not_close_is_not_kept():
    async with BrowserStock(most=1) as stock:
        browser = await stock.take("small")
        browser.fails = True
        await stock.give_back(browser)
        assert browser.closed
        assert await stock.take("small") is not browser


async def test_a_browser_is_replaced_after_many_pages(monkeypatch):
    monkeypatch.setattr(stock_room, "_MOST_PAGES", 3)
    async with BrowserStock(most=1) as stock:
        shown = []
        for _ in range(4):
            shown.append(await stock.take("small"))
            await stock.give_back(shown[-1])
        assert shown[0] is shown[2] is not shown[3]
        assert shown[0].closed


async def test_a_cancellation_while_its_pages_close_does_not_cost_the_browser():
    async with BrowserStock(most=1) as stock:
        browser = await stock.take("small")
        browser.may_end.clear()
        giving = asyncio.create_task(stock.give_back(browser))
        await browser.emptying.wait()
        giving.cancel()
        await asyncio.sleep(0)
        browser.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await giving
        assert await stock.take("small") is browser
