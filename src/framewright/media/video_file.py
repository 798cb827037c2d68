"""A video file being written: pictures at exact times, tags, sound beside them; and the codec that makes its packets."""

from __future__ import annotations

import contextlib
import errno
from collections import deque
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import av

from framewright.media.codec_log import codec_errors, listen
from framewright.media.colour import tag
from framewright.media.hdr.template import levels_template
from framewright.media.output_file import write_error
from framewright.media.sound_settings import movie_ticks
from framewright.media.soundtrack import Soundtrack
from framewright.media.subtitles.track import TextStream
from framewright.media.thread_priority import kept_priority
from framewright.model.sound import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction
    from pathlib import Path

    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

    from framewright.media.codec_settings import CodecSettings
    from framewright.media.soundtrack import Sound
    from framewright.media.subtitles.track import TextTrack
    from framewright.model.frames import FrameRate

BITEXACT = 1 << 23
_GLOBAL_HEADER = 1 << 22
# In a template their parameter sets are those of a file, by which a muxer would take their packets for such of a file too.
_LENT_TWICE = frozenset({"libx265"})
MOST_WAITING_BYTES = 32 * 2**20
"""Of pictures that wait for the sound before them."""


def open_codec(settings: CodecSettings, rate: FrameRate) -> VideoCodecContext:
    """The encoder of these settings, opened, with its parameter sets in ``extradata``.

    Raises:
        EncoderError: ``ENCODER_FAILED``.
    """
    listen()
    with codec_errors(settings.encoder):
        codec = cast("VideoCodecContext", av.CodecContext.create(settings.encoder, "w"))
        configure(codec, settings, rate)
        with kept_priority():
            codec.open()
    return codec


def configure(codec: VideoCodecContext, settings: CodecSettings, rate: FrameRate) -> None:
    """Set everything but the bytes."""
    codec.width, codec.height = settings.coded.width, settings.coded.height
    codec.pix_fmt = settings.pixel_format
    codec.time_base = 1 / rate.value
    codec.framerate = rate.value
    codec.flags |= _GLOBAL_HEADER | BITEXACT
    tag(codec, settings.transfer)
    if settings.codec_tag is not None:
        codec.codec_tag = settings.codec_tag
    codec.options = dict(settings.options)


class VideoFile:
    """The container. Takes packets whose times count frames.

    Args:
        path: written to, and read again for the one pass that moves the index to the front.
        parameters: what a decoder must know before the first packet.
        delay: frames by which decoding runs ahead of what is shown.
        sound: None: a file without sound.
        texts: tracks of text.

    Raises:
        EncoderError: ``ENCODER_FAILED``.
        OutputError: when the file cannot be written.

    Attributes:
        tick: seconds of a frame.
    """

    def __init__(
        self,
        settings: CodecSettings,
        rate: FrameRate,
        path: Path,
        *,
        parameters: bytes,
        delay: int,
        sound: Sound | None = None,
        texts: Sequence[TextTrack] = (),
    ) -> None:
        self._settings = settings
        self._path = path
        self.tick = 1 / rate.value
        self._samples_a_frame = (self.tick * SAMPLE_RATE).as_integer_ratio()
        self._delay = delay
        self._decoded = 0
        listen()
        options = dict(settings.container_options)
        if sound is not None and settings.container in {"mp4", "mov"}:
            options["movie_timescale"] = str(movie_ticks(rate))
        self._sound: Soundtrack | None = None
        self._waiting: deque[Packet[Any]] = deque()
        self._waiting_bytes = 0
        with self._errors():
            self._container = av.open(str(path), "w", format=settings.container, container_options=options)
            self._stream = self._add_stream(rate, parameters)
            self._stream.time_base = self.tick
            if sound is not None:
                self._sound = Soundtrack(self._container, sound)
            self._texts = [TextStream(self._container, text, settings.container) for text in texts]
            self._container.start_encoding()
            if self._sound is not None:
                self._sound.begin()

    def _add_stream(self, rate: FrameRate, parameters: bytes) -> VideoStream:
        settings = self._settings

        def lend(lender: VideoCodecContext) -> None:
            configure(lender, replace(settings, options=settings.lender), rate)
            with kept_priority():
                lender.open()
            if parameters:
                lender.extradata = parameters

        if settings.levels is not None:
            with levels_template(settings.encoder, lend, settings.levels) as template:
                stream = self._container.add_stream_from_template(
                    template, opaque=settings.encoder not in _LENT_TWICE
                )
        else:
            stream = cast("VideoStream", self._container.add_stream(settings.encoder, rate=rate.value))
        # A muxer asks an open codec for the stream's tags. This one never sees a frame.
        if settings.levels is None or settings.encoder in _LENT_TWICE:
            lend(stream.codec_context)
        return stream

    @property
    def sound_progress(self) -> int:
        """A number that grows whenever anything was done for the sound."""
        return 0 if self._sound is None else self._sound.progress

    def interrupt(self) -> None:
        """End the wait for sound. From any thread."""
        if self._sound is not None:
            self._sound.interrupt()

    def mux(self, packet: Packet[Any]) -> None:
        """Append the next packet in the order of decoding, behind the sound of the time before it; its pts counts frames.

        Raises:
            OutputError: when the file cannot be written.
            whatever the source of the sound raised.
        """
        packet.stream = self._stream
        packet.time_base = self.tick
        packet.duration = 1
        # One a frame, without a gap: what an encoder says of short films is left to chance now and then.
        packet.dts = self._decoded - self._delay
        self._decoded += 1
        if self._sound is None:
            self._write_picture(packet)
            return
        self._waiting.append(packet)
        self._waiting_bytes += packet.size
        self._write_waiting(self._sound)

    def close(self) -> None:
        """Write the rest of the sound and the index, and close the file.

        Raises:
            OutputError: when the file cannot be written.
            whatever the source of the sound raised.
        """
        if self._sound is not None:
            self._write_waiting(self._sound, at_end=True)
            self._sound.close()
        self._write_texts(None)
        with self._errors():
            self._container.close()

    def abort(self) -> None:
        """Close the file, whatever state it is in."""
        if self._sound is not None:
            self._sound.close()
        with contextlib.suppress(av.FFmpegError, OSError, ValueError):
            self._container.close()

    def _write_waiting(self, sound: Soundtrack, *, at_end: bool = False) -> None:
        """Write pictures and sound in the order of time, as far as both are known.

        Sound may come late: what is heard is found out while frames render. Pictures wait for it as long as they take
        little memory; then the encoder does.
        """
        while self._waiting:
            begins = self._first_sample(self._waiting[0].dts or 0)
            while sound.knows_next(wait=at_end or self._waiting_bytes > MOST_WAITING_BYTES):
                packet = sound.take_before(begins)
                if packet is None:
                    break
                self._write(packet)
            else:
                return
            self._waiting_bytes -= self._waiting[0].size
            self._write_picture(self._waiting.popleft())
        if at_end:
            for packet in sound.until(None):
                self._write(packet)

    def _first_sample(self, frame: int) -> int:
        """The first sample of sound that does not begin before a frame."""
        # In whole numbers: fractions are made of Python's own arithmetic, for every packet of a long film.
        numerator, denominator = self._samples_a_frame
        return -(-frame * numerator // denominator)

    def _write_picture(self, packet: Packet[Any]) -> None:
        if self._texts:
            self._write_texts((packet.dts or 0) * self.tick)
        self._write(packet)

    def _write(self, packet: Packet[Any]) -> None:
        try:
            self._container.mux_one(packet)
        except (av.FFmpegError, OSError, ValueError):
            # Only now, for it costs more than a packet does.
            with self._errors():
                raise

    def _write_texts(self, until: Fraction | None) -> None:
        for text in self._texts:
            for packet in text.until(until):
                self._write(packet)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with codec_errors(self._settings.encoder), system_errors(self._path):
            yield


@contextmanager
def system_errors(path: Path) -> Iterator[None]:
    """What the system could not write becomes an ``OutputError``; FFmpeg's own errors pass."""
    try:
        yield
    except av.FFmpegError as error:
        if error.errno in errno.errorcode and error.errno != errno.EINVAL:
            raise write_error(path, OSError(error.errno, error.strerror)) from error
        raise
    except OSError as error:
        raise write_error(path, error) from error
