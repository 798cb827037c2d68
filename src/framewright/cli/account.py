"""The account at the end of a render: what was written, and where the time went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import hanging, line, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from framewright.model.report import (
        AudioStreamFacts,
        FileFacts,
        FootageReport,
        RenderReport,
        SoundReport,
        TimeSpent,
    )

_BAR_WIDTH = 40
# Each stage has a glyph of its own, so that the bar also reads without colour.
_STAGES = (("opening", "▒", "cyan"), ("rendering", "█", "green"), ("finishing", "░", "magenta"))


def tell_account(console: Console, report: RenderReport, *, untold: int = 0) -> None:
    """Print the account; ``untold`` warnings were held back because there were many like them."""
    output = report.output
    hanging(console, Text("✓", style="bold green"), Text(phrases.clean(output.path), style="bold"))
    line(console, f"  {_facts(output)}")
    line(console, "")
    rows(console, _rows(report, untold=untold, bar=console.is_terminal))


def _facts(output: FileFacts) -> str:
    facts = [f"{output.width}×{output.height}", f"{output.fps} fps", phrases.exact_seconds(output.seconds)]
    facts += [phrases.count(output.frames, "frame"), f"{output.codec} {output.pixel_format}"]
    return ", ".join([*facts, phrases.size(output.bytes)])


def _rows(report: RenderReport, *, untold: int, bar: bool) -> list[tuple[str, Text | str]]:
    found: list[tuple[str, Text | str]] = [("took", _took(report))]
    if bar:
        found.append(("", _bar(report.time)))
    kept = _kept(report)
    if kept < report.frames and report.time.rendering > 0:
        found.append(("encoder", _encoder(report.time)))
    run = ", each through every frame" if report.mode == "run" else ""
    found.append(("workers", f"{report.workers}{run}, capture by {report.capture}"))
    found += [("" if at else "subtitles", phrases.subtitles(one)) for at, one in enumerate(report.subtitles)]
    if kept:
        found.append(
            ("kept", f"{phrases.count(kept, 'frame')} from an earlier render; --no-resume makes them anew")
        )
    if report.unchanged:
        found.append(
            ("unchanged", f"{report.unchanged} of {phrases.count(report.frames, 'frame')} cost nothing")
        )
    if report.footage is not None:
        found.append(("footage", _footage(report.footage)))
    if report.sound is not None and report.output.sound is not None:
        found.append(("sound", _sound(report.sound, report.output.sound)))
    if report.slowest is not None:
        slow = report.slowest
        found.append(("slowest", f"frames {slow.start} to {slow.stop - 1}: {phrases.seconds(slow.seconds)}"))
    if report.retried_blocks or report.restarted_workers:
        found.append(("mended", _mended(report)))
    if report.notices:
        held_back = f", {untold} of them not shown: --json tells all" if untold else ""
        found.append(("warnings", f"{len(report.notices)}{held_back}"))
    return found


def _took(report: RenderReport) -> Text:
    speed = f"{phrases.seconds(report.seconds)}"
    kept = _kept(report)
    if report.time.rendering > 0 and kept < report.frames:
        speed += f", {phrases.rate((report.frames - kept) / report.time.rendering)} while rendering"
    return Text(speed)


def _kept(report: RenderReport) -> int:
    """Frames that an earlier render had finished."""
    return sum(piece.stop - piece.start for piece in report.pieces if piece.reused)


def _bar(time: TimeSpent) -> Text:
    """The stages side by side, each as long as it took, with its name and seconds behind."""
    spent = [getattr(time, name) for name, _, _ in _STAGES]
    bar = Text()
    for cells, (_, glyph, colour) in zip(shares(spent, _BAR_WIDTH), _STAGES, strict=True):
        bar.append(glyph * cells, style=colour)
    bar.append("\n")
    for position, (value, (name, glyph, colour)) in enumerate(zip(spent, _STAGES, strict=True)):
        bar.append("   " if position else "")
        bar.append(glyph, style=colour)
        bar.append(f" {name} {phrases.seconds(value)}", style="dim")
    return bar


def shares(values: Sequence[float], cells: int) -> list[int]:
    """Split ``cells`` in proportion to ``values``; whatever took any time at all is seen; the sum is exact."""
    whole = sum(values)
    if whole <= 0:
        return [0] * len(values)
    split = [max(1, round(cells * value / whole)) if value > 0 else 0 for value in values]
    split[max(range(len(values)), key=values.__getitem__)] += cells - sum(split)
    return split


def _encoder(time: TimeSpent) -> str:
    busy = phrases.percent(time.encoder_busy, time.rendering)
    waiting = phrases.percent(time.waiting_for_pictures, time.rendering)
    return f"busy {busy} of the rendering, {waiting} waiting for pictures"


def _sound(sound: SoundReport, stream: AudioStreamFacts) -> str:
    parts = [phrases.count(sound.tracks, "track"), f"{stream.codec} {stream.rate / 1000:g} kHz"]
    parts.append("silence" if sound.peak is None else f"peak {sound.peak:.1f} dBFS")
    if sound.raised:
        parts.append(
            f"brought up by {sound.raised:.1f} dB"
            if sound.raised > 0
            else f"brought down by {-sound.raised:.1f} dB"
        )
    if sound.limited:
        parts.append(f"limited by up to {sound.limited:.1f} dB")
    if sound.dropped:
        parts.append(f"{len(sound.dropped)} left out")
    return ", ".join(parts)


def _footage(footage: FootageReport) -> str:
    sources = phrases.count(footage.sources, "source")
    return f"{sources}, {phrases.count(footage.frames, 'frame')} given to pages, {footage.decoded} decoded"


def _mended(report: RenderReport) -> str:
    parts = []
    if report.retried_blocks:
        parts.append(f"{phrases.count(report.retried_blocks, 'block')} captured again")
    if report.restarted_workers:
        parts.append(f"{phrases.count(report.restarted_workers, 'browser')} replaced")
    return ", ".join(parts)
