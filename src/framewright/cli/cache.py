"""``framewright cache list|clean``: what is kept between renders, and being rid of it."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from framewright.cli import phrases
from framewright.cli.console import line, people_console, rows
from framewright.cli.settings import read_settings
from framewright.executors.caches import clean_caches, list_caches
from framewright.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from framewright.executors.caches import CacheReport

_AGE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([smhd])", re.IGNORECASE)
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 24 * 3600.0}
_NAMES = {"pieces": "pieces of renders", "remote": "things from elsewhere", "store": "files of stores"}


def run_cache_list(*, as_json: bool) -> int:
    """Say what is kept, on stdout.

    Returns:
        The exit code 0.

    Raises:
        SetupError: ``SETTING_INVALID``.
    """
    _tell(list_caches(read_settings()), as_json=as_json)
    return ExitCode.DONE


def run_cache_clean(*, older_than: str | None, everything: bool, as_json: bool) -> int:
    """Remove what is kept, and say what is left.

    Returns:
        The exit code 0.

    Raises:
        UsageError: ``OPTION_INVALID``. SetupError: ``SETTING_INVALID``.
    """
    if everything and older_than is not None:
        raise UsageError("Give --older-than or --all, not both.", code="OPTION_INVALID")
    seconds = 0.0 if everything else None if older_than is None else parse_age(older_than)
    _tell(clean_caches(read_settings(), older_than=seconds), as_json=as_json, cleaned=True)
    return ExitCode.DONE


def parse_age(written: str) -> float:
    """Seconds from ``90s``, ``30m``, ``12h`` or ``7d``.

    Raises:
        UsageError: ``OPTION_INVALID``.
    """
    match = _AGE.fullmatch(written.strip())
    if match is None:
        raise UsageError(
            f"--older-than '{written}' is no length of time: give one such as 12h or 7d.",
            code="OPTION_INVALID",
        )
    return float(match[1]) * _SECONDS[match[2].lower()]


def _tell(report: CacheReport, *, as_json: bool, cleaned: bool = False) -> None:
    if as_json:
        sys.stdout.write(f"{report.model_dump_json(indent=2)}\n")
        return
    console = people_console(sys.stdout)
    line(console, phrases.clean(report.folder), style="bold")
    if cleaned:
        line(console, f"{phrases.size(report.freed)} freed; what is left:")
    _tell_usage(console, report)


def _tell_usage(console: Console, report: CacheReport) -> None:
    told = []
    for usage in report.caches:
        text = f"{usage.items}, {phrases.size(usage.bytes)} of at most {phrases.size(usage.limit)}"
        if not usage.limit:
            text = f"{usage.items}, {phrases.size(usage.bytes)}; none are kept by the settings"
        if usage.idle_days is not None:
            text += f"; the oldest was last used {phrases.seconds(usage.idle_days * _SECONDS['d'])} ago"
        told.append((_NAMES[usage.name], text))
    rows(console, told)
