"""The routes of renders: asked for, listed, watched, ended, and taken home."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response

from framewright.model.job import Job, JobPage, JobState
from framewright.model.job_request import RenderRequest
from framewright.model.logs import get_logger
from framewright.model.report import RenderReport
from framewright.service.asked import check_asked
from framewright.service.desk import Order
from framewright.service.errors import ConflictError, GoneError, RequestError, UnknownError
from framewright.service.http import examples
from framewright.service.http.asking import Here, JobId, JsonRoute, RequestId, Who
from framewright.service.http.counting import counted_listener
from framewright.service.http.documented import problems
from framewright.service.http.files import KeptFile, file_answer
from framewright.service.http.linking import with_tickets
from framewright.service.http.told import MEDIA_TYPE, EventStream
from framewright.service.http.watch import traceparent_of
from framewright.service.http.webhooks import check_webhook

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from framewright.service.desk import Caller, FileAnswer, Taken
    from framewright.service.rooms import Rooms

router = APIRouter(prefix="/v1", tags=["renders"], route_class=JsonRoute)
_log = get_logger(__name__)

MOST_JOBS = 200
"""Of one page of the list."""
_KEY_PATTERN = r"^[\x21-\x7e]{1,200}$"
_Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=_KEY_PATTERN,
        description="Of your choice: the same request with the same key is one job, however often it is sent.",
    ),
]
_Ticket = Annotated[
    str | None,
    Query(
        max_length=1000,
        description="In place of a token, from the `links` of the job.",
        include_in_schema=True,
    ),
]
# As OpenAPI 3.2 describes streams of events, and FastAPI does.
_EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "event": {"type": "string"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/JobEvent"},
        },
    },
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `id` counts up, `event` is the kind, `data` is the event as JSON with its "
        "time `at`. A comment comes when nothing happens for two seconds.",
        "content": {MEDIA_TYPE: {"itemSchema": _EVENT, "example": examples.EVENTS}},
    }
}
_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "You have it already."}}


@router.post(
    "/renders",
    status_code=202,
    summary="Start a render",
    responses={
        202: {
            "description": "The job is written down, and waits for its turn; or is the one of before, with the same key.",
            "headers": {"Location": {"description": "Of the job.", "schema": {"type": "string"}}},
        },
        **problems(404, 409, 408, 413, 415, 429, 503),
    },
)
async def start(
    *,
    asked: examples.AskedRender,
    rooms: Here,
    caller: Who,
    request: Request,
    response: Response,
    key: _Key = None,
) -> Job:
    """Start a render; its `links` say where to watch it and where its file will be."""
    taken = await _take(rooms, asked, caller, request, key)
    response.headers["location"] = taken.job.links.self
    return with_tickets(rooms, taken.job)


@router.post(
    "/renders:stream",
    summary="Start a render and watch it",
    response_class=Response,
    responses={**_STREAM, **problems(404, 409, 408, 413, 415, 429, 503)},
)
async def start_and_watch(
    *,
    asked: examples.AskedRender,
    rooms: Here,
    caller: Who,
    request: Request,
    name: RequestId,
    key: _Key = None,
) -> Response:
    """Start a render and answer with its events until it ends. The job goes on where the listener leaves."""
    taken = await _take(rooms, asked, caller, request, key)
    job = taken.job
    return EventStream(
        rooms.desk.events(job.id, caller),
        rooms.stopping,
        {"location": job.links.self},
        listening=counted_listener(rooms),
        job=job.id,
        request=name,
    )


async def _take(
    rooms: Rooms, asked: RenderRequest, caller: Caller, request: Request, key: str | None
) -> Taken:
    check_webhook(rooms, asked)
    source = await rooms.sources.resolve(asked.composition, caller)
    await check_asked(asked, source)
    taken = await rooms.desk.submit(
        Order(
            request=asked,
            source=source,
            caller=caller,
            key=key,
            request_id=request.state.request_id,
            trace=traceparent_of(request),
        )
    )
    _log.info("render_asked", job=taken.job.id, request=request.state.request_id, fresh=taken.fresh)
    return taken


@router.get("/renders", summary="List renders", responses=problems())
async def show_all(
    *,
    rooms: Here,
    caller: Who,
    state: Annotated[list[JobState] | None, Query(description="Only those; may stand several times.")] = None,
    before: Annotated[
        str | None, Query(max_length=100, description="`next` of the page before, for the jobs after it.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_JOBS, description="At most so many.")] = 50,
) -> JobPage:
    """Your jobs, the latest first; all jobs for a token with the scope `admin`."""
    page = await rooms.desk.jobs(caller, states=tuple(state or ()), before=before, limit=limit)
    return page.model_copy(update={"jobs": tuple(with_tickets(rooms, job) for job in page.jobs)})


@router.get("/renders/{job}", summary="Show a render", responses=problems(404))
async def show(job: JobId, rooms: Here, caller: Who) -> Job:
    """One job: how far it is, its chunks, warnings and choices, and what became of it."""
    return with_tickets(rooms, await rooms.desk.job(job, caller))


@router.delete("/renders/{job}", summary="Cancel a render", responses=problems(404, 409))
async def cancel(job: JobId, rooms: Here, caller: Who, name: RequestId) -> Job:
    """End a job that waits or runs. What it has finished is kept for a while, for a retry."""
    _log.info("cancel_asked", job=job, request=name)
    return with_tickets(rooms, await rooms.desk.cancel(job, caller))


@router.post(
    "/renders/{job}/retry",
    status_code=202,
    summary="Retry a render",
    responses=problems(404, 409, 410, 429, 503),
)
async def retry(job: JobId, rooms: Here, caller: Who, name: RequestId, response: Response) -> Job:
    """Have a job that failed or was cancelled go on, from the pieces that it had finished."""
    _log.info("retry_asked", job=job, request=name)
    again = await rooms.desk.retry(job, caller)
    response.headers["location"] = again.links.self
    return with_tickets(rooms, again)


@router.get(
    "/renders/{job}/events",
    summary="Watch a render",
    response_class=Response,
    responses={**_STREAM, **problems(404)},
)
async def watch(
    *,
    job: JobId,
    rooms: Here,
    caller: Who,
    name: RequestId,
    after: Annotated[
        int | None, Query(ge=0, le=2**53, description="Only what came after this event.")
    ] = None,
    last: Annotated[
        str | None,
        Header(
            alias="Last-Event-ID",
            description="The same, as browsers send it when they come back; it comes first.",
        ),
    ] = None,
) -> Response:
    """What was told of a job, then what is told, until it ends. Nothing is lost by coming back."""
    await rooms.desk.job(job, caller)
    since = _number(last) if last else after or 0
    return EventStream(
        rooms.desk.events(job, caller, after=since),
        rooms.stopping,
        listening=counted_listener(rooms),
        job=job,
        request=name,
    )


def _number(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) <= 16):
        raise RequestError(
            "The header Last-Event-ID holds no number of an event: leave it out for all events.",
            code="REQUEST_INVALID",
        )
    return int(written)


_FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "All of it.", "content": {"video/mp4": _FILE, "video/webm": _FILE, "video/quicktime": _FILE,
                                                    "image/gif": _FILE, "application/zip": _FILE}},
    206: {"description": "The part that `Range` asks for.", "content": {"video/mp4": _FILE}},
}  # fmt: skip


@router.get(
    "/renders/{job}/output",
    summary="Take the finished file",
    response_class=Response,
    responses={**_FILES, **_NOT_MODIFIED, **problems(404, 409, 410, 416)},
)
@router.head("/renders/{job}/output", include_in_schema=False)
async def output(
    *, job: JobId, rooms: Here, caller: Who, request: Request, ticket: _Ticket = None, save: bool = False
) -> Response:
    """The finished file, or a part of it: `Range`, `If-Range` and `If-None-Match` are heeded."""
    del ticket  # read before any route is
    return await _file(
        request, rooms.desk.output(job, caller), inline=not save, cache="private, max-age=3600"
    )


@router.get(
    "/renders/{job}/frames/{number}.jpg",
    summary="Look at a frame",
    response_class=Response,
    responses={
        200: {"description": "The picture.", "content": {"image/jpeg": _FILE}},
        204: {"description": "There is none yet, or none any more, and `soft` was asked for."},
        **_NOT_MODIFIED,
        **problems(404, 409, 410, 416),
    },
)
@router.head("/renders/{job}/frames/{number}.jpg", include_in_schema=False)
async def frame(
    *,
    job: JobId,
    number: Annotated[
        str,
        Path(
            description="Of the frame, from the first one that is rendered; or `latest`.",
            json_schema_extra={"pattern": r"^(latest|[0-9]{1,9})$"},
            examples=["latest"],
        ),
    ],
    rooms: Here,
    caller: Who,
    request: Request,
    ticket: _Ticket = None,
    soft: Annotated[
        bool,
        Query(
            description="204 where there is no picture yet, or any more: browsers complain of anything worse."
        ),
    ] = False,
) -> Response:
    """A frame as a JPEG: any one of a finished job, the latest one while it runs."""
    del ticket
    if number != "latest" and not (number.isascii() and number.isdecimal() and len(number) <= 9):
        raise UnknownError("There is no such frame: give its number, or 'latest'.", code="FRAME_UNKNOWN")
    wanted = None if number == "latest" else int(number)
    opened = rooms.desk.frame(job, wanted, caller)
    try:
        return await _file(request, opened, inline=True, cache="private, no-cache")
    except (ConflictError, GoneError):
        if soft:
            return Response(status_code=204, headers={"cache-control": "no-store"})
        raise


async def _file(
    request: Request, opened: AbstractAsyncContextManager[FileAnswer], *, inline: bool, cache: str
) -> Response:
    async with AsyncExitStack() as stack:
        file = await stack.enter_async_context(opened)
        answer = await file_answer(request, file, inline=inline, cache=cache)
        return KeptFile(answer, stack.pop_all())


@router.get(
    "/renders/{job}/report", summary="Read the account of a render", responses=problems(404, 409, 410)
)
async def report(job: JobId, rooms: Here, caller: Who, ticket: _Ticket = None) -> RenderReport:
    """Where the time went, the slowest frames, and why each choice was made."""
    del ticket
    return await rooms.desk.report(job, caller)
