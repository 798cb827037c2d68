"""What is told of a plan that is kept: by its document once, and by what of it is done each time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blake3 import blake3

from framewright.model.job import JobOutput
from framewright.model.kept_plan import KeptChunk, KeptPlan, KeptPlanLinks
from framewright.service.plans.places import suffix_of, type_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from framewright.model.assembled import AssembleReport
    from framewright.model.job_request import PlanRequest
    from framewright.model.plan import Plan

_LONGEST_NAME = 80


def name_of(plan: Plan, request: PlanRequest) -> str:
    """The name under which a plan is kept.

    Cuts at which an encoder begins anew are no part of a plan's digest, and where nobody says how to cut they follow from
    times that were measured: the same request finds the plan that stands, another wish has one of its own.
    """
    if request.chunks in (None, "auto") and request.chunk_frames is None:
        return plan.digests.plan
    wish = f"{plan.digests.plan} {request.chunks} {request.chunk_frames}"
    return blake3(wish.encode()).hexdigest()


def describe(plan: Plan, digest: str, name: str) -> KeptPlan:
    """What is told of a plan of which nothing is done."""
    picture, place = plan.picture, f"/v1/plans/{digest}"
    return KeptPlan(
        digest=digest,
        digests=plan.digests,
        name=name,
        width=picture.width,
        height=picture.height,
        scale=picture.scale,
        fps=picture.rate,
        frames=len(picture.range),
        first_frame=picture.start,
        seconds=float(picture.frame_rate.time_of(len(picture.range))),
        format=plan.output.format,
        codec=plan.output.codec,
        chunks=tuple(
            KeptChunk(
                index=chunk.index,
                start=chunk.start,
                stop=chunk.stop,
                cost=chunk.cost,
                link=f"{place}/chunks/{chunk.index}",
            )
            for chunk in plan.chunks
        ),
        sound=plan.sound is not None,
        links=KeptPlanLinks(
            self=place,
            document=f"{place}/document",
            sound=None if plan.sound is None else f"{place}/sound",
            assemble=f"{place}/assemble",
        ),
    )


def with_progress(
    kept: KeptPlan, done: Collection[int], report: AssembleReport | None, *, sound_done: bool
) -> KeptPlan:
    """The same, with what of it is done.

    Args:
        report: of the finished file; None: there is none.
    """
    chunks = tuple(
        chunk.model_copy(update={"done": True}) if chunk.index in done else chunk for chunk in kept.chunks
    )
    output = None if report is None else output_of(kept, report)
    links = kept.links.model_copy(update={"output": None if report is None else f"{kept.links.self}/output"})
    return kept.model_copy(
        update={"chunks": chunks, "sound_done": sound_done, "output": output, "links": links}
    )


def output_of(kept: KeptPlan, report: AssembleReport) -> JobOutput:
    """What is told of the finished file."""
    facts = report.output
    return JobOutput(
        name=file_name(kept),
        type=type_of(kept.format),
        bytes=facts.bytes,
        frames=facts.frames,
        seconds=facts.seconds,
    )


def file_name(kept: KeptPlan) -> str:
    """The name of the finished file, in letters that every system takes."""
    plain = re.sub(r"[^\w.\- ]+", "-", kept.name).strip(" .-_")[:_LONGEST_NAME].rstrip(" .-_")
    return f"{plain or 'video'}{suffix_of(kept.format)}"
