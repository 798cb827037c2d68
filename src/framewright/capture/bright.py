"""Pictures for an output in HDR: screenshots, and where HDR footage is seen four of them put together."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from framewright.capture.screenshot import COVER_GREY, take_screenshot
from framewright.capture.source import CaptureKind, Run, holds_until
from framewright.media.hdr.compositing import Compositor, Layers

if TYPE_CHECKING:
    from framewright.browser import Page
    from framewright.capture.source import Scene
    from framewright.model.frames import FrameRange, FrameRate
    from framewright.model.media import Transfer
    from framewright.model.picture import Layer, Picture
    from framewright.model.size import Size


class BrightScreens(Protocol):
    """The places of a page where frames of HDR videos are seen."""

    async def bright(self) -> str:
        """Which are shown: equal for equal frames in an equal size; empty while none is."""
        ...

    async def paint(self, layer: Layer) -> None:
        """Put this into the place of each of them."""
        ...


class BrightSource:
    """Pictures in 10 bits, by screenshots under frame control.

    Where footage is seen, a frame is drawn with black, white, and the two bytes of the footage's codes in its place. When
    only the footage has changed since the frame before, the black and the white picture are still right. That, and that
    nothing at all has changed, shows in a draw without a screenshot, which reports no damage then.

    Args:
        screens: of the page, told already which transfer is wanted.
    """

    kind = CaptureKind.SCREENSHOT

    def __init__(self, page: Page, screens: BrightScreens, size: Size, transfer: Transfer) -> None:
        self._page = page
        self._screens = screens
        self._size = size
        self._compositor = Compositor(size, transfer)

    async def capture(self, scene: Scene, frames: FrameRange, rate: FrameRate) -> Run:
        """See :class:`~framewright.capture.source.FrameSource`."""
        await scene.cover(COVER_GREY)
        await self._page.begin_frame()
        run = _Run()
        for frame in frames:
            seconds = rate.time_of(frame)
            if run.pictures and seconds < run.still_until:
                run.pictures.append(None)
                continue
            step = await scene.seek(seconds)
            if not run.pictures:
                await scene.cover(None)
            run.still_until = holds_until(step)
            bright = await self._screens.bright()
            if bright:
                await self._take_layers(run, bright)
            else:
                await self._take_graphics(run)
        return Run(run.pictures, run.still_until or None)

    async def _take_graphics(self, run: _Run) -> None:
        was_bright, run.bright, run.layers = run.bright, "", None
        if run.holds and not was_bright and not (await self._page.begin_frame()).damage:
            run.pictures.append(None)
            return
        picture = await take_screenshot(self._page, self._size)
        fingerprint = picture.fingerprint()
        if fingerprint == run.graphics and not was_bright:
            run.hold()
            return
        run.graphics = fingerprint
        run.show(await asyncio.to_thread(self._compositor.graphics, picture))

    async def _take_layers(self, run: _Run, bright: str) -> None:
        before, run.bright, run.graphics = run.bright, bright, None
        # Also what the page does when it sees itself drawn is done after this draw, and in all layers alike.
        damaged = (await self._page.begin_frame()).damage
        layers = None if damaged else run.layers
        if layers is not None and bright == before:
            run.pictures.append(None)
            return
        black = await self._take("black") if layers is None else layers.black
        white = await self._take("white") if layers is None else layers.white
        run.layers = Layers(black, white, await self._take("high"), await self._take("low"))
        run.show(await asyncio.to_thread(self._compositor.composite, run.layers))

    async def _take(self, layer: Layer) -> Picture:
        await self._screens.paint(layer)
        return await take_screenshot(self._page, self._size)

    def disturbed(self) -> None:
        """Each run begins anew anyway."""

    async def close(self) -> None:
        """Nothing is held."""


class _Run:
    """What is known in the middle of a run.

    Attributes:
        bright: the footage that the frame before showed.
        layers: of the frame before, where it had some.
        graphics: fingerprint of the screenshot of the frame before, where it had no footage.
        holds: the frame before equals the one before that.
    """

    def __init__(self) -> None:
        self.pictures: list[Picture | None] = []
        self.still_until = Fraction(0)
        self.bright = ""
        self.layers: Layers | None = None
        self.graphics: int | None = None
        self.holds = False
        self._shown: int | None = None

    def show(self, picture: Picture) -> None:
        fingerprint = picture.fingerprint()
        if fingerprint == self._shown:
            self.hold()
            return
        self._shown, self.holds = fingerprint, False
        self.pictures.append(picture)

    def hold(self) -> None:
        self.holds = True
        self.pictures.append(None)
