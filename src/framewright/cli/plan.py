"""``framewright plan``: a render, settled and written down, without rendering it."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import line, people_console, rows
from framewright.cli.logs import set_up_logs
from framewright.cli.probe import tell_notices
from framewright.cli.settings import read_settings
from framewright.cli.stop import stop_on_signals
from framewright.model.errors import ExitCode
from framewright.render import CancelToken, RenderOptions, plan_async
from framewright.render.planning.limits import chunk_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from framewright.model.composition import Notice
    from framewright.model.events import RenderEvent
    from framewright.model.plan import Plan, PlanFile
    from framewright.render import RenderWishes

_MOST_NAMES = 3
_LEAST_TOLD = 1_000_000
_DIGITS = 16


def run_plan(
    composition: str,
    folder: Path | None,
    wishes: RenderWishes,
    *,
    as_json: bool,
    debug: bool,
    page_timeout: float | None,
    page_memory: str | None,
) -> int:
    """Plan, write the plan where that is wished for, and tell what it is on stdout.

    Returns:
        The exit code 0.

    Raises:
        FramewrightError: whatever went wrong, for :mod:`framewright.cli.entry` to tell.
    """
    set_up_logs(debug=debug)
    options = RenderOptions.parse(**wishes)
    settings = read_settings(page_timeout=page_timeout, page_memory=page_memory)
    token = CancelToken()
    notices: list[Notice] = []

    def listen(event: RenderEvent) -> None:
        if event.event == "warning":
            notices.append(event.notice)

    with stop_on_signals(token.cancel):
        found = asyncio.run(
            plan_async(composition, folder, options, on_event=listen, cancel=token, settings=settings)
        )
    if as_json:
        sys.stdout.write(f"{found.model_dump_json(indent=2)}\n")
    else:
        console = people_console(sys.stdout)
        line(console, composition if folder is None else f"{composition} → {folder}", style="bold")
        tell_plan(console, found)
        tell_notices(console, notices)
    return ExitCode.DONE


def tell_plan(console: Console, plan: Plan) -> None:
    """Print what is rendered, in which chunks, of which files, and what the plan is called."""
    rows(console, [(label, Text(text)) for label, text in _rows(plan)])


def _rows(plan: Plan) -> list[tuple[str, str]]:
    picture, output = plan.picture, plan.output
    told = [
        ("size", str(picture.drawn)),
        ("frames", f"{len(picture.range)} at {picture.rate} fps, by {picture.capture}"),
        ("output", f"{output.codec} in {output.format}" + (" with transparency" if output.alpha else "")),
        ("chunks", _chunks(plan)),
    ]
    if plan.sound is not None:
        told.append(("sound", f"one mix of {phrases.count(len(plan.sound.mix.tracks), 'track')}"))
    told += [("files", _files(plan))]
    large = sorted(plan.files, key=lambda file: -file.bytes)[:_MOST_NAMES]
    told += [
        ("" if position else "largest", _file(file))
        for position, file in enumerate(file for file in large if file.bytes >= _LEAST_TOLD)
    ]
    if plan.estimate.seconds:
        told.append(("estimate", f"{phrases.seconds(plan.estimate.seconds)} of one browser"))
    digests = plan.digests
    told += [("video", digests.video[:_DIGITS])]
    if digests.audio is not None:
        told.append(("audio", digests.audio[:_DIGITS]))
    return [*told, ("plan", digests.plan[:_DIGITS])]


def _chunks(plan: Plan) -> str:
    lengths = sorted(len(chunk.range) for chunk in plan.chunks)
    if len(lengths) == 1:
        return "1, of all frames"
    shortest = "" if lengths[0] == lengths[-1] else f"{lengths[0]} to "
    return f"{len(lengths)}, of {shortest}{phrases.count(lengths[-1], 'frame')}"


def _files(plan: Plan) -> str:
    total = sum({file.digest: file.bytes for file in plan.files}.values())
    spare = sum(file.spare for file in plan.files)
    told = f"{len(plan.files)}, {phrases.size(total)}; a chunk needs at most {phrases.size(max(chunk_bytes(plan)))}"
    return told + (f"; {spare} that the page has not asked for" if spare else "")


def _file(file: PlanFile) -> str:
    needed = "by all chunks" if file.frames is None else "by some chunks" if file.frames else ""
    by = " and ".join(filter(None, [needed, "by the sound" if file.sound else ""]))
    return f"{phrases.clean(file.name)} ({phrases.size(file.bytes)}{', needed ' + by if by else ''})"
