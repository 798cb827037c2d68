"""SubRip: no standard, only habits. A line with times begins a cue; what follows up to the next is its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.media.subtitles.markup import numpad, read_text
from framewright.media.subtitles.times import Timing, read_timing
from framewright.model.subtitles import Complaint, Cue, Placement, Subtitles

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LETTERS = 16_000
"""Letters that one cue may have."""

_COLUMNS = ("left", "center", "right")


def read_srt(lines: Sequence[str]) -> Subtitles:
    """Cues of a SubRip file. Numbers and blank lines may be missing, or be wrong."""
    # A line with an arrow whose times cannot be read begins a cue too: its text is not the text of the one before.
    begins = [
        (number, timing)
        for number, line in enumerate(lines)
        if (timing := read_timing(line)) or "-->" in line
    ]
    cues: list[Cue] = []
    complaints: list[Complaint] = []
    for place, (number, timing) in enumerate(begins):
        if timing is None:
            complaints.append(unreadable(lines[number], number + 1))
            continue
        last = place == len(begins) - 1
        text = _text(lines, number + 1, len(lines) if last else begins[place + 1][0], last=last)
        cue = make_cue(timing, text, number + 1, complaints)
        if cue is not None:
            cues.append(cue)
    return Subtitles(by_start(cues), complaints=tuple(complaints))


def unreadable(line: str, number: int) -> Complaint:
    """What is said of a line that should give the times of a cue."""
    return Complaint(number, f"'{' '.join(line.split())[:60]}' is no time of a cue")


def make_cue(
    timing: Timing,
    text: str,
    line: int,
    complaints: list[Complaint],
    *,
    webvtt: bool = False,
    name: str = "",
    placement: Placement | None = None,
) -> Cue | None:
    """A cue, or None when nothing of it could be seen; what the author must know of it goes to the complaints."""
    if timing.stop <= timing.start:
        complaints.append(Complaint(line, "this cue does not end after its start"))
        return None
    if len(text) > MOST_LETTERS:
        complaints.append(Complaint(line, f"this cue has more than {MOST_LETTERS} letters"))
        return None
    runs = read_text(text, webvtt=webvtt)
    if not runs:
        return None
    if not webvtt:
        placement = _place(numpad(text))
    return Cue(timing.start, timing.stop, runs, name, placement)


def by_start(cues: list[Cue]) -> tuple[Cue, ...]:
    """Cues in the order in which they appear."""
    return tuple(sorted(cues, key=lambda cue: cue.start))


def _text(lines: Sequence[str], start: int, end: int, *, last: bool) -> str:
    stop = end
    # The number of the next cue stands before its times, with a blank line before it or not.
    if not last and stop > start and lines[stop - 1].strip().isdecimal():
        stop -= 1
    return "\n".join(line.rstrip() for line in lines[start:stop] if line.strip())


def _place(key: int | None) -> Placement | None:
    if key is None or key == 2:
        return None
    row, column = divmod(key - 1, 3)
    align = _COLUMNS[column]
    if row == 0:
        return Placement(align=align)
    if row == 1:
        return Placement(line=50.0, percent=True, line_align="center", align=align)
    return Placement(line=0.0, align=align)
