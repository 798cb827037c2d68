"""The chunks of a job as its page shows them, made of what is told of them one by one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from framewright.model.events import ChunkState
from framewright.model.job import JobChunk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from framewright.model.events import ChunkTold

Strip = tuple[JobChunk, ...]
"""In the order of their frames; none overlaps another."""


def cut(bounds: Sequence[int], at: float) -> Strip:
    """Chunks that wait, between each two of the bounds.

    Args:
        at: seconds since the job began to run; so in all of this module.
    """
    pairs = pairwise(bounds)
    return tuple(
        JobChunk(chunk=index, state="waiting", start=start, stop=stop, known_at=at)
        for index, (start, stop) in enumerate(pairs)
        if start < stop
    )


def told(strip: Strip, event: ChunkTold, at: float) -> Strip:
    """The chunks after an event. A part that was split off, or is left of a chunk, waits beside the rest of it."""
    if event.stop <= event.start:
        return strip
    before = next((one for one in strip if one.start == event.start), None)
    now = _changed(before, event, at)
    others = (part for one in strip for part in _beside(one, now, at))
    return tuple(sorted((*others, now), key=lambda one: one.start))


def left(strip: Strip) -> Strip:
    """The chunks of a job that is over: nobody renders any more."""
    if all(one.state != "running" for one in strip):
        return strip
    return tuple(
        one.model_copy(update={"state": "waiting"}) if one.state == "running" else one for one in strip
    )


def _beside(one: JobChunk, now: JobChunk, at: float) -> Iterator[JobChunk]:
    """What is left of a chunk next to another."""
    if one.stop <= now.start or one.start >= now.stop:
        yield one
        return
    if one.start < now.start:
        yield one.model_copy(update={"stop": now.start, "frames": min(one.frames, now.start - one.start)})
    if one.stop > now.stop:
        yield JobChunk(chunk=one.chunk, state="waiting", start=now.stop, stop=one.stop, known_at=at)


def _changed(before: JobChunk | None, event: ChunkTold, at: float) -> JobChunk:
    length = event.stop - event.start
    frames = max(0, min(event.frames, length))
    base = before or JobChunk(
        chunk=event.chunk, state="waiting", start=event.start, stop=event.stop, known_at=at
    )
    base = base.model_copy(
        update={"chunk": event.chunk, "stop": event.stop, "frames": min(base.frames, length)}
    )
    match event.state:
        case ChunkState.RUNNING:
            return _running(base, event, frames, at)
        case ChunkState.SPLIT:
            # It goes on, with fewer frames: the others have another turn.
            return base
        case ChunkState.DONE | ChunkState.REUSED:
            drawn = event.state is ChunkState.DONE
            captured = base.captured_at if base.captured_at is not None else at
            return base.model_copy(
                update={
                    "state": event.state.value,
                    "frames": length,
                    "worker": event.worker,
                    "attempt": event.attempt,
                    "message": None,
                    "first_at": (base.first_at if base.first_at is not None else captured) if drawn else None,
                    "captured_at": captured if drawn else None,
                    "ended_at": at,
                }
            )
        case ChunkState.FAILED:
            return base.model_copy(
                update={
                    "state": "failed",
                    "worker": event.worker,
                    "attempt": event.attempt,
                    "message": event.message,
                    "ended_at": at,
                }
            )


def _running(base: JobChunk, event: ChunkTold, frames: int, at: float) -> JobChunk:
    if base.state != "running":
        times = {"began_at": at, "first_at": None, "captured_at": None, "ended_at": None}
        base = base.model_copy(update={"state": "running", "frames": 0, "message": None, **times})
    elif frames < base.frames:
        # A twin of a run that is stuck, and has not yet overtaken it.
        return base
    if frames > 0 and base.first_at is None:
        base = base.model_copy(update={"first_at": at})
    if frames == event.stop - event.start and base.captured_at is None:
        base = base.model_copy(update={"captured_at": at})
    return base.model_copy(update={"frames": frames, "worker": event.worker, "attempt": event.attempt})
