"""Opening what the author named: a folder with an index.html, an HTML file, or an address."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from framewright.composition.site import Site, is_address, open_site
from framewright.model.errors import CompositionError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUFFIXES = {".html", ".htm", ".xhtml"}
# What may stand before the first tag: blanks, comments, processing instructions.
_BEFORE_TAGS = re.compile(r"(?:\s+|<!--.*?-->|<\?[^>]*>)*", re.DOTALL)
_FIRST_TAG = re.compile(r"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ANY_TAG = re.compile(r"<!?[a-z][^>]*>", re.IGNORECASE)
_FRAGMENT_HEAD = (
    '<!doctype html><html><head><meta charset="utf-8"><style>'
    "*,*::before,*::after{box-sizing:border-box}html,body{margin:0;overflow:hidden}body{background:#000}"
    "</style></head><body>"
)
_FRAGMENT_TAIL = "</body></html>"


@dataclass(frozen=True, slots=True)
class Project:
    """A composition on disk.

    Attributes:
        root: the folder that is served; nothing outside of it is.
        entry: the page, relative to the root.
        documents: pages served in place of the file of that path: a fragment inside a whole document.
    """

    root: Path
    entry: str
    documents: Mapping[str, bytes] = field(default_factory=dict)

    def address(self, origin: str) -> str:
        """Where the page stands below the origin of a file server."""
        return f"{origin}/{quote(os.fsencode(self.entry))}"


def open_project(composition: str | Path) -> Project | Site:
    """Find the page of a composition and see that it is one.

    Raises:
        UsageError: ``NOT_FOUND`` no such file; or what :func:`~framewright.composition.site.open_site` says of an address.
        CompositionError: ``NO_INDEX`` a folder without index.html; ``NOT_HTML`` not a page; ``UNREADABLE``.
    """
    if is_address(str(composition)):
        return open_site(str(composition))
    path = Path(os.path.expanduser(composition))
    try:
        page = _page_of(path)
        written = page.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(
            f"{path} does not exist: name a folder with an index.html, or an HTML file.", code="NOT_FOUND"
        ) from error
    except OSError as error:
        raise CompositionError(
            f"{path} cannot be read: {error.strerror or error}.", code="UNREADABLE"
        ) from error
    except ValueError as error:  # a NUL in the name
        raise UsageError(f"{str(composition)!r} is no path: {error}.", code="NOT_FOUND") from error
    text = _text_of(page, written)
    root = page.parent.resolve()
    if not is_fragment(text):
        return Project(root, page.name)
    whole = f"{_FRAGMENT_HEAD}{text}{_FRAGMENT_TAIL}".encode()
    return Project(root, page.name, {page.name: whole})


def is_fragment(text: str) -> bool:
    """Whether HTML is a piece of a page: its first tag is neither a doctype nor html, head or body."""
    before = _BEFORE_TAGS.match(text)
    return _FIRST_TAG.match(text, before.end() if before else 0) is None


def _page_of(path: Path) -> Path:
    if path.is_dir():
        page = path / "index.html"
        if not page.exists():
            raise CompositionError(
                f"{path} holds no index.html: add one, or name the HTML file to render.", code="NO_INDEX"
            )
    else:
        page = path
        page.stat()
    if page.is_dir():
        raise CompositionError(f"{page} is a folder, not a page.", code="NO_INDEX")
    if page.suffix.lower() not in _SUFFIXES or not page.is_file():
        raise CompositionError(f"{page} is no HTML page: name a file that ends in .html.", code="NOT_HTML")
    return page


def _text_of(page: Path, written: bytes) -> str:
    encoding = "utf-16" if written[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = written.decode(encoding)
    except UnicodeDecodeError:
        text = written.decode("cp1252", errors="replace")  # as browsers read pages that name no encoding
    if not text.strip():
        raise CompositionError(f"{page} is empty: write a page into it.", code="NOT_HTML")
    if "\0" in text or not _ANY_TAG.search(text):
        raise CompositionError(f"{page} is no HTML page: no tag stands in it.", code="NOT_HTML")
    return text
