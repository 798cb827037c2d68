"""``framewright bench``: what this machine can do, or how long a composition takes on more of them."""

from __future__ import annotations

import asyncio
import shlex
import sys
from typing import TYPE_CHECKING

from rich.table import Table

from framewright.cli import phrases
from framewright.cli.console import is_live, line, people_console, rows
from framewright.cli.logs import set_up_logs
from framewright.cli.settings import read_settings
from framewright.cli.stop import stop_on_signals
from framewright.media import write_error
from framewright.model.errors import ExitCode, UsageError
from framewright.render import CancelToken, RenderOptions
from framewright.render.benching import bench_composition, bench_machine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from framewright.model.settings import Settings
    from framewright.render import RenderWishes
    from framewright.render.benching import CompositionBench, MachineBench
    from framewright.render.benching.result import Pace


def run_bench(
    composition: str | None,
    wishes: RenderWishes,
    *,
    quick: bool,
    write: Path | None,
    as_json: bool,
    debug: bool,
    page_timeout: float | None,
    page_memory: str | None,
) -> int:
    """Measure and tell, on stdout.

    Returns:
        The exit code 0.

    Raises:
        UsageError: ``OPTION_INVALID`` for ``--write`` with a composition.
        OutputError: the settings could not be written.
        FramewrightError: whatever went wrong.
    """
    if write is not None and composition is not None:
        raise UsageError(
            "--write keeps what is recommended for the machine: leave the composition out.",
            code="OPTION_INVALID",
        )
    set_up_logs(debug=debug)
    options = RenderOptions.parse(**wishes)
    settings = read_settings(page_timeout=page_timeout, page_memory=page_memory)
    token = CancelToken()
    console = people_console(sys.stdout)
    with stop_on_signals(token.cancel):
        if composition is not None:
            reckoned = asyncio.run(
                bench_composition(composition, options, settings, quick=quick, cancel=token)
            )
            if as_json:
                sys.stdout.write(f"{reckoned.model_dump_json(indent=2)}\n")
            else:
                tell_composition(console, composition, reckoned)
        else:
            measured = _measure(settings, token, quick=quick, quiet=as_json)
            if as_json:
                sys.stdout.write(f"{measured.model_dump_json(indent=2)}\n")
            else:
                tell_machine(console, measured)
            if write is not None:
                write_settings(write, measured)
    return ExitCode.DONE


def _measure(settings: Settings, token: CancelToken, *, quick: bool, quiet: bool) -> MachineBench:
    live = people_console()
    if quiet or not is_live(live):
        return asyncio.run(bench_machine(settings, quick=quick, cancel=token))
    with live.status("measuring") as status:
        return asyncio.run(bench_machine(settings, quick=quick, cancel=token, on_step=status.update))


def write_settings(path: Path, measured: MachineBench) -> None:
    """Write what is recommended, as lines that a shell can source.

    Raises:
        OutputError: it cannot be written.
    """
    lines = [f"# {sentence}\n" for sentence in measured.advice.sentences]
    lines += [f"export {name}={shlex.quote(value)}\n" for name, value in measured.advice.settings.items()]
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text("".join(lines), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise write_error(path, error) from error


def tell_machine(console: Console, found: MachineBench) -> None:
    """Print the paces and what follows from them."""
    width, height = found.size
    pairs = [
        ("machine", f"{found.cores:g} cores, {phrases.size(found.memory)} of memory, {found.browser}"),
        ("pictures", f"{width}×{height}, text and shapes that move in every frame"),
        ("opening", f"{phrases.exact_seconds(found.opening)} until one more browser stands ready"),
        ("drawing", f"{found.drawing.rate:.0f} frames a second that nobody takes"),
        *_paces("capture", found.captures, ", one browser"),
        *_paces("encoder", found.encoders, ", h264 alone"),
        *_paces("workers", found.workers, " side by side, all together"),
    ]
    rows(console, pairs)
    line(console, "")
    for sentence in found.advice.sentences:
        line(console, sentence)
    line(console, "")
    for name, value in found.advice.settings.items():
        line(console, f"{name}={value}", style="bold")


def _paces(label: str, paces: Sequence[Pace], what: str) -> list[tuple[str, str]]:
    return [
        ("" if index else label, f"{pace.rate:.0f} frames a second: {pace.name}{what}")
        for index, pace in enumerate(paces)
    ]


def tell_composition(console: Console, composition: str, found: CompositionBench) -> None:
    """Print what the composition costs, and the table of workers."""
    width, height = found.size
    how = f"measured on {found.samples} frames" if found.samples else "measured on one stretch of frames"
    rows(
        console,
        [
            ("bench", f"{composition}: {found.frames} frames of {width}×{height} at {found.fps} a second"),
            ("costs", f"{phrases.exact_seconds(found.seconds)} of one browser and its encoder, {how}"),
            ("opening", f"{phrases.exact_seconds(found.opening)} until a browser is ready"),
        ],
    )
    line(console, "")
    prices = sorted(found.rows[0].prices)
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for name in ("workers", "used", "chunks", "time", "efficiency", *prices):
        table.add_column(name, justify="right", no_wrap=True)
    shown = [
        row for index, row in enumerate(found.rows) if not index or row.used > found.rows[index - 1].used
    ]
    for row in shown:
        table.add_row(
            str(row.workers),
            str(row.used),
            f"{row.chunks}{'' if row.aligned else '*'}",
            phrases.exact_seconds(row.seconds),
            f"{100 * row.efficiency:.0f} %",
            *(f"{row.prices[name]:.4f}" for name in prices),
        )
    console.print(table)
    line(console, "")
    if len(shown) < len(found.rows):
        line(console, f"More than {shown[-1].used} find no work that is worth a browser's start.")
    line(
        console,
        "Reckoned: each worker has one browser and a core of its own; sound and assembling come on top.",
    )
    if not all(row.aligned for row in shown):
        line(
            console,
            "* Cut between the encoder's keyframes: the same pictures, but not the bytes of one piece.",
        )
