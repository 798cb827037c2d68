"""What a rule is: a code, how much it matters, what it says, and a pure function that finds its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.check.report import Finding, Severity

if TYPE_CHECKING:
    from framewright.check.markup import Element
    from framewright.check.page import PageView
    from framewright.check.report import Place
    from framewright.check.sources import Sources
    from framewright.render import RenderOptions


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules look at.

    Attributes:
        sources: what the author wrote.
        options: what the caller asked for.
        page: what the open page said; None when it could not be opened.
    """

    sources: Sources
    options: RenderOptions
    page: PageView | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a rule has found.

    Attributes:
        message: one sentence.
        place: where it is written, if it is.
        element: that it is about, if any.
        severity: None: that of the rule.
        advice: None: that of the rule.
    """

    message: str
    place: Place | None = None
    element: str | None = None
    severity: Severity | None = None
    advice: str | None = None


Finder = Callable[[Subject], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Attributes:
        code: stable, in upper case. Where the runtime warns of the same thing in the page, both have the same code.
        about: what it finds, in a few words, for docs/check.md.
        advice: one sentence that says what to do.
    """

    code: str
    severity: Severity
    about: str
    advice: str
    find: Finder

    def findings(self, subject: Subject) -> list[Finding]:
        """Apply it."""
        return [
            Finding(
                code=self.code,
                severity=fault.severity or self.severity,
                message=fault.message,
                advice=fault.advice or self.advice,
                place=fault.place,
                element=fault.element,
            )
            for fault in self.find(subject)
        ]


def rule(code: str, severity: Severity, *, about: str, advice: str) -> Callable[[Finder], Rule]:
    """Make a rule of the function that finds its faults."""
    return lambda find: Rule(code, severity, about, advice, find)


def fault_in(
    element: Element,
    attribute: str,
    message: str,
    *,
    severity: Severity | None = None,
    advice: str | None = None,
) -> Fault:
    """A fault in an attribute of an element; where that is not written, in the element."""
    return Fault(message, element.at(attribute), element.pointer, severity, advice)
