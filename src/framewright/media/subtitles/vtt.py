"""WebVTT: blocks between blank lines, by https://www.w3.org/TR/webvtt1/, read as loosely as browsers do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from framewright.media.subtitles.srt import by_start, make_cue, unreadable
from framewright.media.subtitles.styles import read_styles
from framewright.media.subtitles.times import read_timing
from framewright.model.subtitles import Complaint, Cue, Placement, Style, Subtitles

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")
_PER_CENT = re.compile(r"(\d{1,3}(?:\.\d{1,9})?)%")
_LINE_ALIGNS = {"start", "center", "end"}
_POSITION_ALIGNS = {
    "line-left": "line-left", "center": "center", "line-right": "line-right",
    # As older files spell them.
    "start": "line-left", "middle": "center", "end": "line-right",
}  # fmt: skip
_ALIGNS = {name: name for name in ("start", "center", "end", "left", "right")} | {"middle": "center"}


def read_vtt(lines: Sequence[str]) -> Subtitles:
    """Cues and styles of a WebVTT file; its first line says that it is one."""
    cues: list[Cue] = []
    styles: list[Style] = []
    complaints: list[Complaint] = []
    number = 1
    while number < len(lines):
        line = lines[number]
        if not line.strip():
            number += 1
            continue
        end = _end(lines, number)
        if read_timing(line):
            number = _cue(lines, number, "", cues, complaints)
        elif number + 1 < end and read_timing(lines[number + 1]):
            number = _cue(lines, number + 1, line.strip(), cues, complaints)
        else:
            if line.strip() == "STYLE":
                styles += read_styles("\n".join(lines[number + 1 : end]), number + 2, complaints)
            elif "-->" in line or (number + 1 < end and "-->" in lines[number + 1]):
                at = number + ("-->" not in line)
                complaints.append(unreadable(lines[at], at + 1))
            # A note, a region, what belongs to the header, or text that has lost its time.
            number = end
    return Subtitles(by_start(cues), tuple(styles), tuple(complaints))


def _end(lines: Sequence[str], start: int) -> int:
    end = start
    while end < len(lines) and lines[end].strip():
        end += 1
    return end


def _cue(lines: Sequence[str], at: int, name: str, cues: list[Cue], complaints: list[Complaint]) -> int:
    """Read a cue whose times stand in line ``at``; the line behind it."""
    end = at + 1
    # Times end a cue like a blank line does; the line before them may be the next one's name, but browsers take it as text.
    while end < len(lines) and lines[end].strip() and not read_timing(lines[end]):
        end += 1
    timing = read_timing(lines[at])
    assert timing is not None
    text = "\n".join(line.rstrip() for line in lines[at + 1 : end])
    cue = make_cue(
        timing, text, at + 1, complaints, webvtt=True, name=name, placement=read_settings(timing.rest)
    )
    if cue is not None:
        cues.append(cue)
    return end


def read_settings(written: str) -> Placement | None:
    """Where the settings behind a cue's times put it; one that makes no sense counts as not written."""
    if not written:
        return None
    told: dict[str, object] = {}
    for setting in written.split():
        name, _, value = setting.partition(":")
        value, _, aligned = value.partition(",")
        if name == "vertical" and value in {"rl", "lr"}:
            told["vertical"] = value
        elif name == "line" and (match := _PER_CENT.fullmatch(value)) and float(match[1]) <= 100:
            told |= {"line": float(match[1]), "percent": True}
        elif name == "line" and _NUMBER.fullmatch(value):
            told |= {"line": float(value), "percent": False}
        elif (
            name in {"position", "size"} and (match := _PER_CENT.fullmatch(value)) and float(match[1]) <= 100
        ):
            told[name] = float(match[1])
        elif name == "align" and value in _ALIGNS:
            told["align"] = _ALIGNS[value]
        if name == "line" and "line" in told and aligned in _LINE_ALIGNS:
            told["line_align"] = aligned
        if name == "position" and "position" in told and aligned in _POSITION_ALIGNS:
            told["position_align"] = _POSITION_ALIGNS[aligned]
    return Placement(**told) if told else None  # type: ignore[arg-type]  # each was read above
