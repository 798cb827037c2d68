"""Cutting a plan into chunks: as it was cut before where that is known, else by what its frames cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.capture import CaptureKind
from framewright.model.plan import Chunk, Estimate
from framewright.render.choice import Choice
from framewright.render.planning.costs import may_be_cut, measure_costs
from framewright.render.planning.digests import sealed
from framewright.schedule.costs import CostCurve
from framewright.schedule.cutting import CHUNKS_A_SLOT, OPENINGS, Cut, cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

    from framewright.model.frames import FrameRange
    from framewright.model.plan import Plan
    from framewright.render.opening import Opened
    from framewright.render.options import RenderOptions
    from framewright.render.telling import Teller

LOST_AT_MOST = 60.0
"""Seconds of one browser that a chunk of a long render is worth, about: so much is lost when the power fails."""

WORTH_KEEPING = 20.0
"""Seconds that a chunk is worth at least where one is rendered at a time: cuts make nothing quicker there, and each has an opening."""


async def cut_plan(
    plan: Plan,
    opened: Opened,
    options: RenderOptions,
    teller: Teller,
    *,
    slots: int,
    opening: float,
    recall: Callable[[str], tuple[FrameRange, ...] | None],
) -> Plan:
    """The plan in chunks: as it was cut before where that is known and nothing else is asked for, else by cost."""
    frames = opened.timing.range
    curve = CostCurve.flat(usual_cost(plan))
    before = recall(sealed(plan).digests.video) if options.chunk_frames is None else None
    if before is not None and options.chunks in {None, len(before)}:
        found = _as_before(before, curve)
    else:
        # One at a time takes as long however it is cut.
        if slots > 1 and may_be_cut(frames, chunks=options.chunks, chunk_frames=options.chunk_frames):
            measured = await measure_costs(
                opened, CaptureKind(plan.picture.capture), transfer=plan.output.transfer
            )
            curve, opening = measured.curve, measured.opening
        found = cut(
            curve,
            frames,
            grid=plan.output.segment,
            chunks=options.chunks,
            chunk_frames=options.chunk_frames,
            slots=max(slots, round(curve.of(frames) / (min(CHUNKS_A_SLOT) * LOST_AT_MOST))),
            opening=opening if slots > 1 else max(opening, WORTH_KEEPING / OPENINGS),
        )
    cuts: list[JsonValue] = [chunk.start for chunk in found.chunks]
    teller.decide(
        Choice(
            subject="chunks",
            choice=len(found.chunks),
            inputs={**found.inputs, "cuts": [*cuts, frames.stop]},
            reason=found.reason,
        )
    )
    estimate = Estimate(knots=curve.knots, opening=opening, seconds=curve.of(frames))
    return plan.model_copy(update={"chunks": found.chunks, "estimate": estimate})


def _as_before(parts: tuple[FrameRange, ...], curve: CostCurve) -> Cut:
    chunks = tuple(
        Chunk(index=index, start=part.start, stop=part.stop, cost=curve.of(part))
        for index, part in enumerate(parts)
    )
    many = f"{len(chunks)} chunks" if len(chunks) > 1 else "1 chunk"
    return Cut(
        chunks, aligned=True, reason=f"{many}: cut as before, so that pieces which are kept are found."
    )


def usual_cost(plan: Plan) -> float:
    """Seconds of one browser for a frame that moves, where nobody has measured: 30 ms for 1080p by the stream, 150 by screenshots."""
    area = plan.picture.drawn.area / (1920 * 1080)
    return (0.03 if plan.picture.capture == "stream" else 0.15) * max(0.1, area)
