"""Reading back what was written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from framewright.media.codec_log import complaint, listen
from framewright.media.opening import without_pictures
from framewright.media.output_file import SOUND_NAME
from framewright.media.sound_facts import Length, read_sound, sound_facts
from framewright.model.errors import OutputError
from framewright.model.report import FileFacts

if TYPE_CHECKING:
    import os

    from framewright.model.frames import FrameRate

_NAMES = {"libdav1d": "av1", "libvpx-vp9": "vp9", "hevc": "hevc"}


def inspect(
    path: str | os.PathLike[str], rate: FrameRate | None = None, *, pixel_format: str | None = None
) -> FileFacts:
    """What a reader finds in a finished file or image sequence. Packets are counted, not decoded.

    Args:
        path: a file, or the folder of an image sequence.
        rate: of an image sequence, which does not say; without it its length is 0 seconds.
        pixel_format: as whoever wrote a video file knows it. Otherwise a picture is decoded for it.

    Raises:
        OutputError: ``OUTPUT_UNREADABLE``.
    """
    listen()
    place = Path(path)
    try:
        if place.is_dir():
            return _sequence(place, rate)
        return _file(place, pixel_format)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise OutputError(
            f"{place} cannot be read back: {complaint(error)}.", code="OUTPUT_UNREADABLE"
        ) from error


def _file(path: Path, pixel_format: str | None) -> FileFacts:
    options = {} if pixel_format is None else without_pictures(pixel_format)
    with av.open(str(path), options=options) as container:
        stream = container.streams.video[0]
        heard = container.streams.audio[0] if container.streams.audio else None
        frames, end, length = 0, 0, Length()
        for packet in container.demux([one for one in (stream, heard) if one is not None]):
            if packet.pts is None:
                continue
            if packet.stream is heard:
                length.add(packet)
            else:
                frames += 1
                end = max(end, packet.pts + (packet.duration or 0))
        rate = stream.average_rate or Fraction(0)
        seconds = float(end * stream.time_base) if stream.time_base else 0.0
        if container.format.name != "gif" and rate:
            seconds = float(frames / rate)
        return FileFacts(
            path=str(path),
            bytes=path.stat().st_size,
            frames=frames,
            seconds=seconds,
            width=stream.width,
            height=stream.height,
            fps=str(rate),
            codec=stream.codec_context.codec.canonical_name,
            pixel_format=pixel_format or stream.codec_context.pix_fmt or "",
            sound=None if heard is None else sound_facts(heard, length),
        )


def _sequence(folder: Path, rate: FrameRate | None) -> FileFacts:
    pictures = sorted(folder.glob("frame_*.png"))
    sound = folder / SOUND_NAME
    with av.open(str(pictures[0])) as container:
        codec = container.streams.video[0].codec_context
        return FileFacts(
            path=str(folder),
            bytes=sum(child.stat().st_size for child in folder.iterdir()),
            frames=len(pictures),
            seconds=float(rate.time_of(len(pictures))) if rate is not None else 0.0,
            width=codec.width,
            height=codec.height,
            fps=str(rate) if rate is not None else "0",
            codec="png",
            pixel_format=codec.pix_fmt or "",
            sound=read_sound(sound) if sound.exists() else None,
        )
