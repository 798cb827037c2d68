"""A project as a folder: its top, its pages, and the digest by which it is known again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blake3 import blake3

from framewright.model.upload import MOST_PAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.service.uploads.unpacking.tree import Unpacked

_INDEX = "index.html"
_PAGES = (".html", ".htm", ".xhtml")


def top_of(files: Iterable[Unpacked]) -> str:
    """The one folder that holds everything and has the page; empty where the files lie as they should.

    Whoever packs a folder packs its name, too.
    """
    paths = [file.path for file in files]
    tops = {path.partition("/")[0] for path in paths}
    top = next(iter(tops)) if len(tops) == 1 else ""
    return top if top and f"{top}/{_INDEX}" in paths else ""


def below(files: Iterable[Unpacked], top: str) -> tuple[Unpacked, ...]:
    """The files as they are named below a top, in the order of their names."""
    start = len(top) + 1 if top else 0
    return tuple(sorted(file._replace(path=file.path[start:]) for file in files))


def digest_of(files: Iterable[Unpacked]) -> str:
    """Of names and contents; the order in which they came is no matter."""
    digest = blake3()
    for file in sorted(files):
        digest.update(f"{file.digest} {file.bytes} {file.path}\n".encode())
    return digest.hexdigest()


def pages_of(files: Iterable[Unpacked]) -> tuple[str, ...]:
    """The HTML files, those of the top first and ``index.html`` before all."""
    found = (file.path for file in files if file.path.lower().endswith(_PAGES))
    return tuple(sorted(found, key=lambda path: (path.count("/"), path != _INDEX, path))[:MOST_PAGES])
