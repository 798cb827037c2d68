"""Lanes: gain over time as points with straight ways between them. Cutting, multiplying and thinning them, by arithmetic alone."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from framewright.model.sound import Curve, Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TOLERANCE = 0.0005
"""What a gain may be off by: a 180th of a decibel at full level."""

Knot = tuple[float, float, bool]
"""Seconds, gain, and whether the gain stays until the next knot and then changes at once."""


def value_at(knots: Sequence[Knot], seconds: float) -> float:
    """The gain of a lane at a time; before its first knot that of the first, behind the last that of the last."""
    position = bisect_right(knots, seconds, key=lambda knot: knot[0]) - 1
    if position < 0:
        return knots[0][1]
    start, gain, holds = knots[position]
    if holds or position + 1 == len(knots):
        return gain
    stop, after, _ = knots[position + 1]
    return gain + (after - gain) * (seconds - start) / (stop - start)


def shifted(knots: Sequence[Knot], *, by: float, pace: float = 1.0) -> tuple[Knot, ...]:
    """A lane on another clock: ``by`` seconds of its own are gone when that reads 0, and ``pace`` go by in each second."""
    moved = [((seconds - by) / pace, gain, holds) for seconds, gain, holds in knots]
    later = [knot for knot in moved if knot[0] > 0]
    if len(later) == len(moved):
        return tuple(moved)
    # What it has come to by then, and whether it stays there.
    before = moved[len(moved) - len(later) - 1]
    return ((0.0, value_at(moved, 0.0), before[2]), *later)


def multiplied(one: Sequence[Knot], other: Sequence[Knot]) -> tuple[Knot, ...]:
    """Two lanes at work one behind the other; an empty one changes nothing."""
    if not one or not other:
        return tuple(one or other)
    times = sorted({knot[0] for knot in (*one, *other)})
    found: list[Knot] = []
    for start, stop in pairwise(times):
        first, second = _piece(one, start, stop), _piece(other, start, stop)
        steady = first[0] == first[1] and second[0] == second[1]
        bend = abs((first[1] - first[0]) * (second[1] - second[0]))
        parts = max(1, math.ceil(math.sqrt(bend / (4 * TOLERANCE))))
        for part in range(parts):
            share = part / parts
            gain = (first[0] + (first[1] - first[0]) * share) * (second[0] + (second[1] - second[0]) * share)
            found.append((start + (stop - start) * share, gain, steady))
        end = first[1] * second[1]
        after = value_at(one, stop) * value_at(other, stop)
        if not steady and not math.isclose(end, after):
            found.append((_just_before(stop), end, True))
    found.append((times[-1], value_at(one, times[-1]) * value_at(other, times[-1]), False))
    return tuple(found)


def _piece(knots: Sequence[Knot], start: float, stop: float) -> tuple[float, float]:
    """The gains at both ends of a stretch without a knot inside; at its end, before what changes at once there."""
    gain = value_at(knots, start)
    position = bisect_right(knots, start, key=lambda knot: knot[0]) - 1
    if position < 0 or knots[position][2] or position + 1 == len(knots):
        return gain, gain
    return gain, value_at(knots, stop)


def _just_before(seconds: float) -> float:
    """Less than a sample earlier, and apart from it in any double of a day."""
    return seconds - 1e-9


def thinned(knots: Sequence[Knot]) -> tuple[Knot, ...]:
    """The same lane by fewer knots, nowhere off by more than :data:`TOLERANCE`."""
    kept: list[Knot] = []
    position = 0
    while position < len(knots):
        kept.append(knots[position])
        position = _reach(knots, position)
    if knots and kept[-1] != knots[-1]:
        kept.append(knots[-1])
    return _without_idle(kept)


def _reach(knots: Sequence[Knot], anchor: int) -> int:
    """The last knot to which one straight way leads from here without straying from those between."""
    start, gain, holds = knots[anchor]
    following = anchor + 1
    if following >= len(knots):
        return following
    if holds:
        while following < len(knots) - 1 and knots[following][2] and knots[following][1] == gain:
            following += 1
        return following
    low, high = -math.inf, math.inf
    reached = following
    for position in range(following, len(knots)):
        seconds, level, stays = knots[position]
        if seconds <= start:
            return max(following, position)
        slope = (level - gain) / (seconds - start)
        if not low <= slope <= high:
            break
        reached = position
        low = max(low, (level - TOLERANCE - gain) / (seconds - start))
        high = min(high, (level + TOLERANCE - gain) / (seconds - start))
        if stays:
            break
    return reached


def _without_idle(knots: list[Knot]) -> tuple[Knot, ...]:
    """Without those at the end that change nothing: a lane keeps its last gain."""
    while len(knots) > 1 and knots[-1][1] == knots[-2][1]:
        knots.pop()
    return tuple(knots)


def points_of(knots: Iterable[Knot]) -> tuple[Point, ...]:
    """A lane as a mix takes it."""
    return tuple(
        Point(t=max(0.0, seconds), v=max(0.0, gain), curve=Curve.HOLD if holds else Curve.LINEAR)
        for seconds, gain, holds in knots
    )


def bent(start: Knot, stop: Knot, exponent: float) -> list[Knot]:
    """The way between two knots along ``share ** exponent``, without its end, by straight pieces."""
    (begins, low, _), (ends, high, _) = start, stop
    rise = high - low
    shares: list[float] = []
    pieces = [(0.0, 1.0)]
    while pieces:
        one, other = pieces.pop()
        if other - one > _FINEST and abs(rise) * _stray(one, other, exponent) > TOLERANCE:
            middle = (one + other) / 2
            pieces += [(middle, other), (one, middle)]
        else:
            shares.append(one)
    return [(begins + (ends - begins) * share, low + rise * share**exponent, False) for share in shares]


# A way that stands upright at its beginning is cut ever finer there; below this nobody hears it.
_FINEST = 2.0**-20


def _stray(one: float, other: float, exponent: float) -> float:
    """How far ``x ** e`` strays at most from the straight line between two of its points: where it runs along with it."""
    slope = (other**exponent - one**exponent) / (other - one)
    along = (slope / exponent) ** (1 / (exponent - 1))
    return float(abs(along**exponent - (one**exponent + slope * (along - one))))
