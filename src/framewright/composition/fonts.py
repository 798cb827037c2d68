"""Fonts asked for against fonts used: what the page asks, what the browser drew, and what of it the author must know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.model.composition import FontUse, Notice
from framewright.model.web_fonts import WEB_FONTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from framewright.model.fonts import FontSet

_EMOJI = "Noto Color Emoji"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A font that drew letters of a text, by the browser's word.

    Attributes:
        family: as the font file calls itself.
        custom: it came by ``@font-face`` and an address.
    """

    family: str
    custom: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The texts of a page that share one style.

    Attributes:
        families: the list that they ask for, as computed.
        element: one that writes such text, as people would point at it.
        laid: it has a place on the page; only then the browser says what drew it.
        loaded, failed, unasked: how many declared faces of the first family there are, by their state.
        there: without a place: whether the first family draws anything; None: not known.
        drawn: what drew it.
    """

    families: tuple[str, ...]
    element: str
    laid: bool = True
    loaded: int = 0
    failed: int = 0
    unasked: int = 0
    there: bool | None = None
    drawn: frozenset[Drawn] = frozenset()

    @property
    def asked(self) -> str:
        """The family that its author means."""
        return self.families[0]

    @property
    def declared(self) -> bool:
        """The page has a face of that family."""
        return self.loaded + self.failed + self.unasked > 0


def font_uses(texts: Iterable[Text]) -> tuple[FontUse, ...]:
    """Each asked family once, with all that drew it, sorted."""
    used: dict[str, set[str]] = {}
    own: set[str] = set()
    for text in texts:
        used.setdefault(text.asked, set()).update(drawn.family for drawn in text.drawn)
        if text.declared:
            own.add(text.asked)
    return tuple(
        FontUse(asked=asked, used=tuple(sorted(used[asked])), own=asked in own) for asked in sorted(used)
    )


def unlinked_families(texts: Iterable[Text], fonts: FontSet) -> tuple[str, ...]:
    """Families that pages name without a link, named by this one, neither declared nor brought; sorted.

    Of a list, what stands behind a family that is there is never drawn.
    """
    found: set[str] = set()
    for text in texts:
        if text.declared or (not text.laid and text.there):
            continue
        for family in text.families:
            web_font = WEB_FONTS.get(_key(family))
            if web_font is not None and not _is_installed(family, fonts):
                found.add(web_font.family)
            elif fonts.meaning(family) is not None or _is_installed(family, fonts):
                break
    return tuple(sorted(found))


def font_notices(texts: Sequence[Text], fonts: FontSet) -> tuple[Notice, ...]:
    """What the author must know, each family that is asked for once."""
    seen = {_key(drawn.family) for text in texts for drawn in text.drawn if not drawn.custom}
    found: dict[tuple[str, str], Notice] = {}
    for text in texts:
        if not text.families or (text.laid and not text.drawn):
            continue
        notice = _substitution(text, fonts, seen) or _missing_letters(text, fonts)
        if notice is not None:
            found.setdefault((notice.code, _key(text.asked)), notice)
    return tuple(found.values())


def _substitution(text: Text, fonts: FontSet, seen: set[str]) -> Notice | None:
    asked = text.asked
    by = _named(drawn.family for drawn in text.drawn) or "another font"
    if text.declared:
        lost = text.failed > 0 and not any(drawn.custom for drawn in text.drawn)
        if text.loaded == 0 and text.unasked == 0:
            lost = True
        return _told(text, f"The font '{asked}' could not be loaded: {by} draws this text.") if lost else None
    meaning = fonts.meaning(asked)
    if meaning is not None:
        if _is_installed(meaning, fonts) or _key(meaning) in seen or fonts.folders:
            return None
        what = f"'{asked}' means '{meaning}', which is not installed: {by} draws this text; framewright doctor says what to do."
        return _told(text, what)
    if _is_installed(asked, fonts) or _key(asked) in seen or (not text.laid and text.there is not False):
        return None
    what = (
        f"The font '{asked}' is not there: {by} draws this text; link it by @font-face, or put its file into the "
        "folder that FRAMEWRIGHT_FONTS names."
    )
    return _told(text, what)


def _missing_letters(text: Text, fonts: FontSet) -> Notice | None:
    """Letters that no family of the list has. Behind a generic name any font may stand, and behind emoji the only one."""
    if any(fonts.meaning(family) is not None for family in text.families):
        return None
    named = {_key(family) for family in text.families}
    others = {
        drawn.family
        for drawn in text.drawn
        if not drawn.custom and drawn.family != _EMOJI and _key(drawn.family) not in named
    }
    # A face may be a local() one, which the browser does not count among the custom ones.
    if not others or (text.declared and not any(drawn.custom for drawn in text.drawn)):
        return None
    return Notice(
        code="FONT_LETTERS_MISSING",
        message=f"The font '{text.asked}' has not all letters of this text: {_named(others)} draws the others; name a "
        "family that has them behind it.",
        element=text.element,
    )


def _told(text: Text, message: str) -> Notice:
    return Notice(code="FONT_SUBSTITUTED", message=message, element=text.element)


def _is_installed(family: str, fonts: FontSet) -> bool:
    return _key(family) in {_key(name) for name in fonts.families}


def _key(family: str) -> str:
    return family.strip().lower()


def _named(families: Iterable[str]) -> str:
    return ", ".join(f"'{family}'" for family in sorted(set(families)))
