"""Reading what the author wrote: the page, its sub-compositions, style sheets and scripts, and where addresses lead."""

from __future__ import annotations

import difflib
import os
import posixpath
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from framewright.check.assets import (
    Asset,
    AssetKind,
    Standing,
    Target,
    Use,
    uses_in_document,
    uses_in_sheet,
)
from framewright.check.markup import Document, Written
from framewright.check.moving_pictures import PICTURES_THAT_MAY_MOVE, moves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from framewright.check.markup import Element

# Bounds against projects that were made to be endless. A page of 8 MB of text is read in about two seconds.
LARGEST_TEXT = 8 * 2**20
_MOST_FILES = 500
# The second frame of a picture begins within so many bytes, or it is not looked for.
_HEAD = 4 * 2**20
_MOST_LISTED = 5_000
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WEB = re.compile(r"(https?:)?//", re.IGNORECASE)
_NOT_OURS = {".git", "node_modules", "__pycache__", ".venv"}


@dataclass(slots=True)
class Sources:
    """All that could be read of a composition.

    Attributes:
        documents: HTML files, the page itself first.
        sheets: style sheets of their own.
        scripts: script files.
        assets: every address in them.
        unread: files that are too large to be read, with their bytes.
    """

    documents: list[Document] = field(default_factory=list)
    sheets: list[Written] = field(default_factory=list)
    scripts: list[Written] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)
    _pointed: dict[str, list[Element]] | None = None

    def pointed_at(self, pointer: str) -> Sequence[Element]:
        """The elements that one points at with these words."""
        if self._pointed is None:
            self._pointed = {}
            for element in self.elements():
                self._pointed.setdefault(element.pointer, []).append(element)
        return self._pointed.get(pointer, ())

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all that was read."""
        return tuple(one.name for one in (*self.documents, *self.sheets, *self.scripts))

    @property
    def entry(self) -> Document | None:
        """The page itself."""
        return self.documents[0] if self.documents else None

    def elements(self) -> Iterator[Element]:
        """Every element of every document."""
        return (element for document in self.documents for element in document.elements)

    def code(self) -> Iterator[tuple[Written, int, str]]:
        """Every script: the file that it stands in, where in it, and its text."""
        for script in self.scripts:
            yield script, 0, script.text
        for document in self.documents:
            for element in document.with_tag("script"):
                yield document, element.text_offset, element.text

    def mentions(self, word: str) -> bool:
        """Whether a script or a style sheet has this word in it: then it may well know what it means."""
        pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        texts = (
            *(text for _, _, text in self.code()),
            *(sheet.text for sheet in self.sheets),
            *(one.text for document in self.documents for one in document.with_tag("style")),
        )
        return any(pattern.search(text) for text in texts)


def read_sources(root: Path, entry: str) -> Sources:
    """Read the page of a project and all that it names by address, as far as it lies in the project.

    Args:
        root: the project's folder.
        entry: the page, relative to it.
    """
    return _Reading(root).read(entry)


class _Reading:
    def __init__(self, root: Path) -> None:
        self._shelf = Shelf(root)
        self._sources = Sources()
        self._seen: set[str] = set()
        self._waiting: list[tuple[AssetKind, str]] = []

    def read(self, entry: str) -> Sources:
        self._ask(AssetKind.FRAME, entry)
        while self._waiting and len(self._seen) < _MOST_FILES:
            kind, name = self._waiting.pop(0)
            text = self._text(name)
            if text is None:
                continue
            match kind:
                case AssetKind.STYLE:
                    sheet = Written(name, text)
                    self._sources.sheets.append(sheet)
                    self._take(name, uses_in_sheet(sheet))
                case AssetKind.SCRIPT:
                    self._sources.scripts.append(Written(name, text))
                case _:
                    document = Document(name, text)
                    self._sources.documents.append(document)
                    self._take(name, uses_in_document(document), _base(document))
        return self._sources

    def _ask(self, kind: AssetKind, name: str) -> None:
        if name not in self._seen:
            self._seen.add(name)
            self._waiting.append((kind, name))

    def _take(self, name: str, uses: Iterable[Use], base: str | None = None) -> None:
        for use in uses:
            target = self._shelf.look(use.address, name if base is None else base, use.kind)
            if target is None:
                continue
            if use.kind is AssetKind.PICTURE and target.standing is Standing.FOUND:
                target = replace(target, moves=self._shelf.moves(target.path))
            self._sources.assets.append(Asset(use, target))
            read = {AssetKind.STYLE, AssetKind.SCRIPT, AssetKind.FRAME, AssetKind.COMPOSITION}
            if target.standing is Standing.FOUND and use.kind in read:
                self._ask(use.kind, target.path)

    def _text(self, name: str) -> str | None:
        path = self._shelf.root / name
        try:
            size = path.stat().st_size
            if size > LARGEST_TEXT:
                self._sources.unread[name] = size
                return None
            written = path.read_bytes()
        except OSError:
            return None
        encoding = "utf-16" if written[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
        # One newline in place of two letters, as browsers count lines.
        return written.decode(encoding, errors="replace").replace("\r\n", "\n")


def _base(document: Document) -> str | None:
    """What relative addresses of a document are relative to, when it says so."""
    for element in document.with_tag("base"):
        if (href := element.get("href")) is not None:
            return href if _WEB.match(href) else posixpath.join(posixpath.dirname(document.name), href)
    return None


class Shelf:
    """The files of a project, looked for as the file server finds them."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self._listed: list[str] | None = None
        self._moving: dict[str, bool] = {}

    def look(self, address: str, file: str, kind: AssetKind) -> Target | None:
        """Where an address in a file leads; None when it asks for nothing (``data:``, ``#part``, empty).

        Relative ones are looked for beside the file, then in the project's folder; those of sub-compositions the
        other way round.
        """
        address = address.strip()
        if _WEB.match(address):
            return Target(
                Standing.REMOTE, address if ":" in address.partition("/")[0] else f"https:{address}"
            )
        if address.lower().startswith("file:"):
            return Target(Standing.OUTSIDE, address)
        if not address or address.startswith("#") or _SCHEME.match(address):
            return None
        if _WEB.match(file):
            return Target(Standing.REMOTE, address)
        path = unquote(re.split(r"[?#]", address.replace("\\", "/"), maxsplit=1)[0])
        if not path or "\0" in path:
            return None
        folders = [posixpath.dirname(file), ""]
        if kind is AssetKind.COMPOSITION:
            folders.reverse()
        wished = [
            _within(path if path.startswith("/") else posixpath.join(folder, path)) for folder in folders
        ]
        found = [self._file(name) for name, _ in wished]
        best = next((one for one in found if one and one.standing is Standing.FOUND), None)
        outside = next((one for one in found if one), None)
        if best or outside:
            return best or outside
        name, left = wished[0]
        if left and all(leaves for _, leaves in wished):
            return Target(Standing.OUTSIDE, name)
        return Target(Standing.MISSING, name, near=self._near(name))

    def _file(self, name: str) -> Target | None:
        try:
            real = Path(os.path.realpath(self.root / name, strict=True))
            if real.is_dir():
                real = Path(os.path.realpath(real / "index.html", strict=True))
            size = real.stat().st_size
        except (OSError, ValueError):
            return None
        if not real.is_relative_to(self.root):
            return Target(Standing.OUTSIDE, name)
        return Target(Standing.FOUND, name, size) if real.is_file() else None

    def moves(self, name: str) -> bool:
        """Whether a file is a picture of several frames."""
        if name not in self._moving:
            suffix = posixpath.splitext(name)[1].lower()
            self._moving[name] = suffix in PICTURES_THAT_MAY_MOVE and moves(self._head(name))
        return self._moving[name]

    def _head(self, name: str) -> bytes:
        try:
            with (self.root / name).open("rb") as file:
                return file.read(_HEAD)
        except OSError:
            return b""

    def _near(self, name: str) -> str | None:
        """A file with the same name elsewhere, or with nearly the same name."""
        if self._listed is None:
            self._listed = list(_listing(self.root))
        wanted = posixpath.basename(name).lower()
        for listed in self._listed:
            if posixpath.basename(listed).lower() == wanted and listed != name:
                return listed
        folder = posixpath.dirname(name)
        # One of that very name is there, and no file: a pipe, or a folder.
        beside = [listed for listed in self._listed if posixpath.dirname(listed) == folder and listed != name]
        close = difflib.get_close_matches(name, beside, n=1, cutoff=0.85)
        return close[0] if close else None


def _within(path: str) -> tuple[str, bool]:
    """A path as browsers shorten it, where ``..`` at the top leads nowhere; and whether it has tried to leave."""
    kept: list[str] = []
    left = False
    for part in path.split("/"):
        if part == "..":
            left = left or not kept
            del kept[-1:]
        elif part not in {"", "."}:
            kept.append(part)
    return "/".join(kept), left


def _listing(root: Path) -> Iterator[str]:
    count = 0
    for folder, inner, files in os.walk(root):
        inner[:] = sorted(name for name in inner if name not in _NOT_OURS)
        for name in sorted(files):
            yield (Path(folder) / name).relative_to(root).as_posix()
            count += 1
            if count >= _MOST_LISTED:
                return
