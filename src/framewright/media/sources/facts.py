"""What a file holds, from its headers alone: no frame of it is decoded but those that FFmpeg needs to know its kind."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from framewright.media.hdr.levels import levels_of
from framewright.media.sources.errors import SourceFault, fault_of
from framewright.media.sources.geometry import Shape, quarter_turn
from framewright.media.sources.lengths import length_of, zero_of
from framewright.media.sources.opening import MOST_PIXELS, beginning_of, opened, video_of
from framewright.media.sources.webp import HEAD, is_animation, read_animation
from framewright.model.media import AudioFacts, MediaFacts, Transfer, VideoFacts
from framewright.model.size import LARGEST_SIDE

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer
    from av.video.format import VideoFormat
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from framewright.media.sources.webp import Animation

_TRANSFERS = {16: Transfer.PQ, 18: Transfer.HLG}
_INTERLACED = range(2, 6)  # AVFieldOrder: two fields, in any of their orders
_LEAST_SLACK, _MOST_SLACK = Fraction(1, 500_000), Fraction(1, 1000)
_FIRST_PACKETS = 64  # read to find a first frame: some decoders give one only after many packets
_INDEX_SAMPLE = 600
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_DRAWN_FROM_THE_START = frozenset({"gif", "apng"})


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file has to be read, and what its author may know.

    Attributes:
        stream: index of the video stream; None: it has none.
        decoder: a decoder that reads more of it than the usual one.
        shape: from coded pixels to those that are shown.
        zero: the time stamp in seconds that is time 0 of the source.
        slack: seconds by which a stamp may be late, since it was rounded to whole ticks.
        jumps: False: it has to be decoded from its start, always.
        gop: seconds between two key frames, as far as known.
        end: when the last picture ends, if the file says it of the pictures themselves.
    """

    facts: MediaFacts
    stream: int | None
    decoder: str | None
    shape: Shape
    zero: Fraction
    slack: Fraction
    jumps: bool
    gop: Fraction | None = None
    end: Fraction | None = None

    @property
    def rate(self) -> Fraction:
        """Frames a second, or a guess."""
        video = self.facts.video
        return Fraction(video.rate) if video is not None and video.rate else Fraction(30)


def look(path: Path) -> Reading:
    """Open a file and see what it is.

    Raises:
        SourceFault: it cannot be opened, or holds neither pictures nor sound.
    """
    if is_animation(beginning_of(path, HEAD)):
        return _reading_of_webp(read_animation(path))
    with opened(path) as container:
        try:
            return reading_of(container)
        except (av.FFmpegError, ValueError, OverflowError, MemoryError) as error:
            raise fault_of(error) from error


def _reading_of_webp(animation: Animation) -> Reading:
    shape = Shape(animation.width, animation.height)
    length = animation.parts[-1].stop
    moving = len(animation.parts) > 1
    video = VideoFacts(
        codec="webp",
        width=shape.width,
        height=shape.height,
        rate=str((len(animation.parts) / length).limit_denominator(1000)) if moving else None,
        seconds=float(length) if moving else None,
        alpha=True,
        moving=moving,
    )
    facts = MediaFacts(container="webp", seconds=video.seconds, video=video)
    return Reading(facts, 0, None, shape, Fraction(0), _LEAST_SLACK, jumps=False)


def reading_of(container: InputContainer) -> Reading:
    """What an open container is. It is of no use afterwards.

    Raises:
        SourceFault: it holds neither pictures nor sound, or its pictures are too large.
    """
    stream = video_of(container)
    if stream is None and not container.streams.audio:
        raise SourceFault("SOURCE_INVALID", "holds neither pictures nor sound")
    zero = zero_of(container)
    if stream is None:
        length = length_of(container, zero)
        facts = MediaFacts(
            container=container.format.name, seconds=length.whole, audio=_audio(container, length.audio)
        )
        return Reading(facts, None, None, Shape(1, 1), zero, Fraction(0), jumps=False)
    if stream.codec_context is None:
        raise SourceFault("SOURCE_UNSUPPORTED", "has pictures in a codec that FFmpeg does not know")
    name = stream.codec_context.codec.canonical_name
    decoder = _ALPHA_DECODERS.get(name) if _has_alpha_tag(stream) else None
    gop = _gop(stream)
    told = (stream.codec_context.width, stream.codec_context.height)  # a decoder that fails forgets them
    packets, first = _beginning(container, stream)
    shape = _shape(stream, first, told)
    moving = packets > 1 and not container.format.name.endswith("_pipe")
    length = length_of(container, zero)
    video = VideoFacts(
        codec=name,
        width=shape.shown[0],
        height=shape.shown[1],
        rotation=shape.turn,
        rate=str(stream.average_rate) if moving and stream.average_rate else None,
        seconds=length.video if moving else None,
        alpha=decoder is not None or _alpha_format(stream, first),
        interlaced=_interlaced(stream, first),
        transfer=_TRANSFERS.get(first.color_trc if first is not None else stream.color_trc, Transfer.SDR),
        levels=levels_of(first) if first is not None else None,
        moving=moving,
    )
    if container.format.name == "avi" and first is not None and first.pts is not None and stream.time_base:
        zero = first.pts * stream.time_base  # AVI tells when to decode; what is shown comes some frames later
    facts = MediaFacts(
        container=container.format.name,
        seconds=length.whole if moving or container.streams.audio else None,
        video=video,
        audio=_audio(container, length.audio),
    )
    return Reading(
        facts=facts,
        stream=stream.index,
        decoder=decoder,
        shape=shape,
        zero=zero,
        slack=_slack(stream),
        jumps=container.format.name not in _DRAWN_FROM_THE_START
        and first is not None
        and first.pts is not None,
        gop=gop,
        end=length.stated,
    )


def _audio(container: InputContainer, seconds: float | None) -> AudioFacts | None:
    stream = next(iter(container.streams.audio), None)
    if stream is None or stream.codec_context is None or not stream.sample_rate:
        return None
    return AudioFacts(
        codec=stream.codec_context.codec.canonical_name,
        rate=stream.sample_rate,
        layout=stream.layout.name,
        seconds=seconds,
    )


def _beginning(container: InputContainer, stream: VideoStream) -> tuple[int, VideoFrame | None]:
    """How many packets there are, up to two, and the first frame, if one of the first packets holds it."""
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    frame, count = None, 0
    with suppress(av.FFmpegError):  # of a damaged beginning the headers must do
        for packet in container.demux(stream):
            count += 1 if packet.size else 0
            if frame is None:
                frame = _frame_in(packet)
            if (frame is not None and count > 1) or count > _FIRST_PACKETS:
                break
    return count, frame


def _frame_in(packet: av.Packet[VideoStream]) -> VideoFrame | None:
    try:
        return next(iter(packet.decode()), None)
    except av.FFmpegError:
        return None


def _shape(stream: VideoStream, first: VideoFrame | None, told: tuple[int, int]) -> Shape:
    width, height = told if first is None else (first.width, first.height)
    if width <= 0 or height <= 0:
        raise SourceFault("SOURCE_CORRUPT", "holds no picture that can be decoded")
    pixel = stream.sample_aspect_ratio or Fraction(1)
    if not Fraction(1, 16) <= pixel <= 16:
        pixel = Fraction(1)  # nonsense that some files say
    turn = quarter_turn(-first.rotation) if first is not None else 0
    shape = Shape(width, height, pixel, turn)
    if max(shape.shown) > LARGEST_SIDE or width * height > MOST_PIXELS:
        raise SourceFault(
            "SOURCE_TOO_LARGE",
            f"has pictures of {shape.shown[0]}×{shape.shown[1]} pixels: {LARGEST_SIDE} a side are the most, and {MOST_PIXELS} in all",
        )
    return shape


def _has_alpha_tag(stream: VideoStream) -> bool:
    return any(key.lower() == "alpha_mode" and text == "1" for key, text in stream.metadata.items())


def _alpha_format(stream: VideoStream, first: VideoFrame | None) -> bool:
    shown = first.format if first is not None else stream.codec_context.format
    return shown is not None and has_alpha(shown)


def has_alpha(pixels: VideoFormat) -> bool:
    """Whether a pixel format can be transparent."""
    return pixels.has_palette or len(pixels.components) in {2, 4}


def _interlaced(stream: VideoStream, first: VideoFrame | None) -> bool:
    return stream.codec_context.field_order in _INTERLACED or (first is not None and first.interlaced_frame)


def _slack(stream: VideoStream) -> Fraction:
    """Half a tick, for stamps that were rounded to ticks, and at least what floats of a page may be off by."""
    tick = stream.time_base or Fraction(0)
    return min(max(tick / 2, _LEAST_SLACK), _MOST_SLACK)


def _gop(stream: VideoStream) -> Fraction | None:
    """The mean distance of the first key frames in the index, in seconds."""
    entries = stream.index_entries
    keys = [entry.timestamp for entry in entries[:_INDEX_SAMPLE] if entry.is_keyframe]
    if len(keys) < 2 or stream.time_base is None:
        return None
    return max((keys[-1] - keys[0]) * stream.time_base / (len(keys) - 1), Fraction(0))
