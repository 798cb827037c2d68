"""An open decoder at one place of a file: it goes on frame by frame, or jumps.

Nothing is known of a file beyond what was decoded: a jump asks the container for the key frame before a time, decodes,
and looks whether it came out right. If the first good frame is already too late (open GOPs, stamps in decoding order,
containers that seek by guessing), it jumps further back, at last to the start.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av

from framewright.media.sources.damage import BRIDGE, Damage
from framewright.media.sources.errors import SourceFault, fault_of
from framewright.media.sources.fields import woven
from framewright.media.sources.opening import MOST_PIXELS, open_container

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame

    from framewright.media.sources.facts import Reading
    from framewright.media.sources.frames import Counters

_BACK = Fraction(1, 2)  # seconds that a jump which came out too late is put back by, the first time


@dataclass(frozen=True, slots=True)
class Decoded:
    """A frame and when it is shown, in seconds of the source.

    Attributes:
        stop: None: nothing follows.
        damaged: something that followed could not be decoded, so that ``stop`` may be too late.
    """

    picture: VideoFrame
    start: Fraction
    stop: Fraction | None
    damaged: bool = False


class Cursor:
    """One decoder. Used by one thread at a time.

    Attributes:
        position: the start of the next frame that :meth:`advance` will give; None: at the end.

    Raises:
        SourceFault: the file cannot be opened any more, or not decoded.
    """

    def __init__(self, path: Path, reading: Reading, counters: Counters) -> None:
        self._path = path
        self._reading = reading
        self._counters = counters
        self._jumps = reading.jumps
        video = reading.facts.video
        self._woven = video is not None and video.interlaced
        self._damage = Damage()
        self._first: Fraction | None = None
        self._frames: Iterator[VideoFrame] = iter(())
        self._pending: Decoded | None = None
        self._open()

    @property
    def position(self) -> Fraction | None:
        """The start of the next frame; None: there is none."""
        return None if self._pending is None else self._pending.start

    def close(self) -> None:
        """Give decoder and file back."""
        self._frames = iter(())
        self._container.close()

    def put(self, seconds: Fraction) -> None:
        """Jump such that the frame shown at a time is still to come, and few others before it."""
        self._counters.seeks += 1
        aim, back = seconds, _BACK
        while self._jumps and self._first is not None and aim > self._first:
            coming = self._landed(aim, seconds)
            if coming is not None and (coming.start <= seconds or not self._jumps):
                break
            aim, back = seconds - back, back * 3
        else:
            self._restart()
            return
        if not self._jumps:
            self._restart()
            return
        self._pending = coming

    def advance(self, seconds: Fraction, most: int) -> list[Decoded]:
        """Go on until the frame shown at a time is among those given, or there are ``most``, or the file ends."""
        given: list[Decoded] = []
        while self._pending is not None and len(given) < most:
            given.append(self._next())
            stop = given[-1].stop
            if stop is None or stop > seconds:
                break
        return given

    def _open(self) -> None:
        self._counters.opened += 1
        self._container = open_container(self._path)
        try:
            self._stream = self._container.streams.video[0]
            for stream in self._container.streams:
                if stream.index == self._reading.stream and isinstance(stream, av.video.stream.VideoStream):
                    self._stream = stream
                else:
                    stream.discard = av.stream.Discard.all
            decoder = self._reading.decoder
            self._codec = (
                self._stream.codec_context
                if decoder is None
                else cast("VideoCodecContext", av.CodecContext.create(decoder, "r"))
            )
            self._codec.thread_count = 1  # frames on the way in other threads would be decoded in vain
            self._codec.options = {"max_pixels": str(MOST_PIXELS)}
            self._tick = self._stream.time_base or Fraction(1, av.time_base)
            self._frames = self._shown()
            self._pending = self._stamped(None)
        except BaseException:
            self._container.close()
            raise
        if self._pending is None:
            self._container.close()
            raise SourceFault("SOURCE_CORRUPT", f"holds no picture that can be decoded{self._damage.told}")
        self._first = self._pending.start
        self._pending = replace(self._pending, start=min(self._first, -self._reading.slack))

    def _restart(self) -> None:
        self._container.close()
        self._damage = Damage()
        self._open()

    def _landed(self, aim: Fraction, seconds: Fraction) -> Decoded | None:
        """The first good frame behind a jump; None: there is none, or it is too late."""
        offset = math.floor((aim + self._reading.zero) / self._tick)
        try:
            self._container.seek(offset, stream=self._stream)
        except av.FFmpegError:
            return None
        self._codec.flush_buffers()
        self._damage = Damage()
        self._frames = self._shown()
        settled = (
            not self._woven
        )  # else the first frame lacks the one before it, and is not what it should be
        good = False  # what comes before the key frame refers to frames that were not decoded
        while (frame := next(self._frames, None)) is not None:
            if frame.pts is None:
                self._jumps = False  # places cannot be told apart: from the start, then, always
                return None
            start = self._start_of(frame)
            settled = settled or good
            good = good or frame.key_frame
            if start == self._first:
                self._damage.forget()
                return Decoded(frame, min(start, -self._reading.slack), None)
            if good and settled:
                self._damage.forget()
                return Decoded(frame, start, None)
            if start > seconds:
                return None
        return None

    def _next(self) -> Decoded:
        """The pending frame, now that the one behind it says when it ends."""
        given = self._pending
        assert given is not None
        while (coming := self._stamped(given)) is not None and coming.start <= given.start:
            given = replace(coming, start=given.start)  # of frames with one stamp the last is seen
        self._pending = coming
        damaged = self._damage.forget()
        if coming is None:
            return replace(given, damaged=damaged or self._cut_short(given))
        return replace(given, stop=coming.start, damaged=damaged)

    def _cut_short(self, last: Decoded) -> bool:
        """Whether the file says that there is more than what came."""
        end = self._reading.end
        return end is not None and last.start + (last.picture.duration or 0) * self._tick + BRIDGE < end

    def _stamped(self, before: Decoded | None) -> Decoded | None:
        frame = next(self._frames, None)
        if frame is None:
            return None
        if frame.pts is not None:
            return Decoded(frame, self._start_of(frame), None)
        if before is None:
            return Decoded(frame, -self._reading.slack, None)
        length = (before.picture.duration or 0) * self._tick or 1 / self._reading.rate
        return Decoded(frame, before.start + length, None)

    def _start_of(self, frame: VideoFrame) -> Fraction:
        return Fraction(frame.pts or 0) * self._tick - self._reading.zero - self._reading.slack

    def _shown(self) -> Iterator[VideoFrame]:
        return woven(self._decode()) if self._woven else self._decode()

    def _decode(self) -> Iterator[VideoFrame]:
        """Frames in the order in which they are shown, as long as any come."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                self._damage.met(error)
                packet = None
            if packet is None:
                return
            try:
                frames = self._codec.decode(packet)
            except av.EOFError:
                return
            except av.FFmpegError as error:
                self._damage.met(error)
                self._damage.bounded()
                continue
            except MemoryError as error:
                raise fault_of(error) from error
            self._damage.passed(packet.size, len(frames))
            self._counters.decoded += len(frames)
            yield from frames
