"""A project as a folder: its top, its pages, and the digest by which it is known again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from blake3 import blake3

from framewright.model.upload import MOST_PAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from framewright.service.uploads.unpacking.tree import Unpacked

INDEX = "index.html"
"""The page of a project that names no other."""
_PAGES = (".html", ".htm", ".xhtml")


def top_of(files: Iterable[Unpacked]) -> str:
    """The one folder that holds everything and has the page; empty where the files lie as they should.

    Whoever packs a folder packs its name, too.
    """
    paths = [file.path for file in files]
    tops = {path.partition("/")[0] for path in paths}
    top = next(iter(tops)) if len(tops) == 1 else ""
    return top if top and f"{top}/{INDEX}" in paths else ""


def unwrapped(files: Sequence[Unpacked]) -> tuple[str, Project]:
    """The top of what was unpacked, and the project that lies in it."""
    top = top_of(files)
    start = len(top) + 1 if top else 0
    return top, Project.of([file._replace(path=file.path[start:]) for file in files])


@dataclass(frozen=True, slots=True)
class Project:
    """The files of a project, and what follows from them. Make it with :meth:`of`, in a thread: there may be thousands.

    Attributes:
        files: in the order of their names.
        digest: of names and contents; the order in which they came is no matter.
        pages: the HTML files, those of the top first and ``index.html`` before all.
    """

    files: tuple[Unpacked, ...]
    digest: str
    bytes: int
    pages: tuple[str, ...]

    @classmethod
    def of(cls, files: Iterable[Unpacked]) -> Self:
        """Look at files."""
        ordered = tuple(sorted(files))
        digest = blake3()
        for file in ordered:
            digest.update(f"{file.digest} {file.bytes} {file.path}\n".encode())
        found = (file.path for file in ordered if file.path.lower().endswith(_PAGES))
        pages = sorted(found, key=lambda path: (path.count("/"), path != INDEX, path))[:MOST_PAGES]
        return cls(ordered, digest.hexdigest(), sum(file.bytes for file in ordered), tuple(pages))
