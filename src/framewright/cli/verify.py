"""``framewright verify``: whether a finished file is right."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import hanging, line, people_console, rows
from framewright.cli.logs import set_up_logs
from framewright.cli.stop import stop_on_signals
from framewright.model.errors import ExitCode
from framewright.render import CancelToken, verify_async

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from framewright.model.verified import FilmComparison, VerifyReport


def run_verify(file: Path, *, against: Path | None, plan: Path | None, as_json: bool, debug: bool) -> int:
    """Judge the file and tell what was found, on stdout.

    Returns:
        The exit code: 0, or 6 when a finding is an error.

    Raises:
        FramewrightError: what kept it from being judged, for :mod:`framewright.cli.entry` to tell.
    """
    set_up_logs(debug=debug)
    token = CancelToken()
    with stop_on_signals(token.cancel):
        found = asyncio.run(verify_async(file, against=against, plan=plan, cancel=token))
    if as_json:
        sys.stdout.write(f"{found.model_dump_json(indent=2)}\n")
    else:
        tell_verified(people_console(sys.stdout), found)
    return ExitCode.DONE if found.ok else ExitCode.OUTPUT


def tell_verified(console: Console, found: VerifyReport) -> None:
    """Print what the file is, and every finding."""
    line(console, phrases.clean(found.path), style="bold")
    if found.file is not None:
        rows(console, _rows(found))
    for one in found.findings:
        mark = Text("✗", style="bold red") if one.error else Text("!", style="bold yellow")
        hanging(console, mark, Text.assemble(phrases.clean(one.message), (f"  {one.code.value}", "dim")))
    if found.comparison is not None:
        _tell_comparison(console, found.comparison)
    if found.ok:
        hanging(
            console,
            Text("✓", style="bold green"),
            Text("right" if not found.findings else "right, but for that"),
        )


def _rows(found: VerifyReport) -> list[tuple[str, str]]:
    file = found.file
    assert file is not None
    told = [
        ("pictures", f"{file.width}×{file.height}, {file.codec}, {file.pixel_format}"),
        ("frames", f"{file.frames} at {file.fps} fps, {phrases.exact_seconds(file.seconds)}"),
    ]
    if found.keyframe_distance > 1:
        told.append(("keyframes", f"every {found.keyframe_distance} frames at most"))
    if file.sound is not None:
        told.append(("sound", f"{file.sound.codec}, {phrases.exact_seconds(file.sound.seconds)}"))
    return told


def _tell_comparison(console: Console, comparison: FilmComparison) -> None:
    told = f"{comparison.equal} of {phrases.count(comparison.compared, 'frame')} equal to the last bit"
    if comparison.psnr is not None:
        told += f"; mean PSNR {comparison.psnr:.2f} dB, SSIM {comparison.ssim:.4f}"
    line(console, f"  {told}")
    for one in comparison.worst:
        line(console, f"  frame {one.frame}: PSNR {one.psnr:.2f} dB, SSIM {one.ssim:.4f}", style="dim")
