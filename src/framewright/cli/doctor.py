"""``framewright doctor``: what is there, what is missing, and the one command that mends it."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import line, people_console
from framewright.cli.logs import set_up_logs
from framewright.cli.settings import read_settings
from framewright.model.errors import ExitCode
from framewright.render import Check, CheckState, diagnose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

_MARKS = {
    CheckState.OK: ("✓", "green"),
    CheckState.WARN: ("!", "bold yellow"),
    CheckState.MISSING: ("✗", "bold red"),
}


def run_doctor(*, as_json: bool, debug: bool) -> int:
    """Check the installation and tell what was found, on stdout.

    Returns:
        The exit code: 0, or 4 when something that rendering needs is missing.

    Raises:
        SetupError: ``SETTING_INVALID``.
    """
    set_up_logs(debug=debug)
    checks = tuple(asyncio.run(diagnose(read_settings())))
    if as_json:
        document = {
            "ready": _is_ready(checks),
            "checks": [check.model_dump(mode="json") for check in checks],
            "remedies": list(remedies(checks)),
        }
        sys.stdout.write(f"{json.dumps(document, ensure_ascii=False, indent=2)}\n")
    else:
        tell_checks(people_console(sys.stdout), checks)
    return ExitCode.DONE if _is_ready(checks) else ExitCode.ENVIRONMENT


def _is_ready(checks: Sequence[Check]) -> bool:
    return all(check.state is not CheckState.MISSING for check in checks)


def remedies(checks: Sequence[Check]) -> dict[str, list[str]]:
    """What mends the installation, and what of it; what is needed comes first."""
    urgent = sorted(checks, key=lambda check: check.state is not CheckState.MISSING)
    found: dict[str, list[str]] = {}
    for check in urgent:
        if check.remedy:
            found.setdefault(check.remedy, []).append(check.name)
    return found


def tell_checks(console: Console, checks: Sequence[Check]) -> None:
    """Print the table and what to do."""
    width = max((len(check.name) for check in checks), default=0)
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for check in checks:
        glyph, style = _MARKS[check.state]
        name, detail = check.name.ljust(width + 1), phrases.clean(check.detail)
        if console.is_terminal:
            grid.add_row(
                Text(glyph, style=style),
                name,
                Text(detail, style="dim" if check.state is CheckState.OK else ""),
            )
        else:
            line(console, f"{glyph} {name} {detail}")
    if console.is_terminal:
        console.print(grid)
    line(console, "")
    line(console, _verdict(checks))
    # Never wrapped: people copy them.
    for remedy, mended in remedies(checks).items():
        line(console, Text.assemble("  ", (remedy, "bold"), (f"   # {', '.join(mended)}", "dim")))


def _verdict(checks: Sequence[Check]) -> Text:
    missing = [check.name for check in checks if check.state is CheckState.MISSING]
    if missing:
        return Text(f"Nothing can be rendered without {', '.join(missing)}. What mends it:", style="bold red")
    if remedies(checks):
        return Text("Ready to render; better still with:", style="green")
    return Text("Ready to render.", style="green")
