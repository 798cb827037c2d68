"""The sound of a video as a file of its own: encoded packets with their exact times, to be copied into the finished file.

None of the usual containers keeps them as they are: MP4 and Matroska change times and durations into their own clocks and
edit lists, raw streams have none. A piece begins with ``Framewright sound 1`` and a line of JSON, the codec and how it was
set up; then come packets, each behind a head of 24 bytes (length of the data, duration, time, samples that are cut off its
beginning and its end), and at last a head of length 0 whose time is the number of samples. All times count samples.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any, cast

import av
from av.packet import PacketSideData, packet_sidedata_type_from_literal

from framewright.media.codec_log import codec_errors, listen
from framewright.media.output_file import write_error
from framewright.media.sound_encoder import TICK, SoundEncoder, open_codec
from framewright.media.sound_packets import sound_packets
from framewright.media.sound_settings import SoundSettings, sound_settings
from framewright.media.sound_source import Pulse, StoppedError
from framewright.model.errors import PieceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.audio.codeccontext import AudioCodecContext
    from av.packet import Packet

    from framewright.media.sound_source import SoundSource
    from framewright.model.output import Format

_BEGINNING = b"Framewright sound 1\n"
_HEAD = struct.Struct("<IIqII")
_CUT = struct.Struct("<IIBB")
_CUT_KIND = packet_sidedata_type_from_literal("skip_samples")
_GLOBAL_HEADER = 1 << 22
_LONGEST_LINE = 1 << 16
_LARGEST_PACKET = 1 << 24


def write_sound_piece(container: Format, source: SoundSource, path: Path, pulse: Pulse | None = None) -> None:
    """Mix and encode a sound as it is heard in this kind of output. Blocks until it is done.

    The same samples give the same bytes. A file that could not be finished is left for the caller to remove.

    Args:
        container: one that has sound.
        path: of a new file.
        pulse: beats with every packet; stop it to give up.

    Raises:
        UsageError: ``SOUND_LEFT_OUT``: this kind of output has no sound.
        StoppedError: the pulse was stopped.
        OutputError: the file cannot be written.
        EncoderError: ``ENCODER_FAILED``, ``SOUND_FAILED``, ``SOUND_LENGTH``.
        whatever else the source raised.
    """
    settings = sound_settings(container)
    if settings is None:
        raise UsageError(f"{container} has no sound: mp4, webm and mov have it.", code="SOUND_LEFT_OUT")
    pulse = pulse or Pulse()
    listen()
    with codec_errors(settings.encoder):
        codec = cast("AudioCodecContext", av.CodecContext.create(settings.encoder, "w"))
    codec.flags |= _GLOBAL_HEADER
    open_codec(codec, settings)
    try:
        with path.open("wb") as file:
            file.write(_BEGINNING + _told(settings, source.samples, codec.extradata))
            packets = sound_packets(source, SoundEncoder(settings, codec, source.samples), pulse)
            for packet in packets:
                pulse.beat()
                file.write(_head(packet))
                file.write(packet)
            file.write(_HEAD.pack(0, 0, source.samples, 0, 0))
    except OSError as error:
        raise write_error(path, error) from error


@dataclass(frozen=True, slots=True)
class SoundPiece:
    """A finished piece, read as often as wanted.

    Attributes:
        settings: what encoded it.
        samples: the exact length, a channel, at 48 kHz.
        extradata: what a decoder must know before the first packet.
        begin: the place in the file at which packets begin.
    """

    path: Path
    settings: SoundSettings
    samples: int
    extradata: bytes | None
    begin: int

    @property
    def codec(self) -> str:
        """As FFmpeg names it, whatever encoder made it."""
        return av.Codec(self.settings.encoder, "w").canonical_name

    def packets(self) -> Iterator[Packet[Any]]:
        """All packets, in order; their times count samples, and the codec's lead lies before 0.

        Raises:
            PieceError: ``SOUND_PIECE_INVALID``.
        """
        reader = self.open()
        try:
            while (packet := reader.take()) is not None:
                yield packet
        finally:
            reader.close()

    def open(self) -> PieceReader:
        """A reader at the first packet; close it.

        Raises:
            PieceError: ``SOUND_PIECE_INVALID``: it is gone.
        """
        return PieceReader(self)

    def check(self, settings: SoundSettings, extradata: bytes | None) -> None:
        """Refuse to be copied into a stream with other parameters than those of its packets.

        Raises:
            PieceError: ``SOUND_PIECE_INVALID``.
        """
        if settings != self.settings:
            raise _invalid(self.path, f"was encoded by {self.settings.encoder} for another kind of output")
        if extradata != self.extradata:
            raise _invalid(self.path, f"was encoded by another release of {self.settings.encoder}")


def read_sound_piece(path: Path) -> SoundPiece:
    """Look at a piece. Its packets are read later.

    Raises:
        PieceError: ``SOUND_PIECE_INVALID``.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_BEGINNING)) != _BEGINNING:
                raise _invalid(path, "is none")
            line = file.readline(_LONGEST_LINE)
            begin = file.tell()
        told = json.loads(line)
        extradata = told["extradata"]
        return SoundPiece(
            path,
            SoundSettings(**told["settings"]),
            int(told["samples"]),
            None if extradata is None else bytes.fromhex(extradata),
            begin,
        )
    except OSError as error:
        raise _invalid(path, f"cannot be read ({error.strerror or error})") from error
    except (ValueError, TypeError, KeyError) as error:
        raise _invalid(path, "is damaged at its beginning") from error


class PieceReader:
    """Gives a file the packets of a piece, as a thread that makes them would. It never has to be waited for."""

    def __init__(self, piece: SoundPiece) -> None:
        self._piece = piece
        self._pulse = Pulse()
        self._ended = False
        try:
            self._file: IO[bytes] = piece.path.open("rb")
            self._file.seek(piece.begin)
        except OSError as error:
            raise _invalid(piece.path, f"cannot be read ({error.strerror or error})") from error

    @property
    def progress(self) -> int:
        """A number that grows with every packet."""
        return self._pulse.beats

    def take(self, *, wait: bool = True) -> Packet[Any] | None:
        """The next packet; None behind the last one.

        Raises:
            PieceError: ``SOUND_PIECE_INVALID``.
            StoppedError: it was interrupted or closed.
        """
        del wait
        self._pulse.beat()
        if self._ended:
            return None
        size, duration, time, early, late = self._head()
        if size == 0:
            self._ended = True
            if time != self._piece.samples or self._file.read(1):
                raise _invalid(self._piece.path, "is damaged at its end")
            return None
        packet = cast("Packet[Any]", av.Packet(size))
        packet.update(self._read(size))
        packet.pts = packet.dts = time
        packet.duration = duration
        packet.time_base = TICK
        packet.is_keyframe = True
        if early or late:
            cut = PacketSideData(_CUT_KIND, _CUT.size)  # type: ignore[call-arg]  # PyAV's stub has no arguments
            cut.update(_CUT.pack(early, late, 0, 0))
            packet.set_sidedata(cut)
        return packet

    def check(self) -> None:
        """Tell of an interruption.

        Raises:
            StoppedError: it was interrupted or closed.
        """
        if self._pulse.stopped:
            raise StoppedError

    def interrupt(self) -> None:
        """Let the next call end. From any thread."""
        self._pulse.stop()

    def close(self) -> None:
        """Let go of the file."""
        self._pulse.stop()
        self._file.close()

    def _head(self) -> tuple[int, int, int, int, int]:
        head = _HEAD.unpack(self._read(_HEAD.size))
        if head[0] > _LARGEST_PACKET:
            raise _invalid(self._piece.path, "is damaged")
        return head

    def _read(self, size: int) -> bytes:
        try:
            data = self._file.read(size)
        except OSError as error:
            raise _invalid(self._piece.path, f"cannot be read ({error.strerror or error})") from error
        if len(data) < size:
            raise _invalid(self._piece.path, "is cut off")
        return data


def _told(settings: SoundSettings, samples: int, extradata: bytes | None) -> bytes:
    told = {
        "settings": asdict(settings),
        "samples": samples,
        "extradata": None if extradata is None else bytes(extradata).hex(),
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _head(packet: Packet[Any]) -> bytes:
    early = late = 0
    if packet.has_sidedata("skip_samples"):
        early, late, _, _ = _CUT.unpack(bytes(packet.get_sidedata("skip_samples")))
    return _HEAD.pack(packet.size, packet.duration or 0, packet.pts or 0, early, late)


def _invalid(path: Path, reason: str) -> PieceError:
    return PieceError(f"The piece of sound {path.name} {reason}: make it again.", code="SOUND_PIECE_INVALID")
