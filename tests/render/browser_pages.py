"""A page from a line of HTML: written, served, opened under frame control."""

import os
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from framewright.browser import Browser, BrowserOptions, FileServer, find_browser
from framewright.model.errors import FramewrightError
from framewright.model.settings import Settings
from framewright.model.size import Size

SIZE = Size(320, 180)


@asynccontextmanager
async def site(folder, files):
    """A folder with these files, served."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content)
    async with FileServer(folder) as server:
        yield server


def options(**changes):
    """Options of a small browser whose profile lies where the tests look for what is left behind."""
    wishes = {
        "program": find_browser(Settings()),
        "size": SIZE,
        "tmpdir": Path(os.environ["FRAMEWRIGHT_TMPDIR"]),
    }
    return BrowserOptions(**(wishes | changes))


@asynccontextmanager
async def opened(folder, html, *, browser=None, files=None, before=None, timeout=60.0, **changes):
    """The page and its browser, loaded; in a browser that is there already, or in one of its own."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(site(folder, {"index.html": html, **(files or {})}))
        shared = browser is not None
        if not shared:
            browser = await stack.enter_async_context(Browser(options(**changes)))
        page = await browser.new_page()
        if shared:
            stack.push_async_callback(close, page)
        if before is not None:
            await before(page)
        await page.navigate(f"{server.origin}/index.html", timeout)
        yield page, browser


async def close(page):
    """Close a page, if it still hears."""
    with suppress(FramewrightError):
        await page.call("Page.close")
