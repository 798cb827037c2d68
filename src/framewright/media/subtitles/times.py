"""The line of a cue that gives its times, as loosely as players read it."""

from __future__ import annotations

import re
from typing import NamedTuple

# Hours may be missing, and what stands before the milliseconds differs: a comma in SubRip, a dot in WebVTT, both in life.
_TIME = r"(?:(\d{1,6})\s*:\s*)?(\d{1,3})\s*:\s*(\d{1,3})(?:\s*[,.:;]\s*(\d{1,9}))?"
_TIMING = re.compile(rf"^[ \t]*{_TIME}[ \t]*-{{1,3}}[ \t]*>[ \t]*{_TIME}(?:[ \t]+(.*))?$")
# Telling apart what is no timing costs less than trying to read it.
_ARROW = "->"


class Timing(NamedTuple):
    """Times in milliseconds, and what else the line says."""

    start: int
    stop: int
    rest: str


def read_timing(line: str) -> Timing | None:
    """The times of a cue; None when the line is no such line."""
    if _ARROW not in line and "- >" not in line:
        return None
    match = _TIMING.match(line)
    if match is None:
        return None
    return Timing(_milliseconds(match, 1), _milliseconds(match, 5), (match[9] or "").strip())


def _milliseconds(match: re.Match[str], first: int) -> int:
    hours, minutes, seconds, fraction = (match[first + place] or "0" for place in range(4))
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(f"{fraction:0<3}"[:3])
