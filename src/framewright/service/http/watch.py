"""Looks on while requests are answered, and tells of each once: what was asked, by whom, what came of it, how long it took."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from framewright.model.job_request import ID_PATTERN
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence
    from contextlib import AbstractContextManager

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_ROUTE = "none"
"""The route of a request for what is not there: its path is whatever a stranger wrote."""
GONE = 499
"""In place of a status, where the caller had gone before there was an answer: as other servers count it."""
_JOB = re.compile(r"/v1/renders/([a-z2-7]{26})(?![a-z2-7])")
_ID = re.compile(ID_PATTERN)

_TRACE = "traceparent"
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\Z")

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request that is over.

    Attributes:
        route: its template, such as ``/v1/renders/{job}``; paths themselves may hold tickets and names.
        status: of the answer; :data:`GONE` where there was none.
        seconds: until the last byte.
        head_seconds: until the head of the answer; None where there was none.
        request: its id; None where none was given.
        caller: the name of who asked; None where that was not known.
        job: that it was about, or that it has made.
        whole: False where the answer was broken off.
    """

    method: str
    route: str
    status: int
    seconds: float
    head_seconds: float | None
    request: str | None
    caller: str | None
    job: str | None
    whole: bool


class RequestSpans(Protocol):
    """Makes a span of a request."""

    def request(
        self, method: str, path: str, headers: Sequence[tuple[bytes, bytes]]
    ) -> AbstractContextManager[RequestSpan | None]:
        """Open one; what is done within it belongs to it. None: this request is not worth one."""
        ...


class RequestSpan(Protocol):
    """The span of a request."""

    @property
    def traceparent(self) -> str:
        """For what goes on after the request."""
        ...

    def answered(self, answer: Answered) -> None:
        """Say what came of it."""
        ...


class Watch:
    """The outermost ASGI middleware: whatever others refuse is told of, too.

    Args:
        app: what answers.
        listeners: called with each request once it is over. They must be quick.
        spans: None: no spans are made.
    """

    def __init__(
        self,
        app: ASGIApp,
        listeners: Sequence[Callable[[Answered], None]],
        spans: RequestSpans | None = None,
    ) -> None:
        self._app = app
        self._listeners = tuple(listeners)
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._spans is None:
            await self._watched(scope, receive, send)
        else:
            with self._spans.request(scope["method"], scope["path"], scope["headers"]) as span:
                if span is not None:
                    scope.setdefault("state", {})[_TRACE] = span.traceparent
                await self._watched(scope, receive, send, span)

    async def _watched(
        self, scope: Scope, receive: Receive, send: Send, span: RequestSpan | None = None
    ) -> None:
        head = _Head(send)
        try:
            await self._app(scope, receive, head)
        finally:
            answer = head.answered(scope)
            if span is not None:
                span.answered(answer)
            for listener in self._listeners:
                listener(answer)


class _Head:
    """Passes on an answer, and remembers what its head said."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._began = time.perf_counter()
        self._head_at: float | None = None
        self._status = GONE
        self._headers: dict[bytes, bytes] = {}
        self._whole = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head_at = time.perf_counter()
            self._status = message["status"]
            self._headers = {name.lower(): value for name, value in message.get("headers", ())}
        await self._send(message)
        # A file may be sent by its path, in a message of its own.
        ends = {"http.response.body", "http.response.pathsend"}
        if message["type"] in ends and not message.get("more_body", False):
            self._whole = True

    def answered(self, scope: Scope) -> Answered:
        return Answered(
            method=scope["method"],
            route=_template(scope),
            status=self._status,
            seconds=time.perf_counter() - self._began,
            head_seconds=None if self._head_at is None else self._head_at - self._began,
            request=_text(self._headers.get(b"x-request-id")),
            caller=_caller(scope),
            job=self._job(scope),
            whole=self._whole,
        )

    def _job(self, scope: Scope) -> str | None:
        if not _template(scope).startswith("/v1/renders"):
            return None
        for named in scope.get("path_params", {}).values():
            if isinstance(named, str) and _ID.match(named):
                return named
        found = _JOB.match(_text(self._headers.get(b"location")) or "")
        return found[1] if found else None


def traceparent_of(request: Request) -> str | None:
    """The W3C ``traceparent`` of a request: of its span here, or as it came; None: there is none that can be read."""
    found = request.scope.get("state", {}).get(_TRACE) or request.headers.get(_TRACE)
    return found if isinstance(found, str) and _TRACEPARENT.match(found) else None


def log_request(answer: Answered) -> None:
    """Write the line of a request."""
    facts = {
        "method": answer.method,
        "route": answer.route,
        "status": answer.status,
        "ms": round(1000 * answer.seconds, 1),
        "request": answer.request,
        "caller": answer.caller,
        "job": answer.job,
    }
    told = {name: value for name, value in facts.items() if value is not None}
    if not answer.whole:
        told["whole"] = False
    tell = _log.error if answer.status >= 500 else _log.info
    tell("request", **told)


def _template(scope: MutableMapping[str, Any]) -> str:
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str) and path:
        return path
    if "endpoint" not in scope:
        return NO_ROUTE
    # Routes that are no operations leave no template: a folder of files has its place, others a path without parameters.
    place = scope.get("root_path", "") or ("" if scope.get("path_params") else scope["path"])
    return place or NO_ROUTE


def _caller(scope: MutableMapping[str, Any]) -> str | None:
    name = getattr(scope.get("state", {}).get("caller"), "name", None)
    return name if isinstance(name, str) else None


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
