"""Which pieces make up a plan: all of it, each frame once, nothing of another one. Looks at accounts only."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from framewright.model.errors import AssembleError, PieceError
from framewright.render.planning.digests import chunk_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.model.piece import ChunkResult, SoundResult
    from framewright.model.plan import Plan
    from framewright.render.piece_accounts import Piece

_MOST_TOLD = 3


def in_order(plan: Plan, pieces: Iterable[Piece[ChunkResult]]) -> tuple[Piece[ChunkResult], ...]:
    """The pieces by their frames. They may be cut otherwise than the plan's chunks.

    Raises:
        AssembleError: ``PIECE_FOREIGN`` one belongs to another plan; ``PIECE_TWICE`` frames are in two of them;
            ``PIECE_MISSING`` frames are in none.
        PieceError: ``PIECE_DIFFERS`` one was not encoded like the others.
    """
    ordered = sorted(pieces, key=lambda one: (one.result.start, one.result.stop, one.path))
    for piece in ordered:
        _check_plan(plan, piece)
    for before, after in pairwise(ordered):
        if after.result.start < before.result.stop:
            raise AssembleError(
                f"{before.path.name} and {after.path.name} both hold frame {after.result.start}: give one of them.",
                code="PIECE_TWICE",
            )
    _check_whole(plan, ordered)
    _check_parameters(ordered)
    return tuple(ordered)


def check_sound(plan: Plan, sound: Piece[SoundResult] | None) -> None:
    """The sound is the plan's, and is there if the plan has any.

    Raises:
        AssembleError: ``SOUND_MISSING``, ``SOUND_UNWANTED``, ``SOUND_FOREIGN``.
    """
    if plan.sound is None:
        if sound is not None:
            raise AssembleError(
                f"The plan has no sound, and {sound.path.name} is a piece of sound: leave it out.",
                code="SOUND_UNWANTED",
            )
        return
    if sound is None:
        raise AssembleError(
            "The plan has sound, and no piece of sound is given: mix it, and give it too.",
            code="SOUND_MISSING",
        )
    key, samples = plan.digests.audio, plan.sound.mix.samples
    if (key is not None and sound.result.key != key) or sound.result.samples != samples:
        raise AssembleError(
            f"{sound.path.name} is the sound of another plan: give the one that was mixed for this one.",
            code="SOUND_FOREIGN",
        )


def _check_plan(plan: Plan, piece: Piece[ChunkResult]) -> None:
    frames, whole = piece.result.range, plan.picture.range
    inside = whole.start <= frames.start < frames.stop <= whole.stop
    if not inside or piece.result.key != chunk_key(plan, frames):
        raise AssembleError(
            f"{piece.path.name} belongs to another plan: it holds frames {_told(frames.start, frames.stop)} of "
            "something else; give the pieces of this plan only.",
            code="PIECE_FOREIGN",
        )


def _check_whole(plan: Plan, ordered: list[Piece[ChunkResult]]) -> None:
    reached, holes = plan.picture.start, []
    for start, stop in [*((one.result.start, one.result.stop) for one in ordered), (plan.picture.stop,) * 2]:
        if start > reached:
            holes.append((reached, start))
        reached = max(reached, stop)
    if not holes:
        return
    told = ", ".join(_hole(plan, *hole) for hole in holes[:_MOST_TOLD])
    more = f", and {len(holes) - _MOST_TOLD} more ranges" if len(holes) > _MOST_TOLD else ""
    raise AssembleError(
        f"No piece holds frames {told}{more}: render what is missing, and give it too.", code="PIECE_MISSING"
    )


def _check_parameters(ordered: list[Piece[ChunkResult]]) -> None:
    usual = Counter(one.result.parameters for one in ordered).most_common(1)[0][0]
    for piece in ordered:
        if piece.result.parameters != usual:
            raise PieceError(
                f"{piece.path.name} was not encoded like the other pieces: render it again on a machine with the same "
                "software.",
                code="PIECE_DIFFERS",
            )


def _hole(plan: Plan, start: int, stop: int) -> str:
    chunks = [str(one.index) for one in plan.chunks if one.start < stop and start < one.stop]
    return f"{_told(start, stop)} (chunk {chunks[0] if len(chunks) == 1 else f'{chunks[0]} to {chunks[-1]}'})"


def _told(start: int, stop: int) -> str:
    return f"{start} to {stop - 1}"
