"""Roots, compositions and ids: what a page must say of itself, and what must be there only once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from framewright.check.numbers import number, referred
from framewright.check.report import Severity
from framewright.check.rule import Fault, fault_in, rule
from framewright.model.composition import DurationSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.check.markup import Element
    from framewright.check.rule import Subject


@rule(
    "ROOT_MISSING",
    Severity.INFO,
    about="no element has a `data-composition-id`: size and length come from the command line",
    advice="Give the outermost element a data-composition-id, data-width, data-height and data-duration.",
)
def root_missing(subject: Subject) -> Iterator[Fault]:
    """The page is asked, since scripts make roots too."""
    page, entry = subject.page, subject.sources.entry
    if page and entry and page.description.composition is None and page.description.width is None:
        yield Fault("No element of the page says that it is a composition.", entry.place(0))


@rule(
    "COMPOSITION_ID_EMPTY",
    Severity.WARNING,
    about="`data-composition-id` without a name",
    advice="Give it a name: timelines are registered under it.",
)
def composition_id_empty(subject: Subject) -> Iterator[Fault]:
    """Whatever is in the attribute is the name."""
    for element in subject.sources.elements():
        name = element.get("data-composition-id")
        if name is not None and not name.strip():
            yield fault_in(element, "data-composition-id", "The composition has no name.")


@rule(
    "COMPOSITION_ID_REPEATED",
    Severity.WARNING,
    about="two compositions in one file with the same `data-composition-id`",
    advice="Give each a name of its own: one timeline cannot be registered for both.",
)
def composition_id_repeated(subject: Subject) -> Iterator[Fault]:
    """Hosts of a file are left out: each of them gets an instance of its own."""
    for document in subject.sources.documents:
        first: dict[tuple[Element | None, str], Element] = {}
        for element in document.elements:
            name = (element.get("data-composition-id") or "").strip()
            if not name or element.has("data-composition-src"):
                continue
            before = first.setdefault((element.template, name), element)
            if before is not element and not before.has("data-composition-src"):
                message = f"'{name}' is the name of a composition on line {before.place.line} too."
                yield fault_in(element, "data-composition-id", message)


@rule(
    "SIZE_MISSING",
    Severity.WARNING,
    about="the root does not say both `data-width` and `data-height`; what is missing is taken from 1080×1920",
    advice="Give the root a data-width and a data-height in pixels.",
)
def size_missing(subject: Subject) -> Iterator[Fault]:
    """Only of the page itself: hosts decide how large a sub-composition is."""
    root = subject.sources.entry.root if subject.sources.entry else None
    if root is None or (subject.options.width and subject.options.height):
        return
    missing = [name for name in ("data-width", "data-height") if not root.has(name)]
    if missing and root.has("data-composition-id"):
        yield fault_in(root, "data-composition-id", f"The root has no {' and no '.join(missing)}.")


@rule(
    "DURATION_UNDECLARED",
    Severity.INFO,
    about="the root has no `data-duration`: the video is as long as what moves in it",
    advice="Give the root a data-duration, so that its length stays when something in it changes.",
)
def duration_undeclared(subject: Subject) -> Iterator[Fault]:
    """The page says how long it is, and from what."""
    page, entry = subject.page, subject.sources.entry
    if not page or not entry or not entry.root or page.source not in _GUESSED:
        return
    message = f"The length of {page.seconds:g} s comes from {_GUESSED[page.source]}."
    yield fault_in(entry.root, "data-composition-id", message)


_GUESSED = {
    DurationSource.TIMELINE: "the registered timeline",
    DurationSource.ANIMATIONS: "the page's animations",
    DurationSource.CLIPS: "the end of the last clip",
}


@rule(
    "ID_REPEATED",
    Severity.INFO,
    about="an id that two elements of a file have; a warning where `data-start` refers to it",
    advice="Give each element an id of its own: references and selectors find the first one only.",
)
def id_repeated(subject: Subject) -> Iterator[Fault]:
    """What lies in a template has its own scope."""
    for document in subject.sources.documents:
        places: dict[tuple[Element | None, str], list[Element]] = defaultdict(list)
        wanted = {referred(one.get("data-start") or "") for one in document.elements}
        for element in document.elements:
            if identity := element.get("id"):
                places[element.template, identity].append(element)
        for (_, identity), (first, *others) in places.items():
            severity = Severity.WARNING if identity in wanted and number(identity) is None else None
            for element in others:
                message = f"The id '{identity}' is on line {first.place.line} too."
                yield fault_in(element, "id", message, severity=severity)


RULES = (
    root_missing, composition_id_empty, composition_id_repeated, size_missing, duration_undeclared, id_repeated,
)  # fmt: skip
