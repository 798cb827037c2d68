"""A page from a line of HTML: written, served, opened under frame control."""

import os
from contextlib import asynccontextmanager
from pathlib import Path

from framewright.browser import Browser, BrowserOptions, FileServer, find_browser
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
async def opened(folder, html, *, files=None, before=None, timeout=60.0, **changes):
    """The page and its browser, loaded."""
    async with (
        site(folder, {"index.html": html, **(files or {})}) as server,
        Browser(options(**changes)) as browser,
    ):
        page = await browser.new_page()
        if before is not None:
            await before(page)
        await page.navigate(f"{server.origin}/index.html", timeout)
        yield page, browser
