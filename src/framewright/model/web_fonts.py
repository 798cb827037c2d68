"""Families that pages name without a link, and the npm packages that hold them.

Pages written for HyperFrames lean on these being there. Versions are exact: a package of a version never changes, so
every machine gets the same letters, and what was fetched once is never asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CDN = "https://cdn.jsdelivr.net/npm"


@dataclass(frozen=True, slots=True)
class WebFont:
    """A family as a package of style sheets and files, free to use under the Open Font License or Apache 2.0.

    Attributes:
        family: as pages name it; the package's own sheets may call it otherwise.
        package: with its scope and exact version.
        sheets: the package's style sheets that together declare all weights and styles.
    """

    family: str
    package: str
    sheets: tuple[str, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Of the sheets, as a page would link them."""
        return tuple(f"{_CDN}/{self.package}/{sheet}" for sheet in self.sheets)


def _variable(family: str, *, italic: bool = True, version: str = "5.3.0") -> WebFont:
    """One file for all weights."""
    sheets = ("wght.css", "wght-italic.css") if italic else ("wght.css",)
    return WebFont(family, f"@fontsource-variable/{_id(family)}@{version}", sheets)


def _static(family: str, weights: Iterable[int], *, italic: bool = True) -> WebFont:
    """A file for each weight."""
    styles = ("", "-italic") if italic else ("",)
    sheets = tuple(f"{weight}{style}.css" for style in styles for weight in weights)
    return WebFont(family, f"@fontsource/{_id(family)}@5.3.0", sheets)


def _id(family: str) -> str:
    return family.lower().replace(" ", "-")


_FONTS = (
    _variable("Inter"),
    _variable("Montserrat"),
    _variable("Outfit", italic=False),
    _variable("Nunito"),
    _variable("Oswald", italic=False),
    _static("League Gothic", (400,), italic=False),
    _static("Archivo Black", (400,), italic=False),
    _static("Space Mono", (400, 700)),
    _static("IBM Plex Mono", range(100, 800, 100)),
    _variable("JetBrains Mono"),
    _variable("EB Garamond"),
    _variable("Playfair Display"),
    _variable("Source Code Pro"),
    _variable("Noto Sans JP", italic=False, version="5.3.1"),
    _variable("Roboto"),
    _variable("Open Sans"),
    _static("Lato", (100, 300, 400, 700, 900)),
    _static("Poppins", range(100, 1000, 100)),
)
WEB_FONTS: Mapping[str, WebFont] = MappingProxyType({font.family.lower(): font for font in _FONTS})
"""By the family in lower case."""
