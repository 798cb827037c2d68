"""Going through a film once, decoding every frame and holding one: what its times, its keyframes and its colours are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av

from framewright.media.codec_log import complaint, listen
from framewright.media.verifying.frames import frames_of, open_film

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from framewright.media.sound_source import Pulse


@dataclass(slots=True)
class Film:
    """What was found. Frames are counted from 0, as they are shown.

    Attributes:
        packets: of video; 0 for a folder of pictures.
        frames: that could be decoded.
        damage: what a decoder said, and about which frame; None: nothing.
        unordered: the first packet whose time is not behind the one before; None: there is none.
        uneven: the first frame that does not stand where the rate wants it.
        opens: the first packet is a keyframe.
        longest: frames from one keyframe to the next, at most.
        matrix, range, primaries, transfer: of the first frame, in the numbers of ITU-T H.273 (range: 1 limited, 2 full).
        rgb: the pictures have no matrix that would have to be told.
        sound_end: seconds at which the last packet of sound ends; None: there is none.
        sound_frame: seconds of one packet of it.
        texts: tracks of text.
        promised: frames that the index tells of; 0: it does not.
        length: seconds that the file says it lasts; None: it does not, or may mean more than pictures and sound.
    """

    packets: int = 0
    frames: int = 0
    damage: tuple[int, str] | None = None
    unordered: int | None = None
    uneven: int | None = None
    opens: bool = True
    longest: int = 0
    matrix: int = 2
    range: int = 0
    primaries: int = 2
    transfer: int = 2
    rgb: bool = False
    sound_end: Fraction | None = None
    sound_frame: Fraction = Fraction(0)
    texts: int = 0
    promised: int = 0
    length: Fraction | None = None


def look_through(path: Path, rate: Fraction | None, pulse: Pulse) -> Film:
    """Go through a film to its end, or to where it cannot be decoded any more. Blocks.

    Args:
        path: a file, or a folder of numbered pictures.
        rate: frames a second, at which they should stand; None: not to be looked at.
        pulse: beats with every packet.

    Raises:
        av.FFmpegError, OSError, IndexError: it cannot be opened.
        StoppedError: the pulse was stopped.
    """
    listen()
    found = Film()
    if path.is_dir():
        _look_at_pictures(path, found, pulse)
        return found
    with open_film(path) as container:
        streams = container.streams
        found.texts = len(streams.subtitles)
        found.promised = streams.video[0].frames
        if container.duration is not None and len(streams) == len(streams.video) + len(streams.audio):
            found.length = Fraction(container.duration, 1_000_000)
        _Look(container, container.streams.video[0], found, rate).run(pulse)
    return found


class _Look:
    def __init__(
        self, container: InputContainer, stream: VideoStream, found: Film, rate: Fraction | None
    ) -> None:
        self._container = container
        self._stream = stream
        self._found = found
        self._rate = rate
        self._tick = stream.time_base or Fraction(1)
        self._first: int | None = None
        self._shown: int | None = None
        self._decoded: int | None = None
        self._keyframe = 0

    def run(self, pulse: Pulse) -> None:
        found = self._found
        heard = self._container.streams.audio[:1]
        try:
            for packet in self._container.demux([self._stream, *heard]):
                if packet.stream is self._stream:
                    self._take(cast("Packet[VideoStream]", packet))
                elif packet.pts is not None and packet.time_base is not None:
                    length = (packet.duration or 0) * packet.time_base
                    found.sound_end = packet.pts * packet.time_base + length
                    found.sound_frame = max(found.sound_frame, length)
                if packet.is_corrupt:
                    found.damage = found.damage or (found.frames, "a packet is not whole")
                pulse.beat()
        except av.FFmpegError as error:
            found.damage = found.damage or (found.frames, complaint(error))
        found.longest = max(found.longest, found.packets - self._keyframe)

    def _take(self, packet: Packet[VideoStream]) -> None:
        found = self._found
        if packet.size:
            if packet.is_keyframe:
                found.longest = max(found.longest, found.packets - self._keyframe)
                self._keyframe = found.packets
            elif found.packets == 0:
                found.opens = False
            if self._decoded is not None and packet.dts is not None and packet.dts <= self._decoded:
                found.unordered = found.packets if found.unordered is None else found.unordered
            self._decoded = packet.dts
            found.packets += 1
        try:
            frames = packet.decode()
        except av.FFmpegError as error:
            found.damage = found.damage or (found.frames, complaint(error))
            return
        for frame in frames:
            self._show(frame)

    def _show(self, frame: VideoFrame) -> None:
        found = self._found
        if found.frames == 0:
            _note_colours(frame, found)
        if frame.is_corrupt:
            found.damage = found.damage or (found.frames, "the decoder marked it as damaged")
        if frame.pts is not None:
            if self._shown is not None and frame.pts <= self._shown:
                found.unordered = found.frames if found.unordered is None else found.unordered
            self._shown = frame.pts
            self._first = frame.pts if self._first is None else self._first
            if self._rate is not None and found.uneven is None:
                exact = found.frames / self._rate
                if abs((frame.pts - self._first) * self._tick - exact) > self._tick:
                    found.uneven = found.frames
        found.frames += 1


def _look_at_pictures(folder: Path, found: Film, pulse: Pulse) -> None:
    try:
        for frame in frames_of(folder):
            if found.frames == 0:
                _note_colours(frame, found)
            found.frames += 1
            found.longest = 1
            pulse.beat()
    except av.FFmpegError as error:
        found.damage = (found.frames, complaint(error))


def _note_colours(frame: VideoFrame, found: Film) -> None:
    found.rgb = frame.format.is_rgb or frame.format.has_palette
    found.matrix, found.range = int(frame.colorspace), int(frame.color_range)
    found.primaries, found.transfer = int(frame.color_primaries), int(frame.color_trc)
