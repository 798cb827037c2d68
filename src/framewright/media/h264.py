"""H.264 in which a picture that stays costs almost nothing.

Pictures run through x264. Once a picture has been repeated a few times, x264 is drained and closed, and the rest of the
hold is written as skipped frames of our own. The next picture opens a new x264, which starts with an IDR: a closed
GOP, so that nothing refers across. So does every multiple of the segment, within a hold too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import av

from framewright.media.codec_run import CodecRun
from framewright.media.colour import Converter
from framewright.media.h264_hold import SequenceParameters, hold_parameters, is_reference, without_comments
from framewright.media.video_file import VideoFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from av.packet import Packet
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
    """An :class:`~framewright.media.encoder.Encoder` for x264 at a constant rate factor.

    Args:
        first: number of the first frame in the composition: x264 begins anew at every multiple of its segment.
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
        self._converter = Converter(size, settings.coded, settings.pixel_format)
        self._run: CodecRun | None = CodecRun(settings, rate)
        self._parameters = SequenceParameters.read(self._run.parameters)
        self._file = VideoFile(
            settings,
            rate,
            path,
            parameters=self._run.parameters + hold_parameters(),
            delay=self._run.delay,
            sound=sound,
            texts=texts,
        )
        self._frame: VideoFrame | None = None
        self._count = 0  # frames that went through x264 or are held
        self._waiting = 0  # frames of the last picture of which it is not known yet whether they begin a hold
        self._holding = False
        self._begin = 0
        self._keyframe = 0
        self._reference = b""
        self._frame_number = 0
        self._alone: bytes | None = None
        self._done = 0

    @property
    def progress(self) -> int:
        """A number that grows whenever anything was done."""
        return self._done + self._file.sound_progress

    def write(self, picture: Picture) -> None:
        """Add a frame."""
        frame = self._converter.convert(picture)
        if self._begins_segment:
            self._end_run()
        self._feed_waiting()
        self._frame, self._alone, self._holding = frame, None, False
        self._waiting = 1
        self._done += 1

    def repeat(self) -> None:
        """Add a frame that is equal to the one before."""
        if self._frame is None:
            raise ValueError("there is no picture to repeat")
        if self._begins_segment:
            # Nothing of the frames before may show in a segment: it is written like a new picture.
            self._end_run()
            self._holding = False
        self._done += 1
        if self._holding:
            self._hold()
            return
        self._waiting += 1
        if self._waiting > SHORTEST_HOLD:
            self._begin_hold()

    def finish(self) -> None:
        """Write what x264 still holds and close the file."""
        self._end_run()
        self._file.close()

    def interrupt(self) -> None:
        """End the wait for sound."""
        self._file.interrupt()

    def abort(self) -> None:
        """Give up."""
        self._file.abort()
        self._run = None

    @property
    def _begins_segment(self) -> bool:
        """Whether the next frame is the first of a segment."""
        return (self._first + self._count + self._waiting) % self._settings.segment == 0

    def _feed_waiting(self) -> None:
        """There is no hold after all: its frames go through x264."""
        while self._waiting:
            self._waiting -= 1
            self._feed()

    def _feed(self) -> None:
        assert self._frame is not None
        if self._run is None:
            self._run = CodecRun(self._settings, self._rate)
        if self._run.fed == 0:
            self._begin = self._count
        self._count += 1
        self._take(self._run.encode(self._frame))

    def _end_run(self) -> None:
        """Where x264 ends anyway, the shortest hold pays."""
        if self._waiting:
            self._begin_hold()
        else:
            self._drain()

    def _drain(self) -> None:
        if self._run is None or self._run.fed == 0:
            return
        self._take(self._run.drain())
        self._run = None
        self._frame_number = self._parameters.frame_number(self._reference)

    def _take(self, packets: Iterable[Packet[VideoStream]]) -> None:
        for packet in packets:
            # x264 introduces itself anew whenever it is opened.
            data = without_comments(bytes(packet)) if packet.is_keyframe else bytes(packet)
            if packet.is_keyframe:
                self._keyframe = self._begin + (packet.pts or 0)
            if is_reference(data):
                self._reference = data
            self._mux(data, self._begin + (packet.pts or 0), keyframe=packet.is_keyframe)

    def _begin_hold(self) -> None:
        if self._run is not None and self._run.fed:
            self._feed()
            self._drain()
        else:
            # The same bytes serve in every segment of the hold.
            self._alone = self._alone or self._encode_alone()
            self._keyframe, self._frame_number = self._count, 0
            self._mux(self._alone, self._count, keyframe=True)
            self._count += 1
        held, self._waiting = self._waiting - 1, 0
        self._holding = True
        for _ in range(held):
            self._hold()

    def _encode_alone(self) -> bytes:
        """The picture as the only one of an x264: an IDR."""
        assert self._frame is not None
        run = self._run or CodecRun(self._settings, self._rate)
        self._run = None
        packets = [*run.encode(self._frame), *run.drain()]
        return without_comments(bytes(packets[0]))

    def _hold(self) -> None:
        """One frame equal to the last reference."""
        self._frame_number += 1
        data = self._parameters.skipped_frame(self._frame_number, 2 * (self._count - self._keyframe))
        self._mux(data, self._count, keyframe=False)
        self._count += 1

    def _mux(self, data: bytes, frame: int, *, keyframe: bool) -> None:
        packet = av.Packet(data)
        packet.pts = frame
        packet.is_keyframe = keyframe
        self._done += 1
        self._file.mux(packet)
