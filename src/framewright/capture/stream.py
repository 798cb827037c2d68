"""The frame stream: the tab, captured as raw I420 frames, one for every draw that changed something.

Chromium's tab capturer copies the tab whenever a draw damages it. Nothing in a copied frame says which draw it shows,
so order is the identity, and the order is anchored by *sync frames*: the page under a flat grey that no older frame
shows. As many frames as damaged draws between two sync frames proves that none was lost, doubled or misplaced.

Ticks that begin an hour ahead of the real clock and advance 300 ms a draw (see ``Page.begin_frame``) keep the capturer
from limiting its rate, and make every damaged draw serve its own copy. That is checked when a stream opens.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from contextlib import AsyncExitStack
from fractions import Fraction
from importlib import resources
from typing import TYPE_CHECKING

from framewright.capture.ring import Ring
from framewright.capture.source import CaptureKind, PicturesLostError, Run
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.browser import Page
    from framewright.capture.source import Scene
    from framewright.model.frames import FrameRange, FrameRate
    from framewright.model.picture import Picture
    from framewright.model.size import Size

IN_FLIGHT = 2
"""Draw a frame while the one before is being copied: 1.2 to 1.5 times the rate of one at a time; more gives nothing."""

_ARRIVAL_SECONDS = 10.0
_OPENING_SECONDS = 30.0
_SYNC_ATTEMPTS = 12
_log = get_logger(__name__)


def stream_carries(size: Size) -> bool:
    """Whether the stream delivers this size as it is: the capturer rounds odd sides to even ones."""
    return size == size.even


class StreamSource:
    """Pictures from the tab's stream of one page, which must be drawn by nobody else."""

    kind = CaptureKind.STREAM

    def __init__(self, page: Page, size: Size, ring: Ring, resources_: AsyncExitStack) -> None:
        self._page = page
        self._size = size
        self._ring = ring
        self._resources = resources_
        # No two neighbours alike, and neither black nor white, which pages like.
        self._greys = itertools.cycle(range(20, 240, 7))
        self._synchronised = False

    @classmethod
    async def open(cls, page: Page, scene: Scene, size: Size, profile: Path) -> StreamSource:
        """Begin to capture the tab that shows ``page``.

        Args:
            page: loaded, under frame control, on a secure origin.
            scene: the same page, to be covered.
            size: of the tab in device pixels.
            profile: the browser's profile folder.

        Raises:
            PicturesLostError: no stream could be had, or one whose draws do not serve their own copies.
        """
        async with AsyncExitStack() as stack:
            ring = await stack.enter_async_context(Ring(size, profile))
            source = cls(page, size, ring, AsyncExitStack())
            await source._begin()
            ring.attach()
            await source._synchronise(scene, _OPENING_SECONDS / _SYNC_ATTEMPTS)
            await source._check_that_draws_serve_themselves(scene)
            source._resources = stack.pop_all()
            return source
        raise AssertionError("unreachable")

    async def _begin(self) -> None:
        page = self._page
        frame = (await page.call("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        world = await page.call("Page.createIsolatedWorld", {"frameId": frame, "worldName": "framewright"})
        receiver = resources.files(__package__).joinpath("receiver.js").read_text(encoding="utf-8")
        # The comment on top is for people; a call needs the bare function.
        function = receiver[receiver.index("async (settings)") :]
        opening = asyncio.ensure_future(
            page.call(
                "Runtime.evaluate",
                {
                    "expression": f"({function})({json.dumps(self._ring.settings)})",
                    "contextId": world["executionContextId"],
                    "awaitPromise": True,
                    "userGesture": True,
                },
                timeout=_OPENING_SECONDS,
            )
        )
        try:
            # The capturer only starts while frames are being drawn.
            while not opening.done():
                await page.begin_frame()
                await asyncio.wait((opening,), timeout=0.01)
            answer = await opening
        finally:
            opening.cancel()
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            said = details.get("exception", {}).get("description") or details.get("text", "no reason given")
            raise PicturesLostError(f"The tab could not be captured: {said.splitlines()[0]}.")

    async def _check_that_draws_serve_themselves(self, scene: Scene) -> None:
        # Where only a later draw serves a copy, a draw after which nothing changed reports damage itself.
        for _ in range(3):
            await scene.cover(next(self._greys))
            await self._page.begin_frame()
            await self._ring.receive(_ARRIVAL_SECONDS)
            await asyncio.sleep(0.02)
            if (await self._page.begin_frame()).damage:
                raise PicturesLostError("The browser's draws do not serve their own copies.")

    async def capture(self, scene: Scene, frames: FrameRange, rate: FrameRate) -> Run:
        """See :class:`~framewright.capture.source.FrameSource`."""
        if not self._synchronised:
            await self._synchronise(scene, 2.0)
        self._synchronised = False
        pictures: list[Picture | None] = [None] * len(frames)
        coming: deque[int] = deque()
        still_until = Fraction(0)
        for place, frame in enumerate(frames):
            seconds = rate.time_of(frame)
            if place and seconds < still_until:
                continue
            step = await scene.seek(seconds)
            if not place:
                await scene.cover(None)
            still_until = Fraction(step.still_until or 0)
            if (await self._page.begin_frame()).damage:
                coming.append(place)
                if len(coming) >= IN_FLIGHT:
                    pictures[coming.popleft()] = await self._ring.receive(_ARRIVAL_SECONDS)
            elif not place:
                raise PicturesLostError("The first draw of a run reported no change.")
        late = await self._synchronise(scene, _ARRIVAL_SECONDS)
        if len(late) != len(coming):
            raise PicturesLostError(f"{len(late)} pictures came of the last {len(coming)} draws.")
        for place, picture in zip(coming, late, strict=True):
            pictures[place] = picture
        return Run(pictures, still_until or None)

    async def _synchronise(self, scene: Scene, timeout: float) -> list[Picture]:
        """Cover the page and read until the cover arrives; what came before it, in order."""
        before: list[Picture] = []
        for grey in itertools.islice(self._greys, _SYNC_ATTEMPTS):
            await scene.cover(grey)
            await self._page.begin_frame()
            try:
                while not _is_flat(picture := await self._ring.receive(timeout), grey):
                    before.append(picture)
            except PicturesLostError:
                # The capturer drops the first one or two after it has started: try another grey.
                _log.debug("sync_frame_missing", grey=grey)
                continue
            self._synchronised = True
            return before
        raise PicturesLostError("The browser delivers no pictures of its tab.")

    async def close(self) -> None:
        """Stop listening; the capture itself ends with the page."""
        await self._resources.aclose()


def _is_flat(picture: Picture, grey: int) -> bool:
    """Whether the luma plane shows one grey (limited range) at every place of a coarse grid."""
    luma = 16 + grey * 219 / 255
    width, height = picture.size.width, picture.size.height
    return all(
        abs(picture.data[(height - 1) * row // 8 * width + (width - 1) * column // 8] - luma) <= 1.5
        for row in range(9)
        for column in range(9)
    )
