"""One frame of a finished file, by its number: exact, without decoding what is not needed for it."""

from __future__ import annotations

import io
import time
import zipfile
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av

from framewright.media.codec_log import complaint
from framewright.model.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# FFmpeg's own decoder leaves the transparency of VP9 out.
_ALPHA_DECODER = "libvpx-vp9"
_LARGEST_PICTURE = 1 << 28
_HALF = Fraction(1, 2)


def still_of(
    file: Path, number: int, *, rate: Fraction | None = None, patience: float = 20.0
) -> VideoFrame | None:
    """A frame of a video file, or of an archive of numbered PNG files. Blocks.

    Args:
        number: the first one is 0.
        rate: frames a second by which they are numbered; None: those of the file. A GIF shows what does not change as one
            longer picture, so that its own rate tells little.
        patience: seconds that it may take.

    Returns:
        The frame; None: there are not so many.

    Raises:
        OutputError: ``FRAME_UNREADABLE`` the file cannot be read, or not soon enough.
    """
    try:
        if zipfile.is_zipfile(file):
            return _of_archive(file, number)
        with av.open(str(file)) as container:
            return _of_video(container, number, rate, time.monotonic() + patience)
    except (av.FFmpegError, OSError, zipfile.BadZipFile, IndexError, ValueError) as error:
        said = complaint(error) if isinstance(error, av.FFmpegError) else str(error)
        raise OutputError(
            f"Frame {number} of {file.name} cannot be read: {said}.", code="FRAME_UNREADABLE"
        ) from error


def _of_archive(file: Path, number: int) -> VideoFrame | None:
    with zipfile.ZipFile(file) as archive:
        try:
            entry = archive.getinfo(f"frame_{number + 1:06d}.png")
        except KeyError:
            return None
        if entry.file_size > _LARGEST_PICTURE:
            raise ValueError("it is too large")
        data = archive.read(entry)
    with av.open(io.BytesIO(data), "r", format="png_pipe") as container:
        return next(container.decode(video=0), None)


def _of_video(
    container: InputContainer, number: int, rate: Fraction | None, deadline: float
) -> VideoFrame | None:
    stream = container.streams.video[0]
    chosen = rate or stream.average_rate or stream.guessed_rate
    if chosen is None or stream.time_base is None:
        raise ValueError("it does not tell its rate")
    start = Fraction(stream.start_time or 0) * stream.time_base
    # In the middle of its time, so that no rounding of stamps matters.
    wanted = start + (number + _HALF) / chosen
    found: VideoFrame | None = None
    if number:
        container.seek(int((wanted - _HALF / chosen) / stream.time_base), stream=stream, backward=True)
    for frame in _frames(container, stream):
        if time.monotonic() > deadline:
            raise ValueError("it takes too long")
        if frame.pts is None:
            continue
        if frame.pts * stream.time_base > wanted:
            return found
        found = frame
    if found is None or found.pts is None:
        return None
    ends = found.pts * stream.time_base + max((found.duration or 0) * stream.time_base, 1 / chosen)
    return found if wanted < ends else None


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    if stream.codec_context.name != "vp9" or stream.metadata.get("alpha_mode") != "1":
        stream.codec_context.thread_count = 1
        yield from container.decode(stream)
        return
    codec = cast("VideoCodecContext", av.CodecContext.create(_ALPHA_DECODER, "r"))
    codec.extradata = stream.codec_context.extradata
    for packet in container.demux(stream):
        yield from codec.decode(packet if packet.size else None)
