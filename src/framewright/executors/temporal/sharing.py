"""How many chunks a machine renders at a time, and by how many browsers each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.capture import choose_workers
from framewright.executors.local import WORKERS_A_PROCESS
from framewright.model.errors import UsageError
from framewright.model.size import Size
from framewright.render.choice import Choice
from framewright.render.options import MOST_WORKERS

if TYPE_CHECKING:
    from framewright.render.machine import Machine

MOST_SLOTS = 256
# Nobody knows yet what will be rendered: a usual picture, and frames enough for everybody.
_USUAL = Size(1920, 1080)
_MANY = 1 << 20


@dataclass(frozen=True, slots=True)
class Share:
    """Attributes:
    slots: chunks at a time.
    workers: browsers for each.
    """

    slots: int
    workers: int
    choice: Choice


def share_out(machine: Machine, *, slots: int | None, workers: int | None) -> Share:
    """Settle both; what is None is as much as the machine carries.

    Raises:
        UsageError: ``SLOTS_INVALID``, ``WORKERS_INVALID``.
    """
    if slots is not None and not 1 <= slots <= MOST_SLOTS:
        raise UsageError(f"--slots {slots} is out of range: use 1 to {MOST_SLOTS}.", code="SLOTS_INVALID")
    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        raise UsageError(
            f"--workers {workers} is out of range: use 1 to {MOST_WORKERS}, or auto.", code="WORKERS_INVALID"
        )
    sizing = choose_workers(
        requested=None, cores=machine.cores, memory=machine.available, frames=_MANY, size=_USUAL
    )
    browsers = sizing.workers
    chunks = slots or max(1, browsers // (workers or WORKERS_A_PROCESS))
    each = workers or max(1, browsers // chunks)
    how = (
        "as told"
        if slots and workers
        else f"of {browsers} browsers that the machine carries ({sizing.limit})"
    )
    chunk, browser = "chunk" if chunks == 1 else "chunks", "browser" if each == 1 else "browsers"
    choice = Choice(
        subject="slots",
        choice=chunks,
        inputs={
            **sizing.inputs,
            "limits_from": machine.source,
            "workers": each,
            "slots_requested": slots or "auto",
            "workers_requested": workers or "auto",
        },
        reason=f"{chunks} {chunk} at a time, {each} {browser} each; {how}.",
    )
    return Share(chunks, each, choice)
