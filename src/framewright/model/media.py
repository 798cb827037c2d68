"""What a file of footage or sound holds, as its decoder tells."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from framewright.model.sound import Unheard  # noqa: TC001 -- pydantic reads it at run time


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Chromaticity = Annotated[int, Field(ge=0, le=50_000)]


class Transfer(StrEnum):
    """How light is written into the numbers of a picture."""

    SDR = "sdr"
    PQ = "pq"
    HLG = "hlg"


class LightLevels(_Value):
    """How bright pictures in PQ are, and the screen that they were made on.

    Attributes:
        primaries: of that screen, in steps of 0.00002 of CIE 1931: x and y of red, green, blue and white.
        darkest, brightest: of that screen, in steps of 0.0001 cd/m².
        content: cd/m² of the brightest pixel of all (MaxCLL); 0: not known.
        average: cd/m² of the brightest picture on average (MaxFALL); 0: not known.
    """

    primaries: tuple[Chromaticity, ...] = Field(
        default=(34_000, 16_000, 13_250, 34_500, 7_500, 3_000, 15_635, 16_450), min_length=8, max_length=8
    )
    darkest: Annotated[int, Field(ge=0, le=50_000)] = 1
    brightest: Annotated[int, Field(ge=50_000, le=100_000_000)] = 10_000_000
    content: Annotated[int, Field(ge=0, le=65_535)] = 1_000
    average: Annotated[int, Field(ge=0, le=65_535)] = 400


class VideoFacts(_Value):
    """The pictures of a source.

    Attributes:
        codec: FFmpeg's name of it.
        width, height: pixels as they are shown: turned by the rotation, stretched by the pixels' shape.
        rotation: degrees clockwise that a decoded picture is turned by: 0, 90, 180 or 270.
        rate: pictures a second on average, as an exact fraction such as ``30000/1001``; None: the file does not say.
        seconds: from the first picture to the end of the last one; None: the file does not say.
        alpha: some of it is transparent, or may be.
        interlaced: its pictures are two fields each.
        levels: of pictures in PQ, as far as the file says.
        moving: False for a single picture.
    """

    codec: str
    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]
    rotation: Literal[0, 90, 180, 270] = 0
    rate: str | None = None
    seconds: float | None = None
    alpha: bool = False
    interlaced: bool = False
    transfer: Transfer = Transfer.SDR
    levels: LightLevels | None = None
    moving: bool = True


class AudioFacts(_Value):
    """The sound of a source.

    Attributes:
        codec: FFmpeg's name of it.
        rate: samples a second.
        layout: the channels, as FFmpeg names them: ``mono``, ``stereo``, ``5.1``.
        seconds: its length; None: the file does not say.
    """

    codec: str
    rate: Annotated[int, Field(gt=0)]
    layout: str
    seconds: float | None = None


class MediaFacts(_Value):
    """One source. Its time 0 is where its container begins: the earliest of its streams, after edit lists.

    Attributes:
        container: FFmpeg's name of it.
        seconds: the length of the longer stream, from time 0; None: the file does not say.
        video, audio: None where there is no such stream.
    """

    container: str
    seconds: float | None = None
    video: VideoFacts | None = None
    audio: AudioFacts | None = None


class MediaFailure(_Value):
    """Why a source could not be read.

    Attributes:
        code: as of the error that it is where the source is needed.
        message: one sentence.
    """

    code: str
    message: str


class MediaUse(_Value):
    """A video or a sound of a page, where it stands on the clock of the composition. Times are seconds.

    Attributes:
        element: how people would point at it.
        source: the whole address; None: it has none.
        start: on the clock of the composition, as all that it stands in lets it be seen and heard.
        duration: None: to the end of the composition.
        offset: into the source, at the start.
        rate: seconds of the source in one of the composition.
        loop: what is left behind the offset, but for ``skip``, is repeated.
        skip: seconds of the source behind the offset that have gone by at the start: of a loop that is cut at its front.
        plays: False: nobody has it play, and a video shows one picture.
        seen: False: it is hidden, or its time lies outside of what it stands in.
        placed: an attribute gives it its place on the clock, outside of which it is not shown.
        facts: what the source holds; None where nobody has read it.
        unheard: why it is not in the mix; None: it is.
    """

    element: str
    kind: Literal["video", "audio"]
    source: str | None
    start: float = 0.0
    duration: float | None = None
    offset: float = 0.0
    rate: float = 1.0
    loop: bool = False
    skip: float = 0.0
    plays: bool = True
    seen: bool = True
    placed: bool = False
    facts: MediaFacts | None = None
    failure: MediaFailure | None = None
    unheard: Unheard | None = None
