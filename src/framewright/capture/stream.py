"""The frame stream: the tab, captured as raw I420 frames, one for every draw that changed something.

Chromium's tab capturer copies the tab whenever a draw damages it. Nothing in a copied frame says which draw it shows,
so order is the identity, and the order is anchored by *sync frames*: the page under a cover of two greys that no older
frame shows. As many frames as damaged draws between two sync frames proves that none was lost, doubled or misplaced.

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

from framewright.capture.memory import PictureMemory
from framewright.capture.ring import Ring
from framewright.capture.source import CaptureKind, PicturesLostError, Run, holds_until
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
_SWIFT_SECONDS = 3.0
_DOUBT_SECONDS = 0.1
_OPENING_SECONDS = 30.0
_SYNC_ATTEMPTS = 12
_log = get_logger(__name__)


def stream_carries(size: Size) -> bool:
    """Whether the stream delivers this size as it is: the capturer rounds odd sides to even ones."""
    return size == size.even


class StreamSource:
    """Pictures from the tab's stream of one page, which must be drawn by nobody else."""

    kind = CaptureKind.STREAM

    def __init__(
        self, page: Page, size: Size, ring: Ring, resources_: AsyncExitStack, *, careful: bool = False
    ) -> None:
        self.page = page
        self._size = size
        self.ring = ring
        self._resources = resources_
        # No two neighbours alike, and both halves of the cover far apart.
        self._greys = itertools.cycle(range(20, 100, 7))
        self._synchronised = False
        self._careful = careful

    @classmethod
    async def open(
        cls,
        page: Page,
        scene: Scene,
        size: Size,
        profile: Path,
        *,
        memory: PictureMemory | None = None,
        careful: bool = False,
    ) -> StreamSource:
        """Begin to capture the tab that shows ``page``.

        Args:
            page: loaded, under frame control, on a secure origin.
            scene: the same page, to be covered.
            size: of the tab in device pixels.
            profile: the browser's profile folder.
            memory: for the pictures, that sources may share; None: its own.
            careful: begin as after a run that lost pictures.

        Raises:
            PicturesLostError: no stream could be had, or one whose draws do not serve their own copies.
        """
        async with AsyncExitStack() as stack:
            ring = await stack.enter_async_context(
                Ring(size, profile, page.loopback, memory or PictureMemory())
            )
            source = cls(page, size, ring, AsyncExitStack(), careful=careful)
            await page.window.stand_aside()
            await source._begin()
            ring.attach()
            await source.synchronise(scene, _OPENING_SECONDS / _SYNC_ATTEMPTS)
            await source._check_that_draws_serve_themselves(scene)
            source._resources = stack.pop_all()
            return source
        raise AssertionError("unreachable")

    async def _begin(self) -> None:
        page = self.page
        frame = (await page.call("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        world = await page.call("Page.createIsolatedWorld", {"frameId": frame, "worldName": "framewright"})
        receiver = resources.files(__package__).joinpath("receiver.js").read_text(encoding="utf-8")
        # The comment on top is for people; a call needs the bare function.
        function = receiver[receiver.index("async (settings)") :]
        opening = asyncio.ensure_future(
            page.call(
                "Runtime.evaluate",
                {
                    "expression": f"({function})({json.dumps(self.ring.settings)})",
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
            await self.page.begin_frame()
            await self.ring.receive(_ARRIVAL_SECONDS)
            await asyncio.sleep(0.02)
            if (await self.page.begin_frame()).damage:
                raise PicturesLostError("The browser's draws do not serve their own copies.")

    async def capture(self, scene: Scene, frames: FrameRange, rate: FrameRate) -> Run:
        """See :class:`~framewright.capture.source.FrameSource`.

        After a run that lost pictures the next one is captured with care: one frame at a time, each in no doubt.
        """
        await self.page.window.stand_aside()  # screenshots may have been taken of it
        if not self._synchronised:
            await self.synchronise(scene, _ARRIVAL_SECONDS)
        self._synchronised = False
        careful, self._careful = self._careful, True
        run = _CarefulRun(self, scene) if careful else _SwiftRun(self, scene)
        pictures: list[Picture | None] = [None] * len(frames)
        still_until = Fraction(0)
        for place, frame in enumerate(frames):
            seconds = rate.time_of(frame)
            if place and seconds < still_until:
                continue
            step = await scene.seek(seconds)
            if not place:
                await scene.cover(None)
            still_until = holds_until(step)
            if (await self.page.begin_frame()).damage:
                await run.drawn(place, pictures)
            elif not place:
                raise PicturesLostError("The first draw of a run reported no change.")
        await run.end(pictures)
        self._careful = run.doubtful
        return Run(pictures, still_until or None)

    async def synchronise(self, scene: Scene, timeout: float) -> list[Picture]:
        """Cover the page and read until the cover arrives.

        Returns:
            What came before it, in order.
        """
        before: list[Picture] = []
        for grey in itertools.islice(self._greys, _SYNC_ATTEMPTS):
            await scene.cover(grey)
            await self.page.begin_frame()
            try:
                while not _is_cover(picture := await self.ring.receive(timeout), grey):
                    before.append(picture)
            except PicturesLostError:
                # The capturer drops the first one or two after it has started: try another grey.
                _log.debug("sync_frame_missing", grey=grey)
                continue
            self._synchronised = True
            return before
        raise PicturesLostError("The browser delivers no pictures of its tab.")

    def disturbed(self) -> None:
        """Pictures that nobody asked for may be on their way: the next run begins behind a new cover."""
        self.ring.discard()
        self._synchronised = False

    async def close(self) -> None:
        """Stop listening; the capture itself ends with the page."""
        await self._resources.aclose()


class _SwiftRun:
    """Draws a frame while the one before is on its way; the count at the end proves that all came."""

    doubtful = False

    def __init__(self, source: StreamSource, scene: Scene) -> None:
        self._source = source
        self._scene = scene
        self._coming: deque[int] = deque()

    async def drawn(self, place: int, pictures: list[Picture | None]) -> None:
        """A draw reported damage: its picture will come."""
        self._coming.append(place)
        if len(self._coming) >= IN_FLIGHT:
            pictures[self._coming.popleft()] = await self._source.ring.receive(_SWIFT_SECONDS)

    async def end(self, pictures: list[Picture | None]) -> None:
        """Collect what is still on its way, and prove that it is all."""
        late = await self._source.synchronise(self._scene, _ARRIVAL_SECONDS)
        if len(late) != len(self._coming):
            raise PicturesLostError(f"{len(late)} pictures came of the last {len(self._coming)} draws.")
        for place, picture in zip(self._coming, late, strict=True):
            pictures[place] = picture


class _CarefulRun:
    """Waits for each picture before the next is drawn, and asks again where none comes.

    Not every damage is a picture: after the page's root background has changed, the browser's own layer behind it
    follows a draw later, and damages without a pixel of the tab being new. Covering the page tells such a draw from a
    late picture; uncovering it draws the frame once more.
    """

    doubtful = False

    def __init__(self, source: StreamSource, scene: Scene) -> None:
        self._source = source
        self._scene = scene

    async def drawn(self, place: int, pictures: list[Picture | None]) -> None:
        """A draw reported damage: take its picture, or the same one drawn again."""
        source = self._source
        try:
            pictures[place] = await source.ring.receive(_DOUBT_SECONDS)
        except PicturesLostError:
            self.doubtful = True
            await source.synchronise(self._scene, _ARRIVAL_SECONDS)
            await self._scene.cover(None)
            await source.page.begin_frame()
            pictures[place] = await source.ring.receive(_ARRIVAL_SECONDS)

    async def end(self, pictures: list[Picture | None]) -> None:
        """Prove that no picture came that was not drawn."""
        del pictures
        late = await self._source.synchronise(self._scene, _ARRIVAL_SECONDS)
        if late:
            raise PicturesLostError(f"{len(late)} pictures came that were not drawn.")


def _is_cover(picture: Picture, grey: int) -> bool:
    """Whether the luma plane (limited range) shows one grey on the left and its opposite on the right."""
    width, height = picture.size.width, picture.size.height
    halves = ((range(4), grey), (range(5, 9), 255 - grey))
    return all(
        abs(
            picture.data[(height - 1) * row // 8 * width + (width - 1) * column // 8] - 16 - value * 219 / 255
        )
        <= 1.5
        for columns, value in halves
        for row in range(9)
        for column in columns
    )
