"""The fontconfig file of one browser: what it may see, and nothing of what the machine has set up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from framewright.model.fonts import FontSet

# Chromium asks for its generic families by names that pages use too, such as "Times New Roman" for serif.
_GENERIC = {
    "standard": "serif",
    "serif": "serif",
    "sansSerif": "sans-serif",
    "fixed": "monospace",
    "cursive": "cursive",
    "fantasy": "fantasy",
    "math": "math",
}
# As it draws is decided here, not by the desktop of whoever renders: smooth, unhinted, without coloured fringes.
_LOOK = """<match target="font">
<edit name="antialias" mode="assign"><bool>true</bool></edit>
<edit name="hinting" mode="assign"><bool>false</bool></edit>
<edit name="autohint" mode="assign"><bool>false</bool></edit>
<edit name="hintstyle" mode="assign"><const>hintnone</const></edit>
<edit name="rgba" mode="assign"><const>none</const></edit>
<edit name="lcdfilter" mode="assign"><const>lcdnone</const></edit>
</match>"""


def fontconfig(fonts: FontSet, caches: tuple[Path, ...]) -> str:
    """The text of a ``fonts.conf``.

    Names of the table are assigned, so they mean the same wherever fonts of that name are installed. Chromium takes
    what fontconfig finds only when its family is the one that the rules put first, hence one family a name.

    Args:
        caches: folders for fontconfig's own notes on files, the first writable one is written; more than one is read.
    """
    return "\n".join(
        (
            '<?xml version="1.0"?>',
            '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
            "<fontconfig>",
            *_folders(fonts),
            *(f"<cachedir>{escape(str(cache))}</cachedir>" for cache in caches),
            *_table(fonts),
            _LOOK,
            "</fontconfig>\n",
        )
    )


def generic_families(fonts: FontSet) -> dict[str, str]:
    """The parameters of ``Page.setFontFamilies``."""
    return {ours: family for ours, name in _GENERIC.items() if (family := fonts.meaning(name)) is not None}


def generic_font_calls(fonts: FontSet | None) -> tuple[tuple[str, dict[str, dict[str, str]]], ...]:
    """What a page is told of generic families, as calls of the DevTools protocol; nothing where the machine's own count."""
    if fonts is None:
        return ()
    return (("Page.setFontFamilies", {"fontFamilies": generic_families(fonts)}),)


def _folders(fonts: FontSet) -> Iterator[str]:
    parents = dict.fromkeys(str(file.parent) for file in fonts.files)
    for folder in (*parents, *(str(folder) for folder in fonts.folders)):
        yield f"<dir>{escape(folder)}</dir>"
    if fonts.folders:
        return
    # Other files, and folders, that lie beside ours. What is accepted by name is not rejected.
    yield "<selectfont><rejectfont><glob>*</glob></rejectfont><acceptfont>"
    for name in (*parents, *(str(file) for file in fonts.files)):
        yield f"<glob>{escape(name)}</glob>"
    yield "</acceptfont></selectfont>"


def _table(fonts: FontSet) -> Iterator[str]:
    for name, family in fonts.table.items():
        yield (
            f'<match target="pattern"><test name="family" qual="any"><string>{escape(name)}</string></test>'
            f'<edit name="family" mode="assign" binding="strong"><string>{escape(family)}</string></edit></match>'
        )
