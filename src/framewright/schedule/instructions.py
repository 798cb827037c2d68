"""What a scheduler tells to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framewright.model.frames import FrameRange
    from framewright.schedule.events import Failure


@dataclass(frozen=True, slots=True)
class Start:
    """Render frames on a worker.

    Attributes:
        run: names this run in all that is said of it later; never used again.
        chunk: of the plan, in which the frames lie.
        attempt: how often these frames were begun; the first time is 1.
    """

    run: int
    chunk: int
    frames: FrameRange
    slot: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a run: its result is not wanted any more. Its worker is busy until the run is told to have ended."""

    run: int
    slot: str


@dataclass(frozen=True, slots=True)
class Split:
    """Ask a run to end before a frame; it answers with ``Shrunk`` or ``NotShrunk``."""

    run: int
    slot: str
    stop: int


@dataclass(frozen=True, slots=True)
class Fail:
    """The render has failed: no more instruction follows."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Assemble:
    """All frames are there: no more instruction follows.

    Attributes:
        pieces: each with its chunk, gapless and in order.
    """

    pieces: tuple[tuple[int, FrameRange], ...]


Instruction = Start | Cancel | Split | Fail | Assemble
