"""Errors as answers: every one is a problem of RFC 9457, with the code that Framewright has for it."""

from __future__ import annotations

import math
import traceback
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from framewright.model.errors import ExitCode, FramewrightError
from framewright.model.job import Problem
from framewright.model.logs import get_logger
from framewright.service.errors import BusyError, RangeError, ServiceError, UnauthorizedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fastapi import APIRouter, FastAPI
    from pydantic import JsonValue
    from starlette.requests import Request

MEDIA_TYPE = "application/problem+json"
_MOST_ERRORS = 20
_LONGEST = 300
_NAMES = {
    400: "REQUEST_INVALID",
    404: "ROUTE_UNKNOWN",
    405: "METHOD_INVALID",
    406: "TYPE_NOT_OFFERED",
    415: "TYPE_INVALID",
}
# By what the command line ends with: who asked amiss, whose page it is, or that this machine cannot.
_STATUSES = {
    ExitCode.USAGE: 422,
    ExitCode.COMPOSITION: 422,
    ExitCode.ENVIRONMENT: 503,
    ExitCode.CANCELLED: 503,
}
_log = get_logger(__name__)


def problem_of(error: FramewrightError, request: str | None) -> Problem:
    """An error of ours as it is answered."""
    status = error.status if isinstance(error, ServiceError) else _STATUSES.get(error.exit_code, 500)
    return Problem(
        title=title_of(status),
        status=int(status),
        detail=error.message,
        code=error.code,
        error=type(error).__name__,
        retryable=error.retryable,
        owner=error.owner.value,
        request=request,
    )


def title_of(status: int) -> str:
    """What HTTP calls a status, the same under every Python."""
    # 413 and 422 have other names since Python 3.13.
    return {413: "Content Too Large", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}.get(
        status
    ) or HTTPStatus(status).phrase


def answer_to(error: FramewrightError, request: str | None) -> Response:
    """The answer for an error of ours."""
    headers = {}
    if isinstance(error, BusyError):
        headers["retry-after"] = str(max(1, math.ceil(error.seconds)))
    if isinstance(error, RangeError):
        headers["content-range"] = f"bytes */{error.size}"
    if isinstance(error, UnauthorizedError):
        headers["www-authenticate"] = "Bearer"
    if not isinstance(error, ServiceError) and error.retryable:
        headers["retry-after"] = "5"
    return problem_answer(problem_of(error, request), headers)


def problem_answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """A problem as an answer."""
    return Response(
        problem.model_dump_json(), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers
    )


def unexpected(error: Exception, request: str | None) -> Response:
    """The answer for what should not have happened. What it was stands in the log alone."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    _log.error("request_failed", request=request, error=f"{type(error).__name__}: {error}", where=where)
    return problem_answer(
        Problem(
            title=title_of(500),
            status=500,
            detail="Something unexpected happened; the service's log tells what, under the id of this request.",
            code="UNEXPECTED",
            owner="framewright",
            request=request,
        )
    )


def answer_with_problems(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Have every error of an app answered as a problem.

    Args:
        routers: of the app; FastAPI itself names only the methods of the first route with a path.
    """
    app.state.offered = tuple(
        (route.path_regex, frozenset(route.methods or ()))
        for router in routers
        for route in router.routes
        if isinstance(route, Route)
    )
    app.add_exception_handler(FramewrightError, _framewright)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _framewright(request: Request, error: Exception) -> Response:
    assert isinstance(error, FramewrightError)
    return answer_to(error, request.state.request_id)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error, CarriedError):
        return answer_to(error.error, request.state.request_id)
    status = error.status_code
    sentences = {
        400: "The body of the request cannot be read.",
        404: f"There is nothing at {_short(request.url.path)}.",
        405: f"{request.method} is not offered at {_short(request.url.path)}.",
    }
    return problem_answer(
        Problem(
            title=title_of(status),
            status=status,
            detail=sentences.get(status, f"{title_of(status)}."),
            code=_NAMES.get(status, "REQUEST_INVALID"),
            error="RequestError",
            request=request.state.request_id,
        ),
        {"allow": ", ".join(_offered(request))} if status == 405 else error.headers,
    )


def _offered(request: Request) -> list[str]:
    """The methods at a path."""
    found = [methods for path, methods in request.app.state.offered if path.match(request.url.path)]
    return sorted({method for methods in found for method in methods} or {"GET"})


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [_field(one) for one in error.errors()[:_MOST_ERRORS]]
    first = found[0]
    where = f"{first['field']}: " if first["field"] else ""
    return problem_answer(
        Problem(
            title=title_of(422),
            status=422,
            detail=f"The request cannot be understood: {where}{first['message']}.",
            code="REQUEST_INVALID",
            error="RequestError",
            request=request.state.request_id,
            errors=tuple(found),
        )
    )


def _field(error: Mapping[str, object]) -> dict[str, JsonValue]:
    """One thing that is wrong. What was sent is not repeated: it may be long, or a secret."""
    loc = error.get("loc")
    path: Sequence[object] = loc if isinstance(loc, tuple) else ()
    # The first one says whether it is of the body, of the query or of the headers; a union adds names of its own.
    return {
        "field": _short(".".join(str(part) for part in path)),
        "message": _short(str(error.get("msg", "")).removeprefix("Value error, ").rstrip(".")),
        "type": str(error.get("type", "")),
    }


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


class CarriedError(HTTPException):
    """An error of ours, as it gets through FastAPI's reading of bodies."""

    def __init__(self, error: ServiceError) -> None:
        super().__init__(int(error.status), error.message)
        self.error = error
