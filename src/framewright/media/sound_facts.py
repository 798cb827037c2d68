"""How long the sound of a finished file is heard, to the sample, without decoding it."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av

from framewright.model.report import AudioStreamFacts
from framewright.model.sound import SAMPLE_RATE

if TYPE_CHECKING:
    from pathlib import Path

    from av.audio.stream import AudioStream
    from av.packet import Packet

_OPUS_PACKET = 960  # samples: libopus is asked for no other


class Length:
    """Counts what Matroska does not say: samples of Opus, less those that are to be dropped at either end."""

    def __init__(self) -> None:
        self.samples = 0

    def add(self, packet: Packet[Any]) -> None:
        """Count one packet."""
        self.samples += _OPUS_PACKET
        if packet.has_sidedata("skip_samples"):
            # Two numbers of 32 bits: samples to drop before and behind.
            before, behind = struct.unpack_from("<II", bytes(packet.get_sidedata("skip_samples")))
            self.samples -= before + behind


def sound_facts(stream: AudioStream, length: Length) -> AudioStreamFacts:
    """What a reader finds; ``length`` has counted the stream's packets."""
    codec = stream.codec_context
    if stream.duration is not None and stream.time_base is not None:
        seconds = stream.duration * stream.time_base  # mp4 and mov tell it by their edit list
    else:
        seconds = Fraction(length.samples, SAMPLE_RATE)
    return AudioStreamFacts(
        codec=codec.codec.canonical_name,
        rate=codec.sample_rate,
        channels=codec.channels,
        seconds=float(seconds),
    )


def read_sound(path: Path) -> AudioStreamFacts:
    """What a reader finds in a file of sound alone that says its length.

    Raises:
        av.FFmpegError, OSError, IndexError: it cannot be read.
    """
    with av.open(str(path)) as container:
        return sound_facts(container.streams.audio[0], Length())
