"""What a plan does not say of the files of a piece: others that pages asked for, some that are not there, some that were written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from framewright.browser import find_file, name_below
from framewright.composition import Site
from framewright.model.composition import Notice
from framewright.render.committing import file_digest
from framewright.render.planning.files import needed_files, path_of, written_name
from framewright.stores.known_digests import KnownDigests

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.composition import Project
    from framewright.model.frames import FrameRange
    from framewright.model.plan import Plan
    from framewright.render.house import Asked


def unplanned_files(plan: Plan, project: Project | Site, asked: Asked) -> tuple[tuple[str, str], ...]:
    """The names of files that pages asked for after they were planned, and their digests. Blocks: it reads them."""
    if isinstance(project, Site):
        return ()  # all of it is recorded
    planned = {file.name for file in plan.files if file.kind == "project" and not file.spare}
    found: dict[str, str] = {}
    for path in (*asked.served, *_shown(project, asked)):
        there = find_file(project.root, path)
        if there is None:
            continue
        name = written_name(name_below(project.root, path, there[0]))
        if name not in planned and name not in found:
            found[name] = file_digest(there[0])
    return tuple(sorted(found.items()))


def lacking_files(project: Project | Site, asked: Asked) -> tuple[str, ...]:
    """The names of what pages asked for and did not get."""
    return () if isinstance(project, Site) else tuple(sorted(map(written_name, asked.lacked)))


def changed_files(plan: Plan, frames: FrameRange, root: Path, notes: Path) -> tuple[str, ...]:
    """The names of files that these frames need and that are not what was planned. Blocks: it reads what was written.

    Args:
        root: the project where it stands.
        notes: see :class:`~framewright.stores.known_digests.KnownDigests`.
    """
    changed = []
    with KnownDigests(notes) as known:
        for file in needed_files(plan, frames):
            path = path_of(file.name) if file.kind == "project" and not file.spare else None
            if path is None:
                continue
            try:
                same = known.of(root / path).digest == file.digest
            except OSError:
                same = False
            if not same:
                changed.append(file.name)
    return tuple(changed)


def notice_of_changed(names: tuple[str, ...]) -> Notice:
    """What is said of files that were written while they were rendered."""
    # A name that is no UTF-8 cannot stand in JSON as it is.
    first = unquote_to_bytes(names[0]).decode("utf-8", "backslashreplace")
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return Notice(
        code="FILE_CHANGED",
        message=f"{first}{more} was written while it was rendered, so that frames may show either: render again.",
    )


def _shown(project: Project, asked: Asked) -> tuple[str, ...]:
    """Files that pages have got pictures of, as paths in the project."""
    return tuple(
        os.fspath(path.relative_to(project.root)) for path in asked.shown if path.is_relative_to(project.root)
    )
