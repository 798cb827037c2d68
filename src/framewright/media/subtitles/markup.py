"""The text of a cue: tags, classes and voices become runs of one style; what means nothing stays what is written."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from functools import lru_cache

from framewright.model.subtitles import PLAIN, Look, Run

# In SubRip only these are tags: "1 < 2" and "<3" are text. WebVTT knows no other use of the bracket.
_SRT_TAG = re.compile(r"<(/?)(b|i|u|s|font|c|v|lang|ruby|rt)((?:[\s.][^<>]*)?)>|\{\\[^{}]*\}", re.IGNORECASE)
_VTT_TAG = re.compile(r"<(/?)([a-z]*)([^<>]*)>", re.IGNORECASE)
_COLOR = re.compile(r"""\bcolor\s*=\s*["']?\s*(#[0-9a-f]{3,8}|[a-z]{3,20})\b""", re.IGNORECASE)
_CLASS = re.compile(r"[\w-]{1,64}")
_ALIGNED = re.compile(r"\{[^{}]*\\an([1-9])[^{}]*\}")
_MARKS = re.compile(r"[<&{]")


def read_text(text: str, *, webvtt: bool) -> tuple[Run, ...]:
    """Runs of a cue's text; none when nothing would be seen.

    Args:
        text: the lines of the cue, joined by line breaks.
        webvtt: by the rules of WebVTT; else by what players make of SubRip.
    """
    if _MARKS.search(text) is None:
        return (Run(text),) if text.strip() else ()
    runs = _runs(text, _VTT_TAG if webvtt else _SRT_TAG)
    return tuple(runs) if any(run.text.strip() for run in runs) else ()


def numpad(text: str) -> int | None:
    r"""The place that SubRip texts give by ``{\an8}``, as on a keypad: 1 is below on the left; None: none."""
    match = _ALIGNED.search(text) if "\\an" in text else None
    return int(match[1]) if match else None


def _runs(text: str, tag: re.Pattern[str]) -> list[Run]:
    found: list[Run] = []
    # What is open, innermost last, each with the look that it gives.
    opened: list[tuple[str, Look]] = []
    look, above = PLAIN, False
    place = 0
    for match in tag.finditer(text):
        begin = match.start()
        if begin > place:
            _append(found, look, text[place:begin], above=above)
        place = match.end()
        name = (match[2] or "").lower()
        if match[1]:
            _close(opened, name)
        elif name:
            opened.append((name, _styled(look, name, match[3] or "")))
        look = opened[-1][1] if opened else PLAIN
        above = any(one == "rt" for one, _ in opened)
    if place < len(text):
        _append(found, look, text[place:], above=above)
    return found


def _append(found: list[Run], look: Look, written: str, *, above: bool) -> None:
    read = html.unescape(written) if "&" in written else written
    if not above:
        found.append(Run(read, look))
    elif found:  # a text above belongs to what stands before it
        found[-1] = replace(found[-1], ruby=(found[-1].ruby or "") + read)


def _close(opened: list[tuple[str, Look]], name: str) -> None:
    """End a tag, and those that were left open in it; one that was never opened is nothing."""
    for depth in range(len(opened) - 1, -1, -1):
        if opened[depth][0] == name:
            del opened[depth:]
            return


@lru_cache(1024)
def _styled(look: Look, name: str, rest: str) -> Look:
    written, _, said = rest.partition(" ")
    classes = tuple(part for part in written.split(".") if _CLASS.fullmatch(part))
    if classes and name != "font":
        look = replace(look, classes=look.classes + classes)
    if name == "b":
        return replace(look, bold=True)
    if name == "i":
        return replace(look, italic=True)
    if name == "u":
        return replace(look, underline=True)
    if name == "font" and (color := _COLOR.search(rest)):
        return replace(look, color=color[1].lower())
    if name == "v" and said.strip():
        return replace(look, voice=html.unescape(said.strip()))
    return look
