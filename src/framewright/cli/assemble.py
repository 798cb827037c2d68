"""``framewright assemble``: the finished file out of the pieces of a plan."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import hanging, line, people_console
from framewright.cli.logs import set_up_logs
from framewright.cli.stop import stop_on_signals
from framewright.media import remove_partials
from framewright.model.errors import ExitCode, UsageError
from framewright.render import CancelToken, assemble_async

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from framewright.model.assembled import AssembleReport


def run_assemble(
    plan: Path, pieces: Sequence[Path], output: Path, *, as_json: bool, quiet: bool, debug: bool
) -> int:
    """Put the pieces together and say what came of it, on stderr; with ``as_json`` on stdout.

    Returns:
        The exit code 0.

    Raises:
        FramewrightError: whatever went wrong, for :mod:`framewright.cli.entry` to tell.
    """
    if as_json and quiet:
        raise UsageError("Give --json or --quiet, not both.", code="TELLING_INVALID")
    set_up_logs(debug=debug)
    token = CancelToken()
    with stop_on_signals(token.cancel, at_once=lambda: remove_partials(output)):
        report = asyncio.run(assemble_async(plan, pieces, output, cancel=token))
    if as_json:
        sys.stdout.write(f"{report.model_dump_json(indent=2)}\n")
    elif not quiet:
        tell_assembled(people_console(), report)
    return ExitCode.DONE


def tell_assembled(console: Console, report: AssembleReport) -> None:
    """Print the file, and in what machines differed from the plan's."""
    output = report.output
    facts = (
        f"{phrases.size(output.bytes)}, {phrases.count(output.frames, 'frame')}, "
        f"{phrases.exact_seconds(output.seconds)}, {output.width}×{output.height}, "
        f"out of {phrases.count(report.pieces, 'piece')} in {phrases.seconds(report.seconds)}"
    )
    hanging(
        console, Text("✓", style="bold green"), Text.assemble((output.path, "bold"), ("  " + facts, "dim"))
    )
    for sentence in report.drift:
        line(console, f"  {phrases.clean(sentence)}", style="dim")
