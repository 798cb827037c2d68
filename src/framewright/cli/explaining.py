"""``--explain``: why a render was as it was and as fast as it was, for people; machines have it all in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import line, rows

if TYPE_CHECKING:
    from rich.console import Console

    from framewright.model.report import ChunkAccount, RenderReport, SlowRange

_MOST_PIECES = 20
# The encoder then keeps the browsers waiting now and then.
_LIMITING = 0.85


def tell_explanation(console: Console, report: RenderReport) -> None:
    """Print where the time went, the slowest frames, and why each choice was made."""
    _section(console, "Where the time went", _times(report))
    _section(
        console, "Slowest frames", [(_frames(one.start, one.stop), _slow(one)) for one in report.slow_ranges]
    )
    pieces = [(_frames(one.start, one.stop), _piece(one)) for one in report.pieces]
    _section(console, "Pieces", _shortened(pieces))
    choices = [(one.subject, phrases.clean(one.reason)) for one in report.decisions]
    _section(console, "Why", choices)


def _section(console: Console, title: str, told: list[tuple[str, str]]) -> None:
    if not told:
        return
    line(console, "")
    line(console, title, style="bold")
    rows(console, [(name, Text(text)) for name, text in told])


def _times(report: RenderReport) -> list[tuple[str, str]]:
    time = report.time
    kept = sum(one.stop - one.start for one in report.pieces if one.reused)
    frames = report.frames - kept
    drawn = frames - sum(one.unchanged for one in report.pieces if not one.reused)
    told = [
        ("opening", f"{phrases.seconds(time.opening)}: the browser, the page, the plan"),
        (
            "rendering",
            f"{phrases.seconds(time.rendering)}: {phrases.count(drawn, 'picture')} for {phrases.count(frames, 'frame')}",
        ),
        ("finishing", f"{phrases.seconds(time.finishing)}: pieces checked and joined, the file read back"),
    ]
    if time.rendering > 0 and frames:
        busy = time.encoder_busy / time.rendering
        limit = (
            "the encoder: a quicker --quality, or more chunks, would help"
            if busy > _LIMITING
            else ("drawing: more --workers would help, as far as there are cores")
        )
        told.append(
            ("limit", f"{limit} (the encoder was busy {phrases.percent(time.encoder_busy, time.rendering)})")
        )
    if kept:
        told.append(("kept", f"{phrases.count(kept, 'frame')} were there from an earlier render"))
    return told


def _slow(one: SlowRange) -> str:
    each = one.seconds / (one.stop - one.start)
    return f"{phrases.seconds(one.seconds)}, {1000 * each:.0f} ms a frame"


def _piece(one: ChunkAccount) -> str:
    if one.reused:
        return "kept from an earlier render"
    parts = [phrases.seconds(one.seconds), phrases.count(one.workers, "worker")]
    if one.seconds > 0:
        parts.append(f"encoder busy {phrases.percent(one.encoder_busy, one.seconds)}")
    if one.unchanged:
        parts.append(f"{one.unchanged} unchanged")
    if one.retried_blocks:
        parts.append(f"{phrases.count(one.retried_blocks, 'block')} captured again")
    return ", ".join(parts)


def _shortened(told: list[tuple[str, str]]) -> list[tuple[str, str]]:
    more = len(told) - _MOST_PIECES
    return [*told[:_MOST_PIECES], ("…", f"{more} more: --json tells all")] if more > 0 else told


def _frames(start: int, stop: int) -> str:
    return f"{start}…{stop - 1}"
