"""Ending a job that nobody waits for any more, in the little time that whoever stops us gives."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from framewright.client.transport import Ask
from framewright.model.errors import FramewrightError
from framewright.model.events import FellBack
from framewright.model.job import Job
from framewright.model.logs import get_logger
from framewright.model.service_errors import ConflictError

if TYPE_CHECKING:
    from framewright.client.transport import Transport
    from framewright.model.job_request import RenderRequest
    from framewright.render.telling import Teller

CALL_OFF_SECONDS = 2.0
_log = get_logger(__name__)


async def begin(transport: Transport, request: RenderRequest, key: str, teller: Teller) -> Job:
    """Have a job begin. Cancelled, it sees to it that none has, or says that one may have.

    Raises:
        FramewrightError: as :meth:`~framewright.client.transport.Transport.ask`; the same key makes it safe to try again.
    """
    body = request.model_dump_json(exclude_none=True).encode()
    ask = Ask(
        method="POST",
        path="/v1/renders",
        headers={"Content-Type": "application/json", "Idempotency-Key": key},
        body=lambda: body,
    )
    asking = asyncio.create_task(transport.ask(ask, Job))
    try:
        job = await asyncio.shield(asking)
    except asyncio.CancelledError:
        if not await _settled(asking):
            teller.fall_back(
                FellBack(
                    code="RENDER_MAY_GO_ON",
                    message=f"The service has not said whether it has begun: framewright jobs list --server {transport.base} "
                    "shows it.",
                )
            )
        elif asking.exception() is None:
            await call_off(transport, asking.result().id, teller)
        raise
    _log.info("job_begun", job=job.id, server=transport.base)
    return job


async def call_off(transport: Transport, job: str, teller: Teller) -> None:
    """End a job within two seconds, whatever cancels us meanwhile; say so when that could not be."""
    cancelling = asyncio.create_task(_cancel(transport, job))
    if await _settled(cancelling) and cancelling.exception() is None:
        _log.info("job_called_off", job=job, server=transport.base)
        return
    _log.warning("job_not_called_off", job=job, server=transport.base)
    teller.fall_back(
        FellBack(
            code="RENDER_GOES_ON",
            message="The service could not be told in time, so the render goes on there: "
            f"framewright jobs cancel {job} --server {transport.base} ends it.",
        )
    )


async def _cancel(transport: Transport, job: str) -> Job | None:
    ask = Ask(method="DELETE", path=f"/v1/renders/{job}", seconds=CALL_OFF_SECONDS)
    try:
        async with transport.answer(ask):
            return None
    except ConflictError:  # it has ended by itself
        return None
    except FramewrightError:
        raise
    except Exception as error:
        raise transport.translated(error) from error


async def _settled(work: asyncio.Task[Job] | asyncio.Task[Job | None]) -> bool:
    """Whether a task ends in time; otherwise it is cancelled."""
    loop = asyncio.get_running_loop()
    until = loop.time() + CALL_OFF_SECONDS
    while not work.done() and (left := until - loop.time()) > 0:
        try:
            await asyncio.wait((work,), timeout=left)
        except asyncio.CancelledError:
            continue
    if work.done():
        return not work.cancelled()
    work.cancel()
    return False
