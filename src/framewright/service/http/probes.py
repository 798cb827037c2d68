"""The route of probes."""

from __future__ import annotations

from fastapi import APIRouter

from framewright.render import ProbeResult
from framewright.service.http import examples
from framewright.service.http.asking import Here, JsonRoute, Who
from framewright.service.http.documented import problems

router = APIRouter(prefix="/v1", tags=["probe"], route_class=JsonRoute)


@router.post("/probe", summary="Look at a composition", responses=problems(404, 408, 413, 415, 429, 500, 503))
async def probe(asked: examples.AskedProbe, rooms: Here, caller: Who) -> ProbeResult:
    """What a composition is, without rendering it: its size, length, clips, sounds, variables and warnings."""
    source = await rooms.sources.resolve(asked.composition, caller)
    return await rooms.desk.probe(asked, source, caller)
