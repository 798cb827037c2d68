"""Cues that are there at the same time and have no place of their own: one above the other, and none ever jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framewright.model.subtitles import Cue

MOST_STACKED = 8
"""Of more cues than these at one time the latest are seen."""


def stack(cues: Sequence[Cue]) -> tuple[tuple[int, ...], ...]:
    """For each cue the numbers of those below it, the lowest first; so many places above the lowest it stands.

    A cue takes the lowest place that is free when it appears and keeps it to its end, as in WebVTT: those below it are
    what it stands on, also when they have ended before it. Cues with a line of their own stand on nothing.

    Args:
        cues: by their start.
    """
    places: list[int] = []
    found: list[tuple[int, ...]] = []
    for number, cue in enumerate(cues):
        if cue.placement is not None and (
            cue.placement.line is not None or cue.placement.vertical is not None
        ):
            found.append(())
            continue
        free = next((at for at, other in enumerate(places) if cues[other].stop <= cue.start), len(places))
        at = min(free, MOST_STACKED - 1)
        found.append(tuple(places[:at]))
        places[at : at + 1] = [number]
    return tuple(found)
