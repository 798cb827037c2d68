"""Judging a finished file: by itself, by its plan, and beside another one. What is wrong is a finding, never raised."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from framewright.media import Pulse, inspect
from framewright.media.codec_log import complaint
from framewright.media.verifying import compare_films, index_comes_first, look_through
from framewright.model.errors import OutputError, UsageError
from framewright.model.verified import Fault, FileFinding, FilmComparison, FrameDifference, VerifyReport
from framewright.render.planning.folder import open_plan
from framewright.render.threads import in_thread
from framewright.render.verdicts import Evidence, by_itself, by_plan

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.media.verifying import Comparison
    from framewright.model.plan import Plan


async def verify_file(path: Path, against: Path | None, plan: Path | None) -> VerifyReport:
    """Read a file to its end, and judge it; see :func:`framewright.verify`."""
    for given in (path, against):
        if given is not None and not given.exists():
            raise UsageError(f"There is no {given}: look at its name.", code="FILE_MISSING")
    pulse = Pulse()

    def work() -> VerifyReport:
        return _verified(path, against, None if plan is None else open_plan(plan), pulse)

    return await in_thread(work, interrupt=pulse.stop)


def _verified(path: Path, against: Path | None, plan: Plan | None, pulse: Pulse) -> VerifyReport:
    # A name that is no UTF-8 cannot stand in JSON as it is.
    told = os.fsencode(path).decode("utf-8", "backslashreplace")
    rate = None if plan is None else plan.picture.frame_rate
    try:
        file = inspect(path, rate)
        by_frames = path.is_dir() or file.codec == "gif"
        film = look_through(path, None if by_frames else _rate_of(file.fps, plan), pulse)
        index = None if path.is_dir() else index_comes_first(path)
    except (OutputError, av.FFmpegError, OSError, IndexError) as error:
        reason = (
            error.message if isinstance(error, OutputError) else f"{path} cannot be read: {complaint(error)}."
        )
        return VerifyReport(
            path=told, file=None, findings=(FileFinding(code=Fault.UNREADABLE, message=reason),)
        )
    evidence = Evidence(file, film, index, pictures=path.is_dir())
    findings = [*by_itself(evidence, strict=plan is not None)]
    if plan is not None:
        findings += by_plan(evidence, plan)
    comparison = None
    if against is not None:
        comparison, more = _compared(path, against, pulse)
        findings += more
    return VerifyReport(
        path=told,
        file=file.model_copy(update={"path": told}),
        decoded=film.frames,
        keyframe_distance=film.longest,
        index_first=index,
        findings=tuple(findings),
        comparison=comparison,
    )


def _rate_of(told: str, plan: Plan | None) -> Fraction | None:
    """The exact rate, where it is known: WebM does not tell it."""
    if plan is not None:
        return plan.picture.frame_rate.value
    return Fraction(told) or None


def _compared(path: Path, against: Path, pulse: Pulse) -> tuple[FilmComparison | None, list[FileFinding]]:
    try:
        found = compare_films(path, against, pulse)
    except (av.FFmpegError, OSError, IndexError) as error:
        reason = f"The films cannot be compared to their end: {complaint(error)}."
        return None, [FileFinding(code=Fault.OTHER_UNREADABLE, message=reason)]
    findings = []
    if found.frames != found.others:
        findings.append(
            FileFinding(
                code=Fault.OTHER_FRAMES,
                message=f"It has {found.frames} frames, and {against} has {found.others}.",
                frame=min(found.frames, found.others),
            )
        )
    if found.sizes is not None:
        findings.append(
            FileFinding(
                code=Fault.OTHER_SIZE,
                message=f"Its pictures are {found.sizes[0]}, and those of {against} are {found.sizes[1]}.",
            )
        )
    return _told(found), findings


def _told(found: Comparison) -> FilmComparison:
    return FilmComparison(
        compared=found.compared,
        equal=found.equal,
        psnr=None if found.psnr is None else round(found.psnr, 3),
        ssim=round(found.ssim, 6),
        worst=tuple(
            FrameDifference(
                frame=one.frame,
                psnr=None if one.psnr is None else round(one.psnr, 3),
                ssim=round(one.ssim, 6),
            )
            for one in found.worst
        ),
    )
