"""What a check finds: a list of findings, each with a code, a place, and what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"  # it does not render, or not what is written
    WARNING = "warning"  # it renders, perhaps not as it was meant
    INFO = "info"  # good to know


class Place(_Value):
    """Where something is written.

    Attributes:
        file: relative to the project's folder, with ``/``.
        line, column: counted from 1; columns are characters. None: the file as a whole.
    """

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class Finding(_Value):
    """One thing that the author will want to know.

    Attributes:
        code: a stable upper-case name; docs/check.md lists them all.
        message: one sentence that says what was found.
        advice: one sentence that says what to do.
        place: where it is written; None when only the running page shows it.
        element: the element that it is about, as people would point at it, if any.
    """

    code: str
    severity: Severity
    message: str
    advice: str
    place: Place | None = None
    element: str | None = None


class PageFacts(_Value):
    """What the open page said of itself; see :class:`framewright.Description` for the whole of it."""

    width: int
    height: int
    fps: str
    seconds: float
    frames: int


class DifferingFrame(_Value):
    """A frame that does not always look the same.

    Attributes:
        frame: its number.
        seconds: its time.
        ways: how it was reached when it looked different: ``again`` on another page by the same steps, ``shuffled``
            by leaps back and forth, ``alone`` as the first frame of a page.
        share: of the pixels that differ at most, from 0 to 1.
    """

    frame: int
    seconds: float
    ways: tuple[str, ...]
    share: float


class AuditFacts(_Value):
    """The comparison of frames that were reached in order with the same frames reached in other ways.

    Attributes:
        frames: those that were looked at.
        differing: those that do not always look the same.
    """

    frames: tuple[int, ...]
    differing: tuple[DifferingFrame, ...]


class CheckReport(_Value):
    """Everything that a check found.

    Attributes:
        composition: as the caller named it.
        files: what was read of it, relative to its folder.
        page: None when the page cannot be opened; a finding then says why.
        audit: None when it was not wanted, or not possible.
        findings: by file and line; those without a place last.
    """

    composition: str
    files: tuple[str, ...]
    page: PageFacts | None
    audit: AuditFacts | None
    findings: tuple[Finding, ...]
    version: Literal[1] = 1

    def count(self, severity: Severity) -> int:
        """How many findings matter that much."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def ok(self) -> bool:
        """No finding is an error."""
        return self.count(Severity.ERROR) == 0
