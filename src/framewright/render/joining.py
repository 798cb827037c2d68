"""Pieces become the finished file: each is read through and checked, then all are copied. Blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blake3 import blake3

from framewright.media import inspect, read_sound_piece
from framewright.media.pieces import is_packed
from framewright.media.sound_settings import sound_settings
from framewright.media.soundtrack import Sound
from framewright.media.stitching import Film, StitchedPiece, stitch_video, unpack_pictures
from framewright.media.subtitles import TextTrack
from framewright.model.errors import AssembleError, EncoderError, PieceError
from framewright.model.output import Format
from framewright.model.sound import SAMPLE_RATE
from framewright.render.piece_order import check_sound, in_order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from framewright.media import Pulse, SoundPiece
    from framewright.model.piece import ChunkResult, SoundResult
    from framewright.model.plan import Plan
    from framewright.model.report import FileFacts
    from framewright.render.piece_accounts import Piece

_BLOCK = 1 << 20


def join_pieces(
    plan: Plan,
    chunks: Sequence[Piece[ChunkResult]],
    sound: Piece[SoundResult] | None,
    place: Path,
    pulse: Pulse,
) -> FileFacts:
    """Write what the plan says out of its pieces, and read it back.

    Args:
        chunks: in any order.
        place: of the file; for an image sequence a folder, which exists. What is left of it after an error is for the
            caller to remove.
        pulse: beats as long as something gets done; stop it to give up.

    Returns:
        What a reader finds.

    Raises:
        AssembleError: the pieces are not those of the plan; see :mod:`framewright.render.piece_order`.
        PieceError: ``PIECE_CORRUPT`` a piece is not what was written when it was made, ``PIECE_INCOMPLETE`` a frame is
            missing in it, ``PIECE_DIFFERS`` it was encoded otherwise.
        OutputError: the file cannot be written.
        EncoderError: ``ENCODER_FAILED``; ``FRAMES_LOST``, ``SOUND_LOST`` what was written is not what was given.
        StoppedError: the pulse was stopped.
    """
    ordered = in_order(plan, chunks)
    check_sound(plan, sound)
    for piece in (*ordered, *(() if sound is None else (sound,))):
        _check_bytes(piece, pulse)
    heard = _heard(plan, sound)
    film = Film(plan.output.spec, plan.picture.drawn, plan.picture.frame_rate)
    stitched = [StitchedPiece(one.path, one.result.range) for one in ordered]
    if is_packed(film.spec):
        unpack_pictures(film, stitched, place, pulse, sound=heard)
    else:
        told = None if heard is None else Sound(heard.settings, heard)
        stitch_video(film, stitched, place, pulse, sound=told, texts=_texts(plan))
    return inspect_whole(plan, place, None if sound is None else sound.result)


def inspect_whole(plan: Plan, place: Path, sound: SoundResult | None) -> FileFacts:
    """What a reader finds in a finished file of a plan. Blocks.

    Raises:
        OutputError: it cannot be read.
        EncoderError: ``FRAMES_LOST``, ``SOUND_LOST`` it is not all that was rendered.
    """
    rate, packed = plan.picture.frame_rate, is_packed(plan.output.spec)
    facts = inspect(place, rate) if packed else inspect(place, rate, pixel_format=plan.output.pixel_format)
    _check_whole(plan, facts, sound)
    return facts


def _check_bytes(piece: Piece[ChunkResult] | Piece[SoundResult], pulse: Pulse) -> None:
    """The file is the one that was finished, to the last bit."""
    path, result = piece.path, piece.result
    digest, size = blake3(), 0
    try:
        # Not mapped: a file that is cut while it is mapped ends the process.
        with path.open("rb", buffering=0) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
                pulse.beat()
    except OSError as error:
        raise _corrupt(path, f"cannot be read ({error.strerror})") from error
    if size != result.bytes:
        raise _corrupt(
            path, f"is cut off: it has {size} of {result.bytes} bytes" if size < result.bytes else "has grown"
        )
    if digest.hexdigest() != result.digest:
        raise _corrupt(path, "is not the file that was finished: bytes of it have changed")


def _heard(plan: Plan, sound: Piece[SoundResult] | None) -> SoundPiece | None:
    if sound is None:
        return None
    piece = read_sound_piece(sound.path)
    if piece.settings != sound_settings(plan.output.format):
        raise AssembleError(
            f"{sound.path.name} is not encoded for {plan.output.format}: mix it for this plan.",
            code="SOUND_FOREIGN",
        )
    return piece


def _texts(plan: Plan) -> tuple[TextTrack, ...]:
    rate, frames = plan.picture.frame_rate, plan.picture.range
    begin, end = rate.time_of(frames.start), rate.time_of(frames.stop)
    return tuple(TextTrack(text.cues, begin, end, text.language, text.label) for text in plan.texts)


def _check_whole(plan: Plan, facts: FileFacts, sound: SoundResult | None) -> None:
    wanted = len(plan.picture.range)
    # GIF readers count a picture that holds once.
    if plan.output.format is not Format.GIF and facts.frames != wanted:
        raise EncoderError(
            f"The file has {facts.frames} frames of {wanted}: use another --codec, and report this.",
            code="FRAMES_LOST",
        )
    samples = 0 if sound is None else sound.samples
    found = 0 if facts.sound is None else round(facts.sound.seconds * SAMPLE_RATE)
    # Matroska cannot say how little of a single packet of Opus is heard.
    if abs(found - samples) > (0 if samples > SAMPLE_RATE // 10 else SAMPLE_RATE // 50):
        raise EncoderError(
            f"The sound of the file has {found} samples in place of {samples}: use another --format or --skip-audio, "
            "and report this.",
            code="SOUND_LOST",
        )


def _corrupt(path: Path, reason: str) -> PieceError:
    return PieceError(f"The piece {path.name} {reason}; make it again.", code="PIECE_CORRUPT")
