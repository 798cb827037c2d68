"""What is told of a job, as lines for people: the log on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.events import ChunkState, ChunkTold, Decided, FellBack, StageBegan, Warned
from framewright.model.job import CancelledTold, Done, Failed, Planned, Queued, Started

if TYPE_CHECKING:
    from framewright.model.job import JobEvent

MOST_LINES = 200
"""That are kept, the last ones."""
LONGEST_LINE = 400
"""Letters."""


def line_of(event: JobEvent, seconds: float) -> str | None:
    """The line of an event; None: it is none that belongs into a log.

    Args:
        seconds: since the job began to run.
    """
    words = _words(event)
    if words is None:
        return None
    # Messages quote pages, which may write what they like.
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
    return f"{seconds:8.1f} s  {plain}"[:LONGEST_LINE]


def _words(event: JobEvent) -> str | None:
    match event:
        case Queued():
            return f"queued, {event.position} before it" if event.position else "queued, next"
        case Started():
            return "started" if event.attempt == 1 else f"started, attempt {event.attempt}"
        case Planned(plan=plan):
            size = f"{plan.width}×{plan.height}" + ("" if plan.scale == 1 else f" at {plan.scale:g} to 1")
            return f"planned: {plan.frames} frames, {size}, {plan.fps} a second"
        case StageBegan():
            return event.stage.value
        case Decided():
            return f"{event.subject}: {event.reason}"
        case ChunkTold():
            return _chunk(event)
        case Warned(notice=notice):
            return f"warning {notice.code}: {notice.message}" + (
                f" [{notice.element}]" if notice.element else ""
            )
        case FellBack():
            return f"{event.code}: {event.message}"
        case Done():
            return "done"
        case Failed(error=error):
            return f"failed, {error.code}: {error.message}"
        case CancelledTold():
            return "cancelled"
        case _:
            return None


def _chunk(event: ChunkTold) -> str | None:
    if event.state is ChunkState.RUNNING and event.frames:
        return None
    what = {
        ChunkState.RUNNING: "begun",
        ChunkState.DONE: "done",
        ChunkState.REUSED: "found finished",
        ChunkState.FAILED: f"failed: {event.message or 'no reason is known'}",
        ChunkState.SPLIT: "shortened",
    }[event.state]
    whose = "" if event.worker in {None, "here"} else f" on {event.worker}"
    again = f", attempt {event.attempt}" if event.attempt > 1 else ""
    return f"frames {event.start} to {event.stop - 1} {what}{whose}{again}"
