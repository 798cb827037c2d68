"""One browser for many small pages: each is written, opened on a stage, asked, and closed."""

from __future__ import annotations

import itertools
from contextlib import AsyncExitStack
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from framewright.browser import Browser, BrowserOptions, FileServer, find_browser, find_fonts
from framewright.composition import Stage, Wishes, open_project
from framewright.composition.footage import FootageDesk, OwnFiles
from framewright.media.sources import SourceShelf
from framewright.model.settings import Settings
from framewright.model.size import Size

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from framewright.browser import Outside, Page
    from framewright.composition.footage import Line
    from framewright.composition.footage.addresses import Recorded

_SHOWN = """[...document.querySelectorAll('[id]')].filter((element) => {
    const style = getComputedStyle(element);
    return style.visibility === 'visible' && style.display !== 'none';
}).map((element) => element.id).join(' ')"""


class Open:
    """A page on a stage."""

    def __init__(self, page: Page, stage: Stage, line: Line) -> None:
        self.page = page
        self.stage = stage
        self.line = line
        self.description = stage.description

    async def at(self, seconds: float | Fraction) -> Open:
        """Move to a time."""
        self.step = await self.stage.seek(Fraction(seconds))
        return self

    async def ask(self, expression: str) -> Any:
        """The value of an expression in the page."""
        return await self.page.evaluate(expression, await_promise=True)

    async def close(self) -> None:
        """Give back what it holds: a browser allows itself only a few WebGL contexts at a time."""
        await self.line.close()
        await self.page.call("Page.close")

    async def shown(self) -> set[str]:
        """Ids of the elements that show."""
        return set((await self.ask(_SHOWN)).split())

    @property
    def codes(self) -> set[str]:
        """Codes of the warnings up to the first frame."""
        return {notice.code for notice in self.description.notices}


class Stages:
    """A browser in which pages are opened one after another. An async context manager.

    Args:
        recorded: where their sources of other origins come from.

    Attributes:
        footage: answers what they ask of their sources.
    """

    def __init__(self, folder: Path, size: Size | None = None, *, recorded: Recorded | None = None) -> None:
        self._folder = folder
        self._recorded = recorded
        self._size = size or Size(640, 360)
        self._numbers = itertools.count()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        settings = Settings()
        options = BrowserOptions(
            program=find_browser(settings),
            size=self._size,
            tmpdir=settings.tmpdir,
            fonts=find_fonts(settings),
        )
        self._browser = await self._stack.enter_async_context(Browser(options))
        self._server = await self._stack.enter_async_context(FileServer(self._folder))
        shelf = await self._stack.enter_async_context(SourceShelf(settings.footage_memory))
        origin = self._server.origin
        own = OwnFiles(origin, self._folder.resolve())
        self.footage = await self._stack.enter_async_context(
            FootageDesk(shelf, settings, own=[own], recorded=self._recorded, site=origin)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def open(
        self,
        html: str,
        files: dict[str, str | bytes] | None = None,
        wishes: Wishes | None = None,
        *,
        apart: bool = False,
        outside: Outside | None = None,
    ) -> Open:
        """Write a page with its files into a fresh folder and open it.

        Args:
            apart: with storage of its own, as a guest.
            outside: who answers what it asks of other origins; None: the network.
        """
        name = str(next(self._numbers))
        folder = self._folder / name
        for place, content in {"index.html": html, **(files or {})}.items():
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        project = open_project(folder)
        origin = f"{self._server.origin}/{name}"
        if project.documents:
            server = FileServer(project.root, documents=project.documents)
            origin = (await self._stack.enter_async_context(server)).origin
            self.footage.own(OwnFiles(origin, project.root, project.documents))
        page = await self._browser.new_page(apart=apart, outside=outside)
        line = self.footage.admit(page)
        return Open(page, await Stage.open(page, project, origin, wishes, line), line)


def composed(body: str, *, root: str = "", head: str = "") -> str:
    """A whole page with a root of 640×360 around a body."""
    return f"""<!doctype html><html><head><meta charset="utf-8"><title>Page</title>{head}</head>
<body style="margin:0"><div data-composition-id="main" data-width="640" data-height="360" {root}>{body}</div></body></html>"""
