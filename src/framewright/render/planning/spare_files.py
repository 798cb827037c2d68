"""What lies in a project and nobody has asked for: pages may do so later, so it travels along while there is room."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.browser import find_file
from framewright.model.composition import Notice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

# Of a folder that is no project, such as a home folder, not all is looked at.
_MOST_LOOKED_AT = 200_000
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class SpareLimit:
    """How much may travel along.

    Attributes:
        bytes, files: all together.
        outputs: files and folders that are no part of the project although they may lie in it.
    """

    bytes: int
    files: int
    outputs: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Spare:
    """What was found.

    Attributes:
        files: names in the project, and where each truly lies.
    """

    files: tuple[tuple[str, Path], ...]
    notices: tuple[Notice, ...] = ()


def find_spare(root: Path, limit: SpareLimit, *, without: Collection[str]) -> Spare:
    """The files below a folder: none that is hidden or lies in a hidden folder or in ``node_modules``.

    Where they are too large together, the largest ones stay behind, and a notice names them.

    Args:
        root: the folder, free of links.
        without: names that are listed already.
    """
    found: list[tuple[int, str, Path]] = []
    looked = 0
    for name in _names(root, limit.outputs):
        looked += 1
        if looked > _MOST_LOOKED_AT:
            break
        if name not in without and (there := find_file(root, name)) is not None:
            found.append((there[1].st_size, name, there[0]))
    found.sort()
    taken, room = 0, limit.bytes
    for size, _, _ in found[: limit.files]:
        if size > room:
            break
        room -= size
        taken += 1
    left = found[taken:]
    notices = () if not left and looked <= _MOST_LOOKED_AT else (_notice(left, limit),)
    return Spare(tuple((name, real) for _, name, real in found[:taken]), notices)


def _names(root: Path, outputs: Collection[Path]) -> Iterator[str]:
    kept_out = {os.path.realpath(path) for path in outputs}
    for place, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name != "node_modules"
            and os.path.realpath(os.path.join(place, name)) not in kept_out
        )
        for name in sorted(files):
            path = os.path.join(place, name)
            if not name.startswith(".") and os.path.realpath(path) not in kept_out:
                yield os.path.relpath(path, root)


def _notice(left: list[tuple[int, str, Path]], limit: SpareLimit) -> Notice:
    largest = ", ".join(
        f"{os.fsencode(name).decode('utf-8', 'backslashreplace')} ({size / _MIB:.1f} MiB)"
        for size, name, _ in left[:-4:-1]
    )
    told = f": {largest}" if largest else ""
    return Notice(
        code="FILES_LEFT_OUT",
        message=f"The plan leaves {len(left)} of the project's files behind that the page has not asked for, since at most "
        f"{limit.files} of them with {limit.bytes / _MIB:.0f} MiB travel along{told}. Where a page asks for one later, its "
        "picture lacks it.",
    )
