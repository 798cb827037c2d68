"""A browser that looks at the dashboard, and lets no complaint of the page pass."""

from __future__ import annotations

import pytest
from looking import LIMIT
from playwright.async_api import async_playwright

from framewright.browser.find import find_browser
from framewright.model.settings import Settings


class Watch:
    """What went wrong in a page.

    Attributes:
        expected: parts of complaints that a test means to cause.
    """

    def __init__(self):
        self.expected: list[str] = []
        self._found: list[str] = []

    def on(self, page):
        page.on(
            "console",
            lambda message: (
                message.type in {"error", "warning"} and self._found.append(f"{message.type}: {message.text}")
            ),
        )
        page.on("pageerror", lambda error: self._found.append(f"exception: {error}"))
        page.on(
            "response",
            lambda answer: answer.status >= 400 and self._found.append(f"{answer.status}: {answer.url}"),
        )
        # A view that is left stops what it has asked for.
        page.on(
            "requestfailed",
            lambda request: (
                "ERR_ABORTED" not in (request.failure or "")
                and self._found.append(f"{request.failure}: {request.url}")
            ),
        )

    def complaints(self):
        return [one for one in self._found if not any(part in one for part in self.expected)]


@pytest.fixture
async def browser():
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path=find_browser(Settings()), args=["--no-sandbox"]
        )
        yield opened
        await opened.close()


@pytest.fixture
def watch():
    watch = Watch()
    yield watch
    assert watch.complaints() == []


@pytest.fixture
async def page(browser, address, watch):
    """A page at the dashboard of the fake service."""
    context = await browser.new_context(base_url=address, reduced_motion="reduce")
    context.set_default_timeout(LIMIT)
    page = await context.new_page()
    watch.on(page)
    yield page
    await context.close()
