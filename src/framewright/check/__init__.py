"""Looking for what will go wrong in a composition, or may not be meant, before anybody renders it."""

from framewright.check.report import (
    AuditFacts,
    CheckReport,
    DifferingFrame,
    Finding,
    PageFacts,
    Place,
    Severity,
)
from framewright.check.verbs import check, check_async

__all__ = [
    "AuditFacts",
    "CheckReport",
    "DifferingFrame",
    "Finding",
    "PageFacts",
    "Place",
    "Severity",
    "check",
    "check_async",
]
