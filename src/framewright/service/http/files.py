"""Files as answers: whole, in part, or not at all where the caller has them already."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import FileResponse, Response

from framewright.service.errors import RangeError

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from framewright.service.desk import FileAnswer

_RANGE = re.compile(r"bytes=(?=.*\d)(\d{0,15})-(\d{0,15})\Z")
_PLAIN = re.compile(r"[^A-Za-z0-9._ -]")


class KeptFile(Response):
    """A file that stands as long as it is sent; ``held`` is let go of then."""

    def __init__(self, answer: Response, held: AsyncExitStack) -> None:
        super().__init__()
        self._answer = answer
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        async with self._held:
            await self._answer(scope, receive, send)


async def file_answer(request: Request, file: FileAnswer, *, inline: bool, cache: str) -> Response:
    """The answer for a file.

    Args:
        inline: for looking at it in a page, rather than for saving.
        cache: how long it may be kept, as ``Cache-Control`` has it.

    Raises:
        RangeError: ``RANGE_INVALID``.
    """
    headers = {"content-disposition": disposition(file.name, inline=inline), "cache-control": cache}
    if file.digest is not None:
        headers["etag"] = f'"{file.digest}"'
        if _knows(request.headers.get("if-none-match"), file.digest):
            return Response(status_code=304, headers=headers)
        if file.digest_by is not None:
            # RFC 9530: of the whole file, whatever part of it is asked for.
            written = base64.b64encode(bytes.fromhex(file.digest)).decode()
            headers["repr-digest"] = f"{file.digest_by}=:{written}:"
    facts = await asyncio.to_thread(file.path.stat)
    answer = FileResponse(file.path, media_type=file.type, headers=headers, stat_result=facts)
    wanted = request.headers.get("range")
    if wanted is None or not _is_current(request.headers.get("if-range"), file.digest):
        return _Whole(answer)
    asked = _RANGE.match(wanted)
    if asked is None or (asked[1] and asked[2] and int(asked[2]) < int(asked[1])):
        # Several ranges, or none that can be read: the whole is a right answer too (RFC 9110, 14.2).
        return _Whole(answer)
    if int(asked[1] or 0) >= facts.st_size or (not asked[1] and not int(asked[2])):
        raise RangeError(
            f"The file has {facts.st_size} bytes, and none of them is in the range that was asked for.",
            code="RANGE_INVALID",
            size=facts.st_size,
        )
    return answer


class _Whole(Response):
    """An answer that heeds no range."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        await self._answer({**scope, "headers": headers}, receive, send)


def _is_current(known: str | None, digest: str | None) -> bool:
    """Whether a part goes with what the caller has of the file. Without a digest there is only the file as it is now."""
    return known is None or (digest is not None and known.strip() == f'"{digest}"')


def _knows(known: str | None, digest: str) -> bool:
    if known is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return "*" in tags or f'"{digest}"' in tags


def disposition(name: str, *, inline: bool) -> str:
    """``Content-Disposition`` for a name, whatever stands in it (RFC 6266)."""
    kind = "inline" if inline else "attachment"
    plain = _PLAIN.sub("_", name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
