"""Where a page performs: one browser process, one page, and the stage that obeys our clock; and how many are opened."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from framewright.browser import BrowserOptions, FileServer, Outside, find_fonts
from framewright.composition import Site, Stage
from framewright.composition.fonts import unlinked_families
from framewright.composition.footage import FootageDesk, OwnFiles
from framewright.media.sources import SourceShelf
from framewright.model.errors import FramewrightError
from framewright.model.events import FellBack
from framewright.model.frames import FrameRange
from framewright.model.logs import get_logger
from framewright.render.house import Asked, House
from framewright.render.stock import BrowserStock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from framewright.browser import Browser, Page
    from framewright.composition.footage import Line
    from framewright.composition.sounds import Collected
    from framewright.model.composition import Description, Notice, Step
    from framewright.model.fonts import FontSet
    from framewright.model.frames import FrameRate
    from framewright.model.media import Transfer
    from framewright.model.picture import Layer
    from framewright.model.report import FootageReport
    from framewright.model.size import Size
    from framewright.render.turn import Turn

_NOWHERE = "http://nowhere.invalid"
_log = get_logger(__name__)


class Performance:
    """A page in a browser of its own. It is the scene that the capture room works with.

    Args:
        footage: answers what the page asks of its sources.
        on_step: called whenever the page has done something.
        stock: where the browser goes in the end; None for a guest in the browser of another performance.
    """

    def __init__(
        self,
        browser: Browser,
        page: Page,
        stage: Stage,
        size: Size,
        on_notices: Callable[[Iterable[Notice]], None],
        *,
        footage: Line,
        on_step: Callable[[], None],
        stock: BrowserStock | None,
    ) -> None:
        self.browser = browser
        self.page = page
        self.size = size
        self._stage = stage
        self._on_notices = on_notices
        self._footage = footage
        self._on_step = on_step
        self._stock = stock

    @property
    def description(self) -> Description:
        """What the page says of itself."""
        return self._stage.description

    async def seek(self, seconds: Fraction) -> Step:
        """Move the page's clock, and pass on what it warned of meanwhile."""
        step = await self._stage.seek(seconds)
        self._on_step()
        if step.notices:
            self._on_notices(step.notices)
        return step

    async def pass_through(self, frames: FrameRange, rate: FrameRate, *, draw: bool) -> None:
        """Go through frames one after the other; with ``draw``, those in which the page would notice it are drawn."""
        draw = draw and self.page.frame_control
        frame = frames.start
        if draw and frame == 1:  # the page was opened at frame 0, and nobody has drawn that
            await self.page.begin_frame()
        while frame < frames.stop:
            passage = await self._stage.pass_through(FrameRange(frame, frames.stop), rate)
            frame = passage.reached
            self._on_step()
            if passage.notices:
                self._on_notices(passage.notices)
            if draw and passage.hears_draws:
                await self.page.begin_frame()

    async def may_be_heard(self) -> bool:
        """Whether scripts may change what is heard of the page."""
        return await self._stage.may_be_heard()

    async def listen_through(self, frames: FrameRange, rate: FrameRate, *, step: int = 1) -> int:
        """Go through some frames one after the other, to hear what scripts do to sounds; the frame to go on with."""
        reached, notices = await self._stage.listen_through(frames, rate, step=step)
        if notices:
            self._on_notices(notices)
        return reached

    async def sounds(self) -> Collected:
        """What is heard, by all that the page has done so far."""
        return await self._stage.sounds()

    async def look_at_fonts(self) -> tuple[str, ...]:
        """Find which fonts draw the page's text, for its description; and name the families that it lacks and we can give."""
        fonts = self.browser.options.fonts
        if fonts is None:
            return ()
        return unlinked_families(await self._stage.look_at_fonts(fonts), fonts)

    async def cover(self, grey: int | None) -> None:
        """Lay two greys over the page; None takes them away."""
        await self._stage.cover(grey)

    async def brighten(self, transfer: Transfer) -> None:
        """Show the frames of HDR videos in codes of this transfer from now on."""
        await self._stage.brighten(transfer)

    async def bright(self) -> str:
        """Which of them are shown; empty while none is."""
        return await self._stage.bright()

    async def paint(self, layer: Layer) -> None:
        """Put this into the place of each of them."""
        await self._stage.paint(layer)

    async def bare(self) -> None:
        """Show transparency where the page paints nothing, in place of white."""
        colour = {"r": 0, "g": 0, "b": 0, "a": 0}
        await self.page.call("Emulation.setDefaultBackgroundColorOverride", {"color": colour})

    async def close(self) -> None:
        """Give the browser back, or as a guest of another's close the page alone. May be called again."""
        stock, self._stock = self._stock, None
        await self._footage.close()
        if stock is not None:
            await stock.give_back(self.browser)
        elif not self.page.gone.is_set():
            with suppress(FramewrightError, OSError):
                await self.page.close()


class Theatre:
    """Opens performances, one browser start at a time, and closes whatever is open when it is left.

    Args:
        house: what they share.
        on_notices: told of the warnings of every page.
        on_fallback: told when an opening had to be repeated.
        turn: of the batch that this is a part of: browsers and the file server are the batch's, and go on. None: they
            are our own, and end with us.

    Attributes:
        steps: grows whenever a page does anything.
    """

    def __init__(
        self,
        house: House,
        *,
        on_notices: Callable[[Iterable[Notice]], None],
        on_fallback: Callable[[FellBack], None],
        turn: Turn | None = None,
    ) -> None:
        self._house = house
        self._stock = turn.stock if turn else BrowserStock()
        self._to_tell = on_notices
        self._notices: dict[Notice, None] = {}
        self._on_fallback = on_fallback
        self._open: set[Performance] = set()
        self._stack = AsyncExitStack()
        self._fonts: FontSet | None = None
        self._footage: FootageDesk
        self.steps = 0
        self.origin = ""
        # What a site is made of is recorded like all that is remote: every browser then gets the same.
        self._server = turn.server if turn else None
        self._own: str | None = self._server.origin if self._server else None

    async def __aenter__(self) -> Self:
        self._fonts = await asyncio.to_thread(find_fonts, self._house.settings)
        project = self._house.project
        own: list[OwnFiles] = []
        if isinstance(project, Site):
            self.origin = project.origin
        else:
            if self._own is None:
                self._server = FileServer(project.root, documents=project.documents)
                self._own = (await self._stack.enter_async_context(self._server)).origin
            self.origin = self._own
            own = [OwnFiles(self._own, project.root, project.documents, self._house.absent)]
        settings = self._house.settings
        shelf = await self._stack.enter_async_context(SourceShelf(settings.footage_memory))
        self._footage = await self._stack.enter_async_context(
            FootageDesk(shelf, settings, own=own, recorded=self._house.remote, site=self.origin)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await asyncio.gather(*(self.close(one) for one in tuple(self._open)))
        finally:
            await self._stack.aclose()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What pages have warned of since they stood ready, each once."""
        return tuple(self._notices)

    def named(self, notices: Iterable[Notice]) -> tuple[Notice, ...]:
        """Warnings with files named as the author knows them: our server's port is another one in each process."""
        if self._own is None:
            return tuple(notices)
        place = f"{self._own}/"
        return tuple(
            one.model_copy(
                update={
                    "message": one.message.replace(place, ""),
                    "address": one.address and one.address.removeprefix(place),
                }
            )
            for one in notices
        )

    def warn(self, notices: Iterable[Notice]) -> None:
        """Pass on what a page warns of while it performs, and remember it for the accounts of pieces."""
        named = self.named(notices)
        self._notices.update(dict.fromkeys(named))
        self._to_tell(named)

    async def locate(self, address: str) -> Path:
        """The file in which the bytes of a whole address lie, as pages see them.

        Raises:
            CompositionError: there is none.
        """
        return await self._footage.locate(address)

    def shown(self, address: str) -> str:
        """How an author would name a whole address: of the project's files the path in its folder."""
        return self._footage.shown(address)

    @property
    def footage(self) -> FootageReport | None:
        """What pages have got of their sources; None: no frame."""
        return self._footage.report

    @property
    def asked(self) -> Asked:
        """What pages have asked of the project so far; those of a whole batch where this is a turn of one."""
        server = self._server
        return Asked(
            served=frozenset(server.served) if server else frozenset(),
            described=self._footage.files_found,
            shown=self._footage.files_shown,
            lacked=self._footage.files_lacked | (server.lacked if server else frozenset()),
        )

    @property
    def house(self) -> House:
        """What the performances share by now."""
        return self._house

    def give_fonts(self, faces: str) -> None:
        """Give the pages that are opened from now on these ``@font-face`` rules."""
        self._house = replace(self._house, wishes=replace(self._house.wishes, font_faces=faces))

    async def open(self, size: Size) -> Performance:
        """Open the page in a new browser of this size, in CSS pixels; once again when the browser fails.

        Raises:
            CompositionError: the page cannot be rendered.
            BrowserError: the second browser failed too.
            SetupError: no browser can run here.
        """
        try:
            return await self._open_once(size)
        except FramewrightError as error:
            if not error.retryable:
                raise
            _log.warning("opening_repeated", code=error.code, message=error.message)
            self._on_fallback(
                FellBack(code="OPENING_REPEATED", message=f"The page is opened again: {error.message}")
            )
        return await self._open_once(size)

    async def _open_once(self, size: Size) -> Performance:
        house = self._house
        self._beat()
        options = BrowserOptions(
            program=house.program,
            size=size,
            scale=house.scale,
            frame_control=house.frame_control,
            sandbox=house.settings.sandbox,
            memory_limit=house.settings.page_memory,
            tmpdir=house.settings.tmpdir,
            fonts=self._fonts,
            origin=None if house.remote is None else self._own or _NOWHERE,
        )
        async with AsyncExitStack() as stack:
            # One starts while the others load.
            async with self._stock.starting:
                browser = await self._stock.take(options)
                stack.push_async_callback(self._stock.discard, browser)
                page = await browser.new_page(outside=self._outside())
            line = self._footage.admit(page)
            stack.push_async_callback(line.close)
            stage = await Stage.open(page, house.project, self.origin, house.wishes, line)
            stack.pop_all()
        performance = Performance(
            browser, page, stage, size, self.warn, footage=line, on_step=self._beat, stock=self._stock
        )
        self._beat()
        self._open.add(performance)
        return performance

    def _beat(self) -> None:
        self.steps += 1

    async def open_beside(self, host: Performance, *, listening: bool = False) -> Performance:
        """Open the page from its beginning as a guest in another performance's browser, with nothing shared but that.

        A tenth of the cost of another browser. Close it before its host.

        Args:
            listening: only what is heard of it matters.

        Raises:
            CompositionError, BrowserError: as :meth:`open`.
        """
        wishes = replace(self._house.wishes, listening=listening)
        page = await host.browser.new_page(apart=True, outside=self._outside())
        line = self._footage.admit(page)
        try:
            stage = await Stage.open(page, self._house.project, self.origin, wishes, line)
        except BaseException:
            await line.close()
            with suppress(FramewrightError, OSError):
                await page.close()
            raise
        return Performance(
            host.browser,
            page,
            stage,
            host.size,
            self.warn,
            footage=line,
            on_step=self._beat,
            stock=None,
        )

    def _outside(self) -> Outside | None:
        remote = self._house.remote
        return None if remote is None else Outside(self._own, remote)

    async def close(self, performance: Performance) -> None:
        """End one performance. May be called again."""
        self._open.discard(performance)
        await performance.close()
