"""Which frames are looked at, and in which order, when a composition is tried out: pure arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framewright.model.frames import FrameRange


def sample_frames(frames: FrameRange, count: int) -> tuple[int, ...]:
    """So many frames in even steps, from the first to the last; all of them when there are not more.

    Raises:
        ValueError: ``count`` is less than 1.
    """
    if count < 1:
        raise ValueError(f"{count} frames are no sample")
    last = len(frames) - 1
    if last < count:
        return tuple(frames)
    return tuple(frames.start + round(step * last / max(1, count - 1)) for step in range(count))


def shuffled(frames: Sequence[int]) -> tuple[int, ...]:
    """The same frames in an order that goes back and leaps forwards: never the first one first, always alike."""
    return (*frames[1::2][::-1], *frames[::2])
