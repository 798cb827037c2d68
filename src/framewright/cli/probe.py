"""``framewright probe``: what a composition is, without rendering it."""

from __future__ import annotations

import asyncio
import json
import sys
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import hanging, line, people_console, rows
from framewright.cli.logs import set_up_logs
from framewright.cli.probe_media import tell_media
from framewright.cli.settings import read_settings
from framewright.cli.stop import stop_on_signals
from framewright.model.composition import DurationSource
from framewright.model.errors import ExitCode
from framewright.render import CancelToken, RenderOptions, probe_async

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from framewright.cli.remote import ServerWishes
    from framewright.model.composition import Clip, FontUse, Notice, Variable
    from framewright.model.recording import RecordedAnswer
    from framewright.model.sound import SoundTrack
    from framewright.render import ProbeResult, ProbeWishes

_LENGTH_FROM = {
    DurationSource.DECLARED: "data-duration",
    DurationSource.TIMELINE: "its timeline",
    DurationSource.ANIMATIONS: "its animations",
    DurationSource.CLIPS: "its clips",
    DurationSource.PAGE: "its script",
    DurationSource.OPTION: "--duration",
}
_MOST_CLIPS = 40


def run_probe(
    composition: str,
    wishes: ProbeWishes,
    *,
    as_json: bool,
    debug: bool,
    page_timeout: float | None,
    page_memory: str | None,
    server: ServerWishes | None = None,
) -> int:
    """Open the page and tell what it is, on stdout.

    Args:
        server: the service that opens it; None: this machine does.

    Returns:
        The exit code 0.

    Raises:
        FramewrightError: whatever went wrong, for :mod:`framewright.cli.entry` to tell.
    """
    set_up_logs(debug=debug)
    options = RenderOptions.parse(**wishes)
    settings = read_settings(page_timeout=page_timeout, page_memory=page_memory)
    token = CancelToken()
    with stop_on_signals(token.cancel):
        if server is None:
            found = asyncio.run(probe_async(composition, options, cancel=token, settings=settings))
        else:
            from framewright.cli.remote import probe_on_service

            work = probe_on_service(server, composition, options, page_timeout=page_timeout, cancel=token)
            found = asyncio.run(work)
    if as_json:
        sys.stdout.write(f"{found.model_dump_json(indent=2)}\n")
    else:
        tell_probe(people_console(sys.stdout), composition, found)
    return ExitCode.DONE


def tell_probe(console: Console, composition: str, found: ProbeResult) -> None:
    """Print the description, the clips, what becomes of media, and the warnings."""
    title = phrases.clean(found.description.title)
    line(console, Text.assemble((title or composition, "bold"), (f"  {composition}" if title else "", "dim")))
    line(console, "")
    rows(console, _rows(found))
    if found.description.variables:
        line(console, "")
        tell_variables(console, found.description.variables)
    if found.clips:
        line(console, "")
        tell_clips(console, found.clips)
    if found.media:
        line(console, "")
        tell_media(console, found.media, found.sounds.tracks)
    tell_notices(console, found.notices)


def tell_notices(console: Console, notices: Sequence[Notice]) -> None:
    """Print warnings behind an empty line; nothing where there are none."""
    if notices:
        line(console, "")
    for notice in notices:
        where = f"{phrases.clean(notice.element)}: " if notice.element else ""
        text = Text.assemble((where, "bold"), phrases.clean(notice.message), (f" ({notice.code})", "dim"))
        hanging(console, Text("!", style="bold yellow"), text)


def _rows(found: ProbeResult) -> list[tuple[str, str]]:
    size = f"{found.width}×{found.height}"
    if (found.output_width, found.output_height) != (found.width, found.height):
        size += f", drawn as {found.output_width}×{found.output_height} at scale {found.scale:g}"
    told: list[tuple[str, str]] = [
        ("size", size),
        ("length", f"{phrases.exact_seconds(found.seconds)}, from {_LENGTH_FROM[found.duration_source]}"),
        ("frames", _frames(found)),
        ("paints", "on transparency" if found.description.transparent else "an opaque background"),
    ]
    if found.description.fonts:
        told.append(("fonts", ", ".join(_font(font) for font in found.description.fonts)))
    told += [("" if at else "subtitles", phrases.subtitles(one)) for at, one in enumerate(found.subtitles)]
    added = [track for track in found.sounds.tracks if track.name == "--audio-track"]
    told += [("" if position else "added", _added(track)) for position, track in enumerate(added)]
    told += [("" if position else "remote", _remote(answer)) for position, answer in enumerate(found.remote)]
    return told


def _remote(answer: RecordedAnswer) -> str:
    status = "" if answer.status is None or answer.status < 300 else f" {answer.status}"
    method = "" if answer.method == "GET" else f"{answer.method} "
    return f"{method}{phrases.clean(answer.url)} ({answer.by.value}{status})"


def _added(track: SoundTrack) -> str:
    stop = "" if track.duration is None else f" to {phrases.exact_seconds(track.start + track.duration)}"
    repeats = ", again and again" if track.loop else ""
    return f"{phrases.clean(track.source)}, from {phrases.exact_seconds(track.start)}{stop}{repeats}"


def _font(font: FontUse) -> str:
    """As asked; and by what it is drawn, where that has another name."""
    others = [name for name in font.used if name.lower() != font.asked.lower()]
    by = f" (by {', '.join(phrases.clean(name) for name in others)})" if others and not font.own else ""
    return phrases.clean(font.asked) + by


def _frames(found: ProbeResult) -> str:
    rate = Fraction(found.fps)
    exact = "" if rate.denominator == 1 else f" (about {float(rate):.3f})"
    told = f"{found.frames} at {found.fps} fps{exact}"
    if (found.start_frame, found.end_frame) != (0, found.frames):
        told += f", of which {found.start_frame} to {found.end_frame - 1} are rendered"
    return told


def tell_variables(console: Console, variables: Sequence[Variable]) -> None:
    """Print what may differ from one video to the next, and what it is in this one."""
    line(console, "  variables")
    told = [
        (
            f"  {phrases.clean(one.id)}",
            Text.assemble(
                phrases.clean(json.dumps(one.value, ensure_ascii=False)),
                (f"  {_about(one)}", "dim"),
            ),
        )
        for one in variables
    ]
    rows(console, told)


def _about(variable: Variable) -> str:
    parts = [variable.type.value]
    if variable.options:
        parts.append(" | ".join(json.dumps(option, ensure_ascii=False) for option in variable.options))
    if variable.label != variable.id:
        parts.append(variable.label)
    if variable.value != variable.default:
        parts.append(f"default {json.dumps(variable.default, ensure_ascii=False)}")
    return phrases.clean(", ".join(parts))


def tell_clips(console: Console, clips: Sequence[Clip]) -> None:
    """Print when which element is seen, the first forty of them."""
    shown = clips[:_MOST_CLIPS]
    elements = [phrases.clean(clip.element) for clip in shown]
    table = Table.grid(padding=(0, 2))
    for justify in ("right", "right", "left", "left", "left"):
        table.add_column(justify=justify, no_wrap=justify == "right", overflow="fold")
    if console.is_terminal:
        table.add_row("  from", "to", "track", "clip", "", style="dim")
    for clip, element in zip(shown, elements, strict=True):
        stop = "end" if clip.duration is None else f"{clip.start + clip.duration:g}"
        track = "" if clip.track is None else str(clip.track)
        about = " ".join(
            filter(None, [clip.kind, "hidden" if clip.hidden else "", phrases.clean(clip.source or "")])
        )
        if console.is_terminal:
            table.add_row(f"  {clip.start:g}", stop, track, element, Text(about, style="dim"))
        else:
            line(console, f"  {clip.start:g} to {stop}  {element}  {about}")
    if console.is_terminal:
        console.print(table)
    if len(clips) > len(shown):
        line(
            console,
            f"  and {phrases.count(len(clips) - len(shown), 'clip')} more: --json tells all",
            style="dim",
        )
