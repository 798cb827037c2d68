"""Variables that are declared and never used, and JSON that cannot be read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from framewright.check.report import Severity
from framewright.check.rule import Fault, fault_in, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.check.markup import Document, Element
    from framewright.check.rule import Subject

DECLARATIONS = "data-composition-variables"
VALUES = "data-variable-values"
# A page that hands all of them on to something else may use any.
_TAKES_ALL = re.compile(
    r"\.\.\.\s*(?:\w+\.)*(?:getVariables|variables)\b|Object\.(?:entries|assign|keys|values)\("
)


@rule(
    "VARIABLES_MALFORMED",
    Severity.ERROR,
    about="`data-composition-variables` is no JSON list, or `data-variable-values` no JSON object",
    advice="Write JSON, in single quotes around the attribute: it has double quotes itself.",
)
def variables_malformed(subject: Subject) -> Iterator[Fault]:
    """The page tells the same of values that scripts put there."""
    for element in subject.sources.elements():
        for name, kind, spoken in ((DECLARATIONS, list, "list"), (VALUES, dict, "object")):
            written = (element.get(name) or "").strip()
            if not written or "{{" in written or "${" in written:
                continue
            try:
                read = json.loads(written)
            except ValueError as error:
                yield fault_in(element, name, f"{name} is no JSON: {error}.")
                continue
            if not isinstance(read, kind):
                yield fault_in(element, name, f"{name} is no JSON {spoken}.")


@rule(
    "VARIABLE_UNUSED",
    Severity.WARNING,
    about="a declared variable that nothing in the composition's file, its scripts or its styles speaks of",
    advice="Use it, as {id} in a script, var(--id) in a style or data-var-text, or take its declaration away.",
)
def variable_unused(subject: Subject) -> Iterator[Fault]:
    """Whoever speaks its name anywhere is believed to use it."""
    for document in subject.sources.documents:
        for element in document.elements:
            declared = declared_ids(element)
            if not declared:
                continue
            words = _spoken(subject, document)
            if _TAKES_ALL.search(words):
                continue
            for identity in declared:
                if not re.search(rf"(?<![\w]){re.escape(identity)}(?![\w])", words):
                    yield fault_in(element, DECLARATIONS, f"The variable '{identity}' is never used.")


@rule(
    "VARIABLE_UNDECLARED",
    Severity.WARNING,
    about="`data-var-text` or `data-var-src` with a variable that its file does not declare, though it declares others",
    advice="Declare it in data-composition-variables, or use the name of one that is declared.",
)
def variable_undeclared(subject: Subject) -> Iterator[Fault]:
    """What a host or the caller gives is there too; a template in the page belongs to whoever fills it."""
    given = {key for element in subject.sources.elements() for key in given_values(element)}
    given |= set(subject.options.variables)
    for document in subject.sources.documents:
        known = {identity for element in document.elements for identity in declared_ids(element)}
        if not known:
            continue
        for element in document.elements:
            for name in ("data-var-text", "data-var-src"):
                wanted = (element.get(name) or "").strip()
                own = element.template is None or document is not subject.sources.entry
                if wanted and own and wanted not in known | given and "{{" not in wanted:
                    message = f"There is no variable '{wanted}': {document.name} declares {', '.join(sorted(known))}."
                    yield fault_in(element, name, message)


def given_values(element: Element) -> list[str]:
    """The ids that a host gives values for; none when they cannot be read."""
    try:
        read = json.loads(element.get(VALUES) or "{}")
    except ValueError:
        return []
    return list(read) if isinstance(read, dict) else []


def declared_ids(element: Element) -> list[str]:
    """The ids that an element declares; none when it cannot be read."""
    try:
        read = json.loads(element.get(DECLARATIONS) or "[]")
    except ValueError:
        return []
    entries = read if isinstance(read, list) else []
    return [
        one["id"] for one in entries if isinstance(one, dict) and isinstance(one.get("id"), str) and one["id"]
    ]


def _spoken(subject: Subject, document: Document) -> str:
    """All that may use a variable of a document: its other attributes, the scripts and the styles."""
    kept = [
        attribute.value
        for element in document.elements
        for attribute in element.attributes.values()
        if attribute.name != DECLARATIONS
    ]
    code = [text for _, _, text in subject.sources.code()]
    styles = [one.text for one in document.with_tag("style")]
    sheets = [sheet.text for sheet in subject.sources.sheets]
    return "\n".join((*kept, *code, *styles, *sheets))


RULES = (variables_malformed, variable_unused, variable_undeclared)
