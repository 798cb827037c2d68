"""What a composition names by address: pictures, media, scripts, styles, fonts, frames, sub-compositions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from framewright.check.styles import style_addresses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.check.markup import Document, Element, Written
    from framewright.check.report import Place


class AssetKind(StrEnum):
    """What is named."""

    PICTURE = "picture"
    MEDIA = "media"
    SCRIPT = "script"
    STYLE = "style sheet"
    FONT = "font"
    FRAME = "frame"
    COMPOSITION = "sub-composition"


class Standing(StrEnum):
    """Where an address leads."""

    FOUND = "found"
    MISSING = "missing"
    OUTSIDE = "outside"  # of the project's folder, which alone is served
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Target:
    """What was found at an address.

    Attributes:
        path: relative to the project's folder; of a remote one the whole address.
        size: bytes, where a file was found.
        near: a file of the project that may be meant, where none was found.
        moves: it is a picture of several frames.
    """

    standing: Standing
    path: str
    size: int = 0
    near: str | None = None
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """An address, where it is written.

    Attributes:
        element: that it is written in; None in a style sheet of its own.
        doubtful: perhaps nobody asks for it: one of several candidates, or inside a template.
    """

    kind: AssetKind
    address: str
    place: Place
    element: Element | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Asset:
    """An address and where it leads."""

    use: Use
    target: Target


_BY_ATTRIBUTE: dict[tuple[str, str], AssetKind] = {
    ("img", "src"): AssetKind.PICTURE,
    ("image", "href"): AssetKind.PICTURE,
    ("image", "xlink:href"): AssetKind.PICTURE,
    ("video", "poster"): AssetKind.PICTURE,
    ("video", "src"): AssetKind.MEDIA,
    ("audio", "src"): AssetKind.MEDIA,
    ("script", "src"): AssetKind.SCRIPT,
    ("iframe", "src"): AssetKind.FRAME,
}
# Tags of templates that a script fills in.
_UNFILLED = re.compile(r"\{\{|\$\{|<%|\{%|\[\[")


def uses_in_document(document: Document) -> Iterator[Use]:
    """Every address in an HTML file that the page asks for, or may ask for."""
    for element in document.elements:
        if element.unseen:
            continue
        yield from (use for use in _uses_of(document, element) if not _UNFILLED.search(use.address))


def uses_in_sheet(sheet: Written) -> Iterator[Use]:
    """Every address in a style sheet of its own."""
    for found in style_addresses(sheet.text):
        kind = _style_kind(is_import=found.is_import, of_font=found.of_font)
        yield Use(kind, found.address, sheet.place(found.offset), doubtful=not found.is_import)


def _uses_of(document: Document, element: Element) -> Iterator[Use]:
    in_template = element.template is not None

    def use(kind: AssetKind, name: str, *, doubtful: bool = False) -> Iterator[Use]:
        address = (element.get(name) or "").strip()
        if address:
            yield Use(kind, address, element.at(name), element, doubtful or in_template)

    for name in element.attributes:
        kind = _BY_ATTRIBUTE.get((element.tag, name))
        # A variable may put another address in its place.
        if kind and not (name == "src" and element.has("data-var-src")):
            yield from use(kind, name)
    if element.has("data-composition-src"):
        yield from use(AssetKind.COMPOSITION, "data-composition-src")
    if element.tag == "link" and "stylesheet" in (element.get("rel") or "").lower().split():
        yield from use(AssetKind.STYLE, "href")
    if element.tag == "source" and element.parent and element.parent.tag in {"video", "audio"}:
        yield from use(AssetKind.MEDIA, "src", doubtful=element.alike > 1)
    if element.tag in {"img", "source"} and element.has("srcset"):
        for address in srcset_addresses(element.get("srcset") or ""):
            yield Use(AssetKind.PICTURE, address, element.at("srcset"), element, doubtful=True)
    if element.tag == "style":
        for found in style_addresses(element.text):
            kind = _style_kind(is_import=found.is_import, of_font=found.of_font)
            place = document.place(element.text_offset + found.offset)
            yield Use(kind, found.address, place, doubtful=not found.is_import)
    for found in style_addresses(element.get("style") or ""):
        yield Use(AssetKind.PICTURE, found.address, element.at("style"), element, in_template)


def srcset_addresses(written: str) -> Iterator[str]:
    """The addresses of a ``srcset``: ``a.png, b.png 2x``. Those with commas in them, such as ``data:``, are left out."""
    for candidate in written.split(","):
        words = candidate.split()
        if words and ":" not in words[0] and len(words) <= 2:
            yield words[0]


def _style_kind(*, is_import: bool, of_font: bool) -> AssetKind:
    if is_import:
        return AssetKind.STYLE
    return AssetKind.FONT if of_font else AssetKind.PICTURE
