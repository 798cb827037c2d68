"""The routes for those who run the service."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from framewright.model.job import JobState
from framewright.service.errors import UnknownError
from framewright.service.http.asking import Here, Who
from framewright.service.http.documented import problems

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    """It answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether the service takes orders, and how busy it is.

    Attributes:
        why_not: a sentence, where it is not ready.
        room: how many more may wait. It and all other counts are None where tokens are needed and none was sent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ready: bool
    why_not: str | None
    slots: int | None = None
    queued: int | None = None
    running: int | None = None
    room: int | None = None
    states: dict[JobState, Annotated[int, Field(ge=0)]] | None = None


@router.get("/healthz", summary="Whether it answers")
@router.head("/healthz", include_in_schema=False)
async def health() -> Health:
    """Answers at once, whatever renders."""
    return Health()


@router.get(
    "/readyz",
    summary="Whether it takes orders",
    responses={503: {"model": Readiness, "description": "It does not: `why_not` says why."}},
)
@router.head("/readyz", include_in_schema=False)
async def readiness(rooms: Here, caller: Who, response: Response) -> Readiness:
    """For balancers: 503 while the service stops, or where nobody is there to render."""
    standing = await rooms.desk.standing()
    stopping = rooms.stopping.is_set()
    ready = standing.ready and not stopping
    if not ready:
        response.status_code = 503
        response.headers["retry-after"] = "5"
    why_not = "The service is about to stop." if stopping else standing.why_not
    if "read" not in caller.scopes and not caller.sees_all:
        return Readiness(ready=ready, why_not=why_not)
    return Readiness(
        ready=ready,
        why_not=why_not,
        slots=standing.slots,
        queued=standing.queued,
        running=standing.running,
        room=standing.room,
        states={JobState(name): count for name, count in standing.states.items()},
    )


@router.get(
    "/metrics",
    summary="What Prometheus collects",
    response_class=Response,
    responses={
        200: {
            "description": "Measures in Prometheus' text.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        **problems(404, 429, 503),
    },
)
async def measures(rooms: Here) -> Response:
    """Counts and times of this process. Where tokens are needed it takes one with the scope `read`."""
    if rooms.metrics is None:
        raise UnknownError("This service counts nothing.", code="METRICS_CLOSED")
    from framewright.service.metrics import CONTENT_TYPE

    page = await rooms.metrics.page(await rooms.desk.standing())
    return Response(page, media_type=CONTENT_TYPE)
