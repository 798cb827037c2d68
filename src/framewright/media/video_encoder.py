"""The plain way: every frame goes through the codec, a repeated one without being converted again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.media.codec_log import codec_errors
from framewright.media.colour import Converter
from framewright.media.video_file import VideoFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from av.video.frame import VideoFrame

    from framewright.media.codec_settings import CodecSettings
    from framewright.media.soundtrack import Sound
    from framewright.media.subtitles.track import TextTrack
    from framewright.model.frames import FrameRate
    from framewright.model.picture import Picture
    from framewright.model.size import Size


# x265 leaves the decoding times of so short a video to chance (its delay is known only with the third frame). There is
# nothing to reorder in it: two frames are decoded as they are shown.
_UNORDERED_FRAMES = 2


class VideoEncoder:
    """An :class:`~framewright.media.encoder.Encoder` for any codec that FFmpeg wraps."""

    def __init__(
        self,
        settings: CodecSettings,
        size: Size,
        rate: FrameRate,
        path: Path,
        sound: Sound | None = None,
        *,
        texts: Sequence[TextTrack] = (),
    ) -> None:
        self._settings = settings
        self._converter = Converter(size, settings.coded, settings.pixel_format)
        self._file = VideoFile(settings, rate, path, sound=sound, texts=texts)
        self._frame: VideoFrame | None = None
        self._count = 0
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
        self._frame.pts = self._count
        self._frame.time_base = self._file.tick
        self._count += 1
        self._encode(self._frame)

    def finish(self) -> None:
        """Write what the codec still holds and close the file."""
        self._encode(None)
        self._file.close()

    def interrupt(self) -> None:
        """End the wait for sound."""
        self._file.interrupt()

    def abort(self) -> None:
        """Give up."""
        self._file.abort()

    def _encode(self, frame: VideoFrame | None) -> None:
        self._done += 1
        with codec_errors(self._settings.encoder):
            for packet in self._file.codec.encode_lazy(frame):
                if self._count <= _UNORDERED_FRAMES:
                    packet.dts = packet.pts
                self._file.mux(packet)
                self._done += 1
