"""What is rendered, from the plan that a worker has made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.events import Decided
from framewright.model.job import JobPlan

if TYPE_CHECKING:
    from framewright.model.plan import Plan


def job_plan(plan: Plan) -> JobPlan:
    """As the page of a job has it."""
    picture = plan.picture
    return JobPlan(
        width=picture.width,
        height=picture.height,
        scale=picture.scale,
        fps=picture.rate,
        frames=len(picture.range),
        first_frame=picture.start,
        seconds=float(picture.frame_rate.time_of(len(picture.range))),
    )


def cut(plan: Plan) -> Decided:
    """Where it was cut, so that chunks show which nobody has begun."""
    cuts = [chunk.start for chunk in plan.chunks] + [plan.chunks[-1].stop]
    return Decided(
        subject="chunks",
        choice=len(plan.chunks),
        inputs={"cuts": list(cuts), "costs": [chunk.cost for chunk in plan.chunks]},
        reason=f"{len(plan.chunks)} as the plan has them, each for whichever worker is free.",
    )
