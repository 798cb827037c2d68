"""The author's HTML as it is written, with the place of everything in it. It is read, and never written again.

Python's own parser is used since it tells where each tag stands. It builds no tree; ours is close to the browser's
where rules look: void elements, forgotten end tags of paragraphs and list items, templates. What a page really becomes
is asked of the browser, see :mod:`framewright.check.page`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from framewright.check.report import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
# A start tag of the second kind ends an open element of the first, where its end tag was left out.
_ENDED_BY = {
    "p": frozenset(
        [
            "address",
            "article",
            "aside",
            "blockquote",
            "div",
            "dl",
            "fieldset",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "table",
            "ul",
        ]
    ),
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "option": frozenset({"option"}),
    "tr": frozenset({"tr"}),
    "td": frozenset({"td", "th", "tr"}),
    "th": frozenset({"td", "th", "tr"}),
    "head": frozenset({"body"}),
}
_ATTRIBUTE = re.compile(r"""([^\s/>=]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?""")
_TAG_NAME = re.compile(r"<[^\s/>]+")
_TEXT_ONLY = frozenset({"script", "style"})


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a start tag.

    Attributes:
        value: without quotes and references such as ``&amp;``; empty where none is written.
        offset: characters from the beginning of the file to its name.
    """

    name: str
    value: str
    offset: int


@dataclass(eq=False, slots=True)
class Element:
    """An element as it is written. Two are equal only when they are the same one.

    Attributes:
        document: that it is written in.
        offset: characters from the beginning of the file to its tag.
        attributes: by name in lower case; of a repeated one the first, as in browsers.
        parent: None at the top of the file.
        template: the innermost that it lies in: its content is no part of the page until somebody copies it.
        unseen: it lies in a ``noscript``.
        text: of a script or style, all that is in it; else empty.
        text_offset: characters from the beginning of the file to ``text``.
        number: its place among the children of its parent with the same tag, from 1.
        alike: how many of those there are.
    """

    tag: str
    document: Document
    offset: int
    attributes: dict[str, Attribute]
    parent: Element | None
    template: Element | None = None
    unseen: bool = False
    text: str = ""
    text_offset: int = 0
    number: int = 1
    alike: int = 1
    children: list[Element] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The value of an attribute; None when it is not written."""
        found = self.attributes.get(name)
        return None if found is None else found.value

    def has(self, *names: str) -> bool:
        """Whether one of these attributes is written."""
        return any(name in self.attributes for name in names)

    @property
    def place(self) -> Place:
        """Where its tag begins."""
        return self.document.place(self.offset)

    def at(self, name: str) -> Place:
        """Where an attribute stands; where it is not written, the element."""
        found = self.attributes.get(name)
        return self.place if found is None else self.document.place(found.offset)

    def above(self) -> Iterator[Element]:
        """Its parent, the parent of that, and so on."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent

    @property
    def pointer(self) -> str:
        """As people would point at it, spelt like the runtime's ``pointAt``: ``#title``, ``div.clip:nth-of-type(2)``."""
        if identity := self.get("id"):
            return f"#{identity}"
        classes = (self.get("class") or "").split()
        named = f"{self.tag}.{classes[0]}" if classes else self.tag
        return f"{named}:nth-of-type({self.number})" if self.alike > 1 else named


class Written:
    """The text of one file.

    Attributes:
        name: its path relative to the project's folder, with ``/``.
        text: what stands in it.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, offset: int) -> Place:
        """Line and column of a character."""
        line = bisect_right(self._lines, offset)
        return Place(file=self.name, line=line, column=offset - self._lines[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """Characters before a line, counted from 1, and a column, counted from 0."""
        return self._lines[line - 1] + column


class Document(Written):
    """One HTML file.

    Attributes:
        elements: all of them, in the order of their start tags.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name, text)
        self.elements = tuple(_Reader(self).elements)

    @property
    def root(self) -> Element | None:
        """The composition's root as the runtime finds it, unless a script makes another one."""
        marked = [one for one in self.elements if one.get("data-root") == "true" and one.template is None]
        named = [one for one in self.elements if one.has("data-composition-id") and one.template is None]
        both = [one for one in marked if one in named]
        return next(iter((*both, *marked, *named)), None)

    def with_tag(self, *tags: str) -> Iterator[Element]:
        """The elements of these tags."""
        return (element for element in self.elements if element.tag in tags)


class _Reader(HTMLParser):
    def __init__(self, document: Document) -> None:
        super().__init__(convert_charrefs=False)
        self._document = document
        self._open: list[Element] = []
        self._counts: dict[tuple[Element | None, str], int] = {}
        self.elements: list[Element] = []
        self.feed(document.text)
        self.close()
        for element in self.elements:
            element.alike = self._counts[element.parent, element.tag]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while self._open and tag in _ENDED_BY.get(self._open[-1].tag, ()):
            self._open.pop()
        element = self._add(tag, attrs)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # In HTML the stroke of <div/> means nothing; in SVG it ends the element.
        in_svg = any(one.tag in {"svg", "math"} for one in self._open)
        if in_svg or tag in _VOID:
            self._add(tag, attrs)
        else:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        position = next((at for at in reversed(range(len(self._open))) if self._open[at].tag == tag), None)
        if position is None:
            return
        ended = self._open[position]
        if tag in _TEXT_ONLY:
            ended.text = self._document.text[ended.text_offset : self._document.offset(*self.getpos())]
        del self._open[position:]

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        start = self._document.offset(*self.getpos())
        written = self.get_starttag_text() or ""
        parent = self._open[-1] if self._open else None
        number = self._counts[parent, tag] = self._counts.get((parent, tag), 0) + 1
        element = Element(
            tag=tag,
            document=self._document,
            offset=start,
            attributes=self._attributes(start, written, attrs),
            parent=parent,
            template=parent
            if parent is not None and parent.tag == "template"
            else parent and parent.template,
            unseen=parent is not None and (parent.unseen or parent.tag == "noscript"),
            text_offset=start + len(written),
            number=number,
        )
        if parent is not None:
            parent.children.append(element)
        self.elements.append(element)
        return element

    def _attributes(
        self, start: int, written: str, attrs: list[tuple[str, str | None]]
    ) -> dict[str, Attribute]:
        """The parser's values, with places of our own finding."""
        name = _TAG_NAME.match(written)
        places: dict[str, int] = {}
        for match in _ATTRIBUTE.finditer(written, name.end() if name else 0):
            places.setdefault(match[1].lower(), start + match.start())
        found: dict[str, Attribute] = {}
        for key, value in attrs:
            if key not in found:
                found[key] = Attribute(key, value or "", places.get(key, start))
        return found
