"""Picture packs become a GIF or an image sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.media.pieces import PackedPictures, write_gif, write_sequence
from framewright.model.frames import FrameRange
from framewright.model.output import Codec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from framewright.media.sound_piece import SoundPiece
    from framewright.media.sound_source import Pulse
    from framewright.media.stitching.stitch import Film, StitchedPiece


def unpack_pictures(
    film: Film,
    pieces: Sequence[StitchedPiece],
    path: Path,
    pulse: Pulse,
    *,
    sound: SoundPiece | None = None,
) -> None:
    """Write the pictures of all packs. Blocks until it is done.

    Args:
        film: a GIF, or an image sequence.
        pieces: in the order of their frames, without a gap.
        path: of a file; for an image sequence a folder, which exists.
        pulse: beats as the work gets on; stop it to give up.
        sound: of an image sequence.

    Raises:
        PieceError: ``PIECE_INVALID``, ``PIECE_INCOMPLETE``; ``SOUND_PIECE_INVALID``.
        EncoderError: ``PICTURE_INVALID`` a picture is no PNG of the size; ``ENCODER_FAILED``.
        OutputError: the file cannot be written.
        StoppedError: the pulse was stopped.
    """
    pictures = PackedPictures([(piece.path, piece.frames) for piece in pieces])
    frames = FrameRange(pieces[0].frames.start, pieces[-1].frames.stop)
    if film.spec.codec is Codec.GIF:
        write_gif(film.spec, film.size, film.rate, frames, pictures, path=path, pulse=pulse)
    else:
        write_sequence(film.size, film.rate, frames, pictures, folder=path, sound=sound, pulse=pulse)
