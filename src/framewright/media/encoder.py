"""The encoder's seam, and which writer stands behind it for each output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from framewright.media.codec_settings import check, settings_for
from framewright.media.gif import GifEncoder
from framewright.media.h264 import H264Encoder
from framewright.media.sequence import SequenceEncoder
from framewright.media.sound_settings import sound_settings
from framewright.media.soundtrack import Sound
from framewright.media.video_encoder import VideoEncoder
from framewright.model.output import Codec, OutputSpec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from framewright.media.codec_settings import CodecSettings
    from framewright.media.sound_piece import SoundPiece
    from framewright.media.sound_source import SoundSource
    from framewright.media.subtitles.track import TextTrack
    from framewright.model.frames import FrameRate
    from framewright.model.picture import Picture
    from framewright.model.size import Size


class Encoder(Protocol):
    """Takes pictures in order and writes a file of constant rate. Not thread-safe, but for :meth:`interrupt`.

    Every call may raise ``EncoderError`` (``ENCODER_FAILED``, ``PICTURE_INVALID``) or ``OutputError``
    (``DISK_FULL``, ``OUTPUT_FAILED``), or whatever the source of the sound raised; after that only :meth:`abort` may
    follow.
    """

    @property
    def progress(self) -> int:
        """A number that grows whenever anything was done."""

    def write(self, picture: Picture) -> None:
        """Add a frame."""

    def repeat(self) -> None:
        """Add a frame that is equal to the one before, for next to nothing where the codec allows it."""

    def finish(self) -> None:
        """Write what is left and close the file."""

    def interrupt(self) -> None:
        """Let a call that waits for sound end soon, with an error. From any thread; then only :meth:`abort` may follow."""

    def abort(self) -> None:
        """Give up: close everything. What was written so far is for the caller to remove. Never fails."""


def open_encoder(
    spec: OutputSpec,
    size: Size,
    rate: FrameRate,
    path: Path,
    sound: SoundSource | SoundPiece | None = None,
    *,
    texts: Sequence[TextTrack] = (),
) -> Encoder:
    """An encoder that writes to ``path``: a new file, or an existing folder for an image sequence.

    Args:
        spec: what to write.
        size: of the pictures, in pixels.
        rate: frames a second, kept exactly wherever the container can.
        path: of the file or folder; see :class:`~framewright.media.output_file.OutputFile` for a safe one.
        sound: what is heard. It is mixed from now on, in a thread that ends with the encoder; or copied from a finished
            piece. GIF has none.
        texts: tracks of text for mp4, mov and webm. Image sequences and GIF hold none.

    Raises:
        UsageError: ``SIZE_UNSUPPORTED``, ``FPS_UNSUPPORTED``.
        EncoderError: ``ENCODER_FAILED`` when the codec refuses its settings.
        PieceError: ``SOUND_PIECE_INVALID``.
        OutputError: when the file cannot be opened.
    """
    check(spec, size, rate)
    settings_of_sound = sound_settings(spec.format)
    heard = None if sound is None or settings_of_sound is None else Sound(settings_of_sound, sound)
    if spec.codec is Codec.PNG:
        return SequenceEncoder(size, path, rate, heard)
    if spec.codec is Codec.GIF:
        return GifEncoder(spec, size, rate, path)
    settings = settings_for(spec, size, rate)
    return video_writer(settings)(settings, size, rate, path, heard, texts=texts)


def video_writer(settings: CodecSettings) -> type[H264Encoder | VideoEncoder]:
    """What writes a video file with these settings."""
    # With a bitrate to keep, the rate control must live as long as the video.
    return H264Encoder if settings.encoder == "libx264" and settings.segment else VideoEncoder
