"""``data-fx-chain``: effects in the order of the signal, ``{"version": 1, "nodes": [{"type", "id", "enabled", "params"}]}``.

The form is that of HyperFrames. Of its effects ``gain`` is applied, a level in dB from -60 to 12; what else an author asked for
and does not get is named.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from framewright.composition.sounds.automation import number
from framewright.composition.sounds.lanes import TOLERANCE, multiplied

if TYPE_CHECKING:
    from collections.abc import Mapping

    from framewright.composition.sounds.lanes import Knot

QUIETEST, LOUDEST = -60.0, 12.0
MOST_NAMED = 5
_UNREADABLE = "something unreadable"


@dataclass(frozen=True, slots=True)
class Chain:
    """What was read of one attribute.

    Attributes:
        levels: dB of each ``gain``, with its id.
        others: the kinds of effects that are switched on and not applied, each once.
    """

    levels: tuple[tuple[str, float], ...] = ()
    others: tuple[str, ...] = ()

    @property
    def targets(self) -> frozenset[str]:
        """What lanes of ``data-automation`` may move."""
        return frozenset(_target(name) for name, _ in self.levels)

    def gains(self, lanes: Mapping[str, tuple[Knot, ...]]) -> tuple[Knot, ...]:
        """All levels in one lane of gains; empty: they change nothing.

        Args:
            lanes: in dB, by their targets. A level without one stays as it is.
        """
        found: tuple[Knot, ...] = ()
        for name, level in self.levels:
            lane = lanes.get(_target(name)) if name else None
            if lane or level:
                found = multiplied(found, _as_gains(lane or ((0.0, level, False),)))
        return found


def read_chain(written: str) -> Chain:
    """Read the attribute; nothing raises."""
    try:
        told = json.loads(written)
    except (ValueError, RecursionError):
        return Chain(others=(_UNREADABLE,))
    nodes = told.get("nodes") if isinstance(told, dict) else None
    if not isinstance(nodes, list):
        return Chain(others=(_UNREADABLE,))
    levels: list[tuple[str, float]] = []
    others: list[str] = []
    for node in nodes:
        if not isinstance(node, dict) or node.get("enabled") is False:
            continue
        if node.get("type") != "gain":
            others.append(str(node.get("type"))[:40])
            continue
        params = node.get("params")
        level = number(params.get("gain")) if isinstance(params, dict) else None
        levels.append((str(node.get("id") or ""), min(LOUDEST, max(QUIETEST, level or 0.0))))
    return Chain(tuple(levels), tuple(dict.fromkeys(others)))


def named(things: tuple[str, ...]) -> str:
    """A list as people say it, not longer than five."""
    shown = ", ".join(things[:MOST_NAMED])
    return f"{shown} and {len(things) - MOST_NAMED} more" if len(things) > MOST_NAMED else shown


def _target(name: str) -> str:
    return f"fx.{name}.gain"


def _as_gains(lane: tuple[Knot, ...]) -> tuple[Knot, ...]:
    """A lane of dB as one of gains: what is straight in dB is bent in them."""
    found: list[Knot] = []
    for (start, level, holds), (stop, after, _) in pairwise(lane):
        bend = 0.0 if holds else abs(after - level) * math.log(10) / 20
        parts = max(1, math.ceil(bend * math.sqrt(_gain(max(level, after)) / (8 * TOLERANCE))))
        for part in range(parts):
            share = part / parts
            found.append((start + (stop - start) * share, _gain(level + (after - level) * share), holds))
    seconds, level, holds = lane[-1]
    return (*found, (seconds, _gain(level), holds))


def _gain(level: float) -> float:
    return float(10 ** (min(LOUDEST, max(QUIETEST, level)) / 20))
