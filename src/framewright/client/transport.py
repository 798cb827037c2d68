"""Requests to one service: sent again while it is away, its refusals raised, and never carried on to another place."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError
from yarl import URL

from framewright.client.patience import Patience
from framewright.client.problems import error_of_answer, gone, redirected, strange
from framewright.composition.remote.network import ProxyError, proxy_of, reason
from framewright.model.errors import FramewrightError, SetupError
from framewright.model.service_errors import BusyError, UnauthorizedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from typing import Self

    from framewright.client.address import Address

_CONNECT_SECONDS = 10.0
_CONNECTIONS = 16
_LARGEST_ANSWER = 64 * 2**20
_LARGEST_REFUSAL = 256 * 2**10
_READ_AHEAD = 2**18
_REDIRECTS = range(300, 400)
_NOT_MODIFIED = 304

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request.

    Attributes:
        path: below the service's address, with what must be escaped escaped.
        body: makes what is sent, anew for each attempt; None: nothing.
        bytes: of the body, where it is not at hand as a whole.
        repeats: sent twice, it does no more than once.
        seconds: that the answer may take; None: as the service's caller has said.
        silent_seconds: that may pass without a byte of it; None: as ``seconds``.
    """

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[], bytes | AsyncIterator[bytes]] | None = None
    bytes: int | None = None
    repeats: bool = True
    seconds: float | None = None
    silent_seconds: float | None = None


class Transport:
    """A context manager; what it has open is closed when it is left.

    Args:
        seconds: that an answer may take.
        patience: seconds that the service may be away, or busy, before an errand is given up.
    """

    def __init__(self, address: Address, *, seconds: float, patience: float) -> None:
        self._address = address
        self._seconds = seconds
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None

    @property
    def base(self) -> str:
        """The service's address."""
        return self._address.base

    async def __aenter__(self) -> Self:
        self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def patience(self) -> Patience:
        """For one errand."""
        return Patience(self._patience)

    async def ask(self, ask: Ask, kind: type[_Model]) -> _Model:
        """The answer as a value.

        Raises:
            FramewrightError: what the service refuses; ``SERVER_GONE``, ``ANSWER_STRANGE``, ``SERVER_REDIRECTS``.
        """
        read = await self.read(ask)
        try:
            return kind.model_validate_json(read)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise strange(self.base, f"{ask.path}: {where or 'the answer'}: {first['msg']}") from None

    async def read(self, ask: Ask) -> bytes:
        """The answer's content. Raises what :meth:`ask` does."""
        patience = self.patience()
        while True:
            try:
                async with self.answer(ask) as answer:
                    return await _content(answer, _LARGEST_ANSWER, self.base)
            except Exception as error:
                translated = self.translated(error)
                if not ask.repeats and not isinstance(translated, BusyError):
                    raise translated from error
                if not isinstance(translated, FramewrightError):
                    raise
                await patience.wait(translated)

    @asynccontextmanager
    async def answer(self, ask: Ask) -> AsyncIterator[aiohttp.ClientResponse]:
        """One attempt: an answer that is no refusal, while the context is entered.

        What goes wrong on the way is raised as aiohttp has it: see :meth:`translated`.
        """
        seconds = ask.seconds or self._seconds
        url = URL(f"{self.base}{ask.path}", encoded=True)
        if ask.params:
            url = url.with_query(list(ask.params))
        headers = {"Accept": "application/json", **ask.headers, **self._address.headers}
        if ask.bytes is not None:
            headers["Content-Length"] = str(ask.bytes)
        timeout = aiohttp.ClientTimeout(
            total=None if ask.silent_seconds else seconds,
            sock_connect=_CONNECT_SECONDS,
            sock_read=ask.silent_seconds or seconds,
        )
        body = None if ask.body is None else ask.body()
        async with (
            asyncio.timeout(None) as sending,
            self._open().request(
                ask.method,
                url,
                headers=headers,
                data=body
                if body is None or isinstance(body, bytes)
                else _watched(body, sending, timeout.sock_read),
                timeout=timeout,
                allow_redirects=False,
                proxy=proxy_of(url),
            ) as answer,
        ):
            if answer.status in _REDIRECTS and answer.status != _NOT_MODIFIED:
                raise redirected(self.base, _place(answer.headers.get("Location"), url))
            if not answer.ok:
                body = await _content(answer, _LARGEST_REFUSAL, self.base)
                error = error_of_answer(self.base, answer.status, answer.headers, body)
                raise self._without_token(error) if self._address.token is None else error
            yield answer

    def translated(self, error: Exception) -> Exception:
        """An error of a request as one of ours; any other as it is."""
        # What makes a body may fail with an error of ours, which aiohttp takes for one of the connection.
        if isinstance(error.__cause__, FramewrightError) and isinstance(error, aiohttp.ClientError):
            return error.__cause__
        match error:
            case ProxyError():
                return SetupError(f"{self.base} cannot be asked: {reason(error)}.", code="SETTING_INVALID")
            case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
                return SetupError(
                    f"{self.base} shows no certificate that is trusted here: add its authority's to this machine's, or to "
                    "SSL_CERT_FILE.",
                    code="SERVER_UNTRUSTED",
                )
            case aiohttp.InvalidURL():
                return strange(self.base, "its address is none")
            case TimeoutError():
                return gone(self.base, "it takes too long")
            case aiohttp.ClientError() | OSError():
                return gone(self.base, _why(error))
        return error

    def _without_token(self, error: FramewrightError) -> FramewrightError:
        """In our caller's words: how a token is sent is none of theirs."""
        if not isinstance(error, UnauthorizedError):
            return error
        return UnauthorizedError(
            f"{self.base} wants a token: give one with token=, --token-file or FRAMEWRIGHT_SERVER_TOKEN.",
            code=error.code,
        )

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                # ~/.netrc would put its own word in place of the token; proxies are looked up without it.
                trust_env=False,
                read_bufsize=_READ_AHEAD,
                headers={"User-Agent": f"framewright/{version('framewright')}"},
            )
        return self._session


async def _watched(
    body: AsyncIterator[bytes], sending: asyncio.Timeout, seconds: float | None
) -> AsyncIterator[bytes]:
    """A body whose every piece must be taken in time: aiohttp has limits for answers alone."""
    loop = asyncio.get_running_loop()
    async for piece in body:
        sending.reschedule(loop.time() + seconds if seconds else None)
        yield piece
    sending.reschedule(None)


async def _content(answer: aiohttp.ClientResponse, most: int, base: str) -> bytes:
    read = bytearray()
    async for piece in answer.content.iter_any():
        read += piece
        if len(read) > most:
            raise strange(base, f"an answer of more than {most >> 20 or 1} MiB")
    return bytes(read)


def _place(location: str | None, url: URL) -> str | None:
    """Where a redirection leads, without what its query may tell."""
    try:
        return None if location is None else str(url.join(URL(location)).with_query(None).with_fragment(None))
    except ValueError:
        return None


def _why(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "its host is not known here"
        case aiohttp.ClientConnectorError():
            return (error.os_error.strerror or "it cannot be reached").lower()
        case aiohttp.ClientPayloadError():
            return "its answer broke off"
        case aiohttp.ServerDisconnectedError() | ConnectionError():
            return "it has closed the connection"
    return type(error).__name__
