"""Where a source begins and how long it is, by its headers; where they do not say, by its last packets."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
from av.video.stream import VideoStream

from framewright.media.sources.opening import video_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer
    from av.stream import Stream

# Containers whose stated length is a guess from a bit rate, or of the first part only.
_GUESSED = frozenset(
    {
        "h264",
        "hevc",
        "vvc",
        "obu",
        "m4v",
        "mpegvideo",
        "mjpeg",
        "h261",
        "h263",
        "vc1",
        "dirac",
        "aac",
        "ac3",
        "eac3",
        "dts",
        "loas",
    }
)
_FAR = 1_000_000  # seconds: behind the end of any file, and far from what 64 bits of ticks can hold
_MOST_PACKETS = 400_000


@dataclass(frozen=True, slots=True)
class Length:
    """Seconds, None where nothing says them.

    Attributes:
        whole: from time 0 to the end of the longer stream.
        video: from the first picture to the end of the last one.
        audio: of the sound.
        stated: the end of the last picture, if the file says it of the pictures themselves.
    """

    whole: float | None
    video: float | None
    audio: float | None
    stated: Fraction | None = None


def zero_of(container: InputContainer) -> Fraction:
    """The time stamp in seconds at which the earliest stream begins.

    Sound that begins before 0 begins there: those samples only warm the decoder up and are never heard.
    """
    starts = []
    for stream in _streams(container):
        if stream.start_time is not None and stream.time_base is not None:
            start = stream.start_time * stream.time_base
            starts.append(max(start, Fraction(0)) if stream.type == "audio" else start)
    return min(starts, default=Fraction(0))


def length_of(container: InputContainer, zero: Fraction) -> Length:
    """The lengths of a container, which may be read to its end for it: it is of no use afterwards."""
    ends: dict[str, Fraction] = {}
    lengths: dict[str, Fraction] = {}
    stated = None
    for stream in _streams(container):
        start = (stream.start_time or 0) * (stream.time_base or Fraction(0))
        length = _own(container, stream)
        if length is not None and isinstance(stream, VideoStream):
            if _reorders(container, stream) and (last := _last(container, stream)) is not None:
                # Some muxers sum up times of decoding, which end before the last picture of an uneven rate is over.
                length = max(length, last - start)
            stated = start + length - zero
        length = length or _shared(container, start)
        end = start + length if length is not None else _last(container, stream)
        if end is not None:
            ends[stream.type] = end - zero
            lengths[stream.type] = end - start
    return Length(
        whole=float(max(ends.values())) if ends else None,
        video=_seconds(lengths.get("video")),
        audio=_seconds(lengths.get("audio")),
        stated=stated,
    )


def _streams(container: InputContainer) -> Iterator[Stream]:
    video = video_of(container)
    if video is not None:
        yield video
    yield from container.streams.audio[:1]


def _own(container: InputContainer, stream: Stream) -> Fraction | None:
    """The length that a file says of one of its streams."""
    if container.format.name in _GUESSED or stream.time_base is None:
        return None
    if stream.duration and stream.duration > 0:
        return stream.duration * stream.time_base
    tag = _clock(next((text for key, text in stream.metadata.items() if key.upper() == "DURATION"), ""))
    start = (stream.start_time or 0) * stream.time_base
    return tag - start if tag is not None and tag > start else None


def _shared(container: InputContainer, start: Fraction) -> Fraction | None:
    """The length that a file says of all that is in it, for a stream with this start."""
    if (
        container.format.name in _GUESSED | {"gif", "apng"}
        or not container.duration
        or container.duration < 0
    ):
        return None
    end = Fraction((container.start_time or 0) + container.duration, av.time_base)
    return end - start if end > start else None


def _reorders(container: InputContainer, stream: VideoStream) -> bool:
    """Whether an mp4 shows its pictures in another order than it holds them."""
    codec = stream.codec_context
    return "mp4" in container.format.name.split(",") and codec is not None and codec.has_b_frames


def _clock(text: str) -> Fraction | None:
    """Seconds of ``00:01:02.345000000``, as Matroska tags say them."""
    try:
        hours, minutes, seconds = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
    except (ValueError, ZeroDivisionError):
        return None


def _last(container: InputContainer, stream: Stream) -> Fraction | None:
    """The end of the last packet, in seconds of the container's stamps; of packets without stamps, their sum."""
    if stream.time_base is None:
        return None
    with suppress(av.FFmpegError):  # of a container that cannot seek the rest is read
        container.seek(int(_FAR / stream.time_base), stream=stream)
    latest, end, total = None, None, 0
    with suppress(av.FFmpegError):  # a damaged end counts as far as it can be read
        for count, packet in enumerate(container.demux(stream)):
            # Lengths follow the order of decoding: that of the packet which is shown last is the best of them.
            if packet.pts is not None and (latest is None or packet.pts > latest):
                latest, end = packet.pts, packet.pts + (packet.duration or 0)
            total += packet.duration or 0
            if count > _MOST_PACKETS:
                return None
    if end is None:
        end = total or None
    return None if end is None else end * stream.time_base


def _seconds(length: Fraction | None) -> float | None:
    return None if length is None or length <= 0 else float(length)
