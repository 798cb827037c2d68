"""The last step of a render: its pieces become the finished file, which appears when it is whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from framewright.media import OutputFile, Pulse
from framewright.model.assembled import AssembleReport
from framewright.model.errors import UsageError
from framewright.model.output import Format
from framewright.render.joining import join_pieces
from framewright.render.meter import Watch
from framewright.render.output_choice import SUFFIXES
from framewright.render.piece_accounts import find_pieces, read_chunk, read_sound
from framewright.render.planning.folder import open_plan
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


async def assemble_plan(folder: Path, places: Sequence[Path], output: Path) -> AssembleReport:
    """The same for a plan in a folder and pieces wherever they lie, with an account; see :func:`framewright.assemble`."""
    watch = Watch()
    plan = await in_thread(lambda: open_plan(folder))
    told = SUFFIXES.get(output.suffix.lower())
    if told is not None and told is not plan.output.format:
        raise UsageError(
            f"'{output.name}' is the name of a {told} file, and the plan is for {plan.output.format}: change -o.",
            code="FORMAT_CONTRADICTS",
        )
    chunks, sound = await in_thread(lambda: find_pieces(places))
    facts = await assemble_pieces(plan, chunks, sound, output)
    found = await in_thread(lambda: [read_chunk(path).result.drift for path in chunks])
    return AssembleReport(
        output=facts,
        pieces=len(chunks),
        seconds=watch.total,
        drift=tuple(dict.fromkeys(sentence for drift in found for sentence in drift)),
    )


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
