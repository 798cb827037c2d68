"""GIF with one palette for the whole render.

The palette can only be chosen when every picture has been seen, so pictures are counted as they come and kept, as the
PNGs they are, in a spool beside the result; at the end they are read once more, quantised and written. Memory does not
grow with the length.
"""

from __future__ import annotations

import contextlib
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.packet import Packet
from av.video.reformatter import ColorRange

from framewright.media.codec_log import complaint, listen
from framewright.media.colour import PngReader
from framewright.media.filters import FilterChain, source
from framewright.media.output_file import write_error
from framewright.media.video_file import BITEXACT, system_errors
from framewright.model.errors import EncoderError
from framewright.model.output import Layout, OutputSpec, Quality
from framewright.model.picture import Picture
from framewright.model.size import Size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from framewright.model.frames import FrameRate

# Ordered dithering does not crawl from frame to frame and packs well; error diffusion follows gradients more closely.
_DITHER = {
    Quality.DRAFT: "dither=none",
    Quality.STANDARD: "dither=bayer:bayer_scale=4",
    Quality.HIGH: "dither=sierra2_4a",
}
_HUNDREDTHS = 100
_OPAQUE_FROM = 128  # of 255: the filter's threshold
_DISPOSE_TO_BACKGROUND, _HAS_HOLES = 2, 1
_HOLE = 255  # where palettegen puts it
_RGB = 0  # AVCOL_SPC_RGB
_LONGEST_DELAY = 60_000  # 16 bits of hundredths, with room


@dataclass(frozen=True, slots=True)
class _Spooled:
    """A picture in the spool and the frame from which on it shows."""

    offset: int
    size: int
    frame: int


class GifEncoder:
    """An :class:`~framewright.media.encoder.Encoder` for GIF. Repeated frames only lengthen the delay.

    Args:
        size: of the pictures.
        path: of the result; the spool stands in the same folder, without a name.
    """

    def __init__(self, spec: OutputSpec, size: Size, rate: FrameRate, path: Path) -> None:
        listen()
        self._spec = spec
        self._size = size
        self._rate = rate
        self._path = path
        self._reader = PngReader()
        self._pictures: list[_Spooled] = []
        self._count = 0
        self._holes = False
        self.progress = 0
        try:
            self._spool = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 -- closed by finish and abort
        except OSError as error:
            raise write_error(path, error) from error
        self._source = source("bgra", size, matrix="gbr", full_range=True)
        self._palette = FilterChain(self._source, [("palettegen", "reserve_transparent=1:stats_mode=full")])

    def write(self, picture: Picture) -> None:
        """Add a frame."""
        if picture.size != self._size or picture.layout is not Layout.PNG:
            raise EncoderError(
                f"A GIF of {self._size} got a picture that is no PNG of this size.", code="PICTURE_INVALID"
            )
        with self._errors():
            frame = self._bgra(picture, len(self._pictures))
            self._holes = self._holes or _has_holes(frame)
            self._palette.push(frame)
            self._pictures.append(_Spooled(self._spool.tell(), picture.nbytes, self._count))
            self._spool.write(picture.data)
        self._count += 1
        self.progress += 1

    def repeat(self) -> None:
        """Let the last picture stand one frame longer."""
        if not self._pictures:
            raise ValueError("there is no picture to repeat")
        self._count += 1
        self.progress += 1

    def finish(self) -> None:
        """Choose the palette, quantise every picture and write the file."""
        if not self._pictures:
            raise EncoderError("A GIF needs a picture.", code="ENCODER_FAILED")
        with self._errors():
            self._palette.push(None)
            palette = self._palette.pull()
            self._quantise(palette)
            self._spool.close()

    def interrupt(self) -> None:
        """There is no sound to wait for."""

    def abort(self) -> None:
        """Give up."""
        with contextlib.suppress(OSError):
            self._spool.close()

    def _quantise(self, palette: VideoFrame) -> None:
        mapping = FilterChain(
            self._source,
            [("paletteuse", f"{_DITHER[self._spec.quality]}:diff_mode=rectangle")],
            aside=source("bgra", Size(palette.width, palette.height), matrix="gbr", full_range=True),
        )
        palette.pts = 0
        mapping.push_aside(palette)
        end = _hundredths(self._rate.time_of(self._count))
        starts = [_hundredths(self._rate.time_of(picture.frame)) for picture in self._pictures]
        options = {"loop": "0", "fflags": "+bitexact"}
        with av.open(str(self._path), "w", format="gif", container_options=options) as out:
            stream = out.add_stream("gif", rate=_HUNDREDTHS)
            stream.width, stream.height, stream.pix_fmt = self._size.width, self._size.height, "pal8"
            stream.codec_context.flags |= BITEXACT
            if self._holes:
                # FFmpeg's differences reckon with what stood there before; with holes, nothing may stand there.
                stream.codec_context.options = {"gifflags": "-transdiff-offsetting"}
            for picture, start, stop in zip(self._pictures, starts, [*starts[1:], end], strict=True):
                mapping.push(self._bgra(self._read(picture), start))
                frame = mapping.pull()
                for time in range(start, stop, _LONGEST_DELAY):
                    frame.pts = time
                    frame.time_base = Fraction(1, _HUNDREDTHS)
                    for packet in stream.encode(frame):
                        shown = _clearing(packet) if self._holes else packet
                        shown.duration = min(stop - time, _LONGEST_DELAY)
                        out.mux(shown)
                self.progress += 1
            out.mux(stream.encode(None))

    def _read(self, spooled: _Spooled) -> Picture:
        self._spool.seek(spooled.offset)
        return Picture(Layout.PNG, self._size, self._spool.read(spooled.size))

    def _bgra(self, picture: Picture, pts: int) -> VideoFrame:
        frame = self._reader.read(picture).reformat(format="bgra")
        frame.pts = pts
        frame.time_base = Fraction(1, _HUNDREDTHS)
        frame.colorspace, frame.color_range = _RGB, ColorRange.JPEG
        return frame

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with system_errors(self._path):
            try:
                yield
            except av.FFmpegError as error:
                raise EncoderError(f"GIF failed: {complaint(error)}.", code="ENCODER_FAILED") from error


def _has_holes(frame: VideoFrame) -> bool:
    plane = frame.planes[0]
    pixels = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return bool((pixels[: frame.height, 3 : 4 * frame.width : 4] < _OPAQUE_FROM).any())


def _clearing(packet: Packet[VideoStream]) -> Packet[VideoStream]:
    """The packet, telling players to clear its picture before the next one.

    It may begin with the header and the global palette; then come extension blocks, of which the one with the label
    F9 holds the disposal (GIF89a, 23).
    """
    data = bytearray(bytes(packet))
    position = 0
    if data.startswith(b"GIF8"):
        position = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while data[position] == 0x21:
        if data[position + 1] == 0xF9:
            data[position + 3] = _DISPOSE_TO_BACKGROUND << 2 | _HAS_HOLES
            data[position + 6] = _HOLE  # some readers clear to the picture's own hole, else to a colour
        position += 2
        while data[position]:
            position += data[position] + 1
        position += 1
    changed = cast("Packet[VideoStream]", Packet(bytes(data)))
    changed.stream = packet.stream
    changed.pts, changed.dts, changed.time_base = packet.pts, packet.dts, packet.time_base
    changed.is_keyframe = packet.is_keyframe
    return changed


def _hundredths(seconds: Fraction) -> int:
    """Half a hundredth goes up, so that equal steps stay as equal as they can be."""
    return int(seconds * _HUNDREDTHS + Fraction(1, 2))
