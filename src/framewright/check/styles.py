"""Addresses in style sheets: ``url(…)`` and ``@import "…"``, found by CSS's own rules of tokens, with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# What may hold something that only looks like an address comes first: comments and strings.
_TOKEN = re.compile(
    r"""/\*.*?(?:\*/|\Z)
    |(?P<import>@import\s+)(?P<sheet>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<face>@font-face\b)
    |url\(\s*(?P<quoted>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |url\(\s*(?P<bare>(?:\\.|[^\s"'()\\])*)\s*\)
    |"(?:\\.|[^"\\\n])*"
    |'(?:\\.|[^'\\\n])*'
    |(?P<end>\})""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6}\s?|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StyleAddress:
    """An address in a style sheet.

    Attributes:
        address: as the browser reads it, without quotes and escapes.
        offset: characters from the beginning of the sheet to where the token begins.
        of_font: it stands in a ``@font-face``, where a browser may pass it over for another one.
        is_import: it names another sheet.
    """

    address: str
    offset: int
    of_font: bool = False
    is_import: bool = False


def style_addresses(sheet: str) -> Iterator[StyleAddress]:
    """Every address in the text of a style sheet or of a style attribute, in its order."""
    in_face = False
    for token in _TOKEN.finditer(sheet):
        if token["face"]:
            in_face = True
        elif token["end"]:
            in_face = False
        elif token["sheet"]:
            yield StyleAddress(_plain(token["sheet"][1:-1]), token.start("sheet"), is_import=True)
        elif token["quoted"] or token["bare"]:
            address = token["quoted"][1:-1] if token["quoted"] else token["bare"]
            before = sheet[max(0, token.start() - 12) : token.start()].rstrip().lower()
            yield StyleAddress(
                _plain(address), token.start(), of_font=in_face, is_import=before.endswith("@import")
            )


def _plain(written: str) -> str:
    return _ESCAPE.sub(_letter, written)


def _letter(escape: re.Match[str]) -> str:
    code = escape[1].strip()
    if re.fullmatch(r"[0-9a-fA-F]{1,6}", code):
        number = int(code, 16)
        return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "�"
    return "" if escape[1] == "\n" else escape[1]
