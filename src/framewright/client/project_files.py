"""Which files of this machine a render of a service needs: those of the project, and those that options name beside it."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.browser import find_file
from framewright.composition import Site, open_project
from framewright.model.composition import Notice
from framewright.model.errors import UsageError
from framewright.model.job_request import LONGEST_PATH
from framewright.model.upload import UploadFile, UploadManifest
from framewright.render.planning.files import digest_of_file
from framewright.render.planning.spare_files import SpareLimit, find_spare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from framewright.stores.known_digests import KnownDigests

MOST_BYTES = 2 * 2**30
MOST_FILES = 10_000
"""What travels at most. A service has limits of its own, usually these."""
_DEEPEST = 32
_BESIDE = "framewright-beside"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
# What an option can say of a file without anything that it would take for a setting.
_PLAIN = re.compile(r"[^,\\]+")


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """Files to be sent.

    Attributes:
        name: as people call the project.
        page: the HTML file to render; None: its ``index.html``.
        files: their paths in the project, and where each lies.
        renamed: how the files that options name are called there, by where they lie.
        notices: what is left behind.
    """

    name: str
    page: str | None
    files: Mapping[str, Path]
    renamed: Mapping[Path, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


def find_files(
    composition: str | os.PathLike[str], beside: Sequence[Path] = (), *, output: Path | None = None
) -> ProjectFiles:
    """The files of a project: none that is hidden or lies in a hidden folder or in ``node_modules``. Blocks.

    Args:
        composition: a folder with an ``index.html``, or an HTML file.
        beside: files that options name; one outside of the project goes into a folder of its own in it.
        output: where the render goes; it is no part of the project, although it may lie in it.

    Raises:
        UsageError: ``PROJECT_TOO_WIDE`` its folder is the user's own, or that of all temporary files.
        UsageError, CompositionError: there is no page.
    """
    project = open_project(os.fspath(composition))
    assert not isinstance(project, Site)
    root, entry = project.root, project.entry
    _check_root(root, entry)
    limit = SpareLimit(MOST_BYTES, MOST_FILES, () if output is None else (output,))
    found = find_spare(root, limit, without={entry})
    notices = list(found.notices)
    files = {entry: root / entry}
    unsaid: list[str] = []
    for name, path in found.files:
        if _can_be_said(name):
            files[name] = path
        else:
            unsaid.append(os.fsencode(name).decode("utf-8", "backslashreplace"))
    if unsaid:
        notices.append(_unsaid(unsaid))
    name = root.name if entry == "index.html" else Path(entry).stem
    renamed = _put_beside(beside, root, files)
    return ProjectFiles(
        _sayable(name), None if entry == "index.html" else entry, files, renamed, tuple(notices)
    )


def _check_root(root: Path, entry: str) -> None:
    """A page that lies among everything else that somebody has would take all of it along."""
    wide = {Path(place).resolve() for place in (os.path.expanduser("~"), tempfile.gettempdir(), root.anchor)}
    if root in wide:
        raise UsageError(
            f"{root} is no project, and all that lies in it would be sent with {entry}: give the page a folder of its own.",
            code="PROJECT_TOO_WIDE",
        )


def manifest_of(project: ProjectFiles, known: KnownDigests) -> UploadManifest:
    """The project as a list of its files. Blocks: it reads files that were not read before.

    Raises:
        CompositionError: ``FILE_CHANGED``, ``UNREADABLE``.
    """
    listed = []
    for name, path in sorted(project.files.items()):
        digest, size = digest_of_file(path, known)
        listed.append(UploadFile(path=name, digest=digest, bytes=size))
    return UploadManifest(name=project.name, files=tuple(listed))


def _put_beside(beside: Sequence[Path], root: Path, files: dict[str, Path]) -> dict[Path, str]:
    """What lies in the project is named as it is there; the rest joins it, where nothing of its own is called so."""
    folder = _BESIDE
    while any(name == folder or name.startswith(f"{folder}/") for name in files):
        folder += "-"
    renamed: dict[Path, str] = {}
    for path in beside:
        if path in renamed:
            continue
        inside = _name_inside(path, root)
        if inside is not None and inside in files and _PLAIN.fullmatch(inside):
            renamed[path] = inside
            continue
        name = f"{folder}/{len(renamed)}/{_UNSAFE.sub('-', path.name)[-100:].lstrip('-.') or 'file'}"
        files[name] = path
        renamed[path] = name
    return renamed


def _name_inside(path: Path, root: Path) -> str | None:
    real = path.resolve()
    if not real.is_relative_to(root):
        return None
    name = real.relative_to(root).as_posix()
    return name if find_file(root, name) is not None else None


def _can_be_said(name: str) -> bool:
    """Whether a service takes it: what could mean something else on some machine is refused there, with all the rest."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    odd = any(letter == "\\" or unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in name)
    return not odd and len(name) <= LONGEST_PATH and name.count("/") < _DEEPEST


def _sayable(name: str) -> str:
    return (os.fsencode(name).decode("utf-8", "replace") or "project")[:200]


def _unsaid(names: list[str]) -> Notice:
    return Notice(
        code="FILE_NAMES_UNSENT",
        message=f"{len(names)} of the project's files stay here, since a request cannot name them: {', '.join(names[:3])}. "
        "Where the page needs them, give them names of plain letters, no longer than 1024 and no deeper than 32 folders.",
    )
