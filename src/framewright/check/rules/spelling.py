"""Attributes that nearly have the name of one that means something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from framewright.check.report import Severity
from framewright.check.rule import Fault, fault_in, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.check.rule import Subject

KNOWN = frozenset(
    [
        "data-composition-id",
        "data-root",
        "data-width",
        "data-height",
        "data-fps",
        "data-no-timeline",
        "data-composition-duration",
        "data-start",
        "data-duration",
        "data-end",
        "data-track-index",
        "data-media-start",
        "data-playback-start",
        "data-playback-rate",
        "data-volume",
        "data-has-audio",
        "data-hidden",
        "data-composition-src",
        "data-composition-variables",
        "data-variable-values",
        "data-var-text",
        "data-var-src",
        "data-automation",
        "data-fx-chain",
        "data-fade-in",
        "data-fade-out",
        "data-pan",
        "data-audio-group",
        "data-helios-offset",
        "data-helios-seek",
        "data-helios-fade-in",
        "data-helios-fade-out",
        "data-helios-no-audio",
    ]
)
# Of shorter names too many others are one letter away.
_SHORTEST = 5
_LONG = 9


@rule(
    "ATTRIBUTE_UNKNOWN",
    Severity.WARNING,
    about="an attribute that is nearly spelt like one that means something, and that no script or style speaks of",
    advice="Write it as it is known, or leave it out.",
)
def attribute_unknown(subject: Subject) -> Iterator[Fault]:
    """What the page's own scripts and styles use is the author's, whatever it looks like."""
    asked: dict[str, bool] = {}
    for element in subject.sources.elements():
        for name in element.attributes:
            meant = meant_attribute(name)
            if meant is None or meant in element.attributes:
                continue
            if name not in asked:
                asked[name] = any(subject.sources.mentions(word) for word in (name, _in_dataset(name)))
            if not asked[name]:
                advice = f"Write {meant}, if that is meant."
                yield fault_in(element, name, f"{name} means nothing.", advice=advice)


def meant_attribute(name: str) -> str | None:
    """The known attribute that this one was probably meant to be; None when it is known, or like none of them."""
    if name in KNOWN or not name.startswith("data"):
        return None
    bare = _bare(name)
    for known in sorted(KNOWN):
        wanted = _bare(known)
        if bare == wanted:
            return known
        allowed = 0 if len(wanted) < _SHORTEST else 1 if len(wanted) < _LONG else 2
        # Slips seldom strike the first letter; other words, such as weight and height, often differ in it.
        alike = bare[:1] == wanted[:1] and name.startswith("data-")
        if alike and distance(bare, wanted, allowed) <= allowed:
            return known
    return None


def _bare(name: str) -> str:
    return re.sub(r"[-_]", "", name.removeprefix("data"))


def _in_dataset(name: str) -> str:
    """``data-my-name`` as scripts have it: ``dataset.myName``."""
    first, *more = name.removeprefix("data-").split("-")
    return "".join((first, *(word.capitalize() for word in more)))


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, replace or swap with their neighbour until both are equal; more than ``most`` is not told apart."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for down, letter in enumerate(one, start=1):
        previous, row = row, [down]
        for across, wanted in enumerate(other, start=1):
            least = min(row[-1] + 1, previous[across] + 1, previous[across - 1] + (letter != wanted))
            if down > 1 and across > 1 and letter == other[across - 2] and one[down - 2] == wanted:
                least = min(least, before[across - 2] + 1)
            row.append(least)
        before = previous
    return row[-1]


RULES = (attribute_unknown,)
