"""The routes of plans: planned, rendered chunk by chunk as the caller says, put together, and taken home."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from framewright.model.kept_plan import FileMade, KeptPlan, PieceMade
from framewright.service.asked import check_asked
from framewright.service.errors import ForbiddenError, UnknownError
from framewright.service.http import examples
from framewright.service.http.asking import Here, JsonRoute, Who
from framewright.service.http.documented import problems
from framewright.service.http.files import KeptFile, file_answer
from framewright.service.http.leaving import while_there
from framewright.service.plans.keeper import Plans

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from framewright.service.desk import FileAnswer

router = APIRouter(prefix="/v1/plans", tags=["plans"], route_class=JsonRoute)

_DIGITS = frozenset("0123456789abcdef")
_LOCATION: dict[str, Any] = {"Location": {"description": "Of the plan.", "schema": {"type": "string"}}}
_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_PIECE: dict[int | str, dict[str, Any]] = {
    200: {"description": "All of it.", "content": {"application/octet-stream": _FILE}},
    206: {"description": "The part that `Range` asks for.", "content": {"application/octet-stream": _FILE}},
    304: {"description": "You have it already."},
}
_VIDEO: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "All of it.",
        "content": dict.fromkeys(
            ("video/mp4", "video/webm", "video/quicktime", "image/gif", "application/zip"), _FILE
        ),
    },
    206: {"description": "The part that `Range` asks for.", "content": {"video/mp4": _FILE}},
    304: {"description": "You have it already."},
}
_KEPT = "private, no-cache"


def _plans(rooms: Here) -> Plans:
    if rooms.plans is None:
        raise ForbiddenError(
            "This service renders on a cluster, and keeps no plans: start renders instead.",
            code="PLANS_CLOSED",
        )
    return rooms.plans


def _plan_digest(
    digest: Annotated[
        str, Path(description="The plan's digest.", json_schema_extra={"pattern": "^[0-9a-f]{64}$"})
    ],
) -> str:
    # Beyond this line it becomes the name of a folder.
    if len(digest) != 64 or not set(digest) <= _DIGITS:
        raise UnknownError("There is no such plan.", code="PLAN_UNKNOWN")
    return digest


def _chunk_index(
    index: Annotated[
        str,
        Path(
            description="Of the chunk, from 0 on.",
            json_schema_extra={"pattern": "^[0-9]{1,5}$"},
            examples=["0"],
        ),
    ],
) -> int:
    if not (index.isascii() and index.isdecimal() and len(index) <= 5):
        raise UnknownError("There is no such chunk: give its index, from 0 on.", code="CHUNK_UNKNOWN")
    return int(index)


Keeper = Annotated[Plans, Depends(_plans)]
PlanDigest = Annotated[str, Depends(_plan_digest)]
ChunkIndex = Annotated[int, Depends(_chunk_index)]


@router.post(
    "",
    status_code=201,
    response_model=KeptPlan,
    summary="Plan a render",
    responses={
        201: {"description": "The plan.", "headers": _LOCATION},
        200: {"description": "You have that plan already.", "model": KeptPlan, "headers": _LOCATION},
        **problems(404, 408, 413, 415, 429, 500, 503),
    },
)
async def plan(
    *,
    asked: examples.AskedPlan,
    rooms: Here,
    plans: Keeper,
    caller: Who,
    request: Request,
    response: Response,
) -> KeptPlan | Response:
    """Open a composition, and settle what is rendered and in which chunks; the plan holds every file that it needs."""
    source = await rooms.sources.resolve(asked.composition, caller)
    await check_asked(asked, source)
    made = await while_there(request, plans.plan(asked, source, caller))
    if isinstance(made, Response):
        return made
    kept, fresh = made
    response.status_code = 201 if fresh else 200
    response.headers["location"] = kept.links.self
    return kept


@router.get("/{digest}", summary="Show a plan", responses=problems(404, 410))
async def show(digest: PlanDigest, plans: Keeper, caller: Who) -> KeptPlan:
    """What is rendered, in which chunks, and which of them are done."""
    return await plans.show(digest, caller)


@router.get(
    "/{digest}/document",
    summary="Read the plan itself",
    response_class=Response,
    responses={
        200: {
            "description": "As `framewright plan` writes it.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        206: {"description": "The part that `Range` asks for.", "content": {"application/json": _FILE}},
        304: {"description": "You have it already."},
        **problems(404, 410, 416),
    },
)
async def document(*, digest: PlanDigest, plans: Keeper, caller: Who, request: Request) -> Response:
    """The whole plan, with its files by name and digest, as one document."""
    return await _file(request, plans.document(digest, caller))


@router.post(
    "/{digest}/chunks/{index}",
    response_model=PieceMade,
    summary="Render a chunk",
    responses=problems(404, 410, 429, 500, 503),
)
async def render_chunk(
    *, digest: PlanDigest, index: ChunkIndex, plans: Keeper, caller: Who, request: Request
) -> PieceMade | Response:
    """Render one chunk, and answer when its piece stands; at once where it stands already.

    Whoever asks for a chunk that is being rendered waits for that. When the last one who waits goes away, it is left.
    """
    return await while_there(request, plans.chunk(digest, index, caller))


@router.get(
    "/{digest}/chunks/{index}",
    summary="Take the piece of a chunk",
    response_class=Response,
    responses={**_PIECE, **problems(404, 409, 410, 416)},
)
@router.head("/{digest}/chunks/{index}", include_in_schema=False)
async def chunk(
    *, digest: PlanDigest, index: ChunkIndex, plans: Keeper, caller: Who, request: Request
) -> Response:
    """The piece, the same bytes as `framewright chunk` writes."""
    return await _file(request, plans.piece(digest, index, caller))


@router.post(
    "/{digest}/sound",
    response_model=PieceMade,
    summary="Mix the sound",
    responses=problems(404, 410, 429, 500, 503),
)
async def mix_sound(
    *, digest: PlanDigest, plans: Keeper, caller: Who, request: Request
) -> PieceMade | Response:
    """Mix and encode the sound, a piece of its own, and answer when it stands."""
    return await while_there(request, plans.sound(digest, caller))


@router.get(
    "/{digest}/sound",
    summary="Take the piece of sound",
    response_class=Response,
    responses={**_PIECE, **problems(404, 409, 410, 416)},
)
@router.head("/{digest}/sound", include_in_schema=False)
async def sound(*, digest: PlanDigest, plans: Keeper, caller: Who, request: Request) -> Response:
    """The piece, the same bytes as `framewright chunk … sound` writes."""
    return await _file(request, plans.piece(digest, None, caller))


@router.post(
    "/{digest}/assemble",
    response_model=FileMade,
    summary="Put the file together",
    responses=problems(404, 409, 410, 429, 500, 503),
)
async def assemble(
    *, digest: PlanDigest, plans: Keeper, caller: Who, request: Request
) -> FileMade | Response:
    """Put the file together out of all chunks and the sound; 409 says which of them are not there."""
    return await while_there(request, plans.assemble(digest, caller))


@router.get(
    "/{digest}/output",
    summary="Take the finished file",
    response_class=Response,
    responses={**_VIDEO, **problems(404, 409, 410, 416)},
)
@router.head("/{digest}/output", include_in_schema=False)
async def output(
    *, digest: PlanDigest, plans: Keeper, caller: Who, request: Request, save: bool = False
) -> Response:
    """The finished file, or a part of it: `Range`, `If-Range` and `If-None-Match` are heeded."""
    return await _file(request, plans.output(digest, caller), inline=not save)


async def _file(
    request: Request, opened: AbstractAsyncContextManager[FileAnswer], *, inline: bool = False
) -> Response:
    async with AsyncExitStack() as stack:
        file = await stack.enter_async_context(opened)
        return KeptFile(await file_answer(request, file, inline=inline, cache=_KEPT), stack.pop_all())
