"""Cutting a plan as the same pictures were cut before: costs are measured, and differ from day to day, but pieces are found by their frames."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

from framewright.executors.temporal.names import cuts_document
from framewright.model.plan import Chunk
from framewright.schedule.costs import CostCurve

if TYPE_CHECKING:
    from framewright.model.plan import Plan
    from framewright.stores.store import BlobStore


async def cut_as_before(plan: Plan, store: BlobStore) -> Plan:
    """The plan with the cuts that a store remembers for its pictures; they are remembered now if none are.

    Only cuts that change no byte of the file take the place of others, and only as many as there are: where the encoder begins
    anew anyway.

    Raises:
        StoreError: as :class:`~framewright.stores.store.BlobStore`.
    """
    cuts = _cuts(plan)
    if len(cuts) == 2 or not _on_grid(cuts, plan):
        return plan
    name = cuts_document(plan.digests.video)
    if await store.commit(name, json.dumps(cuts).encode()):
        return plan
    found = _read(await store.read(name))
    if found is None or len(found) != len(cuts) or found == cuts:
        return plan
    if (found[0], found[-1]) != (cuts[0], cuts[-1]) or not _on_grid(found, plan):
        return plan
    knots = plan.estimate.knots
    curve = CostCurve(knots) if knots else CostCurve.flat(1.0)
    chunks = [
        Chunk(index=index, start=start, stop=stop, cost=0.0)
        for index, (start, stop) in enumerate(pairwise(found))
    ]
    return plan.model_copy(
        update={"chunks": tuple(chunk.model_copy(update={"cost": curve.of(chunk.range)}) for chunk in chunks)}
    )


def _cuts(plan: Plan) -> list[int]:
    return [plan.picture.start, *(chunk.stop for chunk in plan.chunks)]


def _on_grid(cuts: list[int], plan: Plan) -> bool:
    segment = plan.output.segment
    return segment > 0 and all(cut % segment == 0 for cut in cuts[1:-1])


def _read(written: bytes | None) -> list[int] | None:
    try:
        found = json.loads(written or b"")
    except ValueError:
        return None
    if not isinstance(found, list) or not all(type(cut) is int for cut in found):
        return None
    return found if all(one < other for one, other in pairwise(found)) else None
