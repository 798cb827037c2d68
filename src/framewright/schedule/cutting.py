"""Where a render is cut into chunks: equal costs, where the encoder begins anew anyway."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from framewright.model.errors import UsageError
from framewright.model.frames import FrameRange
from framewright.model.plan import MOST_CHUNKS, Chunk

if TYPE_CHECKING:
    from pydantic import JsonValue

    from framewright.schedule.costs import CostCurve

EVEN = 1.10
"""Cuts on the grid may make a render so much longer than cuts at any frame would."""
EVEN_AS_ASKED = 1.5
"""The same where somebody else has chosen how many chunks there are: nobody looks for a number that fits the grid then."""
CHUNKS_A_SLOT = (2, 3)
"""Enough that slots end together although costs are guessed, and few enough that openings do not count."""
OPENINGS = 10
"""A chunk is worth at least so many times what opening a browser costs."""
FEWEST_FRAMES = 10
# Numbers of chunks below the largest that are tried for the grid.
_TRIALS = 9
# Of what separates the nearest cuts from equal ones: 1 % of it is below what costs are known to.
_HALVINGS = 7


@dataclass(frozen=True, slots=True)
class Cut:
    """Chunks, and why they are as they are.

    Attributes:
        chunks: gapless and in order, at most :data:`~framewright.model.plan.MOST_CHUNKS`.
        aligned: every cut lies where the encoder begins anew, so that the file has the bytes of a render in one piece;
            otherwise only the pictures before encoding are the same.
        reason: one short sentence for people.
        inputs: the facts that led to it.
    """

    chunks: tuple[Chunk, ...]
    aligned: bool
    reason: str
    inputs: dict[str, JsonValue] = field(default_factory=dict)


def cut(
    curve: CostCurve,
    frames: FrameRange,
    *,
    grid: int,
    chunks: int | None = None,
    chunk_frames: int | None = None,
    slots: int | None = None,
    opening: float = 1.0,
) -> Cut:
    """Cut frames into chunks.

    Args:
        curve: what they cost.
        frames: all of them, one at least.
        grid: the encoder begins anew at every multiple of so many frames of the composition; 0: nowhere.
        chunks: how many are wanted; more than there are frames are as many as frames.
        chunk_frames: how many frames each shall have; the last one may have fewer, and so may the first one.
        slots: how many are rendered at a time. None: it is not known; then all that were asked for, else one.
        opening: seconds until a browser is ready for its first frame.

    Raises:
        UsageError: ``CHUNKS_INVALID`` when both are wished for, one is below 1, or they ask for too many chunks.
    """
    _check(frames, chunks, chunk_frames)
    inputs: dict[str, JsonValue] = {
        "frames": len(frames),
        "seconds": round(curve.of(frames), 3),
        "grid": grid,
        "slots": slots,
        "opening": round(opening, 3),
        "wished": chunks,
        "wished_frames": chunk_frames,
    }
    if chunk_frames is not None:
        points, aligned = _by_length(frames, grid, chunk_frames)
        why = f"{chunk_frames} frames each, as asked"
    elif chunks is not None:
        points, aligned, why = _asked(curve, frames, grid, chunks, slots=slots or chunks)
    else:
        points, aligned, why = _worthy(curve, frames, grid, slots=slots or 1, opening=opening)
    ends = (frames.start, *points, frames.stop)
    pieces = tuple(
        Chunk(index=index, start=start, stop=stop, cost=curve.of(FrameRange(start, stop)))
        for index, (start, stop) in enumerate(pairwise(ends))
    )
    inputs["costliest"] = round(max(piece.cost for piece in pieces), 3)
    many = f"{len(pieces)} chunks" if len(pieces) > 1 else "1 chunk"
    return Cut(pieces, aligned, f"{many}: {why}{_caution(aligned, grid)}.", inputs)


def _check(frames: FrameRange, chunks: int | None, chunk_frames: int | None) -> None:
    if chunks is not None and chunk_frames is not None:
        raise UsageError(
            "--chunks and --chunk-frames both say how to cut: give one of them.", code="CHUNKS_INVALID"
        )
    if chunks is not None and not 1 <= chunks <= MOST_CHUNKS:
        raise UsageError(f"--chunks {chunks} is out of range: use 1 to {MOST_CHUNKS}.", code="CHUNKS_INVALID")
    if chunk_frames is None:
        return
    if chunk_frames < 1:
        raise UsageError(
            f"--chunk-frames {chunk_frames} is out of range: use 1 or more.", code="CHUNKS_INVALID"
        )
    if -(-len(frames) // chunk_frames) >= MOST_CHUNKS:
        least = -(-len(frames) // (MOST_CHUNKS - 1))
        raise UsageError(
            f"--chunk-frames {chunk_frames} makes more than {MOST_CHUNKS} chunks of {len(frames)} frames: use {least} "
            "or more.",
            code="CHUNKS_INVALID",
        )


def _caution(aligned: bool, grid: int) -> str:
    if aligned:
        return ""
    if grid == 0:
        return "; the encoder keeps a bitrate over each chunk, so only the pictures before encoding are those of one piece"
    return f"; cut between the encoder's keyframes, {grid} frames apart, so only the pictures before encoding are those of one piece"


def _by_length(frames: FrameRange, grid: int, length: int) -> tuple[list[int], bool]:
    if grid and length % grid == 0:
        return [block.start for block in frames.blocks(length)][1:], True
    points = list(range(frames.start + length, frames.stop, length))
    return points, not points


def _asked(
    curve: CostCurve, frames: FrameRange, grid: int, chunks: int, *, slots: int
) -> tuple[list[int], bool, str]:
    number = min(chunks, len(frames))
    free = _nearest(curve, frames, 1, number)
    most = EVEN_AS_ASKED * _wall(curve, frames, free, slots)
    points = _on_grid(curve, frames, grid, number, slots=slots, most=most)
    why = "of about equal cost, as many as asked" if number > 1 else "as asked"
    if number < chunks:
        why = f"one a frame, since there are no {chunks} frames"
    return (free, False, why) if points is None else (points, True, why)


def _worthy(
    curve: CostCurve, frames: FrameRange, grid: int, *, slots: int, opening: float
) -> tuple[list[int], bool, str]:
    """Two or three for each slot, of those numbers one that fits the grid; fewer where they would be too small."""
    fewest, many = (each * slots for each in CHUNKS_A_SLOT)
    worth = int(min(curve.of(frames) / (OPENINGS * max(opening, 1e-3)), MOST_CHUNKS))
    most = max(1, min(many, worth, len(frames) // FEWEST_FRAMES))
    if most == 1:
        return [], True, "more would cost more to open than they save"
    if most < fewest:
        # Between one and two for each slot, most slots would wait for the last ones.
        numbers = [min(most, slots)]
        why = "of about equal cost, as many as are worth a browser's start"
    else:
        # Whole rounds for all slots, or nearly; one round rather than cuts off the grid.
        nearly = range(most, round(most * 0.9), -max(1, most // 10 // _TRIALS))
        numbers = [*(number for number in (many, fewest) if number <= most), *nearly, slots]
        why = f"of about equal cost, some for each of {slots} rendered at a time"
    free = _nearest(curve, frames, 1, numbers[0])
    longest = EVEN * _wall(curve, frames, free, slots)
    for number in numbers:
        points = _on_grid(curve, frames, grid, number, slots=slots, most=longest)
        if points is not None:
            return points, True, why
    return free, False, why


def _on_grid(
    curve: CostCurve, frames: FrameRange, grid: int, number: int, *, slots: int, most: float
) -> list[int] | None:
    """Cuts into chunks of about equal cost on the grid; None where rendering them would take longer than ``most``."""
    if number == 1:
        return []
    if grid == 0 or (frames.stop - 1) // grid - frames.start // grid < number - 1:
        return None
    points = _nearest(curve, frames, grid, number)
    if _wall(curve, frames, points, slots) <= most:
        return points
    filled = _least_costly(curve, frames, grid, number)
    return filled if _wall(curve, frames, filled, slots) <= most else None


def _nearest(curve: CostCurve, frames: FrameRange, grid: int, number: int) -> list[int]:
    """The multiples of ``grid`` that are nearest in cost to equal shares."""
    last = (frames.stop - 1) // grid
    base, whole = curve.before(frames.start), curve.of(frames)
    found: list[int] = []
    reached = frames.start // grid
    for index in range(1, number):
        wanted = base + whole * index / number
        below = curve.frame_at(wanted) // grid
        nearer = curve.before((below + 1) * grid) - wanted < wanted - curve.before(below * grid)
        # Each chunk has a cell of the grid at least, and leaves one to each that follows.
        reached = min(max(below + nearer, reached + 1), last - (number - 1 - index))
        found.append(reached * grid)
    return found


def _least_costly(curve: CostCurve, frames: FrameRange, grid: int, number: int) -> list[int]:
    """Cuts on the grid whose costliest chunk is about as cheap as it can be."""
    best = _nearest(curve, frames, grid, number)
    least, most = curve.of(frames) / number, _costliest(curve, frames, best)
    for _ in range(_HALVINGS):
        middle = (least + most) / 2
        found = _filled(curve, frames, grid, number, middle)
        if found is None:
            least = middle
        else:
            best, most = found, middle
    return best


def _filled(curve: CostCurve, frames: FrameRange, grid: int, number: int, most: float) -> list[int] | None:
    """Each chunk as long as it may be for ``most`` seconds; None where so many chunks do not reach the end."""
    last = (frames.stop - 1) // grid
    found: list[int] = []
    reached, base = frames.start // grid, curve.before(frames.start)
    for index in range(1, number):
        furthest = curve.frame_at(base + most) // grid
        reached = min(max(furthest, reached + 1), last - (number - 1 - index))
        found.append(reached * grid)
        base = curve.before(reached * grid)
    return found if _costliest(curve, frames, found) <= most else None


def _costs(curve: CostCurve, frames: FrameRange, points: list[int]) -> list[float]:
    sums = [curve.before(frame) for frame in (frames.start, *points, frames.stop)]
    return [after - before for before, after in pairwise(sums)]


def _costliest(curve: CostCurve, frames: FrameRange, points: list[int]) -> float:
    return max(_costs(curve, frames, points))


def _wall(curve: CostCurve, frames: FrameRange, points: list[int], slots: int) -> float:
    """Seconds until all chunks are done, if each slot takes the costliest one left whenever it is free."""
    ends = [0.0] * min(slots, len(points) + 1)
    for cost in sorted(_costs(curve, frames, points), reverse=True):
        heapq.heapreplace(ends, ends[0] + cost)
    return max(ends)
