"""The routes of uploads: projects as archives and file by file, listed and removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response

from framewright.model.job_request import ID_PATTERN
from framewright.model.upload import BlobStored, Upload, UploadAnswer, UploadManifest, UploadPage
from framewright.service.errors import MediaTypeError, UnknownError
from framewright.service.http.asking import Here, JsonRoute, Who
from framewright.service.http.counting import counted_bytes
from framewright.service.http.documented import problems

if TYPE_CHECKING:
    from framewright.service.rooms import Rooms
    from framewright.service.uploads import Intake, Uploads

router = APIRouter(prefix="/v1", tags=["uploads"], route_class=JsonRoute)

MOST_UPLOADS = 200
"""Of one page of the list."""
_ARCHIVES = ("application/zip", "application/x-tar", "application/gzip")
# What else the same things are called, and what is said by those who do not know.
_ALSO = frozenset(
    {
        "",
        "application/x-zip-compressed",
        "application/x-gzip",
        "application/x-gtar",
        "application/octet-stream",
    }
)
_ID = re.compile(ID_PATTERN.rstrip("$") + r"\Z")
_DIGEST_PATTERN = r"^[0-9a-f]{64}$"
_DIGEST = re.compile(_DIGEST_PATTERN.rstrip("$") + r"\Z")
_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_LOCATION = {"Location": {"description": "Of the upload.", "schema": {"type": "string"}}}
_MANIFEST: dict[str, Any] = {
    "project": {
        "summary": "A project of two files",
        "value": {
            "name": "title",
            "files": [
                {"path": "index.html", "digest": "0f" * 32, "bytes": 812},
                {"path": "assets/logo.svg", "digest": "e1" * 32, "bytes": 2048},
            ],
        },
    }
}


def _upload_id(
    upload: Annotated[str, Path(description="The upload's id.", json_schema_extra={"pattern": ID_PATTERN})],
) -> str:
    # Beyond this line ids become names of folders.
    if not _ID.match(upload):
        raise UnknownError("There is no such upload.", code="UPLOAD_UNKNOWN")
    return upload


def _digest(
    digest: Annotated[
        str,
        Path(
            description="BLAKE3 of the file, in hexadecimal.", json_schema_extra={"pattern": _DIGEST_PATTERN}
        ),
    ],
) -> str:
    if not _DIGEST.match(digest):
        raise UnknownError(
            "A file is sent to its BLAKE3 digest, in 64 small hexadecimal digits.", code="DIGEST_INVALID"
        )
    return digest


_UploadId = Annotated[str, Depends(_upload_id)]
_Digest = Annotated[str, Depends(_digest)]


@router.post(
    "/uploads",
    status_code=201,
    summary="Upload a project as an archive",
    responses={
        200: {"model": Upload, "description": "You have sent this project before: it is that one."},
        201: {"description": "The project is here.", "headers": _LOCATION},
        **problems(408, 413, 415, 429, 503),
    },
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(_ARCHIVES, _BYTES)}},
)
async def take_archive(
    *,
    rooms: Here,
    caller: Who,
    request: Request,
    response: Response,
    name: Annotated[
        str | None,
        Query(min_length=1, max_length=200, description="What people shall call it; else, as its folder is."),
    ] = None,
) -> Upload:
    """A ZIP or TAR archive (also packed by gzip) of a project's folder. The same files are the same upload."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _ARCHIVES and kind not in _ALSO:
        raise MediaTypeError(
            f"An upload is an archive: {', '.join(_ARCHIVES)}; send a single page with the render, as 'html'.",
            code="ARCHIVE_TYPE",
        )
    upload, fresh = await _intake(rooms).take_archive(
        counted_bytes(rooms, request.stream()), caller, name=name
    )
    return _created(upload, response, fresh=fresh)


@router.post(
    "/uploads:files",
    summary="Upload a project file by file",
    responses={
        200: {
            "description": "`missing` are to be sent, then this again; or you have the project here already."
        },
        201: {"model": UploadAnswer, "description": "The project is here.", "headers": _LOCATION},
        **problems(408, 413, 415, 503),
    },
)
async def take_manifest(
    *,
    asked: Annotated[UploadManifest, Body(openapi_examples=_MANIFEST)],
    rooms: Here,
    caller: Who,
    response: Response,
) -> UploadAnswer:
    """Name a project's files by path and digest, and learn which are missing: only those need sending."""
    answer, fresh = await _intake(rooms).take_manifest(asked, caller)
    if answer.upload is not None and fresh:
        response.status_code = 201
        _created(answer.upload, response, fresh=True)
    return answer


@router.put(
    "/blobs/{digest}",
    status_code=201,
    summary="Send one file of a project",
    responses={
        200: {"model": BlobStored, "description": "You have sent it before."},
        201: {"description": "It is here."},
        **problems(404, 408, 413, 429, 503),
    },
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": _BYTES}}},
)
async def take_blob(
    *, digest: _Digest, rooms: Here, caller: Who, request: Request, response: Response
) -> BlobStored:
    """A file that a manifest names. It is yours alone: nobody else's manifest finds it by its digest."""
    stored, fresh = await _intake(rooms).take_blob(digest, counted_bytes(rooms, request.stream()), caller)
    if not fresh:
        response.status_code = 200
    return stored


@router.get("/uploads", summary="List uploads", responses=problems())
async def show_all(
    *,
    rooms: Here,
    caller: Who,
    before: Annotated[
        str | None, Query(max_length=100, description="`next` of the page before, for the uploads after it.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_UPLOADS, description="At most so many.")] = 50,
) -> UploadPage:
    """Your uploads, the latest first; all of them for a token with the scope `admin`."""
    return await _uploads(rooms).page(caller, before=before, limit=limit)


@router.get("/uploads/{upload}", summary="Show an upload", responses=problems(404))
async def show(upload: _UploadId, rooms: Here, caller: Who) -> Upload:
    """One upload, and the pages in it that a render may name."""
    return await _uploads(rooms).show(upload, caller)


@router.delete("/uploads/{upload}", status_code=204, summary="Remove an upload", responses=problems(404, 409))
async def remove(upload: _UploadId, rooms: Here, caller: Who) -> None:
    """Remove an upload. One of a job that waits or runs stays until that has ended."""
    await _uploads(rooms).remove(upload, caller)


def _created(upload: Upload, response: Response, *, fresh: bool) -> Upload:
    response.headers["location"] = f"/v1/uploads/{upload.id}"
    if not fresh:
        response.status_code = 200
    return upload


def _uploads(rooms: Rooms) -> Uploads:
    assert rooms.uploads is not None
    return rooms.uploads


def _intake(rooms: Rooms) -> Intake:
    assert rooms.intake is not None
    return rooms.intake
