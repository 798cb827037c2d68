"""What was found in a finished file."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from framewright.model.report import FileFacts  # noqa: TC001 -- pydantic reads it at run time


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fault(StrEnum):
    """What can be wrong with a file.

    Those that end a film in some player are errors. Those that only some players mind are warnings, unless the plan says
    otherwise.
    """

    UNREADABLE = "UNREADABLE"
    DAMAGED = "DAMAGED"
    TIMES_UNORDERED = "TIMES_UNORDERED"
    TIMES_UNEVEN = "TIMES_UNEVEN"
    KEYFRAME_MISSING = "KEYFRAME_MISSING"
    KEYFRAMES_FAR = "KEYFRAMES_FAR"
    SOUND_LENGTH = "SOUND_LENGTH"
    INDEX_LAST = "INDEX_LAST"
    COLOURS_UNTOLD = "COLOURS_UNTOLD"
    PLAN_FORMAT = "PLAN_FORMAT"
    PLAN_FRAMES = "PLAN_FRAMES"
    PLAN_RATE = "PLAN_RATE"
    PLAN_SIZE = "PLAN_SIZE"
    PLAN_CODEC = "PLAN_CODEC"
    PLAN_COLOURS = "PLAN_COLOURS"
    PLAN_SOUND = "PLAN_SOUND"
    PLAN_TEXTS = "PLAN_TEXTS"
    OTHER_UNREADABLE = "OTHER_UNREADABLE"
    OTHER_FRAMES = "OTHER_FRAMES"
    OTHER_SIZE = "OTHER_SIZE"


class FileFinding(_Value):
    """One thing that is not as it should be.

    Attributes:
        message: one sentence.
        error: False: a warning, which leaves the file right.
        frame: that it is about, counted from 0; None: the whole file.
    """

    code: Fault
    message: str
    error: bool = True
    frame: int | None = None


class FrameDifference(_Value):
    """How a frame differs from that of another film.

    Attributes:
        psnr: decibels, over all planes; None: no pixel differs.
        ssim: of all planes, 1 for equal ones.
    """

    frame: int
    psnr: float | None
    ssim: float


class FilmComparison(_Value):
    """How a film differs from another one, frame by frame.

    Attributes:
        compared: frames that both have.
        equal: frames of which no pixel differs.
        psnr: decibels of the mean error; None: no pixel differs.
        ssim: the mean.
        worst: up to five frames, the most different one first.
    """

    compared: int
    equal: int
    psnr: float | None
    ssim: float
    worst: tuple[FrameDifference, ...] = ()


class VerifyReport(_Value):
    """What was found in a file.

    Attributes:
        path: as it was given.
        file: what a reader finds; None: it cannot be read.
        decoded: frames that could be decoded.
        keyframe_distance: frames from one keyframe to the next, at most.
        index_first: a player can begin before it has the whole file; None: this kind of file has no index.
        findings: nothing, in a file that is right.
        comparison: with the other file, if one was given and both could be read.
    """

    path: str
    file: FileFacts | None
    decoded: int = 0
    keyframe_distance: int = 0
    index_first: bool | None = None
    findings: tuple[FileFinding, ...] = ()
    comparison: FilmComparison | None = None

    @property
    def ok(self) -> bool:
        """No finding is an error."""
        return not any(finding.error for finding in self.findings)
