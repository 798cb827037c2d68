"""The sound of a file being written: its stream in the container, beside the pictures in the order of time."""

from __future__ import annotations

import queue
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import av

from framewright.media.codec_log import codec_errors
from framewright.media.sound_encoder import TICK, SoundEncoder
from framewright.media.sound_thread import SoundThread
from framewright.model.sound import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.packet import Packet

    from framewright.media.sound_settings import SoundSettings
    from framewright.media.sound_source import SoundSource

_BITEXACT = 1 << 23


@dataclass(frozen=True, slots=True)
class Sound:
    """What a file sounds like, and how that is encoded."""

    settings: SoundSettings
    source: SoundSource


class Soundtrack:
    """One stream of sound. Make it before the container's header is written, :meth:`begin` after.

    The thread that writes the file calls everything here; mixing and encoding happen in a thread of their own.

    Raises:
        EncoderError: ``ENCODER_FAILED``.
    """

    def __init__(self, container: OutputContainer, sound: Sound) -> None:
        self._settings = settings = sound.settings
        self._source = sound.source
        self._thread: SoundThread | None = None
        self._next: Packet[Any] | None = None
        self._ended = False
        with codec_errors(settings.encoder):
            stream = cast("AudioStream", container.add_stream(settings.encoder, rate=SAMPLE_RATE))
            codec = stream.codec_context
            codec.layout = "stereo"
            codec.format = av.AudioFormat(settings.sample_format)
            codec.time_base = TICK
            codec.flags |= _BITEXACT
            codec.options = dict(settings.options)
            if settings.bitrate is not None:
                codec.bit_rate = settings.bitrate
            stream.time_base = TICK
            codec.open()
        self._stream = stream

    @property
    def progress(self) -> int:
        """A number that grows whenever anything was done."""
        return 0 if self._thread is None else self._thread.progress

    def begin(self) -> None:
        """Begin to mix. The container's header is written by now."""
        codec = self._stream.codec_context
        self._thread = SoundThread(self._source, SoundEncoder(self._settings, codec, self._source.samples))

    def until(self, seconds: Fraction | None) -> Iterator[Packet[Any]]:
        """The packets that begin before this time, for the container; None: all that are left.

        Waits for what is not mixed yet.

        Raises:
            whatever mixing or encoding raised.
        """
        while self.knows_next(wait=True):
            packet = self.take_before(seconds)
            if packet is None:
                return
            yield packet

    def knows_next(self, *, wait: bool) -> bool:
        """Whether :meth:`take_before` can answer; with ``wait`` it always can, once this returns.

        Raises:
            whatever mixing or encoding raised.
        """
        assert self._thread is not None
        self._thread.check()
        if self._next is None and not self._ended:
            try:
                self._next = self._thread.take(wait=wait)
            except queue.Empty:
                return False
            self._ended = self._next is None
        return True

    def take_before(self, seconds: Fraction | None) -> Packet[Any] | None:
        """The next packet for the container, if it begins before this time; None: it does not, or there is none."""
        packet = self._next
        if packet is None or (seconds is not None and (packet.dts or 0) * TICK >= seconds):
            return None
        self._next = None
        packet.stream = self._stream
        packet.time_base = TICK
        return packet

    def interrupt(self) -> None:
        """End the mixing, and the wait for it, soon. From any thread."""
        if self._thread is not None:
            self._thread.interrupt()

    def close(self) -> None:
        """Give up what is not done, and end the thread."""
        if self._thread is not None:
            self._thread.close()
