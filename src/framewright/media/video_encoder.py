"""The plain way: every frame goes through the codec, a repeated one without being converted again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from av.packet import Packet

from framewright.media.codec_run import CodecRun
from framewright.media.colour import Converter
from framewright.media.video_file import VideoFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from framewright.media.codec_settings import CodecSettings
    from framewright.media.soundtrack import Sound
    from framewright.media.subtitles.track import TextTrack
    from framewright.model.frames import FrameRate
    from framewright.model.picture import Picture
    from framewright.model.size import Size


class VideoEncoder:
    """An :class:`~framewright.media.encoder.Encoder` for any codec that FFmpeg wraps.

    Args:
        first: number of the first frame in the composition: the codec begins anew at every multiple of its segment.
    """

    def __init__(
        self,
        settings: CodecSettings,
        size: Size,
        rate: FrameRate,
        path: Path,
        sound: Sound | None = None,
        *,
        texts: Sequence[TextTrack] = (),
        first: int = 0,
    ) -> None:
        self._settings = settings
        self._rate = rate
        self._first = first
        self._converter = Converter(size, settings.coded, settings.pixel_format, settings.transfer)
        self._run = CodecRun(settings, rate)
        self._file = VideoFile(
            settings,
            rate,
            path,
            parameters=self._run.parameters,
            delay=self._run.delay,
            sound=sound,
            texts=texts,
        )
        self._frame: VideoFrame | None = None
        self._begin = 0
        self._done = 0

    @property
    def progress(self) -> int:
        """A number that grows whenever anything was done."""
        return self._done + self._file.sound_progress

    def write(self, picture: Picture) -> None:
        """Add a frame."""
        self._frame = self._converter.convert(picture)
        self.repeat()

    def repeat(self) -> None:
        """Encode the last frame once more."""
        if self._frame is None:
            raise ValueError("there is no picture to repeat")
        frame, segment = self._begin + self._run.fed, self._settings.segment
        if self._run.fed and segment and (self._first + frame) % segment == 0:
            self._mux(self._run.drain())
            self._run = CodecRun(self._settings, self._rate)
            self._begin = frame
        self._mux(self._run.encode(self._frame))

    def finish(self) -> None:
        """Write what the codec still holds and close the file."""
        self._mux(self._run.drain())
        self._file.close()

    def interrupt(self) -> None:
        """End the wait for sound."""
        self._file.interrupt()

    def abort(self) -> None:
        """Give up."""
        self._file.abort()

    def _mux(self, packets: Iterable[Packet[VideoStream]]) -> None:
        self._done += 1
        for packet in packets:
            shown = self._begin + (packet.pts or 0)
            kept = _unmarked(packet) if packet.is_disposable else packet
            kept.pts = shown
            self._file.mux(kept)
            self._done += 1


def _unmarked(packet: Packet[VideoStream]) -> Packet[VideoStream]:
    """The packet without the mark that no other needs it: mp4 notes it, and whoever copies the packet would lose it."""
    plain = cast("Packet[VideoStream]", Packet(bytes(packet)))
    plain.is_keyframe = packet.is_keyframe
    return plain
