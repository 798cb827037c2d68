"""Subtitles as the page is told of them: cues with their places, and rules for the layer in which they are drawn."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING

from framewright.media.subtitles import stack

if TYPE_CHECKING:
    from framewright.model.subtitles import Cue, Look, Placement, Run, Style, Subtitles

_SIDES = {"left": 0.0, "right": 100.0, "center": 50.0}
_TAGS = {"b": "bold", "i": "italic", "u": "underline"}
_SELECTOR = re.compile(
    r"""([a-z]*)(#[\w-]+)?((?:\.[\w-]+)*)(?:\[\s*voice\s*=\s*["']([^"']+)["']\s*\])?""", re.IGNORECASE
)
# Names of classes that players colour without being told: https://www.w3.org/TR/webvtt1/#default-text-color
_COLORS = ("white", "lime", "cyan", "red", "yellow", "magenta", "blue", "black")


def page_subtitles(subtitles: Subtitles) -> str:
    """What the runtime's ``fw.subtitles.take`` reads, as JSON.

    ``cues``: ``[start, stop, below, runs, place]`` by their start; times in milliseconds; ``below`` the numbers of the
    cues that it stands on; ``runs`` a text, or ``[text, tags, classes, voice, color, ruby]`` each; ``place`` null or
    :func:`_place`. ``styles``: a style sheet. ``letters``: every letter that occurs.
    """
    below = stack(subtitles.cues)
    cues = [
        [cue.start, cue.stop, under, _runs(cue.runs), _place(cue.placement, cue), cue.name]
        for cue, under in zip(subtitles.cues, below, strict=True)
    ]
    letters = "".join(sorted(set().union(*(cue.text for cue in subtitles.cues)) - {"\n"}))
    told = {"cues": cues, "styles": _sheet(subtitles.styles), "letters": letters}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _runs(runs: tuple[Run, ...]) -> object:
    if len(runs) == 1 and runs[0].ruby is None and runs[0].look == type(runs[0].look)():
        return runs[0].text
    return [
        [run.text, _tags(run.look), run.look.classes, run.look.voice, run.look.color, run.ruby]
        for run in runs
    ]


def _tags(look: Look) -> list[str]:
    tags = [tag for tag, name in _TAGS.items() if getattr(look, name)]
    return [*tags, "v"] if look.voice is not None else tags


def _place(place: Placement | None, cue: Cue) -> list[object] | None:
    """``[left, width, align, line, percent, line_align, vertical]``: left and width in per cent of the frame.

    By https://www.w3.org/TR/webvtt1/#processing-cue-settings.
    """
    if place is None:
        return None
    align = place.align
    if align in {"start", "end"}:
        forward = (align == "start") != _is_rightward(cue.text)
        align = "left" if forward else "right"
    position = _SIDES[align] if place.position is None else place.position
    edge = place.position_align or {"left": "line-left", "right": "line-right"}.get(align, "center")
    most = {"line-left": 100 - position, "line-right": position}.get(edge, 2 * min(position, 100 - position))
    width = min(place.size, most)
    left = {"line-left": position, "line-right": position - width}.get(edge, position - width / 2)
    return [left, width, align, place.line, place.percent, place.line_align, place.vertical]


def _is_rightward(text: str) -> bool:
    """Whether a text runs from right to left: its first letter that has a direction says."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def _sheet(styles: tuple[Style, ...]) -> str:
    """The rules of a file, and those that are usual, for the layer's own tree."""
    usual = [f".{name}{{color:{name}}} .bg_{name}{{background-color:{name}}}" for name in _COLORS]
    rules = [
        f"{_selector(style.selector)}{{{';'.join(f'{name}:{value}' for name, value in style.declarations)}}}"
        for style in styles
    ]
    return "\n".join(usual + rules)


def _selector(written: str) -> str:
    match = _SELECTOR.fullmatch(written)
    if written == "" or match is None:
        return ".cue"
    tag, name, classes, voice = match.groups()
    found = f'.cue[data-name="{name[1:]}"]' if name else ".run"
    if tag and tag.lower() != "c":
        found += f'[data-tags~="{tag.lower()}"]'
    if voice is not None:
        found += f'[data-voice="{voice}"]'
    return found + (classes or "")
