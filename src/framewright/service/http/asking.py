"""What routes ask of a request: the rooms, who calls, and a body that is truly JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any

import pydantic_core
from fastapi import Depends, Path, Request
from fastapi.routing import APIRoute

from framewright.model.job_request import ID_PATTERN
from framewright.service.desk import Caller
from framewright.service.errors import MalformedError, MediaTypeError, TooLargeError, UnknownError
from framewright.service.http.problems import CarriedError
from framewright.service.rooms import Rooms

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.responses import Response

_JSON = re.compile(r"application/([\w.!#$&^-]+\+)?json\s*(;|\Z)", re.IGNORECASE)
MOST_VALUES = 20_000
"""Of one body. While a body is read, nobody else is answered: it must be soon."""
_VALUES_A_FILE = 8
_ID = re.compile(ID_PATTERN.rstrip("$") + r"\Z")


def _rooms(request: Request) -> Rooms:
    rooms = request.app.state.rooms
    assert isinstance(rooms, Rooms)
    return rooms


def _caller(request: Request) -> Caller:
    caller = request.state.caller
    assert isinstance(caller, Caller)
    return caller


def _job_id(
    job: Annotated[str, Path(description="The job's id.", json_schema_extra={"pattern": ID_PATTERN})],
) -> str:
    # Beyond this line ids become names of folders.
    if not _ID.match(job):
        raise UnknownError("There is no such job.", code="JOB_UNKNOWN")
    return job


def request_id(request: Request) -> str:
    """The id that logs and answers call this request by."""
    found = request.state.request_id
    assert isinstance(found, str)
    return found


Here = Annotated[Rooms, Depends(_rooms)]
"""The rooms of the service that answers."""
Who = Annotated[Caller, Depends(_caller)]
"""Who asks, with the scope that the method needs."""
JobId = Annotated[str, Depends(_job_id)]
"""The id of a job, in the path."""
RequestId = Annotated[str, Depends(request_id)]


class _JsonRequest(Request):
    async def json(self) -> Any:
        """The body, held to RFC 8259 as far as our models must rely on it.

        Python's own reader takes NaN and half characters, of names that come twice the last one, and fails on depth.
        """
        body = await self.body()
        files = _rooms(self).settings.upload_files if self.url.path == "/v1/uploads:files" else 0
        most = MOST_VALUES + _VALUES_A_FILE * files
        if _values(body) > most:
            raise CarriedError(
                TooLargeError(f"The body holds more than {most} values.", code="BODY_TOO_COMPLEX")
            )
        try:
            pydantic_core.from_json(body, allow_inf_nan=False)
            return json.loads(body, object_pairs_hook=_object)
        except (ValueError, RecursionError) as error:
            sentence = str(error) if isinstance(error, _TwiceError) else _reason(error)
            raise CarriedError(
                MalformedError(f"The body is not JSON that can be read: {sentence}.", code="JSON_INVALID")
            ) from error


def _values(body: bytes) -> int:
    """About how many values JSON holds, told by what stands between its strings; much sooner than by reading it."""
    plain = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside = b"".join(plain.split(b'"')[::2])
    return outside.count(b",") + outside.count(b"[") + outside.count(b"{")


class _TwiceError(ValueError):
    """A name that an object has twice."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _TwiceError(f"'{twice[:50]}' stands twice in one object")
    return found


def _reason(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:200].rstrip(".")


class JsonRoute(APIRoute):
    """A route whose body is read strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own, with another reader."""
        own, has_body = super().get_route_handler(), self.body_field is not None

        async def handle(request: Request) -> Response:
            if has_body and not _JSON.match(request.headers.get("content-type", "")):
                raise MediaTypeError(
                    "The body is not said to be JSON: send it with 'Content-Type: application/json'.",
                    code="TYPE_INVALID",
                )
            return await own(_JsonRequest(request.scope, request.receive))

        return handle
