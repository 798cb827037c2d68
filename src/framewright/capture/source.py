"""The seam between a page and whoever wants its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from framewright.model.errors import BrowserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framewright.model.composition import Step
    from framewright.model.frames import FrameRange, FrameRate
    from framewright.model.picture import Picture


_ROUNDING = Fraction(1, 1_000_000)


class CaptureKind(StrEnum):
    """How pictures leave the browser."""

    STREAM = "stream"
    SCREENSHOT = "screenshot"
    FULL_PAGE = "full-page"


class Scene(Protocol):
    """A page whose clock obeys. Only :meth:`pass_through` may draw it."""

    async def seek(self, seconds: Fraction) -> Step:
        """Move the page's clock; return once the page has settled at that time."""
        ...

    async def pass_through(self, frames: FrameRange, rate: FrameRate, *, draw: bool) -> None:
        """Move through frames one after the other, which nobody looks at.

        Args:
            frames: at least one, the first behind the one where the page stands.
            draw: draw them if the page would notice that.
        """
        ...

    async def cover(self, grey: int | None) -> None:
        """Lay a grey (0 to 255) over the left half of all that the page shows, its opposite over the right; None: take both away."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive frames of one scene, captured.

    Attributes:
        pictures: one a frame; None where nothing changed since the frame before. The first is never None.
        still_until: seconds up to which the picture after the last frame is known to hold; None: not known.
    """

    pictures: Sequence[Picture | None]
    still_until: Fraction | None


def holds_until(step: Step) -> Fraction:
    """Seconds up to which no frame needs to be drawn after this step; 0 when the page cannot tell.

    The page's time is a double, and may lie a rounding error behind the very frame that it means.
    """
    return (
        Fraction(0) if step.still_until is None else max(Fraction(0), Fraction(step.still_until) - _ROUNDING)
    )


class FrameSource(Protocol):
    """Takes the pictures of consecutive frames from one page."""

    kind: CaptureKind

    async def capture(self, scene: Scene, frames: FrameRange, rate: FrameRate) -> Run:
        """Seek to each frame, draw, and take its picture.

        Raises:
            PicturesLostError: the browser did not deliver as many pictures as it drew.
            BrowserError: the browser died.
            CompositionError: the page hangs, or left.
        """
        ...

    def disturbed(self) -> None:
        """The page may have been drawn by somebody else since the last run."""
        ...

    async def close(self) -> None:
        """Let go of what the source holds besides the page."""
        ...


class PicturesLostError(BrowserError):
    """Pictures were lost, doubled or late on their way: the run must be captured again."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="PICTURES_LOST")
