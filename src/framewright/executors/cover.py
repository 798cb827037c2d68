"""Which finished pieces make up the most of what is wanted, and what is left to render: pure arithmetic on ranges."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from framewright.model.frames import FrameRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from framewright.model.plan import Plan


def is_seam(plan: Plan, frame: int) -> bool:
    """Whether a piece of this plan may begin or end at a frame and the finished file still has the bytes of one piece.

    Those are the ends of the render, the frames at which the encoder begins anew, and the plan's own cuts.
    """
    picture, segment = plan.picture, plan.output.segment
    if frame in {picture.start, picture.stop} or (segment > 0 and frame % segment == 0):
        return True
    return any(chunk.start == frame for chunk in plan.chunks)


def cover(wanted: FrameRange, pieces: Iterable[FrameRange]) -> tuple[FrameRange, ...]:
    """Pieces inside ``wanted`` that do not overlap and have the most frames together; in order.

    Weighted interval scheduling; of two equal covers, the one of fewer pieces.
    """
    inside = sorted(
        {one for one in pieces if len(one) and wanted.start <= one.start and one.stop <= wanted.stop},
        key=lambda one: (one.stop, one.start),
    )
    stops = [one.stop for one in inside]
    # best[i]: frames, and the fewest pieces for them as a negative number, of the first i pieces.
    best: list[tuple[int, int]] = [(0, 0)]
    before: list[int] = []
    for index, one in enumerate(inside):
        before.append(bisect_right(stops, one.start, hi=index))
        frames, fewest = best[before[index]]
        best.append(max(best[index], (frames + len(one), fewest - 1)))
    chosen: list[FrameRange] = []
    index = len(inside)
    while index:
        if best[index] == best[index - 1]:
            index -= 1
        else:
            chosen.append(inside[index - 1])
            index = before[index - 1]
    return tuple(reversed(chosen))


def gaps(wanted: Sequence[FrameRange], covered: Sequence[FrameRange]) -> tuple[tuple[int, FrameRange], ...]:
    """What of each wanted range lies in no covered one, with the index of that range.

    Args:
        wanted, covered: in order, without overlaps.
    """
    left: list[tuple[int, FrameRange]] = []
    for index, one in enumerate(wanted):
        reached = one.start
        for done in covered:
            if done.stop <= reached or done.start >= one.stop:
                continue
            if done.start > reached:
                left.append((index, FrameRange(reached, done.start)))
            reached = done.stop
        if reached < one.stop:
            left.append((index, FrameRange(reached, one.stop)))
    return tuple(left)
