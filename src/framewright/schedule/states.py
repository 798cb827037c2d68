"""What a scheduler remembers: pieces, the runs that render them, and the workers on which runs run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from framewright.model.frames import FrameRange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.model.plan import Chunk

LONGEST_PAUSE = 60.0
"""Seconds; pauses double from 1 s up to this."""


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return min(LONGEST_PAUSE, 2.0 ** (failures - 1))


@dataclass(slots=True, eq=False)
class Piece:
    """Frames that are to become one file.

    Attributes:
        chunk: of the plan, in which they lie.
        frames: shrinks when a tail is split off.
        begun: runs that it had; ``failures``: those that failed.
        not_before: seconds on the scheduler's clock.
        failed_last_on: the worker of the last failure.
        barred: workers that cannot do it.
        runs: those that are at work on it, two at most.
        waits: nobody renders it; ``done``: it is committed.
    """

    chunk: int
    frames: FrameRange
    begun: int = 0
    failures: int = 0
    not_before: float = 0.0
    failed_last_on: str | None = None
    barred: set[str] = field(default_factory=set)
    runs: list[Run] = field(default_factory=list)
    waits: bool = False
    done: bool = False

    def tail(self, start: int) -> Piece:
        """A piece of the frames from ``start`` on, which leave this one. It inherits the failures: tries stay bounded."""
        rest = Piece(self.chunk, FrameRange(start, self.frames.stop), failures=self.failures)
        rest.barred = set(self.barred)
        self.frames = FrameRange(self.frames.start, start)
        return rest


@dataclass(slots=True, eq=False)
class Run:
    """One attempt at a piece, on one worker.

    Attributes:
        began, heard: seconds at which it was started, and when it last got on.
        done: frames that it has finished.
        first: the first progress it told: when, and how many frames; speed is measured from there.
        asked: the frame before which it was asked to end and has not answered yet.
        refused: the last frame at which it refused to end.
        unwanted_since: seconds at which it was told to stop; None: it is at work.
    """

    number: int
    piece: Piece
    slot: Slot
    began: float
    heard: float
    done: int = 0
    first: tuple[float, int] | None = None
    asked: int | None = None
    refused: int = 0
    unwanted_since: float | None = None

    @property
    def unwanted(self) -> bool:
        """It was told to stop. What it commits all the same counts where nothing else has come."""
        return self.unwanted_since is not None


@dataclass(slots=True, eq=False)
class Slot:
    """A worker.

    Attributes:
        failures: in a row.
        rests_until: seconds; a worker on which everything fails would else eat the tries of every piece.
    """

    name: str
    run: Run | None = None
    failures: int = 0
    rests_until: float = 0.0


def pieces_left(chunks: Iterable[Chunk], committed: Iterable[FrameRange]) -> list[Piece]:
    """A piece for every gap that finished pieces leave in the chunks.

    Raises:
        ValueError: finished pieces overlap, are empty or lie in more than one chunk.
    """
    finished = sorted(committed, key=lambda frames: frames.start)
    left: list[Piece] = []
    for chunk in chunks:
        reached = chunk.start
        while finished and finished[0].start < chunk.stop:
            frames = finished.pop(0)
            if frames.start < reached or frames.stop > chunk.stop or len(frames) == 0:
                raise ValueError(
                    f"the finished piece {frames} overlaps another one, or is no part of a chunk"
                )
            if frames.start > reached:
                left.append(Piece(chunk.index, FrameRange(reached, frames.start)))
            reached = frames.stop
        if reached < chunk.stop:
            left.append(Piece(chunk.index, FrameRange(reached, chunk.stop)))
    if finished:
        raise ValueError(f"the finished piece {finished[0]} is no part of a chunk")
    return left
