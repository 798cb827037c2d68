"""What the audit of frames means: which depend on the way that leads to them, and which on something besides the clock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from framewright.check.report import AuditFacts, DifferingFrame, Finding, Severity
from framewright.render.audit import Way
from framewright.render.mode_choice import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framewright.check.page import PageView
    from framewright.check.report import Place
    from framewright.check.sources import Sources
    from framewright.render.audit import Audit, Difference

UNREPEATABLE = "FRAMES_UNREPEATABLE"
BY_HISTORY = "FRAMES_BY_HISTORY"
ABOUT = {
    UNREPEATABLE: "frames that look different each time, though they were reached in the same way: something moves "
    "them besides the clock, such as a Worker or an answer from the network",
    BY_HISTORY: "frames that look different when others came before them: a loop that adds up, a counter, a random "
    "walk; good to know where `--mode run` takes care of it",
}
_WORKER = re.compile(r"\bnew\s+(?:Shared)?Worker\s*\(")
_MOST_NAMED = 6


def findings_of_audit(sources: Sources, page: PageView) -> list[Finding]:
    """At most two: a frame that is never the same twice says nothing of what came before it."""
    if page.audit is None:
        return []
    restless = {one.frame for one in page.audit.differences if one.way is Way.AGAIN}
    again = [one for one in page.audit.differences if one.way is Way.AGAIN]
    history = [one for one in page.audit.differences if one.frame not in restless]
    found = []
    if again:
        worker = _worker(sources)
        advice = (
            "A Worker's clock is the machine's: send it the time of each frame, or draw in the page itself."
            if worker
            else "Look for what reads another clock than the page's, or comes from the network as it pleases."
        )
        message = f"{_named(again, page)} twice the same though nothing was done otherwise ({_most(again)})."
        found.append(
            Finding(code=UNREPEATABLE, severity=Severity.ERROR, message=message, advice=advice, place=worker)
        )
    if history:
        message = f"{_named(history, page)} the same when reached another way ({_most(history)})."
        if page.mode is Mode.RUN:
            severity, advice = Severity.INFO, "--mode run, which goes through every frame, is what it needs."
        else:
            severity = Severity.ERROR
            advice = "Compute what a frame shows from its time alone, or render with --mode run."
        found.append(Finding(code=BY_HISTORY, severity=severity, message=message, advice=advice))
    return found


def _named(differences: Sequence[Difference], page: PageView) -> str:
    frames = sorted({one.frame for one in differences})
    told = [f"{frame} ({float(page.rate.time_of(frame)):.3g} s)" for frame in frames[:_MOST_NAMED]]
    more = len(frames) - len(told)
    if more:
        told.append(f"{more} more")
    if len(told) == 1:
        return f"Frame {told[0]} does not look"
    return f"Frames {', '.join(told[:-1])} and {told[-1]} do not look"


def _most(differences: Sequence[Difference]) -> str:
    share = max(one.likeness.share for one in differences)
    return f"up to {percent(share)} of the pixels"


def percent(share: float) -> str:
    """A share from 0 to 1 in two digits, such as ``0.85 %``."""
    return "less than 0.01 %" if 0 < share < 1e-4 else f"{float(f'{100 * share:.2g}'):g} %"


def _worker(sources: Sources) -> Place | None:
    """Where the page starts a Worker: a hint, and never the reason for a finding."""
    for file, offset, text in sources.code():
        if match := _WORKER.search(text):
            return file.place(offset + match.start())
    return None


def audit_facts(audit: Audit, page: PageView) -> AuditFacts:
    """The audit as the report has it."""
    by_frame: dict[int, list[Difference]] = {}
    for one in audit.differences:
        by_frame.setdefault(one.frame, []).append(one)
    return AuditFacts(
        frames=audit.frames,
        differing=tuple(
            DifferingFrame(
                frame=frame,
                seconds=float(page.rate.time_of(frame)),
                ways=tuple(one.way.value for one in ones),
                share=max(one.likeness.share for one in ones),
            )
            for frame, ones in sorted(by_frame.items())
        ),
    )
