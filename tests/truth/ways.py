"""Whether frame n has the same pixels by whatever way it is reached.

One call opens a page several times and takes sampled frames, through the same screenshots that a render takes:

* ``fresh``: each frame as the first of a page that was just opened;
* ``forwards``, ``backwards``: a page goes on through the samples in that order, leaping over what lies between;
* ``jumps``: a page goes on to them in a random order, to each twice, with unsampled frames between;
* ``in one go``: one page captures every frame from 0 to the last, as a render with one worker does, holds included.

A page that goes on was fresh at its first frame: no page is opened twice to show the same. ``jumps`` leaps forwards too, so
``forwards`` is only gone where it is asked for.

    pictures = await same_by_every_way(stages, html, frames=(0, 7, 20, 45))
    assert tuple(pictures[20][100, 50]) == (255, 0, 0)

It fails with the frame, the two ways, how many pixels differ, where and by how much.
"""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image

from framewright.capture.screenshot import ScreenshotSource
from framewright.model.frames import FrameRange, FrameRate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from framewright.composition import Wishes
    from truth.stages import Open, Stages

SAMPLES = (0, 8, 23, 41)
WAYS = ("fresh", "backwards", "jumps", "in one go")
_VISITS = 2

# What to call for a fresh page; and the pictures of each frame, one a visit.
Opener: TypeAlias = "Callable[[], Awaitable[Open]]"
Taken: TypeAlias = dict[int, list[bytes]]


async def same_by_every_way(
    stages: Stages,
    html: str,
    files: dict[str, str | bytes] | None = None,
    *,
    frames: Sequence[int] = SAMPLES,
    fps: str = "30",
    ways: Sequence[str] = WAYS,
    wishes: Wishes | None = None,
    moves: bool = True,
) -> dict[int, np.ndarray]:
    """The sampled frames of a page, proven to be the same by each of the ways: frame → height × width × 3.

    Args:
        stages: the browser to open the pages in.
        html, files, wishes: as for ``Stages.open``.
        frames: which are sampled; more than one.
        fps: their rate.
        ways: some of :data:`WAYS`.
        moves: the samples must all look different, so that a page that stands still proves nothing.

    Raises:
        AssertionError: two ways disagree, or the page does not move.
    """
    rate = FrameRate.parse(fps)

    async def opened() -> Open:
        return await stages.open(html, files, wishes)

    taken: dict[str, Taken] = {way: {} for way in ways}
    if "in one go" in taken:
        taken["in one go"] = await _in_one_go(opened, sorted(frames), rate)
        if "fresh" in taken and 0 in frames:
            taken["fresh"][0] = taken["in one go"][0]
    for way, start, order in _walks(sorted(frames), ways):
        visited = await _visit(opened, [start, *order], rate)
        if "fresh" in taken:
            taken["fresh"].setdefault(start, [visited[start][0]])
        if way != "fresh":
            taken[way] = {frame: visited[frame] for frame in frames}
    first = next(iter(taken))
    for way, pictures in taken.items():
        for frame, visits in pictures.items():
            for picture in visits:
                _assert_equal(taken[first][frame][0], picture, f"frame {frame}, {first} and {way}")
    found = {frame: _pixels(visits[0]) for frame, visits in taken[first].items()}
    if moves:
        looks = {pixels.tobytes() for pixels in found.values()}
        assert len(looks) == len(found), f"of {len(found)} sampled frames only {len(looks)} look different"
    return found


async def picture_of(page: Open, frame: int, rate: FrameRate) -> bytes:
    """Move a page to one frame and take its screenshot, as a block of one frame would."""
    run = await ScreenshotSource(page.page, page.stage.size).capture(
        page.stage, FrameRange(frame, frame + 1), rate
    )
    (picture,) = run.pictures
    assert picture is not None
    return bytes(picture.data)


def _walks(frames: list[int], ways: Sequence[str]) -> Iterator[tuple[str, int, list[int]]]:
    """Each page to open but the one that goes through all: for which way, at which frame, and where it goes on to."""
    started = {0} if "in one go" in ways else set()
    for way in ways:
        if way in _ORDERS:
            start, *order = _ORDERS[way](frames)
            started.add(start)
            yield way, start, order
    if "fresh" in ways:
        yield from (("fresh", frame, []) for frame in frames if frame not in started)


def _jumps(frames: list[int]) -> list[int]:
    # The same order every time: a failure can be looked at.
    chance = random.Random(len(frames) * 1000 + frames[-1])
    between = chance.choices(range(frames[-1] + 1), k=len(frames))
    order = [*frames * _VISITS, *between]
    chance.shuffle(order)
    return [frames[len(frames) // 2], *order]


_ORDERS: dict[str, Callable[[list[int]], list[int]]] = {
    "forwards": lambda frames: frames,
    "backwards": lambda frames: frames[::-1],
    "jumps": _jumps,
}


async def _in_one_go(opened: Opener, frames: list[int], rate: FrameRate) -> Taken:
    page = await opened()
    source = ScreenshotSource(page.page, page.stage.size)
    run = await source.capture(page.stage, FrameRange(0, frames[-1] + 1), rate)
    await page.close()
    taken: Taken = {}
    shown = b""
    for frame, picture in enumerate(run.pictures):
        shown = bytes(picture.data) if picture is not None else shown
        if frame in frames:
            taken[frame] = [shown]
    return taken


async def _visit(opened: Opener, order: Sequence[int], rate: FrameRate) -> Taken:
    page = await opened()
    taken: Taken = {}
    for frame in order:
        taken.setdefault(frame, []).append(await picture_of(page, frame, rate))
    await page.close()
    return taken


def _pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def _assert_equal(one: bytes, other: bytes, what: str) -> None:
    if one == other:
        return
    difference = np.abs(_pixels(one).astype(int) - _pixels(other)).max(axis=2)
    rows, columns = np.nonzero(difference)
    assert rows.size == 0, (
        f"{what}: {rows.size} pixels differ by up to {difference.max()}, "
        f"in columns {columns.min()}…{columns.max()} and rows {rows.min()}…{rows.max()}"
    )
