"""How many browsers draw a plan's frames side by side here: as asked, or as the machine carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.capture import choose_workers
from framewright.render.choice import Choice
from framewright.render.machine import read_machine

if TYPE_CHECKING:
    from framewright.model.plan import Plan


@dataclass(frozen=True, slots=True)
class CrewSize:
    """How many, and why."""

    workers: int
    choice: Choice


def choose_crew_size(plan: Plan, frames: int, requested: int | None) -> CrewSize:
    """Settle it for so many frames at a time.

    Args:
        requested: None: as many as the machine carries.
    """
    machine = read_machine()
    sizing = choose_workers(
        requested=requested,
        cores=machine.cores,
        memory=machine.available,
        frames=frames,
        size=plan.picture.drawn,
        footage=any(file.facts is not None and file.facts.video is not None for file in plan.files),
    )
    choice = Choice(
        subject="workers",
        choice=sizing.workers,
        inputs={**sizing.inputs, "limits_from": machine.source},
        reason=f"{sizing.workers} side by side; what sets the number: {sizing.limit}.",
    )
    return CrewSize(sizing.workers, choice)
