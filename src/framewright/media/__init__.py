"""Encoders by output, colour, muxing, and reading back what was written. Knows nothing of browsers."""

from framewright.media.codec_settings import check
from framewright.media.encoder import Encoder, open_encoder
from framewright.media.facts import inspect
from framewright.media.output_file import FolderKind, OutputFile, remove_partials, write_error
from framewright.media.sound_piece import SoundPiece, read_sound_piece, write_sound_piece
from framewright.media.sound_source import Pulse, SoundSource, StoppedError
from framewright.media.thread import EncoderThread

__all__ = [
    "Encoder",
    "EncoderThread",
    "FolderKind",
    "OutputFile",
    "Pulse",
    "SoundPiece",
    "SoundSource",
    "StoppedError",
    "check",
    "inspect",
    "open_encoder",
    "read_sound_piece",
    "remove_partials",
    "write_error",
    "write_sound_piece",
]
