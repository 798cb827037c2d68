"""Whether a mix is long enough for processes of its own, and who of them reads which track. What it says changes no sample."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from framewright.model.sound import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from framewright.model.sound import SoundPlan, SoundTrack

MOST_PROCESSES = 4
"""Each takes some 60 MiB."""

WORTH = 2.0
"""Processor seconds of reading from which on processes are started; each takes a third of a second to begin."""

_OPENING = 0.005
"""Processor seconds to open a file."""

# Processor seconds for a second of sound, and bytes that it is likely to take in its file.
_PLAIN, _PLAIN_BYTES = 0.00045, 192_000
_CODED, _CODED_BYTES = 0.0014, 16_000
_STRETCHED = 0.005
_PLAIN_BEGINNINGS = (b"RIFF", b"RF64", b"FORM")


def divided(plan: SoundPlan, files: Mapping[str, Path]) -> list[tuple[int, ...]]:
    """The numbers of the tracks that each process reads; empty: none is worth it."""
    costs = [_cost(track, files[track.source], plan) for track in plan.tracks]
    count = min(MOST_PROCESSES, len(os.sched_getaffinity(0)), len(costs))
    if sum(costs) < WORTH or count < 2:
        return []
    return shares(costs, count)


def shares(costs: Sequence[float], count: int) -> list[tuple[int, ...]]:
    """Parts that cost much the same: the dearest first, each to whoever has least."""
    parts: list[list[int]] = [[] for _ in range(count)]
    sums = [0.0] * count
    for number in sorted(range(len(costs)), key=lambda number: -costs[number]):
        least = sums.index(min(sums))
        parts[least].append(number)
        sums[least] += costs[number]
    return [tuple(sorted(part)) for part in parts if part]


def _cost(track: SoundTrack, path: Path, plan: SoundPlan) -> float:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            plain = file.read(4) in _PLAIN_BEGINNINGS
    except OSError:  # whoever reads it tells of it
        return 0.0
    seconds = max(0.0, (plan.first + plan.samples) / SAMPLE_RATE - track.start)
    if track.duration is not None:
        seconds = min(seconds, track.duration)
    if not track.loop:
        seconds = min(seconds, size / (_PLAIN_BYTES if plain else _CODED_BYTES) / track.rate)
    each = (_PLAIN if plain else _CODED) * track.rate + (0 if track.rate == 1 else _STRETCHED)
    return _OPENING + seconds * each
