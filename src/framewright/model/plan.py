"""A render, frozen: what is drawn, by what, of which files, how it is written, and in which pieces.

One JSON document, the same on every machine: no absolute path, no clock and no host name stands in it. Names of files
are paths in the project with their bytes percent-encoded, as in an address. ``docs/plan.schema.json`` is written from
here: ``make docs`` after each change.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from framewright.model.frames import FrameRange, FrameRate
from framewright.model.media import LightLevels, MediaFacts, Transfer
from framewright.model.output import Codec, Format, OutputSpec, Quality
from framewright.model.recording import Recording
from framewright.model.size import Size
from framewright.model.sound import Dropped, SoundPlan  # noqa: TC001 -- as above
from framewright.model.subtitles import Cue, SubtitleFacts  # noqa: TC001 -- as above

MOST_CHUNKS = 10_000

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""BLAKE3, in hexadecimal."""
Frame = Annotated[int, Field(ge=0)]
Cost = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PagePlan(_Value):
    """The page, and what it is told.

    Attributes:
        entry: its path in the project; None for a page of the web.
        site: its whole address; None for a page of a project.
        width, height: CSS pixels for a page that does not declare its size, as the caller wished them.
        seed: what the page's pseudo-random numbers follow from.
        font_faces: ``@font-face`` rules for families that the page names and does not declare.
        variables, spare_variables, written_variables: see :class:`~framewright.composition.wishes.Wishes`.
        subtitles: what is drawn over the page; None: nothing.
    """

    entry: str | None = None
    site: str | None = None
    width: int | None = None
    height: int | None = None
    seed: int = 1
    font_faces: str = ""
    variables: dict[str, JsonValue] = {}
    spare_variables: tuple[str, ...] = ()
    written_variables: bool = False
    subtitles: str | None = None

    @model_validator(mode="after")
    def _one_page(self) -> Self:
        if (self.entry is None) == (self.site is None):
            raise ValueError("a page has either an entry or a site")
        return self


class PicturePlan(_Value):
    """How pictures are made.

    Attributes:
        width, height: CSS pixels, as the page is laid out.
        scale: device pixels to a CSS pixel.
        rate: frames a second, exact: ``30`` or ``30000/1001``.
        frames: of the whole composition.
        start, stop: the frames that are rendered; the last one is excluded.
        mode: ``seek``, or ``run`` where every frame is gone through from 0 on.
        capture: ``stream``, ``screenshot``, or ``full-page`` for browsers without frame control.
        must_stream: screenshots may not take the place of a stream that cannot be had.
        strict: a page that asks for what was not recorded ends the render.
    """

    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    scale: Annotated[float, Field(gt=0, le=8)]
    rate: str
    frames: Annotated[int, Field(ge=1)]
    start: Frame
    stop: Frame
    mode: Literal["seek", "run"]
    capture: Literal["stream", "screenshot", "full-page"]
    must_stream: bool = False
    strict: bool = False

    @model_validator(mode="after")
    def _some_frames(self) -> Self:
        if not self.start < self.stop <= self.frames:
            raise ValueError("start, stop and frames are no part of a composition")
        return self

    @property
    def size(self) -> Size:
        """In CSS pixels."""
        return Size(self.width, self.height)

    @property
    def drawn(self) -> Size:
        """In device pixels, as pictures come."""
        return self.size.scaled(self.scale)

    @property
    def frame_rate(self) -> FrameRate:
        """Frames a second."""
        return FrameRate(Fraction(self.rate))

    @property
    def range(self) -> FrameRange:
        """The frames that are rendered."""
        return FrameRange(self.start, self.stop)


class OutputPlan(_Value):
    """How pictures are written.

    Attributes:
        encoder: FFmpeg's name of it; of GIF and image sequences the name of the codec.
        pixel_format: of the encoded pictures.
        options: of the encoder, all of them.
        segment: the encoder begins anew, with a keyframe, at every multiple of so many frames of the composition, in whatever
            piece they are: pieces cut there give the bytes of one. 0: never, for a bitrate is kept over the whole piece.
        transfer: PQ and HLG are BT.2020 in 10 bits.
        levels: what the file says of its light.
    """

    format: Format
    codec: Codec
    quality: Quality
    alpha: bool
    crf: float | None = None
    bitrate: int | None = None
    encoder: str
    pixel_format: str
    options: dict[str, str] = {}
    segment: Annotated[int, Field(ge=0)]
    transfer: Transfer = Transfer.SDR
    levels: LightLevels | None = None

    @property
    def spec(self) -> OutputSpec:
        """What is to be written."""
        return OutputSpec(
            self.format,
            self.codec,
            self.quality,
            alpha=self.alpha,
            crf=self.crf,
            bitrate=self.bitrate,
            transfer=self.transfer,
            levels=self.levels,
        )


class Environment(_Value):
    """What draws and encodes. Two that are equal give the same bytes.

    Attributes:
        browser: as it tells itself, such as ``Chromium 156.0.8078.79``.
        browser_digest: of its program.
        machine: the kind of processor, such as ``x86_64``.
        libraries: PyAV and FFmpeg's libraries, with their versions.
        framewright: our version.
        code: a digest of our own code.
        fonts: the digest of each font file that pages see, by its name.
        font_table: what generic and system names mean.
    """

    browser: str
    browser_digest: Digest
    machine: str
    libraries: dict[str, str]
    framewright: str
    code: Digest
    fonts: dict[str, Digest]
    font_table: dict[str, str] = {}


class Chunk(_Value):
    """Frames that are rendered as one piece.

    Attributes:
        cost: seconds that one browser is expected to take for them.
    """

    index: Annotated[int, Field(ge=0)]
    start: Frame
    stop: Frame
    cost: Cost

    @property
    def range(self) -> FrameRange:
        """Its frames."""
        return FrameRange(self.start, self.stop)


class PlanFile(_Value):
    """A file of the project, or a recorded body, and who needs it.

    Attributes:
        name: the path in the project; or of a recorded body its address; or of a sound that the caller adds its name there.
        kind: where it belongs: ``project``, ``recorded`` or ``added``.
        frames: ranges in which a picture needs it; None: every frame.
        sound: the mix needs it.
        spare: nobody has asked for it yet, and the page may: it travels along, and is a part of no key.
        facts: what a source of video or sound holds; pages are told of it also where the file itself is not needed.
    """

    name: str
    kind: Literal["project", "recorded", "added"] = "project"
    digest: Digest
    bytes: Annotated[int, Field(ge=0)]
    frames: tuple[tuple[Frame, Frame], ...] | None = None
    sound: bool = False
    spare: bool = False
    facts: MediaFacts | None = None

    def needed_in(self, frames: FrameRange) -> bool:
        """Whether a picture of this range needs it."""
        return self.frames is None or any(a < frames.stop and frames.start < b for a, b in self.frames)


class SoundPiecePlan(_Value):
    """The sound, a piece of its own beside the chunks.

    Attributes:
        mix: of all tracks; a track's ``source`` is a name in ``sources``.
        sources: the digest of the file behind each name.
        dropped: what could be heard and is not.
    """

    mix: SoundPlan
    sources: dict[str, Digest]
    dropped: tuple[Dropped, ...] = ()


class TextPlan(_Value):
    """A track of text.

    Attributes:
        cues: all of the file, on the clock of the composition.
        language: a tag such as ``de``; None: unknown.
        label: what players list it as; None: nothing.
    """

    cues: tuple[Cue, ...]
    language: str | None = None
    label: str | None = None


class Digests(_Value):
    """What a plan is called.

    Attributes:
        video: of everything that can change a picture or a byte of the video.
        audio: of everything that can change a sample of the sound; None: there is none, or it is not settled yet.
        plan: of both, the texts, and cuts where the encoder would not begin anew.
    """

    video: Digest
    audio: Digest | None = None
    plan: Digest


class Estimate(_Value):
    """What the render is expected to take.

    Attributes:
        knots: frames, each with the seconds that one browser was measured to take for it; in between it is a straight line.
        opening: seconds until a browser is ready for its first frame.
        seconds: of one browser for all frames.
    """

    knots: tuple[tuple[Frame, Cost], ...] = ()
    opening: Cost = 0.0
    seconds: Cost = 0.0


class Plan(_Value):
    """A render, frozen.

    Attributes:
        chunks: gapless and in order.
        files: by their names.
        recording: what the page got from other origins; the bodies are among ``files``.
        texts: tracks of text for the finished file.
        subtitles: what is said of each file of subtitles.
    """

    version: Literal[1] = 1
    page: PagePlan
    picture: PicturePlan
    output: OutputPlan
    environment: Environment
    chunks: Annotated[tuple[Chunk, ...], Field(min_length=1, max_length=MOST_CHUNKS)]
    files: tuple[PlanFile, ...]
    recording: Recording = Recording()
    sound: SoundPiecePlan | None = None
    texts: tuple[TextPlan, ...] = ()
    subtitles: tuple[SubtitleFacts, ...] = ()
    digests: Digests
    estimate: Estimate = Estimate()

    @model_validator(mode="after")
    def _gapless(self) -> Self:
        reached = self.picture.start
        for index, chunk in enumerate(self.chunks):
            if chunk.index != index or chunk.start != reached or chunk.stop <= chunk.start:
                raise ValueError(f"chunk {index} does not follow on the one before")
            reached = chunk.stop
        if reached != self.picture.stop:
            raise ValueError("the chunks end before the last frame")
        return self
