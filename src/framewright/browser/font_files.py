"""Which font files of this machine a browser may see: those of the families that we bring, and a folder of one's own."""

from __future__ import annotations

import fnmatch
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.errors import SetupError
from framewright.model.fonts import BROUGHT, TWINS, Family, FontSet, merged_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from framewright.model.settings import Settings

_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_MOST_FILES = 5000
_IS_PATTERN = re.compile(r"[*?\[]")


def system_folders() -> tuple[Path, ...]:
    """Where fonts are usually installed: the system's folders, then the user's."""
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    places = ("/usr/share/fonts", "/usr/local/share/fonts", f"{data}/fonts", os.path.expanduser("~/.fonts"))
    return tuple(Path(place) for place in places)


def font_caches() -> tuple[Path, ...]:
    """Where fontconfig keeps its notes on files: the system's, then the user's."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return (Path("/var/cache/fontconfig"), Path(cache, "fontconfig"))


def find_fonts(settings: Settings, folders: Sequence[Path] | None = None) -> FontSet:
    """The fonts for a browser, by the settings of the machine.

    Where none of the families that we bring is installed, a page would stay without a letter: the browser then sees
    everything that the machine has.

    Args:
        folders: where to look for the brought families; None: the usual places.

    Raises:
        SetupError: ``FONTS_INVALID`` when ``FRAMEWRIGHT_FONTS`` names no folder.
    """
    places = system_folders() if folders is None else tuple(folders)
    own: tuple[Path, ...] = ()
    if settings.fonts is not None:
        folder = Path(os.path.expanduser(settings.fonts))
        if not folder.is_dir():
            raise SetupError(
                f"{folder} is no folder: let FRAMEWRIGHT_FONTS name one that holds font files.",
                code="FONTS_INVALID",
            )
        own = tuple(_font_files((folder.resolve(),)))
    brought, there = _brought(_font_files(places))
    missing = tuple(family for family in BROUGHT if family.name not in there)
    table = _with_twins(merged_table(settings.font_table), there)
    everything = settings.system_fonts or not (own or brought)
    return FontSet(
        files=tuple(dict.fromkeys((*own, *brought))),
        table=table,
        folders=tuple(place for place in places if place.is_dir()) if everything else (),
        families=frozenset(there),
        missing=missing,
    )


def seen_fonts(fonts: FontSet) -> tuple[Path, ...]:
    """Every font file that a browser with this set sees, each once."""
    return tuple(dict.fromkeys((*fonts.files, *_font_files(fonts.folders))))


def _brought(files: Iterable[Path]) -> tuple[list[Path], set[str]]:
    """The files of the brought families, those of a name that was met before left out; and the families found."""
    by_name: dict[str, Path] = {}
    for path in files:
        by_name.setdefault(path.name, path)
    found: list[Path] = []
    there: set[str] = set()

    def take(family: Family) -> bool:
        mine = _names_of(family, by_name)
        found.extend(by_name[name] for name in mine)
        if mine:
            there.update((family.name, *family.faces))
        return bool(mine)

    twins = {twin.name: twin for twin in TWINS}
    for family in BROUGHT:
        if not take(family) and family.twin is not None:
            take(twins[family.twin])
    return found, there


def _names_of(family: Family, names: Iterable[str]) -> list[str]:
    """Those of the names that are of the family, in order."""
    there = frozenset(names)
    found = there.intersection(family.files)
    for pattern in family.files:
        # Most of them are whole names, and machines with thousands of fonts are common.
        if _IS_PATTERN.search(pattern):
            found = found.union(fnmatch.filter(there, pattern))
    return sorted(found)


def _with_twins(table: Mapping[str, str], there: set[str]) -> dict[str, str]:
    """The table, with a twin for every family that is missing and has one."""
    instead = {
        family.name: family.twin
        for family in BROUGHT
        if family.twin is not None and family.name not in there and family.twin in there
    }
    told = {name: instead.get(family, family) for name, family in table.items()}
    # A twin needs no row for itself.
    return {name: family for name, family in told.items() if name != family.lower()}


def _font_files(folders: Iterable[Path]) -> Iterator[Path]:
    """Font files in a fixed order, at most so many that a wrong folder does not stop everything."""
    count = 0
    for folder in folders:
        for place, inner, names in os.walk(folder):
            inner.sort()
            for name in sorted(names):
                if os.path.splitext(name)[1].lower() in _SUFFIXES:
                    count += 1
                    if count > _MOST_FILES:
                        return
                    yield Path(place, name)
