"""One check from end to end: read the files, open the page, apply the rules, give account."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.check.album import write_album
from framewright.check.notices import finding_of_failure, findings_of_notices
from framewright.check.page import view_page
from framewright.check.report import CheckReport, PageFacts, Severity
from framewright.check.rule import Subject
from framewright.check.rules import RULES
from framewright.check.sources import Sources, read_sources
from framewright.check.steadiness import audit_facts, findings_of_audit
from framewright.composition import Site, open_project
from framewright.model.errors import CompositionError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from framewright.check.page import PageView
    from framewright.check.report import Finding
    from framewright.model.settings import Settings
    from framewright.render import RenderOptions

_ORDER = list(Severity)


async def check_composition(
    composition: str,
    options: RenderOptions,
    settings: Settings,
    *,
    with_audit: bool,
    folder: str | os.PathLike[str] | None,
) -> CheckReport:
    """See :func:`framewright.check_async`."""
    project = open_project(composition)
    # Of a site there are no files: what its page tells of itself is all.
    sources = Sources()
    if not isinstance(project, Site):
        sources = await asyncio.to_thread(read_sources, project.root, project.entry)
    page: PageView | None = None
    failure: CompositionError | None = None
    try:
        page = await view_page(composition, options, settings, with_audit=with_audit)
    except CompositionError as error:
        failure = error
    findings = _find(Subject(sources, options, page), failure)
    report = CheckReport(
        composition=composition,
        files=sources.files,
        page=_facts(page) if page else None,
        audit=audit_facts(page.audit, page) if page and page.audit else None,
        findings=_ordered(findings, sources, strict=options.strict),
    )
    if folder is not None:
        differences = page.audit.differences if page and page.audit else ()
        await asyncio.to_thread(write_album, Path(folder), report, differences)
    return report


def _find(subject: Subject, failure: CompositionError | None) -> list[Finding]:
    found = [finding for rule in RULES for finding in rule.findings(subject)]
    found += list(findings_of_notices(subject, found))
    if subject.page is not None:
        found += findings_of_audit(subject.sources, subject.page)
    if failure is not None and (told := finding_of_failure(subject, failure, found)):
        found.append(told)
    return found


def _ordered(findings: Iterable[Finding], sources: Sources, *, strict: bool) -> tuple[Finding, ...]:
    """Each once: by file as they were read, then by line; what has no place comes last."""
    files = {name: number for number, name in enumerate(sources.files)}

    def key(finding: Finding) -> tuple[int, int, int, int, str]:
        place = finding.place
        rank = _ORDER.index(finding.severity)
        if place is None:
            return len(files) + 1, 0, 0, rank, finding.code
        return files.get(place.file, len(files)), place.line or 0, place.column or 0, rank, finding.code

    ordered = sorted(dict.fromkeys(findings), key=key)
    if not strict:
        return tuple(ordered)
    return tuple(
        one.model_copy(update={"severity": Severity.ERROR}) if one.severity is Severity.WARNING else one
        for one in ordered
    )


def _facts(page: PageView) -> PageFacts:
    return PageFacts(
        width=page.size.width,
        height=page.size.height,
        fps=str(page.rate),
        seconds=page.seconds,
        frames=page.frames,
    )
