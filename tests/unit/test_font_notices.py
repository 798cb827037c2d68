"""What is said about fonts that were asked for and not used."""

from __future__ import annotations

import pytest

from framewright.composition.fonts import Drawn, Text, font_notices, font_uses, unlinked_families
from framewright.model.fonts import TABLE, FontSet

FONTS = FontSet(files=(), table=TABLE, families=frozenset({"Arimo", "Tinos", "Inter", "Noto Sans CJK JP"}))


def text(families, *drawn, own=(), **facts):
    fonts = {Drawn(family, custom=False) for family in drawn} | {Drawn(family, custom=True) for family in own}
    return Text(families=tuple(families.split(", ")), element="#title", drawn=frozenset(fonts), **facts)


def codes(*texts, fonts=FONTS):
    return [notice.code for notice in font_notices(texts, fonts)]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (text("Inter", "Inter"), None),
        (text("INTER", "Inter"), None),
        (text("Futura", "Tinos"), "FONT_SUBSTITUTED"),
        (text("Futura, sans-serif", "Arimo"), "FONT_SUBSTITUTED"),
        # A second choice is not what was asked for.
        (text("Futura, Inter", "Inter"), "FONT_SUBSTITUTED"),
        # Generic and system names are the table's business.
        (text("sans-serif", "Arimo", "Noto Sans CJK JP"), None),
        (text("Helvetica Neue, sans-serif", "Noto Sans CJK JP"), None),
        (text("Menlo, monospace", "Tinos"), "FONT_SUBSTITUTED"),  # Cousine is not installed
        # Letters that a family does not have.
        (text("Inter", "Inter", "Noto Sans CJK JP"), "FONT_LETTERS_MISSING"),
        (text("Inter", "Noto Sans CJK JP"), "FONT_LETTERS_MISSING"),
        (text("Inter, Noto Sans CJK JP", "Inter", "Noto Sans CJK JP"), None),
        (text("Inter, sans-serif", "Inter", "Noto Sans CJK JP"), None),
        (text("Inter", "Inter", "Noto Color Emoji"), None),
        # Faces that the page brings.
        (text("Own", own=["DejaVu Sans"], loaded=1), None),
        (text("Arial", own=["DejaVu Sans"], loaded=1), None),
        (text("Own", "Tinos", failed=1), "FONT_SUBSTITUTED"),
        (text("Own, sans-serif", "Arimo", failed=1), "FONT_SUBSTITUTED"),
        (text("Own", "Tinos", loaded=1, failed=1), "FONT_SUBSTITUTED"),  # this weight of it
        (text("Own", "Inter", loaded=1), None),  # a local() face
        (text("Own", "Tinos", own=["DejaVu Sans"], loaded=1), "FONT_LETTERS_MISSING"),
        # Text without a place.
        (text("Futura", laid=False, there=False), "FONT_SUBSTITUTED"),
        (text("Futura", laid=False, there=True), None),
        (text("Futura", laid=False), None),
        (text("Own", laid=False, failed=1), "FONT_SUBSTITUTED"),
        (text("Own", laid=False, unasked=1), None),
        (text("Futura"), None),  # laid out, but nothing of it was drawn
    ],
)
def test_what_is_told_of_one_text(written, code):
    assert codes(written) == ([code] if code else [])


def test_a_notice_names_element_and_fonts():
    [notice] = font_notices([text("Futura", "Tinos")], FONTS)
    assert notice.element == "#title"
    assert "'Futura'" in notice.message and "'Tinos'" in notice.message


def test_a_family_is_told_once_and_one_that_was_seen_is_there():
    assert codes(text("Futura", "Tinos"), text("Futura, serif", "Tinos")) == ["FONT_SUBSTITUTED"]
    # A folder of one's own holds families that nobody has listed.
    assert codes(text("Corporate", "Corporate"), text("Corporate, serif", "Noto Sans CJK JP")) == []


def test_where_the_machine_gives_its_fonts_the_table_is_no_promise():
    bare = FontSet(files=(), table=TABLE, folders=(FONTS,))
    assert codes(text("Arial", "DejaVu Sans"), fonts=bare) == []
    assert codes(text("Futura", "DejaVu Sans"), fonts=bare) == ["FONT_SUBSTITUTED"]


def test_uses_are_gathered_by_family():
    uses = font_uses(
        [text("Inter", "Inter"), text("Inter, serif", "Tinos"), text("Own", own=["X"], loaded=1)]
    )
    assert [(use.asked, use.used, use.own) for use in uses] == [
        ("Inter", ("Inter", "Tinos"), False),
        ("Own", ("X",), True),
    ]


@pytest.mark.parametrize(
    ("written", "families"),
    [
        (text("Montserrat, sans-serif", "Arimo"), ("Montserrat",)),
        (text("space mono", "Arimo"), ("Space Mono",)),
        (text("Roboto, sans-serif", "Inter"), ("Roboto",)),
        (text("-apple-system, Roboto, sans-serif", "Inter"), ()),  # never comes to Roboto
        (text("Futura, Oswald, Lato", "Arimo"), ("Lato", "Oswald")),
        (text("Inter", "Inter"), ()),  # brought
        (text("Montserrat", own=["Montserrat"], loaded=1), ()),
        (text("Montserrat", "Arimo", failed=1), ()),  # declared: its author's business
        (text("Montserrat", laid=False, there=False), ("Montserrat",)),
        (text("Montserrat", laid=False, there=True), ()),
        (text("Noto Sans JP, sans-serif", "Noto Sans CJK JP"), ("Noto Sans JP",)),
    ],
)
def test_families_that_are_named_without_a_link(written, families):
    assert unlinked_families([written], FONTS) == families
