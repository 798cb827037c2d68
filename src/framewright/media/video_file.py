"""A video file being written: one stream, exact times, tags; and the codec that makes its packets."""

from __future__ import annotations

import contextlib
import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import av

from framewright.media.codec_log import complaint, listen
from framewright.media.colour import tag
from framewright.media.output_file import write_error
from framewright.model.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

    from framewright.media.codec_settings import CodecSettings
    from framewright.model.frames import FrameRate

BITEXACT = 1 << 23
_GLOBAL_HEADER = 1 << 22


def open_codec(settings: CodecSettings, rate: FrameRate) -> VideoCodecContext:
    """The encoder of these settings, opened, with its parameter sets in ``extradata``.

    Raises:
        EncoderError: ``ENCODER_FAILED``.
    """
    listen()
    with codec_errors(settings):
        codec = cast("VideoCodecContext", av.CodecContext.create(settings.encoder, "w"))
        configure(codec, settings, rate)
        codec.open()
    return codec


def configure(codec: VideoCodecContext, settings: CodecSettings, rate: FrameRate) -> None:
    """Set everything but the bytes."""
    codec.width, codec.height = settings.coded.width, settings.coded.height
    codec.pix_fmt = settings.pixel_format
    codec.time_base = 1 / rate.value
    codec.framerate = rate.value
    codec.flags |= _GLOBAL_HEADER | BITEXACT
    tag(codec)
    if settings.codec_tag is not None:
        codec.codec_tag = settings.codec_tag
    codec.options = dict(settings.options)


@contextmanager
def codec_errors(settings: CodecSettings) -> Iterator[None]:
    """A codec's error becomes an ``EncoderError`` ``ENCODER_FAILED`` in the codec's words."""
    try:
        yield
    except (av.FFmpegError, ValueError) as error:
        raise EncoderError(
            f"The encoder {settings.encoder} failed: {complaint(error)}.", code="ENCODER_FAILED"
        ) from error


class VideoFile:
    """The container. Takes packets whose times count frames.

    Args:
        path: written to, and read again for the one pass that moves the index to the front.
        lender: settings of a codec that lends the stream its parameters, where another one makes the packets.
        extradata: the parameter sets for that case.

    Raises:
        EncoderError: ``ENCODER_FAILED``.
        OutputError: when the file cannot be written.

    Attributes:
        codec: the stream's codec, open.
        tick: seconds of a frame.
    """

    def __init__(
        self,
        settings: CodecSettings,
        rate: FrameRate,
        path: Path,
        *,
        lender: CodecSettings | None = None,
        extradata: bytes | None = None,
    ) -> None:
        self._settings = settings
        self._path = path
        self.tick = 1 / rate.value
        listen()
        lender = lender or settings
        with self._errors():
            self._container = av.open(
                str(path), "w", format=settings.container, container_options=settings.container_options
            )
            self._stream = cast("VideoStream", self._container.add_stream(lender.encoder, rate=rate.value))
            self.codec = self._stream.codec_context
            configure(self.codec, lender, rate)
            self._stream.time_base = self.tick
            self.codec.open()
            if extradata is not None:
                self.codec.extradata = extradata
            self._container.start_encoding()

    def mux(self, packet: Packet[Any]) -> None:
        """Append a packet; its pts and dts count frames.

        Raises:
            OutputError: when the file cannot be written.
        """
        packet.stream = self._stream
        packet.time_base = self.tick
        packet.duration = 1
        with self._errors():
            self._container.mux_one(packet)

    def close(self) -> None:
        """Write the index and close the file.

        Raises:
            OutputError: when the file cannot be written.
        """
        with self._errors():
            self._container.close()

    def abort(self) -> None:
        """Close the file, whatever state it is in."""
        with contextlib.suppress(av.FFmpegError, OSError, ValueError):
            self._container.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with codec_errors(self._settings), system_errors(self._path):
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
