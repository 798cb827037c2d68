"""Pictures as PNG screenshots: for transparency, for full chroma, and for browsers without frame control."""

from __future__ import annotations

import base64
import struct
from fractions import Fraction
from typing import TYPE_CHECKING

from framewright.capture.source import CaptureKind, PicturesLostError, Run, holds_until
from framewright.model.output import Layout
from framewright.model.picture import Picture
from framewright.model.size import Size

if TYPE_CHECKING:
    from framewright.browser import Page
    from framewright.capture.source import Scene
    from framewright.model.frames import FrameRange, FrameRate

COVER_GREY = 128
"""Of the cover under which runs begin."""
_ATTEMPTS = 8
_DRAWING_SECONDS = 10.0
_PNG_SIZE = struct.Struct(">2I")


class ScreenshotSource:
    """Screenshots under frame control.

    A draw that takes a screenshot always reports damage, so a hold shows only in equal bytes. Once a picture has equalled
    the one before it, frames are first drawn without a screenshot, until one of those draws reports a change: a hold
    costs one screenshot too many, not one a frame, and motion costs no second draw.
    """

    kind = CaptureKind.SCREENSHOT

    def __init__(self, page: Page, size: Size) -> None:
        self._page = page
        self._size = size

    async def capture(self, scene: Scene, frames: FrameRange, rate: FrameRate) -> Run:
        """See :class:`~framewright.capture.source.FrameSource`."""
        # Drawn covered first: the run then begins from the same surface wherever it is captured.
        await scene.cover(COVER_GREY)
        await self._page.begin_frame()
        pictures: list[Picture | None] = []
        shown: int | None = None
        holding = False
        still_until = Fraction(0)
        for frame in frames:
            seconds = rate.time_of(frame)
            if pictures and seconds < still_until:
                pictures.append(None)
                continue
            step = await scene.seek(seconds)
            if not pictures:
                await scene.cover(None)
            still_until = holds_until(step)
            if holding and not (await self._page.begin_frame()).damage:
                pictures.append(None)
                continue
            picture = await take_screenshot(self._page, self._size)
            fingerprint = picture.fingerprint()
            holding = fingerprint == shown
            shown = fingerprint
            pictures.append(None if holding else picture)
        return Run(pictures, still_until or None)

    def disturbed(self) -> None:
        """Each run begins anew anyway."""

    async def close(self) -> None:
        """Nothing is held."""


class FullPageSource:
    """Screenshots by ``Page.captureScreenshot``, for browsers that draw when they please: slower."""

    kind = CaptureKind.FULL_PAGE

    def __init__(self, page: Page, size: Size) -> None:
        self._page = page
        self._size = size
        self._world: int | None = None

    async def capture(self, scene: Scene, frames: FrameRange, rate: FrameRate) -> Run:
        """See :class:`~framewright.capture.source.FrameSource`."""
        pictures: list[Picture | None] = []
        last: int | None = None
        still_until = Fraction(0)
        for frame in frames:
            seconds = rate.time_of(frame)
            if pictures and seconds < still_until:
                pictures.append(None)
                continue
            still_until = holds_until(await scene.seek(seconds))
            await self._let_it_draw()
            shot = await self._page.call(
                "Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True}
            )
            data = shot["data"]
            picture = png_picture(data if isinstance(data, bytes) else base64.b64decode(data), self._size)
            pictures.append(None if picture.fingerprint() == last else picture)
            last = picture.fingerprint()
        return Run(pictures, still_until or None)

    def disturbed(self) -> None:
        """Each run begins anew anyway."""

    async def _let_it_draw(self) -> None:
        """Wait for two animation frames of the real clock, in a world where ours does not reach."""
        if self._world is None:
            frame = (await self._page.call("Page.getFrameTree"))["frameTree"]["frame"]["id"]
            world = await self._page.call(
                "Page.createIsolatedWorld", {"frameId": frame, "worldName": "framewright"}
            )
            self._world = int(world["executionContextId"])
        two_frames = "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
        await self._page.call(
            "Runtime.evaluate",
            {"expression": two_frames, "contextId": self._world, "awaitPromise": True},
            timeout=_DRAWING_SECONDS,
        )

    async def close(self) -> None:
        """Nothing is held."""


async def take_screenshot(page: Page, size: Size) -> Picture:
    """Draw a page under frame control, and see it.

    Raises:
        PicturesLostError: there is no screenshot, or it has another size.
    """
    for _ in range(_ATTEMPTS):
        drawn = await page.begin_frame(png=True)
        # An answer without a screenshot is no word on what changed: ask again.
        if drawn.png is not None:
            return png_picture(drawn.png, size)
    raise PicturesLostError("The browser drew a frame and delivered no screenshot of it.")


def png_picture(png: bytes, size: Size) -> Picture:
    """A screenshot as a picture.

    Raises:
        PicturesLostError: it has another size than was asked for.
    """
    width, height = _PNG_SIZE.unpack_from(png, 16)
    if (width, height) != (size.width, size.height):
        raise PicturesLostError(f"The browser delivered a picture of {width}×{height} instead of {size}.")
    return Picture(Layout.PNG, Size(width, height), png)
