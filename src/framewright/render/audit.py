"""Whether a frame looks the same whatever came before it: sampled frames, by several ways to reach them."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from framewright.capture import FullPageSource, ScreenshotSource
from framewright.media.likeness import Likeness, compare
from framewright.model.frames import FrameRange
from framewright.model.logs import get_logger
from framewright.render.sampling import sample_frames, shuffled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from framewright.capture import FrameSource, Scene
    from framewright.model.picture import Picture
    from framewright.render.opening import Opened
    from framewright.render.theatre import Performance

SAMPLES = 5
"""Frames that are looked at unless the caller names others: each costs a fresh page and five pictures."""

_log = get_logger(__name__)


class Way(StrEnum):
    """How a frame was reached.

    ``FORWARDS``: one fresh page through the samples in their order; what the others are compared with.
    ``AGAIN``: the same on another page. A difference here comes from outside of the clock: real time, a worker, chance.
    ``SHUFFLED``: one page through the samples, leaping back and forth.
    ``ALONE``: each as the first frame of a page of its own.
    """

    FORWARDS = "forwards"
    AGAIN = "again"
    SHUFFLED = "shuffled"
    ALONE = "alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A frame that did not look the same.

    Attributes:
        frame: its number.
        way: how it was reached.
        likeness: how far it is from what it should be.
        expected: as it looked on the way forwards (PNG).
        found: as it looked this time (PNG).
    """

    frame: int
    way: Way
    likeness: Likeness
    expected: Picture
    found: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What an audit found.

    Attributes:
        frames: those that were looked at, in order.
        differences: at most one for each frame and way.
        seconds: of wall time that it took.
    """

    frames: tuple[int, ...]
    differences: tuple[Difference, ...]
    seconds: float

    @property
    def repeatable(self) -> bool:
        """The same steps gave the same pictures twice. If not, something moves the page besides its clock."""
        return all(one.way is not Way.AGAIN for one in self.differences)

    @property
    def seekable(self) -> bool:
        """Every frame looked the same by every way."""
        return not self.differences


async def audit(opened: Opened, frames: Sequence[int] | None = None) -> Audit:
    """Render sampled frames in order and out of order, on fresh pages, and compare them.

    The pages are opened in the browser of the first performance, which itself stays where it is.

    Args:
        opened: the composition.
        frames: ascending; None: :data:`SAMPLES` of those that would be rendered.

    Raises:
        CompositionError: the page cannot be rendered.
        BrowserError: the browser died, or delivered no picture.
    """
    began = time.monotonic()
    chosen = tuple(frames) if frames is not None else sample_frames(opened.timing.range, SAMPLES)
    forwards = await pictures_of(opened, chosen)
    found: list[Difference] = []
    for way, orders in (
        (Way.AGAIN, [chosen]),
        (Way.SHUFFLED, [shuffled(chosen)]),
        (Way.ALONE, [(frame,) for frame in chosen]),
    ):
        for order in orders:
            taken = await pictures_of(opened, order)
            found += differences(way, forwards, taken)
    told = [f"{one.frame} {one.way}" for one in found]
    _log.info("audited", frames=chosen, differing=told, seconds=round(time.monotonic() - began, 2))
    return Audit(frames=chosen, differences=tuple(found), seconds=time.monotonic() - began)


async def pictures_of(opened: Opened, order: Sequence[int]) -> dict[int, Picture]:
    """The frames on one fresh page, reached in this order.

    Raises:
        CompositionError, BrowserError: as :func:`audit`.
    """
    async with fresh(opened) as performance:
        source = screenshots(opened, performance)
        return {frame: await picture_at(opened, source, performance, frame) for frame in order}


@asynccontextmanager
async def fresh(opened: Opened) -> AsyncIterator[Performance]:
    """A page of its own, from its beginning, closed in the end."""
    performance = await opened.theatre.open_beside(opened.first)
    try:
        yield performance
    finally:
        await performance.close()


def screenshots(opened: Opened, performance: Performance) -> FrameSource:
    """What takes the pictures of a page: PNG, so that nothing is lost on the way."""
    kind = ScreenshotSource if opened.house.frame_control else FullPageSource
    return kind(performance.page, opened.drawn)


async def picture_at(opened: Opened, source: FrameSource, scene: Scene, frame: int) -> Picture:
    """Move a page to a frame and take its picture.

    Raises:
        CompositionError, BrowserError: as :func:`audit`.
    """
    run = await source.capture(scene, FrameRange(frame, frame + 1), opened.timing.rate)
    picture = run.pictures[0]
    assert picture is not None, "the first picture of a run is always there"
    return picture


def differences(way: Way, expected: Mapping[int, Picture], found: Mapping[int, Picture]) -> list[Difference]:
    """The frames in ``found`` that do not look as expected, in order."""
    likeness = {frame: compare(expected[frame], picture) for frame, picture in sorted(found.items())}
    return [
        Difference(frame=frame, way=way, likeness=one, expected=expected[frame], found=found[frame])
        for frame, one in likeness.items()
        if not one.alike
    ]
