"""A browser that looks at the dashboard, and lets no complaint of the page pass.

It is opened once for a module, and so everything here lives in the event loop of the module: tests say
``pytestmark = IN_THE_MODULE``.
"""

from __future__ import annotations

import pytest
import pytest_asyncio
from fake_server import keeping_uploads, serving_fakes
from fakes import FakeDesk, FakeSources
from looking import LIMIT
from playwright.async_api import async_playwright

from framewright.browser.find import find_browser
from framewright.model.settings import Settings
from framewright.service.app import create_app
from framewright.service.rooms import Rooms
from framewright.service.settings import ServiceSettings


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


@pytest_asyncio.fixture(loop_scope="module", scope="module")
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
def desk(tmp_path):
    return FakeDesk(tmp_path)


@pytest_asyncio.fixture(loop_scope="module")
async def rooms(desk, tmp_path):
    settings = ServiceSettings(data=tmp_path / "data")
    async with keeping_uploads(settings) as (uploads, intake):
        yield Rooms(settings=settings, desk=desk, sources=FakeSources(), uploads=uploads, intake=intake)
    await desk.close()


@pytest_asyncio.fixture(loop_scope="module")
async def address(rooms):
    async with serving_fakes(create_app(rooms), rooms) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser, address, watch):
    """A page at the dashboard of the fake service."""
    context = await browser.new_context(base_url=address, reduced_motion="reduce")
    context.set_default_timeout(LIMIT)
    page = await context.new_page()
    watch.on(page)
    yield page
    await context.close()
