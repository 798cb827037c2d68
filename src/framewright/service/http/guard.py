"""Who is let in: known hosts, no strangers' pages, and tokens where they are needed; all before a body is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, QueryParams

from framewright.model.errors import FramewrightError
from framewright.service.desk import Caller
from framewright.service.errors import ForbiddenError, MisdirectedError, UnauthorizedError, UnavailableError
from framewright.service.http.problems import answer_to

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from framewright.service.rooms import Rooms

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TICKETED = re.compile(r"/v1/renders/([a-z2-7]{26})/(?:output|report|frames/[^/]+)\Z")
_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([\x21-\x7e]{1,512})\Z")


class Guard:
    """Lets in what may come in, and says who it is: ``scope["state"]["caller"]``."""

    def __init__(self, app: ASGIApp, *, rooms: Rooms) -> None:
        self._app = app
        self._rooms = rooms
        settings = rooms.settings
        self._names = {name.lower() for name in (settings.host, *settings.hosts)} | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            self._check_host(headers)
            if scope["method"] not in _SAFE:
                _check_origin(headers)
            self._check_open(scope)
            scope["state"]["caller"] = await self._caller(scope, headers)
        except FramewrightError as error:
            await answer_to(error, scope["state"]["request_id"])(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check_host(self, headers: Headers) -> None:
        written = headers.getlist("host")
        name = _host_name(written[0]) if len(written) == 1 else None
        # Nobody points an address somewhere else, as they do with a name of their own.
        if name is None or not (name in self._names or "*" in self._names or _is_address(name)):
            raise MisdirectedError(
                "The service is not known under the name in the header Host: whoever runs it can add the name with "
                "--name.",
                code="HOST_UNKNOWN",
            )

    def _check_open(self, scope: Scope) -> None:
        begins = scope["method"] not in _SAFE or scope["path"].endswith("/events")
        if begins and self._rooms.stopping.is_set():
            raise UnavailableError(
                "The service is about to stop: try again once it has started anew.", code="STOPPING"
            )

    async def _caller(self, scope: Scope, headers: Headers) -> Caller:
        path = scope["path"]
        if self._rooms.tokens is None:
            return Caller()
        open_to_all = not path.startswith("/v1/") and path != "/metrics"
        # Balancers ask without a token whether it is ready, and are told no more than that.
        if open_to_all and not (path == "/readyz" and "authorization" in headers):
            return Caller("nobody", frozenset())
        needed = "read" if scope["method"] in _SAFE else "write"
        caller = await self._known(scope, headers)
        if needed not in caller.scopes and not caller.sees_all:
            raise ForbiddenError(
                f"This needs a token with the scope '{needed}'; that of '{caller.name}' has not got it.",
                code="SCOPE_MISSING",
            )
        return caller

    async def _known(self, scope: Scope, headers: Headers) -> Caller:
        assert self._rooms.tokens is not None
        if (written := headers.get("authorization")) is not None:
            if (found := _BEARER.match(written)) is None:
                raise UnauthorizedError(
                    "The header Authorization is no 'Bearer' with a token: send 'Bearer fw_…'.",
                    code="TOKEN_INVALID",
                )
            return await self._rooms.tokens.caller(found[1])
        ticket = QueryParams(scope["query_string"]).get("ticket")
        path = _TICKETED.match(scope["path"])
        if ticket and path and self._rooms.tickets and scope["method"] in _SAFE:
            return self._rooms.tickets.caller(path[1], ticket)
        raise UnauthorizedError(
            "This needs a token: send it as 'Authorization: Bearer fw_…'; 'framewright tokens create' makes one.",
            code="TOKEN_MISSING",
        )


def _host_name(written: str) -> str | None:
    try:
        parts = urlsplit(f"//{written}")
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return None
    plain = not (parts.path or parts.query or parts.fragment or "@" in written)
    return parts.hostname if port_is_fine and plain else None


def _is_address(name: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _check_origin(headers: Headers) -> None:
    """A page of another origin may make a browser send what changes something here; it says then where it is from."""
    origin = headers.get("origin")
    if origin is None:
        return
    try:
        theirs = urlsplit(origin)
    except ValueError:
        theirs = urlsplit("")
    if theirs.scheme not in {"http", "https"} or theirs.netloc.lower() != headers.get("host", "").lower():
        raise ForbiddenError(
            "The request comes from a page of another origin, which may not use the service.",
            code="ORIGIN_FOREIGN",
        )
