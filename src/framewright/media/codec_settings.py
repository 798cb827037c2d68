"""Which encoder writes an output, and with which settings: pure tables. The measurements are in docs/encoding.md.

Everything that can change a byte is set here and depends on the output, the size and the rate alone, never on the
machine: the number of threads too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from framewright.media.hdr.levels import for_svt_av1, for_x265
from framewright.model.errors import UsageError
from framewright.model.media import Transfer
from framewright.model.output import Codec, Format, OutputSpec, Quality

if TYPE_CHECKING:
    from collections.abc import Mapping

    from framewright.model.frames import FrameRate
    from framewright.model.media import LightLevels
    from framewright.model.size import Size

THREADS = 4
KEYFRAME_SECONDS = 2
_GIF_HIGHEST_RATE = 100


@dataclass(frozen=True, slots=True)
class CodecSettings:
    """One encoder, set up.

    Attributes:
        encoder: FFmpeg's name of it.
        container: FFmpeg's name of the muxer.
        pixel_format: of the frames that it takes.
        coded: their size.
        keyframe_distance: frames from one keyframe to the next, at most.
        options: for the encoder.
        container_options: for the muxer.
        codec_tag: the four characters that name the codec in mp4 and mov; None: FFmpeg's own choice.
        segment: the encoder begins anew at every multiple of so many frames; 0: never.
        lender: options of the least that the encoder can be, for a codec that only lends its tags to a stream.
        transfer: as frames are tagged.
        levels: what the container says of the light; None: nothing.
    """

    encoder: str
    container: str
    pixel_format: str
    coded: Size
    keyframe_distance: int
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)
    codec_tag: str | None = None
    segment: int = 0
    lender: dict[str, str] = field(default_factory=dict)
    transfer: Transfer = Transfer.SDR
    levels: LightLevels | None = None


# bitexact keeps dates, versions and chance out of the file, so that the same frames give the same bytes.
_BITEXACT = {"fflags": "+bitexact"}
_MP4 = {"movflags": "+faststart", **_BITEXACT}
_WEBM = _BITEXACT
# Every frame of these stands alone: nothing is carried over from one to the next.
_INTRA = frozenset({Codec.PRORES, Codec.GIF, Codec.PNG})
# Frames after which the encoder begins anew, in keyframe distances. Held pictures of H.264 need it to be one: they bring
# no keyframe of their own.
_SEGMENT_DISTANCES = {Codec.H264: 1, Codec.H265: 2, Codec.AV1: 2, Codec.VP9: 2}
_LENDERS = {
    Codec.H264: {"preset": "ultrafast", "threads": "1"},
    Codec.H265: {"preset": "ultrafast", "x265-params": "pools=none:frame-threads=1:log-level=error"},
    Codec.AV1: {"preset": "13", "svtav1-params": "lp=1"},
    Codec.VP9: {"threads": "1"},
}


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of a codec's ladder.

    Attributes:
        preset: the encoder's own word for how hard it tries.
        crf: constant rate factor.
        parameters: what is set differently from the preset.
    """

    preset: str
    crf: float
    parameters: dict[str, str] = field(default_factory=dict)


# Pages are sharp and clean: x264's and SVT-AV1's care for camera noise (sub-pixel refinement, temporal filters) buys
# little there, tools for screen content much. docs/encoding.md has the figures.
LADDERS: dict[Codec, dict[Quality, Step]] = {
    Codec.H264: {
        Quality.DRAFT: Step("ultrafast", 26),
        Quality.STANDARD: Step("veryfast", 18, {"subme": "1"}),
        Quality.HIGH: Step("slow", 15),
    },
    Codec.H265: {
        Quality.DRAFT: Step("ultrafast", 22),
        Quality.STANDARD: Step("superfast", 18),
        Quality.HIGH: Step("medium", 17),
    },
    Codec.AV1: {
        # Presets 10 and above are faster and wrong: where large flat cells turn from black to white they keep the old
        # picture. Preset 9 with several threads loses its order now and then ("no frame in undisplayed queue") when the
        # processor is busy with other work, such as a mix of sound; with one it gives the same bytes and never did.
        Quality.DRAFT: Step("9", 34, {"enable-tf": "0", "scm": "1", "lp": "1"}),
        Quality.STANDARD: Step("8", 30, {"enable-tf": "0", "scm": "1"}),
        Quality.HIGH: Step("5", 22, {"enable-tf": "0"}),
    },
    Codec.VP9: {
        Quality.DRAFT: Step("6", 34, {"deadline": "realtime"}),
        Quality.STANDARD: Step("5", 30),
        Quality.HIGH: Step("2", 22),
    },
}


def settings_for(spec: OutputSpec, size: Size, rate: FrameRate) -> CodecSettings:
    """The settings of a video file; GIF and image sequences have writers of their own.

    Raises:
        UsageError: ``SIZE_UNSUPPORTED`` as :func:`check`.
    """
    check(spec, size, rate)
    build = {
        Codec.H264: _h264,
        Codec.H265: _h265,
        Codec.AV1: _av1,
        Codec.VP9: _vp9,
        Codec.PRORES: _prores,
    }[spec.codec]
    settings = build(spec, size, _keyframe_distance(rate))
    segment = 0 if spec.codec in _INTRA else segment_of(spec, rate)
    lender = _LENDERS.get(spec.codec)
    if lender is None:
        return replace(settings, segment=segment, lender=settings.options)
    return replace(settings, segment=segment, lender=lender | _rate_control(spec, Step("", 0)))


def segment_of(spec: OutputSpec, rate: FrameRate) -> int:
    """Frames after which the encoder begins anew, counted from frame 0 of the composition, in whatever piece they are.

    Pieces cut at its multiples hold the very packets that one piece would. 1 where every frame stands alone; 0 with a
    bitrate to keep, for which the encoder must live as long as the piece.
    """
    if spec.codec in _INTRA:
        return 1
    if spec.bitrate is not None:
        return 0
    return _SEGMENT_DISTANCES[spec.codec] * _keyframe_distance(rate)


def without_faststart(settings: CodecSettings) -> CodecSettings:
    """The same for a file whose index stays at its end: a piece is read once, from where it lies."""
    return replace(settings, container_options=_BITEXACT)


def check(spec: OutputSpec, size: Size, rate: FrameRate) -> None:
    """Refuse what the codec cannot write, before anything is rendered.

    Raises:
        UsageError: ``SIZE_UNSUPPORTED`` or ``FPS_UNSUPPORTED``.
    """
    least = {Codec.H264: 2, Codec.H265: 32, Codec.AV1: 64, Codec.VP9: 1, Codec.PRORES: 2}.get(spec.codec, 1)
    coded = size if spec.codec in {Codec.VP9, Codec.GIF, Codec.PNG} else size.even
    if min(coded.width, coded.height) < least:
        raise UsageError(
            f"{spec.codec} cannot write pictures of {size}: each side needs {least} pixels or more.",
            code="SIZE_UNSUPPORTED",
        )
    if spec.codec is Codec.GIF and rate.value > _GIF_HIGHEST_RATE:
        raise UsageError(
            f"GIF cannot show {rate} frames a second: use --fps {_GIF_HIGHEST_RATE} or less.",
            code="FPS_UNSUPPORTED",
        )


def _keyframe_distance(rate: FrameRate) -> int:
    return max(1, round(KEYFRAME_SECONDS * rate.value))


def _rate_control(spec: OutputSpec, step: Step) -> dict[str, str]:
    if spec.bitrate is not None:
        return {"b": str(spec.bitrate)}
    return {"crf": f"{step.crf if spec.crf is None else spec.crf:g}"}


def _joined(parameters: Mapping[str, object]) -> str:
    return ":".join(f"{name}={value}" for name, value in parameters.items())


def _h264(spec: OutputSpec, size: Size, distance: int) -> CodecSettings:
    step = LADDERS[Codec.H264][spec.quality]
    parameters = {
        "keyint": distance,
        "open-gop": 0,
        # The last frame of a run of pictures must be the last reference: held pictures repeat it.
        "b-pyramid": "none",
        # Without it the lookahead differs between processors, and with AVX-512 even between two runs.
        "cpu-independent": 1,
        "stitchable": 1,  # equal parameter sets, whatever the pictures
        **step.parameters,
    }
    options = {
        "preset": step.preset,
        "threads": str(THREADS),
        "x264-params": _joined(parameters),
        **_rate_control(spec, step),
    }
    if spec.crf != 0:  # 0 is lossless, and has a profile of its own
        options["profile"] = "high"
    return CodecSettings("libx264", spec.format.value, "yuv420p", size.even, distance, options, _MP4)


def _h265(spec: OutputSpec, size: Size, distance: int) -> CodecSettings:
    step = LADDERS[Codec.H265][spec.quality]
    parameters = {
        "keyint": distance,
        "min-keyint": distance,
        "open-gop": 0,
        "pools": THREADS,
        "frame-threads": 2,
        "lookahead-threads": 0,
        "info": 0,
        "log-level": "error",
        **({} if spec.levels is None else for_x265(spec.levels)),
        **step.parameters,
    }
    options = {
        "preset": step.preset,
        "x265-params": _joined(parameters),
        **_rate_control(spec, step),
    }
    return CodecSettings(
        "libx265",
        spec.format.value,
        "yuv420p" if spec.transfer is Transfer.SDR else "yuv420p10le",
        size.even,
        distance,
        options,
        _MP4,
        "hvc1",
        transfer=spec.transfer,
        levels=spec.levels,
    )


def _av1(spec: OutputSpec, size: Size, distance: int) -> CodecSettings:
    step = LADDERS[Codec.AV1][spec.quality]
    light = {} if spec.levels is None else for_svt_av1(spec.levels)
    parameters = {"lp": THREADS, "irefresh-type": 2, **light, **step.parameters}
    options = {
        "preset": step.preset,
        "g": str(distance),
        "svtav1-params": _joined(parameters),
        **_rate_control(spec, step),
    }
    in_webm = spec.format is Format.WEBM
    return CodecSettings(
        "libsvtav1",
        spec.format.value,
        "yuv420p10le",
        size.even,
        distance,
        options,
        _WEBM if in_webm else _MP4,
        None if in_webm else "av01",
        transfer=spec.transfer,
        levels=spec.levels,
    )


def _vp9(spec: OutputSpec, size: Size, distance: int) -> CodecSettings:
    step = LADDERS[Codec.VP9][spec.quality]
    options = {
        "deadline": "good",
        "cpu-used": step.preset,
        "threads": str(THREADS),
        "row-mt": "1",
        "tile-columns": "2",
        "g": str(distance),
        **step.parameters,
        **_rate_control(spec, step),
    }
    if spec.bitrate is None:
        options["b"] = "0"
    if spec.alpha:
        options["auto-alt-ref"] = "0"  # the alpha plane is a second stream, frame for frame
    pixel_format = "yuva420p" if spec.alpha else "yuv420p"
    return CodecSettings("libvpx-vp9", "webm", pixel_format, size, distance, options, _WEBM)


def _prores(spec: OutputSpec, size: Size, distance: int) -> CodecSettings:
    options = {"threads": str(THREADS), "vendor": "apl0"}
    if spec.alpha:
        options |= {"profile": "4444", "alpha_bits": "16"}
    else:
        options["profile"] = "hq"
    pixel_format = "yuva444p10le" if spec.alpha else "yuv422p10le"
    return CodecSettings("prores_ks", "mov", pixel_format, size.even, distance, options, _MP4)
