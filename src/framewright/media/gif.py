"""GIF with one palette for the whole render.

The palette can only be chosen when every picture has been seen, so pictures wait in packs, as the PNGs they are, and
are gone through twice at the end: counted, then quantised and written. Memory does not grow with the length.
"""

from __future__ import annotations

import contextlib
import tempfile
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.packet import Packet
from av.video.reformatter import ColorRange

from framewright.media.codec_log import complaint, listen
from framewright.media.colour import PngReader
from framewright.media.filters import FilterChain, source
from framewright.media.output_file import write_error
from framewright.media.pack import PackEncoder, PackReader
from framewright.media.sound_source import Pulse
from framewright.media.video_file import BITEXACT, system_errors
from framewright.model.errors import EncoderError
from framewright.model.output import Layout, OutputSpec, Quality
from framewright.model.picture import Picture
from framewright.model.size import Size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from framewright.model.frames import FrameRange, FrameRate

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


class GifEncoder:
    """An :class:`~framewright.media.encoder.Encoder` for GIF. Repeated frames only lengthen the delay.

    Args:
        size: of the pictures.
        path: of the result; a pack of the pictures stands in the same folder, without a name, until the end.
    """

    def __init__(self, spec: OutputSpec, size: Size, rate: FrameRate, path: Path) -> None:
        self._spec = spec
        self._size = size
        self._rate = rate
        self._path = path
        self._pulse = Pulse()
        try:
            self._spool = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 -- closed by finish and abort
        except OSError as error:
            raise write_error(path, error) from error
        self._pack = PackEncoder(size, 0, path, self._spool)

    @property
    def progress(self) -> int:
        """A number that grows whenever anything was done."""
        return self._pack.progress + self._pulse.beats

    def write(self, picture: Picture) -> None:
        """Add a frame."""
        self._pack.write(picture)

    def repeat(self) -> None:
        """Let the last picture stand one frame longer."""
        self._pack.repeat()

    def finish(self) -> None:
        """Choose the palette, quantise every picture and write the file."""
        if self._pack.progress == 0:
            raise EncoderError("A GIF needs a picture.", code="ENCODER_FAILED")
        self._pack.finish()
        with PackReader(self._path, self._spool) as pack:
            write_gif(
                self._spec, self._size, self._rate, pack.frames, pack, path=self._path, pulse=self._pulse
            )
        self._spool.close()

    def interrupt(self) -> None:
        """There is no sound to wait for."""
        self._pulse.stop()

    def abort(self) -> None:
        """Give up."""
        self._pack.abort()
        with contextlib.suppress(OSError):
            self._spool.close()


def write_gif(
    spec: OutputSpec,
    size: Size,
    rate: FrameRate,
    frames: FrameRange,
    pictures: Iterable[tuple[int, bytes]],
    *,
    path: Path,
    pulse: Pulse | None = None,
) -> None:
    """Write pictures as a GIF: one palette for all of them, each as long as it is shown. Blocks until it is done.

    Args:
        size: of the pictures.
        frames: of the film; the first one stands at time 0.
        pictures: PNGs, each with the frame from which on it is shown; gone through twice, and never held.
        path: of the file.
        pulse: beats twice a picture; stop it to give up.

    Raises:
        StoppedError: the pulse was stopped.
        EncoderError: ``ENCODER_FAILED``, ``PICTURE_INVALID``.
        OutputError: the file cannot be written.
    """
    listen()
    with _errors(path):
        _Gif(spec, size, rate, path, pulse or Pulse()).write(frames, pictures)


class _Gif:
    """One file being written."""

    def __init__(self, spec: OutputSpec, size: Size, rate: FrameRate, path: Path, pulse: Pulse) -> None:
        self._spec = spec
        self._size = size
        self._rate = rate
        self._path = path
        self._pulse = pulse
        self._reader = PngReader()
        self._source = source("bgra", size, matrix="gbr", full_range=True)

    def write(self, frames: FrameRange, pictures: Iterable[tuple[int, bytes]]) -> None:
        chain = FilterChain(self._source, [("palettegen", "reserve_transparent=1:stats_mode=full")])
        starts: list[int] = []
        holes = False
        for number, picture in pictures:
            seen = self._bgra(picture, len(starts))
            holes = holes or _has_holes(seen)
            chain.push(seen)
            starts.append(self._hundredths(number - frames.start))
            self._pulse.beat()
        if not starts:
            raise EncoderError("A GIF needs a picture.", code="ENCODER_FAILED")
        chain.push(None)
        self._quantise(pictures, chain.pull(), [*starts, self._hundredths(len(frames))], holes=holes)

    def _quantise(
        self,
        pictures: Iterable[tuple[int, bytes]],
        palette: VideoFrame,
        times: list[int],
        *,
        holes: bool,
    ) -> None:
        mapping = FilterChain(
            self._source,
            [("paletteuse", f"{_DITHER[self._spec.quality]}:diff_mode=rectangle")],
            aside=source("bgra", Size(palette.width, palette.height), matrix="gbr", full_range=True),
        )
        palette.pts = 0
        mapping.push_aside(palette)
        options = {"loop": "0", "fflags": "+bitexact"}
        with av.open(str(self._path), "w", format="gif", container_options=options) as out:
            stream = out.add_stream("gif", rate=_HUNDREDTHS)
            stream.width, stream.height, stream.pix_fmt = self._size.width, self._size.height, "pal8"
            stream.codec_context.flags |= BITEXACT
            if holes:
                # FFmpeg's differences reckon with what stood there before; with holes, nothing may stand there.
                stream.codec_context.options = {"gifflags": "-transdiff-offsetting"}
            for (_, picture), (start, stop) in zip(pictures, pairwise(times), strict=True):
                mapping.push(self._bgra(picture, start))
                frame = mapping.pull()
                for time in range(start, stop, _LONGEST_DELAY):
                    frame.pts = time
                    frame.time_base = Fraction(1, _HUNDREDTHS)
                    for packet in stream.encode(frame):
                        shown = _clearing(packet) if holes else packet
                        shown.duration = min(stop - time, _LONGEST_DELAY)
                        out.mux(shown)
                self._pulse.beat()
            out.mux(stream.encode(None))

    def _bgra(self, picture: bytes, pts: int) -> VideoFrame:
        frame = self._reader.read(Picture(Layout.PNG, self._size, picture)).reformat(format="bgra")
        frame.pts = pts
        frame.time_base = Fraction(1, _HUNDREDTHS)
        frame.colorspace, frame.color_range = _RGB, ColorRange.JPEG
        return frame

    def _hundredths(self, frames: int) -> int:
        """Half a hundredth goes up, so that equal steps stay as equal as they can be."""
        return int(self._rate.time_of(frames) * _HUNDREDTHS + Fraction(1, 2))


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    with system_errors(path):
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
