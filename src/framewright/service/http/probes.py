"""The route of probes."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from framewright.render import ProbeResult
from framewright.service.asked import check_asked
from framewright.service.http import examples
from framewright.service.http.asking import Here, JsonRoute, Who
from framewright.service.http.counting import counted_probe
from framewright.service.http.documented import problems
from framewright.service.http.leaving import while_there

router = APIRouter(prefix="/v1", tags=["probe"], route_class=JsonRoute)


@router.post(
    "/probe",
    response_model=ProbeResult,
    summary="Look at a composition",
    responses=problems(404, 408, 413, 415, 429, 500, 503),
)
async def probe(
    *, asked: examples.AskedProbe, rooms: Here, caller: Who, request: Request
) -> ProbeResult | Response:
    """What a composition is, without rendering it: its size, length, clips, sounds, variables and warnings."""
    source = await rooms.sources.resolve(asked.composition, caller)
    await check_asked(asked, source)
    return await while_there(request, counted_probe(rooms, rooms.desk.probe(asked, source, caller)))
