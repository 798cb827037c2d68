"""The dashboard: a page and its files, from the package as they are."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from framewright.service.errors import UnknownError

if TYPE_CHECKING:
    from collections.abc import Mapping

router = APIRouter(include_in_schema=False)

_FOLDER = Path(__file__).parent.parent / "dashboard"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    type: str
    tag: str


@cache
def _files() -> Mapping[str, _File]:
    """All files by their path, read once: they are small, and what is in this table is all that is ever served."""
    found = {}
    for path in sorted(_FOLDER.rglob("*")):
        kind = _TYPES.get(path.suffix)
        if kind is not None and path.is_file():
            content = path.read_bytes()
            tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
            found[path.relative_to(_FOLDER).as_posix()] = _File(content, kind, tag)
    return found


@router.api_route("/", methods=["GET", "HEAD"])
async def page(request: Request) -> Response:
    """The page; what it shows, it asks for itself."""
    return await _answer(request, "index.html")


@router.api_route("/dashboard/{path:path}", methods=["GET", "HEAD"])
async def file(request: Request, path: str) -> Response:
    """A file of the page."""
    return await _answer(request, path)


async def _answer(request: Request, path: str) -> Response:
    files = await asyncio.to_thread(_files)
    found = files.get(path)
    if found is None:
        raise UnknownError("The dashboard has no such file.", code="FILE_UNKNOWN")
    # A browser asks each time whether it has changed, so that a new version is whole at once.
    headers = {"etag": found.tag, "cache-control": "no-cache"}
    known = request.headers.get("if-none-match", "")
    if found.tag in {tag.strip().removeprefix("W/") for tag in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.type, headers=headers)
