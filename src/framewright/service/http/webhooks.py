"""What became of the webhooks of a job, and the check before one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from framewright.model.webhook import DeliveryList
from framewright.service.errors import ForbiddenError
from framewright.service.http.asking import Here, JobId, JsonRoute, Who
from framewright.service.http.documented import problems

if TYPE_CHECKING:
    from framewright.model.job_request import RenderRequest
    from framewright.service.rooms import Rooms

router = APIRouter(prefix="/v1", tags=["renders"], route_class=JsonRoute)


@router.get("/renders/{job}/webhooks", summary="See what became of webhooks", responses=problems(404))
async def show(job: JobId, rooms: Here, caller: Who) -> DeliveryList:
    """The messages of a job, the first one first: whether they have arrived, or when they are tried again."""
    await rooms.desk.job(job, caller)
    if rooms.webhooks is None:
        return DeliveryList(deliveries=())
    return DeliveryList(deliveries=await rooms.webhooks.deliveries_of(job))


def check_webhook(rooms: Rooms, asked: RenderRequest) -> None:
    """See that the webhook of a request may be sent.

    Raises:
        RequestError, ForbiddenError: see :meth:`~framewright.service.webhooks.allowing.Allowed.check`.
    """
    if asked.webhook is None:
        return
    if rooms.webhooks is None:
        raise ForbiddenError(
            "This service sends no webhooks: follow the job's events instead.", code="WEBHOOKS_CLOSED"
        )
    rooms.webhooks.check(asked.webhook.url)
