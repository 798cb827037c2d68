"""The last step of a render: its pieces become the finished file, which appears when it is whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from framewright.media import OutputFile, Pulse
from framewright.model.output import Format
from framewright.render.joining import join_pieces
from framewright.render.piece_accounts import read_chunk, read_sound
from framewright.render.threads import in_thread, past_stopping

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from framewright.model.plan import Plan
    from framewright.model.report import FileFacts


async def assemble_pieces(
    plan: Plan,
    chunks: Sequence[Path],
    sound: Path | None,
    output: Path,
    *,
    pulse: Pulse | None = None,
) -> FileFacts:
    """Make the finished file out of pieces, each with its account beside it.

    The same pieces give the same bytes, and so do pieces that were cut otherwise at frames where the encoder begins anew.

    Args:
        chunks: in any order; they may be parts of the plan's chunks.
        sound: given if, and only if, the plan has sound.
        output: the file, or for an image sequence the folder. Until it is complete, what has this name stays as it is.
        pulse: beats as long as something gets done.

    Raises:
        AssembleError, PieceError: the pieces are not those of the plan, or not whole.
        OutputError, EncoderError: the file could not be written.

    Whatever is raised, or when this is cancelled: nothing is left of the file.
    """
    with OutputFile(output, folder=plan.output.format is Format.PNG_SEQUENCE) as target:
        facts = await write_assembled(plan, chunks, sound, target.partial, pulse=pulse)
        await past_stopping(target.commit)
    # A name that is no UTF-8 cannot stand in JSON as it is.
    told = os.fsencode(output).decode("utf-8", "backslashreplace")
    return facts.model_copy(update={"path": told})


async def write_assembled(
    plan: Plan,
    chunks: Sequence[Path],
    sound: Path | None,
    place: Path,
    *,
    pulse: Pulse | None = None,
) -> FileFacts:
    """The same for whoever holds the place of the output already, and names it himself; errors leave a part there."""
    beat = pulse or Pulse()

    def work() -> FileFacts:
        heard = None if sound is None else read_sound(sound)
        return join_pieces(plan, [read_chunk(path) for path in chunks], heard, place, beat)

    return await in_thread(work, interrupt=beat.stop)
