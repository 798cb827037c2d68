"""Which codec carries the sound of an output, and how it is set up: pure tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import lcm
from typing import TYPE_CHECKING

from framewright.model.output import SOUND_CODECS, SoundCodec
from framewright.model.sound import SAMPLE_RATE

if TYPE_CHECKING:
    from framewright.model.frames import FrameRate
    from framewright.model.output import Format

_MOST_TICKS = 10**6
_USUAL_PACKET = 1024


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """One encoder of sound, set up: 48 kHz, two channels.

    Attributes:
        encoder: FFmpeg's name of it.
        sample_format: of the samples that it takes: planar or packed floats, or 32-bit integers.
        bitrate: bits a second; None for what is not compressed.
        packet: samples of a packet, where the encoder does not say.
        options: for the encoder.
    """

    encoder: str
    sample_format: str
    bitrate: int | None = None
    packet: int = _USUAL_PACKET
    options: dict[str, str] = field(default_factory=dict)


_SETTINGS = {
    # Not aac_coder=fast, which takes less than half as long: bursts of tones come out 0.1 dB too quiet, which is more than may be.
    SoundCodec.AAC: SoundSettings("aac", "fltp", 192_000),
    SoundCodec.OPUS: SoundSettings("libopus", "flt", 160_000, options={"application": "audio", "vbr": "on"}),
    SoundCodec.PCM: SoundSettings("pcm_s24le", "s32"),
}


def sound_settings(container: Format) -> SoundSettings | None:
    """The sound of this kind of output; None for one that has no sound."""
    codec = SOUND_CODECS.get(container)
    return None if codec is None else _SETTINGS[codec]


def movie_ticks(rate: FrameRate) -> int:
    """Ticks a second of an mp4's or mov's own clock, in which it says how long each stream is shown.

    FFmpeg's usual thousand would round the end of the sound to the millisecond. Frames and samples are both whole
    numbers of these ticks; at rates for which that takes too many, samples alone.
    """
    ticks = lcm(SAMPLE_RATE, rate.value.numerator)
    return ticks if ticks <= _MOST_TICKS else SAMPLE_RATE
