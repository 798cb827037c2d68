"""Opening a file of sound: what is refused, which stream is heard, and where its time begins."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from framewright.sound.errors import SoundError
from framewright.sound.wav_header import stated_samples

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

    from framewright.sound.errors import Origin

# Containers that hold their own bytes. Playlists and scripts (hls, dash, concat, sdp …) name other files and addresses.
CONTAINERS = (
    "aac,ac3,adts,aiff,amr,ape,asf,asf_o,au,avi,caf,dsf,dts,eac3,flac,flv,gxf,iff,ircam,latm,loas,matroska,mov,mp3,mp4,"
    "mpc,mpc8,mpeg,mpegts,mxf,nut,oga,ogg,oma,qcp,rm,rso,sds,sox,tak,truehd,tta,voc,w64,wav,webm,wsaud,wv,xa"
)
_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": CONTAINERS}
# FFmpeg reads 1024 or 4096 samples at a time of a WAV, and looks through up to 2500 such packets for DTS that pretends to
# be PCM: 40 ms, of a file that is often an effect of one second. DTS shows within one packet of this size.
_WAV_OPTIONS = {"max_size": str(32_768 * 4), "max_probe_packets": "1"}
_TIMED = {"mp4", "matroska", "mpegts", "mpeg", "flv", "asf", "asf_o", "avi", "nut", "ogg", "mxf", "gxf", "rm"}
MAX_CHANNELS = 64
MAX_RATE = 768_000
_ATTACHED_PICTURE = 0x400


@dataclass(slots=True)
class OpenSound:
    """A file at its beginning.

    Attributes:
        rate: samples a second of its sound.
        zero: the moment, in seconds on the container's own clock, that is time 0 of the source.
        start: the sample, counted from ``zero``, that its first decoded sample is.
        stop: the sample behind its last one, where the container says it to the sample.
        timed: packets have times of their own, so that there can be silence between two of them.
        promised: about the same, from every container that does not guess; a file that ends before is cut off.
    """

    container: InputContainer
    stream: AudioStream
    rate: int
    zero: Fraction
    start: int
    stop: int | None
    promised: int | None
    timed: bool

    def close(self) -> None:
        """Let go of the file."""
        self.container.close()


def open_sound(origin: Origin) -> OpenSound:
    """Open a file and find its sound.

    Raises:
        SoundError: ``SOUND_MISSING``, ``SOUND_EMPTY``, ``SOUND_INVALID``, ``SOUND_NO_AUDIO``, ``SOUND_UNSUPPORTED``.
    """
    options = _OPTIONS | (_WAV_OPTIONS if _look(origin)[:4] in (b"RIFF", b"RF64") else {})
    try:
        container = av.open(f"file:{origin.path.absolute()}", options=options, metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise origin.error(
            "SOUND_INVALID", f"is no sound or video that Framewright can read ({_reason(error)})"
        ) from error
    try:
        return _described(container, origin)
    except (av.FFmpegError, OSError, ValueError) as error:
        container.close()
        if isinstance(error, SoundError):
            raise
        raise origin.error("SOUND_INVALID", f"cannot be read ({_reason(error)})") from error
    except BaseException:
        container.close()
        raise


def _look(origin: Origin) -> bytes:
    """What the file begins with, if there is one."""
    try:
        if not origin.path.exists():
            raise origin.error("SOUND_MISSING", "does not exist")
        if not origin.path.is_file():
            raise origin.error("SOUND_INVALID", "is no file")
        if origin.path.stat().st_size == 0:
            raise origin.error("SOUND_EMPTY", "is empty: it has no bytes")
        with origin.path.open("rb") as file:
            return file.read(12)
    except (OSError, ValueError) as error:
        raise origin.error("SOUND_MISSING", f"cannot be opened ({_reason(error)})") from error


def _described(container: InputContainer, origin: Origin) -> OpenSound:
    if not container.streams.audio:
        raise origin.error("SOUND_NO_AUDIO", "has no sound")
    stream = container.streams.audio[0]
    codec = stream.codec_context
    if codec is None:
        raise origin.error("SOUND_UNSUPPORTED", "has sound in a format that no decoder is there for")
    rate = codec.sample_rate
    if not 0 < rate <= MAX_RATE or not 0 < codec.layout.nb_channels <= MAX_CHANNELS:
        raise origin.error(
            "SOUND_INVALID",
            f"says that it has {codec.layout.nb_channels} channels at {rate} samples a second",
        )
    codec.thread_count = 1  # threads gain nothing for sound, and one a track would be many
    begins = [
        stream.start_time * stream.time_base
        for stream in (*container.streams.audio, *container.streams.video)
        if stream.start_time is not None
        and stream.time_base
        and not stream.disposition.value & _ATTACHED_PICTURE
    ]
    zero = min(begins, default=Fraction(0))
    own = (stream.start_time or 0) * (stream.time_base or Fraction(0)) if begins else Fraction(0)
    start = round((own - zero) * rate)
    length = _length(container, stream)
    if length is not None and container.format.name == "wav" and codec.name.startswith("pcm_"):
        length = max(length, Fraction(stated_samples(origin.path) or 0, rate))
    stop = None if length is None else start + round(length * rate)
    names = set(container.format.name.split(","))
    exact = stop if "mp4" in names else None
    return OpenSound(container, stream, rate, zero, start, exact, stop, bool(names & _TIMED))


def _length(container: InputContainer, stream: AudioStream) -> Fraction | None:
    """Seconds, from containers that know: others make it out from the size of the file or its last packet."""
    names = set(container.format.name.split(","))
    if names & {"matroska"} and container.duration and len(container.streams) == 1:
        return Fraction(container.duration, av.time_base)
    tagged_mp3 = "mp3" in names and bool(
        stream.start_time
    )  # without LAME's tag there is neither delay nor length
    if (
        stream.duration
        and stream.time_base
        and (tagged_mp3 or names & {"mp4", "wav", "w64", "flac", "aiff", "caf"})
    ):
        return stream.duration * stream.time_base
    return None


def _reason(error: BaseException) -> str:
    """What a decoder or the system says, without paths of this machine."""
    said = error.strerror if isinstance(error, OSError | av.FFmpegError) else type(error).__name__
    return str(said or type(error).__name__).rstrip(".")
