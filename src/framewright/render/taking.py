"""What an executor gives back, brought to the place of the output: pieces are put together, a finished file is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.render.assembling import write_assembled
from framewright.render.joining import inspect_whole
from framewright.render.order import Assembled
from framewright.render.piece_accounts import read_chunk, read_sound
from framewright.render.threads import in_thread

if TYPE_CHECKING:
    from framewright.media import OutputFile
    from framewright.model.piece import ChunkResult, SoundResult
    from framewright.model.plan import Plan
    from framewright.model.report import FileFacts
    from framewright.render.order import Pieces


@dataclass(frozen=True, slots=True)
class Taken:
    """What stands at the place of the output, and is not named yet.

    Attributes:
        plan: the whole one.
        chunks: the accounts of all frames, in order.
        sound: None where the plan has none.
    """

    plan: Plan
    chunks: tuple[ChunkResult, ...]
    sound: SoundResult | None
    facts: FileFacts


async def take(made: Pieces | Assembled, target: OutputFile) -> Taken:
    """Write, or move, what was made to where ``target`` wants it; the caller commits.

    Raises:
        AssembleError, PieceError, OutputError, EncoderError: as
            :func:`~framewright.render.assembling.assemble_pieces`.
    """
    plan = made.bundle.plan
    if isinstance(made, Assembled):
        done = made

        def adopt() -> FileFacts:
            target.adopt(done.file)
            return inspect_whole(plan, target.partial, done.sound)

        return Taken(plan, done.chunks, done.sound, await in_thread(adopt))
    facts = await write_assembled(plan, made.chunks, made.sound, target.partial)
    chunks, sound = await in_thread(lambda: _accounts(made))
    return Taken(plan, chunks, sound, facts)


def _accounts(pieces: Pieces) -> tuple[tuple[ChunkResult, ...], SoundResult | None]:
    sound = None if pieces.sound is None else read_sound(pieces.sound).result
    return tuple(read_chunk(path).result for path in pieces.chunks), sound
