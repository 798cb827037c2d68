"""The report as a folder: one page with the findings, the pictures of the frames that differ, and all of it as JSON."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

from framewright.check.report import Severity
from framewright.check.steadiness import percent
from framewright.model.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from framewright.check.report import CheckReport, DifferingFrame, Finding
    from framewright.render.audit import Difference

PAGE, DATA, PICTURES = "index.html", "report.json", "frames"
_WAYS = {
    "again": "on another page, by the same steps",
    "shuffled": "after leaps back and forth",
    "alone": "as the first frame of a page",
}
_PLURALS = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "notes"}


def write_album(folder: Path, report: CheckReport, differences: Sequence[Difference]) -> None:
    """Write the report's folder; what stands there under the same names is replaced.

    Raises:
        OutputError: ``OUTPUT_FAILED``.
    """
    try:
        (folder / PICTURES).mkdir(parents=True, exist_ok=True)
        for one in differences:
            expected, found = picture_names(one.frame, one.way)
            (folder / expected).write_bytes(one.expected.data)
            (folder / found).write_bytes(one.found.data)
        (folder / DATA).write_text(f"{report.model_dump_json(indent=2)}\n", "utf-8")
        (folder / PAGE).write_text(album_page(report), "utf-8")
    except OSError as error:
        raise OutputError(
            f"The report cannot be written to {folder}: {error.strerror or error}.", code="OUTPUT_FAILED"
        ) from error


def picture_names(frame: int, way: str) -> tuple[str, str]:
    """The files of a frame as it should be, and as it was when reached that way; relative to the report's folder."""
    return f"{PICTURES}/{frame:06d}-forwards.png", f"{PICTURES}/{frame:06d}-{way}.png"


def album_page(report: CheckReport) -> str:
    """The page, whole in itself but for the pictures beside it: nothing in it is asked from elsewhere."""
    style = files(__package__).joinpath("album.css").read_text("utf-8")
    parts = [
        f"<h1>{escape(report.composition)}</h1>",
        f'<p class="facts">{escape(facts(report))}</p>',
        _tally(report),
        *_findings(report.findings),
        *_audit(report),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Check of {escape(report.composition)}</title><style>{style}</style></head>\n"
        f"<body><main>\n{chr(10).join(parts)}\n</main></body></html>\n"
    )


def facts(report: CheckReport) -> str:
    """What the composition is, in one line."""
    page = report.page
    if page is None:
        return "It cannot be opened."
    frames = f"{page.frames} frame{'' if page.frames == 1 else 's'}"
    return f"{page.width}×{page.height}, {page.seconds:g} s, {frames} at {page.fps} fps"


def _tally(report: CheckReport) -> str:
    if not report.findings:
        return '<p class="tally"><span class="good">Nothing found</span></p>'
    told = []
    for severity, plural in _PLURALS.items():
        count = report.count(severity)
        shown = severity if count else "none"
        told.append(f'<span class="{shown}">{count} {plural if count != 1 else plural[:-1]}</span>')
    if report.audit and report.audit.differing:
        told.append('<a href="#frames">the frames that differ</a>')
    return f'<p class="tally">{"".join(told)}</p>'


def _findings(findings: Iterable[Finding]) -> Iterable[str]:
    for file, ones in groupby(findings, key=lambda one: one.place.file if one.place else None):
        yield f"<h2>{escape(file) if file else 'The running page'}</h2>"
        yield f'<div class="card">{"".join(map(_finding, ones))}</div>'


def _finding(finding: Finding) -> str:
    place = finding.place
    where = f"{place.line}:{place.column}" if place and place.line else ""
    element = f"<code>{escape(finding.element)}</code>" if finding.element else ""
    return (
        f'<article class="of-{finding.severity}"><div class="where">{where}</div><p class="what">{escape(finding.message)}</p>'
        f'<p class="advice">{escape(finding.advice)}</p>'
        f'<p class="label"><span class="{finding.severity}">{finding.severity}</span>'
        f"<code>{finding.code}</code>{element}</p></article>"
    )


def _audit(report: CheckReport) -> Iterable[str]:
    audit = report.audit
    if audit is None:
        return
    yield '<h2 id="frames">Frames, compared by the ways that lead to them</h2>'
    if not audit.differing:
        looked = ", ".join(map(str, audit.frames))
        yield f'<div class="card frame good">Frames {looked} look the same by every way.</div>'
        return
    yield f'<div class="card">{"".join(map(_frame, audit.differing))}</div>'


def _frame(differing: DifferingFrame) -> str:
    shown = []
    for way in differing.ways:
        expected, found = picture_names(differing.frame, way)
        told = _WAYS.get(way, way)
        shown.append(
            f'<div class="pictures">{_picture(expected, "in order")}{_picture(found, told)}'
            f'<figure><div class="delta"><div><img src="{expected}" alt=""><img src="{found}" alt=""></div></div>'
            "<figcaption>what differs, made brighter</figcaption></figure></div>"
        )
    share = f"{percent(differing.share)} of the pixels"
    head = f"<h3>Frame {differing.frame}<span>{differing.seconds:.3g} s · {share}</span></h3>"
    return f'<div class="frame">{head}{"".join(shown)}</div>'


def _picture(file: str, caption: str) -> str:
    return (
        f'<figure><a href="{file}"><img src="{file}" alt="The frame {escape(caption)}"></a>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )
