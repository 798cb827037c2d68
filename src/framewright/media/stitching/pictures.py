"""Picture packs become a GIF or an image sequence: their pictures go to its encoder, in order, as if they came from a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.media.encoder import open_encoder
from framewright.media.pieces import read_pack
from framewright.model.errors import PieceError
from framewright.model.output import Layout
from framewright.model.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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
        pulse: beats with every frame.
        sound: of an image sequence.

    Raises:
        PieceError: ``PIECE_INVALID``, ``PIECE_INCOMPLETE``; ``SOUND_PIECE_INVALID``.
        EncoderError: ``PICTURE_INVALID`` a picture is no PNG of the size; ``ENCODER_FAILED``.
        OutputError: the file cannot be written.
        StoppedError: the pulse was stopped.
    """
    encoder = open_encoder(film.spec, film.size, film.rate, path, sound)
    try:
        for data in _shown(pieces):
            if data is None:
                encoder.repeat()
            else:
                encoder.write(Picture(Layout.PNG, film.size, data))
            pulse.beat()
        encoder.finish()
    except BaseException:
        encoder.abort()
        raise


def _shown(pieces: Sequence[StitchedPiece]) -> Iterator[bytes | None]:
    """The picture of each frame; None: as the frame before."""
    before: bytes | None = None
    for piece in pieces:
        with read_pack(piece.path) as pack:
            if pack.frames != piece.frames:
                raise PieceError(
                    f"The piece {piece.path.name} should hold frames {piece.frames}, and holds {pack.frames}: "
                    "render it again.",
                    code="PIECE_INCOMPLETE",
                )
            reached = piece.frames.start
            for frame, data in pack.pictures():
                yield from [None] * (frame - reached)
                # A pack begins with a picture whatever stands before it, and the result must not tell where packs begin.
                yield None if data == before else data
                before, reached = data, frame + 1
            yield from [None] * (piece.frames.stop - reached)
