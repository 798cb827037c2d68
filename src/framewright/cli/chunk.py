"""``framewright chunk``: one piece of a plan, rendered here."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import hanging, line, people_console
from framewright.cli.logs import set_up_logs
from framewright.cli.stop import stop_on_signals
from framewright.model.errors import ExitCode, UsageError
from framewright.model.piece import ChunkResult
from framewright.render import CancelToken, mix_sound_async, render_chunk_async
from framewright.render.options import parse_workers

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from framewright.model.events import RenderEvent
    from framewright.model.piece import PieceResult

SOUND = "sound"
"""In place of a chunk's index."""


def run_chunk(
    plan: Path,
    index: str,
    output: Path,
    *,
    workers: str,
    allow_drift: bool,
    as_json: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Render a chunk, or with ``sound`` for its index the sound, and say what came of it.

    With ``as_json`` each event is a line on stdout, and the piece's account the last one.

    Returns:
        The exit code 0.

    Raises:
        FramewrightError: whatever went wrong, for :mod:`framewright.cli.entry` to tell.
    """
    if as_json and quiet:
        raise UsageError("Give --json or --quiet, not both.", code="TELLING_INVALID")
    set_up_logs(debug=debug)
    token = CancelToken()

    async def work() -> PieceResult:
        if index == SOUND:
            return await mix_sound_async(plan, output, cancel=token)
        return await render_chunk_async(
            plan,
            _number(index),
            output,
            workers=parse_workers(workers),
            allow_environment_drift=allow_drift,
            on_event=_write if as_json else None,
            cancel=token,
        )

    with stop_on_signals(token.cancel):
        result = asyncio.run(work())
    if as_json:
        _write(result)
    elif not quiet:
        tell_piece(people_console(), output, result)
    return ExitCode.DONE


def tell_piece(console: Console, output: Path, result: PieceResult) -> None:
    """Print the piece, and in what this machine differed from the plan's."""
    if isinstance(result, ChunkResult):
        what = f"frames {result.start} to {result.stop - 1}, {phrases.count(result.workers, 'worker')}"
        drift = result.drift
    else:
        what = f"{phrases.count(result.report.tracks, 'track')}, {result.samples} samples"
        drift = ()
    facts = f"  {phrases.size(result.bytes)}, {what}"
    hanging(console, Text("✓", style="bold green"), Text.assemble((str(output), "bold"), (facts, "dim")))
    for sentence in drift:
        line(console, f"  {phrases.clean(sentence)}", style="dim")


def _write(told: RenderEvent | PieceResult) -> None:
    sys.stdout.write(f"{told.model_dump_json()}\n")
    sys.stdout.flush()


def _number(index: str) -> int:
    try:
        return int(index)
    except ValueError:
        raise UsageError(
            f"'{index}' is no chunk: give its index, from 0 on, or {SOUND}.", code="CHUNK_UNKNOWN"
        ) from None
