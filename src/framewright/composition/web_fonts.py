"""Providing families that a page names without a link, as if it had linked them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from framewright.browser import Answer, Request
from framewright.model.composition import Notice
from framewright.model.web_fonts import WEB_FONTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.browser import Answerer
    from framewright.model.web_fonts import WebFont

_LARGEST_SHEET = 2 * 2**20
_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_FAMILY = re.compile(r"font-family\s*:[^;}]*")
# The first of a rule is the one that Chromium takes.
_FIRST_FILE = re.compile(r"""src\s*:\s*url\(\s*"([^"]+)"\s*\)""")
_ADDRESS = re.compile(r"""url\(\s*['"]?([^'")]+)['"]?\s*\)""")


@dataclass(frozen=True, slots=True)
class Provided:
    """Faces for a page that names families without a link.

    Attributes:
        faces: ``@font-face`` rules with whole addresses.
        families: those that could be had.
        notices: one for each that could not.
    """

    faces: str = ""
    families: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Addresses of the files that browsers may ask for, by the letters that come."""
        return tuple(dict.fromkeys(_FIRST_FILE.findall(self.faces)))


async def provide_families(families: Iterable[str], answerer: Answerer) -> Provided:
    """The faces of some of the families of :data:`~framewright.model.web_fonts.WEB_FONTS`.

    Args:
        answerer: as the page would be answered; it bounds the time.
    """
    wanted = [WEB_FONTS[family.lower()] for family in families]
    found = await asyncio.gather(*(_faces(font, answerer) for font in wanted))
    faces = [one for one in found if isinstance(one, str)]
    return Provided(
        faces="\n".join(faces),
        families=tuple(font.family for font, one in zip(wanted, found, strict=True) if isinstance(one, str)),
        notices=tuple(one for one in found if isinstance(one, Notice)),
    )


async def _faces(font: WebFont, answerer: Answerer) -> str | Notice:
    requests = (Request(method="GET", url=address, kind="Stylesheet") for address in font.addresses)
    answers = await asyncio.gather(*(answerer.answer(request) for request in requests))
    faces: list[str] = []
    for address, answer in zip(font.addresses, answers, strict=True):
        if not isinstance(answer, Answer):
            return _unavailable(font, answer.message)
        if answer.status != 200 or len(answer.body) > _LARGEST_SHEET:
            return _unavailable(font, f"{address} answered {answer.status}.")
        faces += rewritten(answer.body.decode(errors="replace"), font.family, address)
    if not faces:
        return _unavailable(font, "its style sheets declare no font.")
    return "\n".join(faces)


def rewritten(sheet: str, family: str, address: str) -> list[str]:
    """The ``@font-face`` rules of a sheet, under another family's name and with whole addresses."""

    def whole(found: re.Match[str]) -> str:
        return f'url("{urljoin(address, found[1])}")'

    return [
        _ADDRESS.sub(whole, _FAMILY.sub(f'font-family: "{family}"', rule)) for rule in _FACE.findall(sheet)
    ]


def _unavailable(font: WebFont, why: str) -> Notice:
    return Notice(
        code="FONT_UNAVAILABLE",
        message=f"The font '{font.family}' is named without a link, and {font.package} could not be had: {why}",
    )
