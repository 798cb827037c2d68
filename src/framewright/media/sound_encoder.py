"""Samples become packets of sound: cut to the codec's own length, in its own format, none lost and none added."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from framewright.media.codec_log import codec_errors
from framewright.model.errors import EncoderError
from framewright.model.sound import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.audio.codeccontext import AudioCodecContext
    from av.packet import Packet
    from numpy.typing import NDArray

    from framewright.media.sound_settings import SoundSettings

TICK = Fraction(1, SAMPLE_RATE)
_BITEXACT = 1 << 23
_LAYOUT = "stereo"
_FULL_SCALE = 1 << 23  # of 24 bits


def open_codec(codec: AudioCodecContext, settings: SoundSettings) -> None:
    """Set up an encoder of sound, a stream's or one that stands alone, and open it.

    Raises:
        EncoderError: ``ENCODER_FAILED``.
    """
    with codec_errors(settings.encoder):
        codec.sample_rate = SAMPLE_RATE
        codec.layout = _LAYOUT
        codec.format = av.AudioFormat(settings.sample_format)
        codec.time_base = TICK
        codec.flags |= _BITEXACT
        codec.options = dict(settings.options)
        if settings.bitrate is not None:
            codec.bit_rate = settings.bitrate
        codec.open()


class SoundEncoder:
    """Encodes blocks of any length. One thread at a time.

    Args:
        codec: open.
        samples: the exact length, a channel.
    """

    def __init__(self, settings: SoundSettings, codec: AudioCodecContext, samples: int) -> None:
        self._settings = settings
        self._codec = codec
        self._samples = samples
        self._size = codec.frame_size or settings.packet
        self._rest: NDArray[np.float32] = np.empty((0, 2), np.float32)
        self._count = 0
        self._lead: int | None = None

    def encode(self, block: NDArray[np.float32]) -> Iterator[Packet[Any]]:
        """The packets that are complete with this block of shape (n, 2).

        Raises:
            EncoderError: ``ENCODER_FAILED``.
        """
        held = np.concatenate([self._rest, block]) if len(self._rest) else block
        whole = len(held) - len(held) % self._size
        for start in range(0, whole, self._size):
            yield from self._feed(held[start : start + self._size])
        self._rest = held[whole:].copy()

    def finish(self) -> Iterator[Packet[Any]]:
        """The packets that are left.

        Raises:
            EncoderError: ``ENCODER_FAILED``; ``SOUND_LENGTH`` when it was not given what was announced.
        """
        if len(self._rest):
            yield from self._feed(self._rest)
        if self._count != self._samples:
            raise EncoderError(
                f"The sound has {self._count} samples in place of {self._samples}: use --skip-audio, and report this.",
                code="SOUND_LENGTH",
            )
        with codec_errors(self._settings.encoder):
            packets = self._codec.encode(None)
        yield from map(self._timed, packets)

    def _feed(self, samples: NDArray[np.float32]) -> Iterator[Packet[Any]]:
        with codec_errors(self._settings.encoder):
            frame = av.AudioFrame.from_ndarray(
                as_stored(samples, self._settings.sample_format), self._settings.sample_format, _LAYOUT
            )
            frame.sample_rate = SAMPLE_RATE
            frame.pts, frame.time_base = self._count, TICK
            self._count += len(samples)
            packets = self._codec.encode(frame)
        yield from map(self._timed, packets)

    def _timed(self, packet: Packet[Any]) -> Packet[Any]:
        """The packet with the end that is heard.

        Codecs begin before time 0 (AAC by 1024 samples, Opus by 312) and containers say so. Matroska however counts
        Opus's lead into the length of the file, which would be 7 ms longer than its pictures.
        """
        if self._lead is None:
            self._lead = -(packet.pts or 0)
        if self._settings.encoder == "libopus" and packet.duration:
            left = self._samples - ((packet.pts or 0) + self._lead)
            # A packet that lasts less than a tick of the container would be taken for a whole one.
            packet.duration = max(SAMPLE_RATE // 1000, min(packet.duration, left))
        return packet


def as_stored(samples: NDArray[np.float32], sample_format: str) -> NDArray[Any]:
    """Samples of shape (n, 2) in one of FFmpeg's formats; 24 bits lie in the upper bits of 32."""
    if sample_format == "fltp":
        return np.ascontiguousarray(samples.T)
    if sample_format == "s32":
        scaled = np.rint(samples.astype(np.float64) * _FULL_SCALE)
        whole = np.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int32)
        return np.ascontiguousarray(whole << 8).reshape(1, -1)
    return np.ascontiguousarray(samples).reshape(1, -1)
