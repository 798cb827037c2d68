"""What a caller may ask of a render: loose on the way in, exact once it is read."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypedDict, TypeVar

from framewright.model.errors import UsageError
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, Quality
from framewright.model.plan import MOST_CHUNKS
from framewright.model.size import LARGEST_SIDE
from framewright.model.subtitles import SubtitleFile, SubtitlesMode
from framewright.model.variables import check_variables
from framewright.render.audio_track import AudioTrack, read_tracks
from framewright.render.subtitle_files import check_subtitle_files, parse_subtitle_files
from framewright.render.variables import read_variables

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from fractions import Fraction
    from typing import Self, Unpack

    from pydantic import JsonValue

# Chromium takes no smaller device scale.
SMALLEST_SCALE = 0.5
LARGEST_SCALE = 4.0
QUIETEST_MIX = -70.0
LOUDEST_MIX = -5.0
MOST_WORKERS = 64
# Wishes that come as what they are; the others are read from what people write.
_PLAIN: dict[str, type] = {
    "width": int,
    "height": int,
    "duration": float,
    "scale": float,
    "chunk_frames": int,
    "resume": bool,
    "start_frame": int,
    "end_frame": int,
    "crf": float,
    "alpha": bool,
    "strict": bool,
    "skip_audio": bool,
    "loudness": float,
}
_KINDS = {int: "a whole number", float: "a number", bool: "True or False"}
_BITRATE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*([kKmMgG]?)")
_BITRATE_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


class CaptureWish(StrEnum):
    """How the caller wants pictures to be taken."""

    AUTO = "auto"
    STREAM = "stream"
    SCREENSHOT = "screenshot"


class HdrWish(StrEnum):
    """What the caller wants of HDR."""

    AUTO = "auto"
    OFF = "off"
    PQ = "pq"
    HLG = "hlg"


class ModeWish(StrEnum):
    """How the page is brought to the time of a frame."""

    SEEK = "seek"
    RUN = "run"
    AUTO = "auto"


class ProbeWishes(TypedDict, total=False):
    """The options of :func:`framewright.probe`, as keywords. Each may be left out.

    Attributes:
        fps: frames a second: ``30``, ``"30000/1001"``, ``29.97``; None: the page's ``data-fps``, else 30.
        width, height: CSS pixels, for pages that do not declare a size.
        duration: seconds, for pages that do not declare a duration.
        scale: device pixels to one CSS pixel, 0.5 to 4.
        start_frame, end_frame: the part to render; the end is excluded, both are clamped to the composition.
        mode: ``seek`` goes straight to the time of a frame; ``run`` goes through every frame from 0 on, for pages whose
            state grows; ``auto`` compares both on three frames.
        strict: warnings of a page that is not fully ready become errors.
        variables: values for the page's variables, as a mapping, as a JSON object in a text, or as ``"@"`` and the
            name of a file that holds one.
        subtitles: a SubRip or WebVTT file, or several, each ``FILE[,lang=de][,label=Deutsch]``.
        subtitles_mode: ``burn`` draws them into the picture, ``track`` writes a track of text for each.
        audio_tracks: sounds beside those of the page: each an :class:`~framewright.AudioTrack`, a mapping of its
            attributes, or a line such as ``"song.mp3,volume=0.5"``.
        skip_audio: no sound, whatever the page has.
    """

    fps: str | int | float | Fraction | FrameRate | None
    width: int | None
    height: int | None
    duration: float | None
    scale: float
    start_frame: int | None
    end_frame: int | None
    mode: str
    strict: bool
    variables: Mapping[str, JsonValue] | str | None
    subtitles: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None
    subtitles_mode: str
    audio_tracks: Sequence[AudioTrack | Mapping[str, object] | str] | None
    skip_audio: bool


class RenderWishes(ProbeWishes, total=False):
    """The options of :func:`framewright.render`, as keywords: those of a probe, and these.

    Attributes:
        format: None: told by the suffix of the output.
        codec: None: the format's usual one.
        quality: ``draft``, ``standard`` or ``high``.
        crf: constant rate factor in the codec's own scale, in place of the quality's.
        bitrate: bits a second, as a number or as ``"8M"``, in place of crf.
        workers: browsers that draw side by side; ``"auto"``: as many as the machine carries.
        chunks: pieces that the frames are rendered in; ``"auto"``: as many as are worth it.
        chunk_frames: frames of each chunk, in place of their number.
        resume: pieces that an earlier render has finished are used, and those of this one kept.
        capture: ``stream`` or ``screenshot``; ``"auto"``: the faster one that does the output justice.
        alpha: keep transparency; None: where the format can and the page is transparent.
        loudness: LUFS (EBU R128) that the sound is brought to, -70 to -5; None: as loud as it is.
        hdr: ``pq`` or ``hlg``: BT.2020 in 10 bits, with h265 and av1; ``off``; ``"auto"``: as the page's sources, where one of
            those codecs is asked for.
    """

    format: str | None
    codec: str | None
    quality: str
    crf: float | None
    bitrate: int | str | None
    workers: int | str
    chunks: int | str
    chunk_frames: int | None
    resume: bool
    capture: str
    alpha: bool | None
    loudness: float | None
    hdr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOptions:
    """The wishes of one render, each checked by itself. None means: choose for me.

    Attributes are those of :class:`RenderWishes`, as exact types: ``bitrate`` in bits a second, ``workers`` and ``chunks``
    None for ``auto``.
    """

    fps: FrameRate | None = None
    format: Format | None = None
    codec: Codec | None = None
    quality: Quality = Quality.STANDARD
    crf: float | None = None
    bitrate: int | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    scale: float = 1.0
    start_frame: int | None = None
    end_frame: int | None = None
    workers: int | None = None
    chunks: int | None = None
    chunk_frames: int | None = None
    resume: bool = True
    capture: CaptureWish = CaptureWish.AUTO
    alpha: bool | None = None
    mode: ModeWish = ModeWish.SEEK
    strict: bool = False
    variables: Mapping[str, JsonValue] = field(default_factory=dict)
    subtitles: tuple[SubtitleFile, ...] = ()
    subtitles_mode: SubtitlesMode = SubtitlesMode.BURN
    audio_tracks: tuple[AudioTrack, ...] = ()
    skip_audio: bool = False
    loudness: float | None = None
    hdr: HdrWish = HdrWish.AUTO

    def __post_init__(self) -> None:
        _check_side("--width", self.width)
        _check_side("--height", self.height)
        if not (math.isfinite(self.scale) and SMALLEST_SCALE <= self.scale <= LARGEST_SCALE):
            raise UsageError(
                f"--scale {self.scale:g} is out of range: use {SMALLEST_SCALE:g} to {LARGEST_SCALE:g}.",
                code="SCALE_INVALID",
            )
        if self.workers is not None and not 1 <= self.workers <= MOST_WORKERS:
            raise UsageError(
                f"--workers {self.workers} is out of range: use 1 to {MOST_WORKERS}, or auto.",
                code="WORKERS_INVALID",
            )
        if self.duration is not None and not (math.isfinite(self.duration) and self.duration > 0):
            raise UsageError(
                f"--duration {self.duration:g} is no length: give seconds above 0.", code="DURATION_INVALID"
            )
        self._check_sound()
        self._check_chunks()
        check_variables(self.variables, "--variables")
        check_subtitle_files(self.subtitles, self.subtitles_mode)
        for name, frame in (("--start-frame", self.start_frame), ("--end-frame", self.end_frame)):
            if frame is not None and frame < 0:
                raise UsageError(f"{name} {frame} is no frame: the first one is 0.", code="FRAMES_INVALID")

    def _check_chunks(self) -> None:
        if self.chunks is not None and self.chunk_frames is not None:
            raise UsageError(
                "--chunks and --chunk-frames both say how to cut: give one of them.", code="CHUNKS_INVALID"
            )
        if self.chunks is not None and not 1 <= self.chunks <= MOST_CHUNKS:
            raise UsageError(
                f"--chunks {self.chunks} is out of range: use 1 to {MOST_CHUNKS}, or auto.",
                code="CHUNKS_INVALID",
            )
        if self.chunk_frames is not None and self.chunk_frames < 1:
            raise UsageError(
                f"--chunk-frames {self.chunk_frames} is out of range: use 1 or more.", code="CHUNKS_INVALID"
            )

    def _check_sound(self) -> None:
        if self.loudness is not None and not QUIETEST_MIX <= self.loudness <= LOUDEST_MIX:
            raise UsageError(
                f"--loudness {self.loudness:g} is out of range: use {QUIETEST_MIX:g} to {LOUDEST_MIX:g} LUFS.",
                code="LOUDNESS_INVALID",
            )
        if self.skip_audio and (self.audio_tracks or self.loudness is not None):
            other = "--audio-track" if self.audio_tracks else "--loudness"
            raise UsageError(
                f"--skip-audio leaves no sound for {other}: leave out one of them.", code="AUDIO_CONTRADICTS"
            )

    @classmethod
    def parse(cls, **wishes: Unpack[RenderWishes]) -> Self:
        """Read what people write.

        Raises:
            UsageError: a wish that does not exist or is out of range; the message names it as the command line does.
        """
        read: dict[str, object] = {
            name: _plain(name, value) for name, value in wishes.items() if value is not None
        }
        if (fps := wishes.get("fps")) is not None:
            read["fps"] = fps if isinstance(fps, FrameRate) else FrameRate.parse(fps)
        if (container := wishes.get("format")) is not None:
            read["format"] = _one_of(Format, "--format", container, "FORMAT_UNKNOWN")
        if (codec := wishes.get("codec")) is not None:
            read["codec"] = _one_of(Codec, "--codec", codec, "CODEC_UNKNOWN")
        if (quality := wishes.get("quality")) is not None:
            read["quality"] = _one_of(Quality, "--quality", quality, "QUALITY_UNKNOWN")
        if (capture := wishes.get("capture")) is not None:
            read["capture"] = _one_of(CaptureWish, "--capture", capture, "CAPTURE_UNKNOWN")
        if (hdr := wishes.get("hdr")) is not None:
            read["hdr"] = _one_of(HdrWish, "--hdr", hdr, "HDR_UNKNOWN")
        if (mode := wishes.get("mode")) is not None:
            read["mode"] = _one_of(ModeWish, "--mode", mode, "MODE_UNKNOWN")
        if (subtitles_mode := wishes.get("subtitles_mode")) is not None:
            read["subtitles_mode"] = _one_of(
                SubtitlesMode, "--subtitles-mode", subtitles_mode, "SUBTITLES_MODE_UNKNOWN"
            )
        if (subtitles := wishes.get("subtitles")) is not None:
            read["subtitles"] = parse_subtitle_files(subtitles)
        if (bitrate := wishes.get("bitrate")) is not None:
            read["bitrate"] = parse_bitrate(bitrate)
        if (workers := wishes.get("workers")) is not None:
            read["workers"] = parse_workers(workers)
        if (chunks := wishes.get("chunks")) is not None:
            read["chunks"] = parse_chunks(chunks)
        if (tracks := wishes.get("audio_tracks")) is not None:
            read["audio_tracks"] = read_tracks(tracks)
        read["variables"] = {} if (given := wishes.get("variables")) is None else read_variables(given)
        unknown = read.keys() - cls.__dataclass_fields__.keys()
        if unknown:
            raise UsageError(
                f"There is no option {', '.join(sorted(unknown))}: use {', '.join(cls.__dataclass_fields__)}.",
                code="OPTION_UNKNOWN",
            )
        return cls(**read)  # type: ignore[arg-type]  # each value was read above, or is checked as it comes in


def settle(options: RenderOptions | None, wishes: RenderWishes | ProbeWishes) -> RenderOptions:
    """The options of a call that takes them as one value or as keywords.

    Raises:
        UsageError: ``OPTIONS_TWICE`` when both are given; and as :meth:`RenderOptions.parse`.
    """
    if options is None:
        return RenderOptions.parse(**wishes)
    if wishes:
        raise UsageError(
            f"Give options as one value or as keywords, not both: {', '.join(sorted(wishes))}.",
            code="OPTIONS_TWICE",
        )
    return options


def parse_bitrate(written: str | int) -> int:
    """Bits a second from ``8000000``, ``"800k"``, ``"8M"``.

    Raises:
        UsageError: ``BITRATE_INVALID``.
    """
    match = _BITRATE.fullmatch(str(written).strip())
    if match is None:
        raise UsageError(
            f"'{written}' is no bitrate: give bits a second such as 800k or 8M.", code="BITRATE_INVALID"
        )
    return round(float(match[1]) * _BITRATE_UNITS[match[2].lower()])


def parse_workers(written: str | int) -> int | None:
    """A number of workers; None for ``auto``.

    Raises:
        UsageError: ``WORKERS_INVALID``.
    """
    if written == "auto":
        return None
    try:
        return int(str(written))
    except ValueError:
        raise UsageError(
            f"'{written}' is no number of workers: use 1 to {MOST_WORKERS}, or auto.", code="WORKERS_INVALID"
        ) from None


def parse_chunks(written: str | int) -> int | None:
    """A number of chunks; None for ``auto``.

    Raises:
        UsageError: ``CHUNKS_INVALID``.
    """
    if written == "auto":
        return None
    try:
        return int(str(written))
    except ValueError:
        raise UsageError(
            f"'{written}' is no number of chunks: use 1 to {MOST_CHUNKS}, or auto.", code="CHUNKS_INVALID"
        ) from None


_Choice = TypeVar("_Choice", bound=StrEnum)


def _one_of(kind: type[_Choice], option: str, written: str, code: str) -> _Choice:
    try:
        return kind(written)
    except ValueError:
        raise UsageError(f"{option} '{written}' does not exist: use {', '.join(kind)}.", code=code) from None


def _plain(name: str, value: object) -> object:
    """A wish that needs no reading, once it is of the kind that it should be; any other as it is."""
    kind = _PLAIN.get(name)
    if kind is None:
        return value
    right = isinstance(value, (int, float) if kind is float else kind)
    if right and isinstance(value, bool) == (kind is bool):
        return float(value) if kind is float else value  # type: ignore[arg-type]
    raise UsageError(
        f"--{name.replace('_', '-')} {value!r} is not {_KINDS[kind]}: give one.", code="OPTION_INVALID"
    )


def _check_side(option: str, side: int | None) -> None:
    if side is not None and not 1 <= side <= LARGEST_SIDE:
        raise UsageError(
            f"{option} {side} is out of range: use 1 to {LARGEST_SIDE} pixels.", code="SIZE_INVALID"
        )
