"""What is to be written: format, codec and quality, and which of them go together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from framewright.model.errors import UsageError
from framewright.model.media import LightLevels, Transfer


class Format(StrEnum):
    """The kind of file, or of folder."""

    MP4 = "mp4"
    MOV = "mov"
    WEBM = "webm"
    GIF = "gif"
    PNG_SEQUENCE = "png-sequence"


class Codec(StrEnum):
    """How pictures are compressed."""

    H264 = "h264"
    H265 = "h265"
    AV1 = "av1"
    VP9 = "vp9"
    PRORES = "prores"
    GIF = "gif"
    PNG = "png"


class SoundCodec(StrEnum):
    """How sound is compressed, or kept as it is."""

    AAC = "aac"
    OPUS = "opus"
    PCM = "pcm"


class Quality(StrEnum):
    """The trade of time against size and likeness."""

    DRAFT = "draft"
    STANDARD = "standard"
    HIGH = "high"


# The first codec of each format is its default.
CODECS: dict[Format, tuple[Codec, ...]] = {
    Format.MP4: (Codec.H264, Codec.H265, Codec.AV1),
    Format.MOV: (Codec.PRORES, Codec.H264, Codec.H265),
    Format.WEBM: (Codec.VP9, Codec.AV1),
    Format.GIF: (Codec.GIF,),
    Format.PNG_SEQUENCE: (Codec.PNG,),
}
# GIF has no sound. That of an image sequence stands beside its frames, as a WAV file.
SOUND_CODECS: dict[Format, SoundCodec] = {
    Format.MP4: SoundCodec.AAC,
    Format.MOV: SoundCodec.PCM,
    Format.WEBM: SoundCodec.OPUS,
    Format.PNG_SEQUENCE: SoundCodec.PCM,
}
_WITH_ALPHA = {
    (Format.MOV, Codec.PRORES),
    (Format.WEBM, Codec.VP9),
    (Format.GIF, Codec.GIF),
    (Format.PNG_SEQUENCE, Codec.PNG),
}
HDR_CODECS = frozenset({Codec.H265, Codec.AV1})
# What crf means, and how far it goes, differs by encoder.
HIGHEST_CRF = {Codec.H264: 51, Codec.H265: 51, Codec.AV1: 63, Codec.VP9: 63}


class Layout(StrEnum):
    """How the bytes of a picture lie.

    ``I420``: the planes Y, U, V of the frame stream, tightly packed, 8 bits, BT.601 matrix, limited range.
    ``I010``: the planes Y, U, V, tightly packed, 10 bits in two bytes each, low byte first; BT.2020 non-constant matrix,
    limited range, in the transfer of the output.
    ``PNG``: an encoded PNG, sRGB, with or without alpha, as the browser wrote it.
    """

    I420 = "i420"
    I010 = "i010"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One kind of output.

    Attributes:
        alpha: keep the page's transparency.
        crf: constant rate factor in the codec's own scale; None: the quality's.
        bitrate: bits a second; takes the place of crf.
        transfer: PQ and HLG are BT.2020 in 10 bits.
        levels: what the file says of its light; PQ alone.
    """

    format: Format
    codec: Codec
    quality: Quality = Quality.STANDARD
    alpha: bool = False
    crf: float | None = None
    bitrate: int | None = None
    transfer: Transfer = Transfer.SDR
    levels: LightLevels | None = None

    def __post_init__(self) -> None:
        allowed = CODECS[self.format]
        if self.codec not in allowed:
            raise UsageError(
                f"{self.format} holds no {self.codec}: use --codec {' or '.join(allowed)}.",
                code="CODEC_INVALID",
            )
        if self.alpha and not can_hold_alpha(self.format, self.codec):
            raise UsageError(
                f"{self.codec} in {self.format} has no transparency: use --format webm, mov, gif or png-sequence.",
                code="ALPHA_INVALID",
            )
        if self.transfer is not Transfer.SDR and self.codec not in HDR_CODECS:
            raise UsageError(
                f"{self.codec} holds no HDR here: use --codec h265 or av1, or leave out --hdr.",
                code="HDR_INVALID",
            )
        self._check_rate_control()

    def _check_rate_control(self) -> None:
        if self.crf is not None and self.bitrate is not None:
            raise UsageError("Give --crf or --video-bitrate, not both.", code="RATE_CONTROL_INVALID")
        highest = HIGHEST_CRF.get(self.codec)
        if highest is None and (self.crf is not None or self.bitrate is not None):
            raise UsageError(
                f"{self.codec} has no rate to choose: leave out --crf and --video-bitrate.",
                code="RATE_CONTROL_INVALID",
            )
        if self.crf is not None and highest is not None and not 0 <= self.crf <= highest:
            raise UsageError(
                f"--crf {self.crf:g} is out of range: {self.codec} takes 0 to {highest}.", code="CRF_INVALID"
            )
        if self.bitrate is not None and not 1_000 <= self.bitrate <= 1_000_000_000:
            raise UsageError(
                f"A video bitrate of {self.bitrate} bits a second is out of range: use 1k to 1000M.",
                code="BITRATE_INVALID",
            )

    @property
    def layout(self) -> Layout:
        """The pictures that do this output justice: 4:2:0 in 8 bits from the stream or in 10 of ours, or whole PNGs."""
        if self.transfer is not Transfer.SDR:
            return Layout.I010
        streamed = not self.alpha and self.codec in {Codec.H264, Codec.H265, Codec.AV1, Codec.VP9}
        return Layout.I420 if streamed else Layout.PNG


def can_hold_alpha(container: Format, codec: Codec) -> bool:
    """Whether this pair can keep transparency."""
    return (container, codec) in _WITH_ALPHA
