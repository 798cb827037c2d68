"""Versions and ranges of npm packages: which of the published versions a range means.

Source: the grammar of ``node-semver``, and Semantic Versioning 2.0.0 for the order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

_VERSION = re.compile(
    r"[v=\s]*(\d{1,15})\.(\d{1,15})\.(\d{1,15})(?:-([0-9A-Za-z.-]{1,200}))?(?:\+[0-9A-Za-z.-]{1,200})?"
)
_PARTIAL = re.compile(
    r"(\^|~>?|>=|<=|>|<|=)?\s*[v=]*(\d{1,15}|[xX*])"
    r"(?:\.(\d{1,15}|[xX*])(?:\.(\d{1,15}|[xX*])(?:-([0-9A-Za-z.-]{1,200}))?(?:\+[0-9A-Za-z.-]{1,200})?)?)?"
)
_HYPHEN = re.compile(r"\s*(\S+)\s+-\s+(\S+)\s*")
_SPACED = re.compile(r"(\^|~>?|>=|<=|>|<|=)\s+")
_LONGEST: Final = 300


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A published version. ``before`` holds the parts of a pre-release's name."""

    major: int
    minor: int
    patch: int
    before: tuple[int | str, ...] = ()

    @classmethod
    def parse(cls, written: str) -> Self | None:
        """A version; None when it is none."""
        match = _VERSION.fullmatch(written.strip())
        return None if match is None else cls(int(match[1]), int(match[2]), int(match[3]), _before(match[4]))

    def __lt__(self, other: Version) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[object, ...]:
        # A pre-release comes before its release; numbers come before words.
        parts = tuple((1, 0, part) if isinstance(part, str) else (0, part, "") for part in self.before)
        return (self.core, 0 if self.before else 1, parts)

    @property
    def core(self) -> tuple[int, int, int]:
        """The version without what is said of a pre-release."""
        return (self.major, self.minor, self.patch)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """From ``low`` on, and below ``high``; None: no such bound. Exact bounds include or leave out one version."""

    low: Version | None = None
    low_excluded: bool = False
    high: Version | None = None
    high_included: bool = False

    def hold(self, version: Version) -> bool:
        if self.low is not None and (version < self.low or (self.low_excluded and version == self.low)):
            return False
        if self.high is None:
            return True
        return version < self.high or (self.high_included and version == self.high)

    def name_before(self, version: Version) -> bool:
        """Whether a bound is itself a pre-release of the same core: only then are pre-releases meant."""
        return any(
            bound is not None and bound.before and bound.core == version.core
            for bound in (self.low, self.high)
        )


def choose_version(wished: str, published: Iterable[str], tags: dict[str, str]) -> str | None:
    """The version that a tag, a version or a range means; None when there is none.

    As npm does it, what the tag ``latest`` names wins where it lies in the range, then the highest.
    """
    wished = wished.strip()
    if wished in {"", "latest", "*", "x"} and "latest" in tags:
        return tags["latest"]
    if wished in tags:
        return tags[wished]
    known = {text: version for text in published if (version := Version.parse(text)) is not None}
    exact = Version.parse(wished)
    if exact is not None:
        return next((text for text, version in known.items() if version == exact), None)
    if len(wished) > _LONGEST:
        return None
    alternatives = [_alternative(part) for part in wished.split("||")]
    matching = {
        text: version
        for text, version in known.items()
        if any(bounds is not None and _satisfies(version, bounds) for bounds in alternatives)
    }
    if tags.get("latest") in matching:
        return tags["latest"]
    return max(matching, key=lambda text: matching[text], default=None)


def is_exact(wished: str) -> bool:
    """Whether this names one version, for ever."""
    return Version.parse(wished) is not None


def _satisfies(version: Version, bounds: list[_Bounds]) -> bool:
    if not all(one.hold(version) for one in bounds):
        return False
    return not version.before or any(one.name_before(version) for one in bounds)


def _alternative(written: str) -> list[_Bounds] | None:
    hyphen = _HYPHEN.fullmatch(written)
    parts = [f">={hyphen[1]}", f"<={hyphen[2]}"] if hyphen else _SPACED.sub(r"\1", written).split()
    found = [_comparator(part) for part in parts]
    if any(one is None for one in found):
        return None
    return [one for one in found if one is not None]


def _comparator(written: str) -> _Bounds | None:
    match = _PARTIAL.fullmatch(written)
    if match is None:
        return None
    sign = match[1] or ""
    numbers = [None if part is None or part in "xX*" else int(part) for part in match.group(2, 3, 4)]
    major, minor, patch = numbers
    if major is None:
        return _Bounds() if sign not in {"<", ">"} else None
    low = Version(major, minor or 0, patch or 0, _before(match[5]) if patch is not None else ())
    above = _above(sign, major, minor, patch)
    partial = minor is None or patch is None
    match sign:
        case ">":
            return _Bounds(low=above) if partial else _Bounds(low=low, low_excluded=True)
        case ">=":
            return _Bounds(low=low)
        case "<":
            return _Bounds(high=_lowest(low) if partial else low)
        case "<=":
            return _Bounds(high=above) if partial else _Bounds(high=low, high_included=True)
        case "" | "=" if not partial:
            return _Bounds(low=low, high=low, high_included=True)
    return _Bounds(low=low, high=above)


def _above(sign: str, major: int, minor: int | None, patch: int | None) -> Version:
    """The first version beyond what a partial version, a caret or a tilde means."""
    if minor is None or (sign == "^" and major > 0):
        return _lowest(Version(major + 1, 0, 0))
    if sign == "^" and (minor > 0 or patch is None):
        return _lowest(Version(major, minor + 1, 0))
    if sign == "^" and patch is not None:
        return _lowest(Version(major, minor, patch + 1))
    return _lowest(Version(major, minor + 1, 0))


def _lowest(version: Version) -> Version:
    """Before every pre-release of a version."""
    return Version(version.major, version.minor, version.patch, (0,))


def _before(written: str | None) -> tuple[int | str, ...]:
    parts = written.split(".") if written else []
    return tuple(int(part) if part.isdigit() else part for part in parts)
