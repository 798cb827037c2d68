"""``framewright check``: what will go wrong, where it is written, and what to do."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from framewright.check import Severity, check_async
from framewright.cli import phrases
from framewright.cli.console import hanging, line, people_console
from framewright.cli.logs import set_up_logs
from framewright.cli.settings import read_settings
from framewright.cli.stop import stop_on_signals
from framewright.model.errors import ExitCode, UsageError
from framewright.render import CancelToken, RenderOptions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.console import Console

    from framewright.check import CheckReport, Finding
    from framewright.render import ProbeWishes

_MARKS = {
    Severity.ERROR: ("✗", "bold red"),
    Severity.WARNING: ("!", "bold yellow"),
    Severity.INFO: ("·", "blue"),
}
MOST_OF_A_CODE = 20
_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


@dataclass(frozen=True, slots=True)
class CheckTelling:
    """How the command talks, and where it writes its report."""

    as_json: bool
    quiet: bool
    debug: bool
    report: Path | None

    def __post_init__(self) -> None:
        if self.as_json and self.quiet:
            raise UsageError("Give --json or --quiet, not both.", code="TELLING_INVALID")


def run_check(
    composition: str,
    wishes: ProbeWishes,
    *,
    audit: bool,
    telling: CheckTelling,
    page_timeout: float | None,
    page_memory: str | None,
) -> int:
    """Check the composition and tell what was found, on stdout.

    Returns:
        The exit code: 0, or 3 when a finding is an error.

    Raises:
        FramewrightError: what kept it from being checked, for :mod:`framewright.cli.entry` to tell.
    """
    set_up_logs(debug=telling.debug)
    options = RenderOptions.parse(**wishes)
    settings = read_settings(page_timeout=page_timeout, page_memory=page_memory)
    token = CancelToken()
    with stop_on_signals(token.cancel):
        found = asyncio.run(
            check_async(
                composition, options, audit=audit, report=telling.report, cancel=token, settings=settings
            )
        )
    if telling.as_json:
        sys.stdout.write(f"{found.model_dump_json(indent=2)}\n")
    else:
        tell_check(people_console(sys.stdout), found, quiet=telling.quiet, report=telling.report)
    return ExitCode.DONE if found.ok else ExitCode.COMPOSITION


def tell_check(
    console: Console, found: CheckReport, *, quiet: bool = False, report: Path | None = None
) -> None:
    """Print the findings by file, and what they come to.

    Args:
        quiet: errors only, and nothing at all when there are none.
        report: the folder that a report was written to.
    """
    told = [one for one in found.findings if not quiet or one.severity is Severity.ERROR]
    shown, more = first_of_each(told)
    for file, ones in groupby(shown, key=lambda one: one.place.file if one.place else None):
        if console.is_terminal:
            line(console, phrases.clean(file) if file else "the running page", style="bold")
            _tell_group(console, ones)
            line(console, "")
        else:
            for one in ones:
                _tell_line(console, one)
    for code, count in more.items():
        line(console, f"and {count} more of {code}: --json tells all", style="dim")
    if quiet:
        return
    hanging(console, _verdict_mark(found), Text.assemble(verdict(found), ("  " + _audited(found), "dim")))
    if report is not None:
        line(console, f"  {report / 'index.html'}", style="dim")


def first_of_each(findings: Iterable[Finding]) -> tuple[list[Finding], dict[str, int]]:
    """The first of each code, at most :data:`MOST_OF_A_CODE`; and how many more there are."""
    counts: Counter[str] = Counter()
    shown = []
    for one in findings:
        counts[one.code] += 1
        if counts[one.code] <= MOST_OF_A_CODE:
            shown.append(one)
    return shown, {code: count - MOST_OF_A_CODE for code, count in counts.items() if count > MOST_OF_A_CODE}


def verdict(found: CheckReport) -> str:
    """``2 errors, 1 warning``; what there is none of is left out."""
    counts = [(found.count(severity), noun) for severity, noun in _NOUNS.items()]
    told = [phrases.count(count, noun) for count, noun in counts if count]
    return ", ".join(told) or "nothing found"


def _tell_group(console: Console, findings: Iterable[Finding]) -> None:
    grid = Table.grid(padding=(0, 1))
    for justify in ("right", "left"):
        grid.add_column(justify=justify, no_wrap=True)
    grid.add_column(overflow="fold")
    for one in findings:
        mark, style = _MARKS[one.severity]
        place = f"  {one.place.line}:{one.place.column}" if one.place and one.place.line else "  "
        element = f"{phrases.clean(one.element)}  " if one.element else ""
        told = Text.assemble((element, "bold"), phrases.clean(one.message), (f"  {one.code}", "dim"))
        grid.add_row(Text(place, style="dim"), Text(mark, style=style), told)
        grid.add_row("", "", Text(phrases.clean(one.advice), style="dim"))
    console.print(grid)


def _tell_line(console: Console, one: Finding) -> None:
    """As compilers do, so that editors and grep can follow."""
    place = f"{one.place}: " if one.place else ""
    element = f"{one.element}: " if one.element else ""
    line(console, phrases.clean(f"{place}{one.severity}: {element}{one.message} {one.advice} [{one.code}]"))


def _verdict_mark(found: CheckReport) -> Text:
    if not found.ok:
        return Text("✗", style="bold red")
    return Text("!", style="bold yellow") if found.count(Severity.WARNING) else Text("✓", style="bold green")


def _audited(found: CheckReport) -> str:
    if found.page is None:
        return "the page cannot be opened"
    if found.audit is None:
        return "frames were not compared"
    looked, differing = len(found.audit.frames), len(found.audit.differing)
    if differing:
        return f"{differing} of {phrases.count(looked, 'frame')} depend on more than their time"
    return f"{phrases.count(looked, 'frame')} looked the same by every way"
