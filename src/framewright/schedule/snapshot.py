"""How a render stands, at one moment, for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framewright.model.frames import FrameRange
    from framewright.schedule.board import Board
    from framewright.schedule.forecast import Forecast


@dataclass(frozen=True, slots=True)
class RunningPiece:
    """A run at work.

    Attributes:
        frames: that it will commit.
        done: those that it has finished.
        attempt: how often these frames were begun.
        seconds_left: until it is expected to end.
    """

    run: int
    slot: str
    chunk: int
    frames: FrameRange
    done: int
    attempt: int
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of it.

    Attributes:
        waiting: pieces that nobody renders yet.
        slots: workers, free and busy.
        fraction: of the whole cost that is done: exactly 1 once every piece is committed.
        seconds_left: until the last frame is expected.
    """

    running: tuple[RunningPiece, ...]
    waiting: int
    slots: int
    fraction: float
    seconds_left: float


def look_at(board: Board, forecast: Forecast, *, finished: float, total: float) -> Snapshot:
    """A board as people may see it.

    Args:
        finished: cost of all that is committed.
        total: cost of everything.
    """
    curve = forecast.curve
    running = tuple(
        RunningPiece(
            run=run.number,
            slot=run.slot.name,
            chunk=run.piece.chunk,
            frames=run.piece.frames,
            done=run.done,
            attempt=run.piece.begun,
            seconds_left=forecast.seconds_left(run, board.now),
        )
        for run in board.at_work()
    )
    waiting = board.waiting
    # Of twins the one that is further counts.
    reached: dict[int, float] = {}
    for row in running:
        start = row.frames.start
        part = curve.before(start + row.done) - curve.before(start)
        reached[start] = max(part, reached.get(start, 0.0))
    longest = max((row.seconds_left for row in running), default=0.0)
    later = sum(curve.of(piece.frames) for piece in waiting) / forecast.speed
    shared = sum(row.seconds_left for row in running) + later
    fraction = (finished + sum(reached.values())) / total
    return Snapshot(
        running=running,
        waiting=len(waiting),
        slots=len(board.slots),
        fraction=min(1.0, fraction) if board.unfinished else 1.0,
        seconds_left=max(longest, shared / max(1, len(board.slots))),
    )
