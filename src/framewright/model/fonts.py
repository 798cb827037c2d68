"""Fonts that do not come from the page: the families that we bring, and which of them a generic or system name means.

Pages look the same on a laptop and on a farm only where the fonts of the machine do not matter: a browser sees the files
of these families and nothing else, and the names by which pages ask for "whatever the system has" are rows of a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Family:
    """A family that comes with the installation.

    Attributes:
        name: as pages and the table name it.
        files: patterns of its files' names, as in a shell.
        package: the Debian package that holds them.
        faces: families as which its files give themselves out, besides its name.
        twin: an older family of the same design and widths that may take its place; its files follow the same rule.
    """

    name: str
    files: tuple[str, ...]
    package: str
    faces: tuple[str, ...] = ()
    twin: str | None = None


@dataclass(frozen=True, slots=True)
class FontSet:
    """The fonts that a browser sees.

    Attributes:
        files: every file, in a fixed order.
        folders: whole folders besides, with what lies below them.
        table: generic and system names in lower case, each with the family that it means.
        families: the brought families that are installed, by every name that their files have.
        missing: the brought families that are not.
    """

    files: tuple[Path, ...]
    table: Mapping[str, str]
    folders: tuple[Path, ...] = ()
    families: frozenset[str] = frozenset()
    missing: tuple[Family, ...] = ()

    def meaning(self, name: str) -> str | None:
        """The family that a generic or system name means; None for any other name."""
        return self.table.get(name.strip().lower())


# Without those that are only for scholars.
_SCRIPTS = [
    "Arabic",
    "Hebrew",
    "Devanagari",
    "Bengali",
    "Gurmukhi",
    "Gujarati",
    "Oriya",
    "Tamil",
    "Telugu",
    "Kannada",
    "Malayalam",
    "Sinhala",
    "Thai",
    "Lao",
    "Khmer",
    "Myanmar",
    "Georgian",
    "Armenian",
    "Ethiopic",
    "Cherokee",
    "Symbols",
    "Symbols2",
    "Math",
]
_REGIONS = ("JP", "KR", "SC", "TC", "HK")

# Arimo, Tinos and Cousine are as wide as Arial, Times New Roman and Courier New. Inter stands for the faces of user
# interfaces. The rest draws what those have no letters for.
BROUGHT = (
    Family("Arimo", ("Arimo-*.ttf",), "fonts-croscore", twin="Liberation Sans"),
    Family("Tinos", ("Tinos-*.ttf",), "fonts-croscore", twin="Liberation Serif"),
    Family("Cousine", ("Cousine-*.ttf",), "fonts-croscore", twin="Liberation Mono"),
    Family("Inter", ("Inter-*.otf", "Inter-*.ttf"), "fonts-inter"),
    Family("Inter Display", ("InterDisplay-*.otf", "InterDisplay-*.ttf"), "fonts-inter"),
    Family(
        "EB Garamond",
        ("EBGaramond*.otf", "EBGaramond*.ttf"),
        "fonts-ebgaramond",
        ("EB Garamond 08", "EB Garamond 12"),
    ),
    Family("Noto Color Emoji", ("NotoColorEmoji.ttf",), "fonts-noto-color-emoji"),
    Family(
        "Noto Sans",
        (
            *("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSans-Italic.ttf", "NotoSans-BoldItalic.ttf"),
            *(f"NotoSans{script}-{style}.ttf" for script in _SCRIPTS for style in ("Regular", "Bold")),
            "NotoSerifTibetan-*.ttf",
        ),
        "fonts-noto-core",
        (*(f"Noto Sans {script}" for script in _SCRIPTS), "Noto Serif Tibetan"),
    ),
    Family(
        "Noto Sans CJK",
        ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
        "fonts-noto-cjk",
        tuple(f"Noto Sans CJK {region}" for region in _REGIONS),
    ),
    Family(
        "Noto Serif CJK",
        ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc"),
        "fonts-noto-cjk",
        tuple(f"Noto Serif CJK {region}" for region in _REGIONS),
    ),
)
TWINS = (
    Family("Liberation Sans", ("LiberationSans-*.ttf",), "fonts-liberation"),
    Family("Liberation Serif", ("LiberationSerif-*.ttf",), "fonts-liberation"),
    Family("Liberation Mono", ("LiberationMono-*.ttf",), "fonts-liberation"),
)

_ROWS = {
    "Arimo": "sans-serif, Arial, Helvetica, Helvetica Neue, Verdana, Tahoma, Geneva, Lucida Grande, Liberation Sans",
    "Tinos": "serif, Times, Times New Roman, Georgia, Cambria, Liberation Serif, ui-serif, cursive, fantasy",
    "Cousine": "monospace, Courier, Courier New, Menlo, Monaco, Consolas, SF Mono, SFMono-Regular, Lucida Console, "
    "Andale Mono, Liberation Mono, DejaVu Sans Mono, ui-monospace",
    "Inter": "system-ui, ui-sans-serif, ui-rounded, -apple-system, BlinkMacSystemFont, Segoe UI, Roboto, SF Pro, "
    "SF Pro Text, SF Pro Display, San Francisco, Ubuntu, Cantarell, Oxygen",
    "Noto Color Emoji": "emoji, Apple Color Emoji, Segoe UI Emoji, Segoe UI Symbol, Twemoji Mozilla, EmojiOne Color",
    "Noto Sans Math": "math, Cambria Math",
    "Noto Sans CJK JP": "Noto Sans JP, Hiragino Sans, Hiragino Kaku Gothic ProN, Yu Gothic, YuGothic, Meiryo, MS PGothic",
    "Noto Serif CJK JP": "Noto Serif JP, Hiragino Mincho ProN, Yu Mincho, YuMincho, MS PMincho",
    "Noto Sans CJK SC": "Noto Sans SC, PingFang SC, Hiragino Sans GB, Microsoft YaHei, SimHei",
    "Noto Serif CJK SC": "Noto Serif SC, SimSun, Songti SC, fangsong",
    "Noto Sans CJK TC": "Noto Sans TC, PingFang TC, Microsoft JhengHei",
    "Noto Sans CJK KR": "Noto Sans KR, Apple SD Gothic Neo, Malgun Gothic",
}
TABLE: Mapping[str, str] = MappingProxyType(
    {name.strip().lower(): family for family, names in _ROWS.items() for name in names.split(",")}
)


def merged_table(rows: Mapping[str, str]) -> dict[str, str]:
    """The table with rows of one's own, which win."""
    return {**TABLE, **{name.strip().lower(): family for name, family in rows.items()}}
