"""What a scheduler is told, in any order and as often as may be: whatever speaks of a run that is over is passed by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framewright.model.frames import FrameRange


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run, or the whole render, came to nothing.

    Attributes:
        code: of the error, such as ``BROWSER_DIED``.
        message: one sentence for people.
        retryable: another try may succeed.
        elsewhere: only on another worker: this one cannot do it, such as in an environment that differs from the plan's.
    """

    code: str
    message: str
    retryable: bool = False
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class SlotFree:
    """A worker is there and free. One whose run has ended is free without being told so."""

    slot: str


@dataclass(frozen=True, slots=True)
class SlotGone:
    """A worker is no more, and what it ran is lost."""

    slot: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A run has finished so many frames, counted from its first one."""

    run: int
    frames: int


@dataclass(frozen=True, slots=True)
class ChunkDone:
    """A run has committed its piece.

    Attributes:
        frames: of the piece: all that it was started with, or those before the frame where it was cut short.
    """

    run: int
    frames: FrameRange


@dataclass(frozen=True, slots=True)
class ChunkFailed:
    """A run has ended without a piece; one that was told to stop ends this way too."""

    run: int
    failure: Failure


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A run has agreed to end before this frame."""

    run: int
    stop: int


@dataclass(frozen=True, slots=True)
class NotShrunk:
    """A run cannot end before this frame any more: it is in work."""

    run: int
    stop: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Time goes by. The only clock of a scheduler: seconds that never run backwards."""

    now: float


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """The caller wants no more of it."""


SchedulerEvent = (
    SlotFree | SlotGone | Progress | ChunkDone | ChunkFailed | Shrunk | NotShrunk | Tick | CancelRequested
)
