"""The sound of a file being written: its stream in the container, beside the pictures in the order of time."""

from __future__ import annotations

import queue
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Protocol, cast

from framewright.media.codec_log import codec_errors
from framewright.media.sound_encoder import TICK, SoundEncoder, open_codec
from framewright.media.sound_piece import SoundPiece
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


@dataclass(frozen=True, slots=True)
class Sound:
    """What a file sounds like, and how that is encoded.

    Attributes:
        source: what is to be mixed; or the finished piece, of which packets are copied.
    """

    settings: SoundSettings
    source: SoundSource | SoundPiece


def first_sample(seconds: Fraction) -> int:
    """The first sample that is not before this time: what is compared for every packet is a whole number, and exact."""
    return ceil(seconds * SAMPLE_RATE)


class _Packets(Protocol):
    """What gives a file the packets of its sound: a thread that makes them, or the reader of a piece."""

    @property
    def progress(self) -> int: ...
    def take(self, *, wait: bool) -> Packet[Any] | None: ...
    def check(self) -> None: ...
    def interrupt(self) -> None: ...
    def close(self) -> None: ...


class Soundtrack:
    """One stream of sound. Make it before the container's header is written, :meth:`begin` after.

    The thread that writes the file calls everything here; mixing and encoding happen in a thread of their own.

    Raises:
        EncoderError: ``ENCODER_FAILED``.
        PieceError: ``SOUND_PIECE_INVALID``: the piece was made by another encoder than this.
    """

    def __init__(self, container: OutputContainer, sound: Sound) -> None:
        self._sound = sound
        self._packets: _Packets | None = None
        self._next: Packet[Any] | None = None
        self._ended = False
        encoder = sound.settings.encoder
        with codec_errors(encoder):
            stream = cast("AudioStream", container.add_stream(encoder, rate=SAMPLE_RATE))
            stream.time_base = TICK
        # A piece has its packets already: the codec is opened for what the container says of it.
        open_codec(stream.codec_context, sound.settings)
        if isinstance(sound.source, SoundPiece):
            sound.source.check(sound.settings, stream.codec_context.extradata)
        self._stream = stream

    @property
    def progress(self) -> int:
        """A number that grows whenever anything was done."""
        return 0 if self._packets is None else self._packets.progress

    def begin(self) -> None:
        """Begin to mix, or to read. The container's header is written by now.

        Raises:
            PieceError: ``SOUND_PIECE_INVALID``.
        """
        settings, source = self._sound.settings, self._sound.source
        if isinstance(source, SoundPiece):
            self._packets = source.open()
        else:
            encoder = SoundEncoder(settings, self._stream.codec_context, source.samples)
            self._packets = SoundThread(source, encoder)

    def until(self, sample: int | None) -> Iterator[Packet[Any]]:
        """The packets that begin before this sample, for the container; None: all that are left.

        Waits for what is not mixed yet.

        Raises:
            whatever mixing, encoding or reading raised.
        """
        while self.knows_next(wait=True):
            packet = self.take_before(sample)
            if packet is None:
                return
            yield packet

    def knows_next(self, *, wait: bool) -> bool:
        """Whether :meth:`take_before` can answer; with ``wait`` it always can, once this returns.

        Raises:
            whatever mixing, encoding or reading raised.
        """
        assert self._packets is not None
        self._packets.check()
        if self._next is None and not self._ended:
            try:
                self._next = self._packets.take(wait=wait)
            except queue.Empty:
                return False
            self._ended = self._next is None
        return True

    def take_before(self, sample: int | None) -> Packet[Any] | None:
        """The next packet for the container, if it begins before this sample; None: it does not, or there is none."""
        packet = self._next
        if packet is None or (sample is not None and (packet.dts or 0) >= sample):
            return None
        self._next = None
        packet.stream = self._stream
        packet.time_base = TICK
        return packet

    def interrupt(self) -> None:
        """End the mixing, and the wait for it, soon. From any thread."""
        if self._packets is not None:
            self._packets.interrupt()

    def close(self) -> None:
        """Give up what is not done, and end the thread."""
        if self._packets is not None:
            self._packets.close()
