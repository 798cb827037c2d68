"""What an address of Google Fonts asks for: families, and of each the styles, weights and other axes.

Source: the CSS API of Google Fonts, versions 1 (``/css``) and 2 (``/css2``), and its icons (``/icon``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOSTS: Final = frozenset({"fonts.googleapis.com", "fonts.bunny.net"})
_PLACES: Final = frozenset({"/css", "/css2", "/icon"})
_VARIANT = re.compile(r"(\d{3})?(i|italic|b|bold|bi|bolditalic|r|regular|n)?", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,4})?")
_MOST_FAMILIES: Final = 60
_MOST_STYLES: Final = 100
_DISPLAYS: Final = frozenset({"auto", "block", "swap", "fallback", "optional"})


@dataclass(frozen=True, slots=True)
class StyleWish:
    """One style of a family.

    Attributes:
        weights: the lightest and the heaviest; both the same for one weight.
        axes: others that the family shall have, by their tags, each from and to.
    """

    italic: bool = False
    weights: tuple[float, float] = (400, 400)
    axes: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def variable(self) -> bool:
        """Whether a file for a single weight cannot serve it."""
        return bool(self.axes) or self.weights[0] != self.weights[1]


@dataclass(frozen=True, slots=True)
class FamilyWish:
    """A family and the styles of it."""

    family: str
    styles: tuple[StyleWish, ...] = (StyleWish(),)

    @property
    def id(self) -> str:
        """As packages are named: ``Open Sans`` is ``open-sans``."""
        return re.sub(r"[^a-z0-9]+", "-", self.family.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class StylesheetWish:
    """A whole stylesheet. ``display`` is empty when the address says nothing of it."""

    families: tuple[FamilyWish, ...]
    display: str = ""


def every_style(family: str) -> FamilyWish:
    """All weights of a family, upright and italic."""
    return FamilyWish(family, tuple(StyleWish(italic, (1, 1000)) for italic in (False, True)))


def stylesheet_wish(url: str) -> StylesheetWish | None:
    """What an address asks for; None when it is no stylesheet of Google Fonts, or asks for nothing sensible."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if host not in _HOSTS or parts.path not in _PLACES or parts.scheme not in {"http", "https"}:
        return None
    query = parse_qsl(parts.query)
    named = [value for name, value in query if name == "family"]
    if parts.path == "/css2":
        families = [_second(value) for value in named]
    else:
        families = [_first(part) for value in named for part in value.split("|")]
    found = tuple(family for family in families if family is not None and family.id)
    if not found or len(found) < len(families) or len(found) > _MOST_FAMILIES:
        return None
    display = next((value for name, value in query if name == "display"), "")
    return StylesheetWish(found, display if display in _DISPLAYS else "")


def _first(written: str) -> FamilyWish | None:
    """``Open Sans:400,700italic`` of version 1; ``:latin`` of the oldest form is a subset, and all of them come."""
    name, _, rest = written.partition(":")
    styles = []
    for variant in rest.partition(":")[0].split(","):
        match = _VARIANT.fullmatch(variant.strip())
        if match is None:
            continue
        letters = (match[2] or "").lower()
        weight = float(match[1] or (700 if letters.startswith("b") else 400))
        styles.append(StyleWish(letters in {"i", "italic", "bi", "bolditalic"}, (weight, weight)))
    return FamilyWish(name.strip(), tuple(styles[:_MOST_STYLES]) or (StyleWish(),))


def _second(written: str) -> FamilyWish | None:
    """``Inter:ital,wght@0,100..900;1,400`` of version 2."""
    name, _, rest = written.partition(":")
    if not rest:
        return FamilyWish(name.strip())
    tags, at, values = rest.partition("@")
    names = [tag.strip() for tag in tags.split(",")]
    if not at:
        # Only ``:ital``, which means the italic of the usual weight.
        return FamilyWish(name.strip(), (StyleWish(italic="ital" in names),))
    styles = []
    for given in values.split(";")[:_MOST_STYLES]:
        style = _style(names, given.split(","))
        if style is None:
            return None
        styles.append(style)
    return FamilyWish(name.strip(), tuple(styles))


def _style(names: list[str], given: list[str]) -> StyleWish | None:
    if len(names) != len(given):
        return None
    axes: dict[str, tuple[float, float]] = {}
    for tag, value in zip(names, given, strict=True):
        low, _, high = value.strip().partition("..")
        if not _NUMBER.fullmatch(low) or not _NUMBER.fullmatch(high or low):
            return None
        axes[tag] = (float(low), float(high or low))
    italic = axes.pop("ital", (0, 0))[1] >= 1
    weights = axes.pop("wght", (400.0, 400.0))
    return StyleWish(italic, weights, axes)
