"""Small source videos whose every frame carries its number, in cells that any scaling and codec leaves readable.

The number of frame *n* is ``first + n``; :func:`number_of` reads it back from what the shelf delivers. Sounds are
in ``truth.tones``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
from av.video.frame import VideoFrame

from framewright.media.codec_log import listen
from framewright.media.thread_priority import kept_priority
from truth import counter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from framewright.media.sources import SourceFrame

TICKS = 90_000
"""Ticks a second of the times that are written: 24, 25, 30, 50, 60 and 30000/1001 divide it."""

QUICK = {
    "libx264": {"preset": "veryfast", "crf": "18", "sc_threshold": "0"},
    "libx265": {"preset": "ultrafast", "crf": "18", "x265-params": "log-level=none"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "auto-alt-ref": "0", "crf": "10", "b": "2M"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "auto-alt-ref": "0", "crf": "20", "b": "0"},
    "libsvtav1": {"preset": "8", "crf": "5"},
}


@dataclass(frozen=True)
class Footage:
    """A written source.

    Attributes:
        moments: when each frame begins, in seconds of the source: its time 0 is the start of its earliest stream.
        end: when the last frame ends.
        first: the number of frame 0.
    """

    path: Path
    moments: tuple[Fraction, ...]
    end: Fraction
    first: int = 0

    def at(self, seconds: Fraction | float) -> int:
        """The number that must be seen at a time: the first frame before the start, the last one past the end."""
        shown = sum(moment <= seconds for moment in self.moments)
        return (self.first + max(0, shown - 1)) % counter.NUMBERS


def even(fps: str | int | Fraction, frames: int, start: Fraction = Fraction(0)) -> tuple[Fraction, ...]:
    """The moments of a constant rate."""
    return tuple(start + Fraction(n) / Fraction(fps) for n in range(frames))


@kept_priority()
def write(
    path: Path,
    *,
    fps: str | int = 30,
    frames: int = 60,
    moments: Sequence[Fraction] | None = None,
    size: tuple[int, int] = (160, 90),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    gop: int = 12,
    b_frames: int = 2,
    edit_list: bool = True,
    alpha: bool = False,
    interlaced: bool = False,
    rotation: int = 0,
    pixel_shape: Fraction | None = None,
    sound: tuple[Fraction, Fraction] | None = None,
    first: int = 0,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    container_format: str | None = None,
) -> Footage:
    """Write a source; the name's ending says the container.

    Args:
        moments: times of the frames in place of a constant rate; the first need not be 0.
        edit_list: False: an mp4 with B-frames says the start of its first frame as it is, some frames after 0.
        alpha: the edges of the cells are transparent (give a pixel format with alpha).
        rotation: degrees clockwise that a player has to turn it by.
        pixel_shape: sample aspect ratio.
        sound: start and length in seconds of a stream of silence beside the pictures.
    """
    listen()
    begins = tuple(moments) if moments is not None else even(fps, frames)
    step = 1 / Fraction(fps)
    muxing = dict(container_options or {})
    if not edit_list:
        muxing["use_editlist"] = "0"
    with av.open(str(path), "w", format=container_format, container_options=muxing) as container:
        settings = QUICK.get(codec, {}) | (options or {})
        if interlaced:
            settings["flags"] = "+ilme+ildct"
        stream = container.add_stream(codec, rate=Fraction(fps), options=settings)
        stream.width, stream.height = size
        stream.pix_fmt = pixel_format
        context = stream.codec_context
        context.gop_size = gop
        context.thread_count = 1
        if codec in {"libx264", "libx265", "mpeg4", "mpeg2video"}:
            context.max_b_frames = b_frames
        # Some codecs and bare streams know nothing but a constant rate.
        exact = moments is None and (
            codec in {"mpeg4", "mpeg2video", "gif"} or path.suffix in {".h264", ".m2v"}
        )
        tick = step if exact else Fraction(1, TICKS)
        context.time_base = tick
        if codec != "gif":
            context.color_range, context.colorspace = 1, 1
        if pixel_shape is not None:
            context.sample_aspect_ratio = pixel_shape
        if rotation:
            stream.set_display_rotation(-rotation)
        if alpha and codec in {"libvpx", "libvpx-vp9"}:
            stream.metadata["alpha_mode"] = "1"
        silence = container.add_stream("aac", rate=48_000) if sound is not None else None
        if silence is not None:
            assert sound is not None
            container.mux(list(_silence(silence, *sound)))
        for n, moment in enumerate(begins):
            frame = picture(first + n, size, alpha=alpha).reformat(
                format=pixel_format, dst_colorspace="ITU709", dst_color_range=1
            )
            frame.pts, frame.time_base = round(moment / tick), tick
            if interlaced:
                frame.colorspace, frame.color_range = 1, 1
            after = begins[n + 1] if n + 1 < len(begins) else moment + step
            frame.duration = round((after - moment) / tick)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return Footage(path, begins, begins[-1] + step, first)


def picture(number: int, size: tuple[int, int], *, alpha: bool = False) -> VideoFrame:
    """The cells of a number as RGB, or RGBA with transparent edges around each cell."""
    width, height = size
    cells = np.array(counter.bits_of(number % counter.NUMBERS), np.uint8).reshape(2, counter.BITS) * 255
    rows = np.arange(height) * 2 // height
    columns = np.arange(width) * counter.BITS // width
    grey = cells[rows][:, columns]
    if not alpha:
        return VideoFrame.from_ndarray(np.ascontiguousarray(np.stack([grey] * 3, axis=2)), format="rgb24")
    across = (np.arange(width) * counter.BITS / width) % 1
    down = (np.arange(height) * 2 / height) % 1
    inner = (np.abs(across - 0.5) < 0.4)[None, :] & (np.abs(down - 0.5) < 0.4)[:, None]
    planes = [grey, grey, grey, np.where(inner, 255, 0).astype(np.uint8)]
    return VideoFrame.from_ndarray(np.ascontiguousarray(np.stack(planes, axis=2)), format="rgba")


def _silence(stream: av.AudioStream, start: Fraction, seconds: Fraction) -> Iterable[av.Packet]:
    stream.layout = "stereo"
    begin, count = round(start * 48_000), round(seconds * 48_000)
    for at in range(0, count, 1024):
        frame = av.AudioFrame(format="fltp", layout="stereo", samples=min(1024, count - at))
        frame.sample_rate, frame.pts, frame.time_base = 48_000, begin + at, Fraction(1, 48_000)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        yield from stream.encode(frame)
    yield from stream.encode(None)


def cut_by_edit(footage: Footage, seconds: Fraction) -> Footage:
    """Make an mp4 begin later by its edit list alone: the packets before stay in the file and are not shown."""
    data = bytearray(footage.path.read_bytes())
    scale = _after(data, b"mdhd", 12)
    at = data.index(b"elst") + 4
    version, entries = data[at], struct.unpack_from(">I", data, at + 4)[0]
    assert (version, entries) == (0, 1)
    media_time = struct.unpack_from(">i", data, at + 12)[0] + round(seconds * scale)
    length = struct.unpack_from(">I", data, at + 8)[0] - round(seconds * _after(data, b"mvhd", 12))
    struct.pack_into(">Ii", data, at + 8, length, media_time)
    footage.path.write_bytes(bytes(data))
    kept = [moment - seconds for moment in footage.moments]
    shown = sum(moment <= 0 for moment in kept) - 1
    moments = (Fraction(0), *kept[shown + 1 :])
    return Footage(footage.path, moments, footage.end - seconds, footage.first + shown)


def _after(data: bytes | bytearray, box: bytes, offset: int) -> int:
    number: int = struct.unpack_from(">I", data, data.index(box) + 4 + offset)[0]
    return number


def grey_of(frame: SourceFrame) -> np.ndarray:
    """What was delivered as height × width, 0 to 255; transparent pixels are black."""
    width, height = frame.size.width, frame.size.height
    data = np.frombuffer(frame.data, np.uint8)
    if frame.layout == "RGBA":
        pixels = data.reshape(height, width, 4).astype(np.float32)
        return np.asarray(pixels[..., :3].mean(axis=2) * pixels[..., 3] / 255)
    return data[: width * height].reshape(height, width).astype(np.float32)


def number_of(frame: SourceFrame) -> int:
    """The number that a delivered frame shows.

    Raises:
        counter.UnreadableError: none, or a mixture of two.
    """
    return counter.read(grey_of(frame))
