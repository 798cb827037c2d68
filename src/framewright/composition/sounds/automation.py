"""``data-automation``: envelopes that an author, or a tool, has drawn over the volume of a clip or of a group.

The form is that of HyperFrames: ``{"version": 1, "lanes": [{"target": "volume", "points": [{"t", "v", "curve"}]}]}``, with
seconds on the clip's own clock and linear gains. ``curve``, from -1 to 1, bends the way that leaves a point: the share of the
rise is the share of the time to the power of 4 ** curve; ``viaX`` and ``viaY`` name a point on that way and beat it.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from framewright.composition.sounds.lanes import Knot, bent, thinned
from framewright.model.sound import LOUDEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_POINTS = 100_000


@dataclass(frozen=True, slots=True)
class Automation:
    """What was read of one attribute.

    Attributes:
        volume: the lane over the volume, on the clip's clock; empty: none.
        problems: what could not be used, each a clause that follows the element's name.
        effects: lanes over parameters of effects, by their targets, in the unit of each.
    """

    volume: tuple[Knot, ...] = ()
    problems: tuple[str, ...] = ()
    effects: Mapping[str, tuple[Knot, ...]] = field(default_factory=dict)


def read_automation(written: str) -> Automation:
    """Read the attribute. What cannot be used is told and left out; nothing raises."""
    try:
        told = json.loads(written)
    except (ValueError, RecursionError):
        return Automation(problems=("is no JSON, and is left out",))
    if not isinstance(told, dict) or told.get("version") != 1:
        version = told.get("version") if isinstance(told, dict) else None
        return Automation(problems=(f"has the version {_short(version)} in place of 1, and is left out",))
    lanes = told.get("lanes")
    if not isinstance(lanes, list):
        return Automation(problems=("has no list of lanes, and is left out",))
    volume: tuple[Knot, ...] = ()
    problems: list[str] = []
    effects: dict[str, tuple[Knot, ...]] = {}
    for lane in lanes:
        if not isinstance(lane, dict) or not isinstance(lane.get("target"), str):
            problems.append("has a lane without a target, which is left out")
        elif lane["target"] != "volume":
            points, found = _read_points(lane.get("points"), None)
            effects[_short(lane["target"])] = points
            problems += found
        elif volume:
            problems.append("has several lanes for the volume: the first one counts")
        else:
            volume, found = _read_points(lane.get("points"), LOUDEST)
            problems += found
    return Automation(volume, tuple(dict.fromkeys(problems)), effects)


def _read_points(told: object, loudest: float | None) -> tuple[tuple[Knot, ...], list[str]]:
    """The points of a lane: of gains up to ``loudest``, or of whatever a parameter takes."""
    if not isinstance(told, list) or not told:
        return (), ["has a lane without points, which is left out"]
    if len(told) > MOST_POINTS:
        return (), [
            f"has a lane of {len(told)} points, which is left out: at most {MOST_POINTS} are read; draw it with fewer"
        ]
    problems = []
    points = [point for one in told if (point := _read_point(one)) is not None]
    if len(points) < len(told):
        problems.append(f"has {len(told) - len(points)} points without a time and a gain, which are left out")
    if not points:
        return (), problems
    if loudest is not None:
        loud = sum(not 0 <= point.gain <= loudest for point in points)
        if loud:
            problems.append(
                f"has {loud} gains outside of 0 to {loudest:g}, which are moved to the nearer end"
            )
        points = [replace(point, gain=min(loudest, max(0.0, point.gain))) for point in points]
    if any(one.seconds > other.seconds for one, other in pairwise(points)):
        problems.append("has points that are not in the order of their times, and are put into it")
    # Of two at one time the later one counts.
    ordered = list(
        {point.seconds: point for point in sorted(points, key=lambda point: point.seconds)}.values()
    )
    return thinned(_ways(ordered)), problems


@dataclass(frozen=True, slots=True)
class _Drawn:
    seconds: float
    gain: float
    exponent: float
    holds: bool

    @property
    def knot(self) -> Knot:
        return self.seconds, self.gain, self.holds


def _ways(points: Sequence[_Drawn]) -> list[Knot]:
    found: list[Knot] = []
    for one, other in pairwise(points):
        if one.exponent == 1 or one.holds:
            found.append(one.knot)
        else:
            found += bent(one.knot, other.knot, one.exponent)
    return [*found, points[-1].knot]


def _read_point(told: object) -> _Drawn | None:
    if not isinstance(told, dict):
        return None
    point = cast("Mapping[str, object]", told)
    seconds, gain = number(point.get("t")), number(point.get("v"))
    if seconds is None or gain is None:
        return None
    return _Drawn(seconds, gain, _exponent(point), point.get("curve") in ("hold", "step"))


def _exponent(point: Mapping[str, object]) -> float:
    x, y = number(point.get("viaX")), number(point.get("viaY"))
    if x is not None and y is not None and 0 < x < 1 and 0 < y < 1:
        return min(16.0, max(1 / 16, math.log(y) / math.log(x)))
    curve = number(point.get("curve"))
    return float(4 ** min(1.0, max(-1.0, curve))) if curve else 1.0


def number(told: object) -> float | None:
    """A finite number, also one that is written as text; None for everything else."""
    if isinstance(told, bool) or not isinstance(told, (int, float, str)):
        return None
    try:
        value = float(told)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def _short(told: object) -> str:
    text = told if isinstance(told, str) else json.dumps(told)
    return text if len(text) <= 60 else f"{text[:60]}…"
