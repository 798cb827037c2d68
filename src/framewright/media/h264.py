"""H.264 in which a picture that stays costs almost nothing.

Pictures run through x264. Once a picture has been repeated a few times, x264 is drained and closed, and the rest of the
hold is written as skipped frames of our own. The next picture opens a new x264, which starts with an IDR: a closed
GOP, so that nothing refers across. A keyframe stands at least every 2 seconds within a hold, too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import av

from framewright.media.codec_log import codec_errors
from framewright.media.colour import Converter
from framewright.media.h264_hold import SequenceParameters, hold_parameters, is_reference, without_comments
from framewright.media.video_file import VideoFile, open_codec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from framewright.media.codec_settings import CodecSettings
    from framewright.media.soundtrack import Sound
    from framewright.media.subtitles.track import TextTrack
    from framewright.model.frames import FrameRate
    from framewright.model.picture import Picture
    from framewright.model.size import Size

# A hold costs an IDR and 4 ms to open x264 again: as much as some 5 repeats through x264.
SHORTEST_HOLD = 8


class H264Encoder:
    """An :class:`~framewright.media.encoder.Encoder` for x264 at a constant rate factor."""

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
        self._rate = rate
        self._converter = Converter(size, settings.coded, settings.pixel_format)
        self._codec: VideoCodecContext | None = open_codec(settings, rate)
        sets = self._codec.extradata or b""
        self._parameters = SequenceParameters.read(sets)
        self._delay = 1 if self._codec.has_b_frames else 0
        # The stream's own codec only lends its parameters; the least that x264 can be.
        lender = replace(settings, options={"preset": "ultrafast", "threads": "1"})
        extradata = sets + hold_parameters()
        self._file = VideoFile(
            settings, rate, path, lender=lender, extradata=extradata, sound=sound, texts=texts
        )
        self._frame: VideoFrame | None = None
        self._count = 0
        self._written = 0
        self._pending = 0
        self._keyframe = 0
        self._reference = b""
        self._frame_number = 0
        self._held_keyframe: bytes | None = None
        self._done = 0

    @property
    def progress(self) -> int:
        """A number that grows whenever anything was done."""
        return self._done + self._file.sound_progress

    def write(self, picture: Picture) -> None:
        """Add a frame."""
        frame = self._converter.convert(picture)
        self._feed_pending()
        self._frame = frame
        self._held_keyframe = None
        self._feed()

    def repeat(self) -> None:
        """Add a frame that is equal to the one before."""
        if self._frame is None:
            raise ValueError("there is no picture to repeat")
        if self._codec is None:
            self._hold()
            return
        self._pending += 1
        if self._pending == SHORTEST_HOLD:
            self._drain()
            while self._pending:
                self._pending -= 1
                self._hold()

    def finish(self) -> None:
        """Write what x264 still holds and close the file."""
        self._feed_pending()
        self._drain()
        self._file.close()

    def interrupt(self) -> None:
        """End the wait for sound."""
        self._file.interrupt()

    def abort(self) -> None:
        """Give up."""
        self._file.abort()
        self._codec = None

    def _feed_pending(self) -> None:
        """The hold was too short: its frames go through x264."""
        while self._pending:
            self._pending -= 1
            self._feed()

    def _feed(self) -> None:
        assert self._frame is not None
        if self._codec is None:
            self._codec = open_codec(self._settings, self._rate)
        self._frame.pts = self._count
        self._frame.time_base = self._file.tick
        self._count += 1
        self._encode(self._codec, self._frame)

    def _drain(self) -> None:
        if self._codec is None:
            return
        self._encode(self._codec, None)
        self._codec = None
        self._frame_number = self._parameters.frame_number(self._reference) if self._reference else 0

    def _encode(self, codec: VideoCodecContext, frame: VideoFrame | None) -> None:
        self._done += 1
        with codec_errors(self._settings.encoder):
            for packet in codec.encode_lazy(frame):
                self._take(packet)

    def _take(self, packet: Packet[VideoStream]) -> None:
        data = bytes(packet)
        if packet.is_keyframe:
            self._keyframe = packet.pts or 0
            if self._written:
                data = without_comments(data)
        if is_reference(data):
            self._reference = data
        self._mux(data, packet.pts or 0, keyframe=packet.is_keyframe)

    def _hold(self) -> None:
        """One frame equal to the last reference, or an IDR of it when one is due."""
        frame = self._count
        self._count += 1
        if frame - self._keyframe >= self._settings.keyframe_distance:
            if self._held_keyframe is None:
                self._held_keyframe = self._still()
            self._keyframe, self._frame_number = frame, 0
            self._mux(self._held_keyframe, frame, keyframe=True)
            return
        self._frame_number += 1
        data = self._parameters.skipped_frame(self._frame_number, 2 * (frame - self._keyframe))
        self._mux(data, frame, keyframe=False)

    def _still(self) -> bytes:
        """The held picture as an IDR. The same bytes serve every keyframe of the hold."""
        assert self._frame is not None
        self._frame.pts = 0
        codec = open_codec(self._settings, self._rate)
        with codec_errors(self._settings.encoder):
            packets = [*codec.encode(self._frame), *codec.encode(None)]
        return without_comments(bytes(packets[0]))

    def _mux(self, data: bytes, frame: int, *, keyframe: bool) -> None:
        packet = av.Packet(data)
        packet.pts = frame
        # Packets leave in decoding order, one a frame, without a gap.
        packet.dts = self._written - self._delay
        packet.is_keyframe = keyframe
        self._written += 1
        self._done += 1
        self._file.mux(packet)
