"""What a page asks of other origins: each request is held, given to an answerer, and fulfilled or failed."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from framewright.browser.journal import LONGEST_ADDRESS, shortened
from framewright.model.errors import CompositionError, FramewrightError
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from framewright.browser.journal import Journal

_log = get_logger(__name__)

# At most this many are answered at a time; further ones wait held, as they would for connections.
_AT_A_TIME = 16
# More than any page needs; a page that goes on asking is answered with failures.
_MOST_REQUESTS = 10_000
_MOST_WAITING = 1_000
# Answerers have limits of their own; this one is for those that break them.
_LONGEST_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request of a page to another origin.

    Attributes:
        headers: with names in small letters.
        kind: what it is for, as the DevTools protocol names it, such as ``Image`` or ``Font``.
        body: what it carries, if anything.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "Other"
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the page shall get. A redirection is an answer too, and the page follows it with a request of its own."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The page shall get nothing, as if there were no network.

    Attributes:
        code, message: of the notice for the author.
        fatal: the page cannot be rendered without it.
    """

    code: str
    message: str
    fatal: bool = False


class Answerer(Protocol):
    """Answers requests. Bounds the time that an answer takes."""

    async def answer(self, request: Request) -> Answer | Refusal:
        """The answer. What it raises counts as a refusal."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What lies outside a project, for its page.

    Attributes:
        origin: the project's own, such as ``http://127.0.0.1:43210``: its requests pass. None: no request does.
        answerer: answers all others.
    """

    origin: str | None
    answerer: Answerer

    def owns(self, url: str) -> bool:
        """Whether an address belongs to the project."""
        return self.origin is not None and (url == self.origin or url.startswith(f"{self.origin}/"))


class Requests:
    """Answers the held requests of one page, of its frames and of their workers, which share its ``Fetch`` domain.

    A shared worker's requests are not held (Chromium gives it a target of its own, which has no such domain), nor
    are WebSockets; a browser that is bound to one origin fails both.

    Args:
        outside: None: whatever is held passes.
        loopback: the host of our own sockets.
        tell: sends a call whose answer nobody needs.
        fail: called with the reason when the page cannot be rendered any more.
    """

    def __init__(
        self,
        outside: Outside | None,
        journal: Journal,
        *,
        loopback: str,
        tell: Callable[[str, dict[str, Any]], None],
        fail: Callable[[FramewrightError], None],
    ) -> None:
        self._outside = outside
        self._journal = journal
        self._loopback = loopback
        self._tell = tell
        self._fail = fail
        self._slots = asyncio.Semaphore(_AT_A_TIME)
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen = 0
        self._media = True

    def refuse_media(self) -> None:
        """Let no request for video or sound through, and say nothing of it. ``patterns`` change."""
        self._media = False

    @property
    def patterns(self) -> list[dict[str, str]]:
        """What ``Fetch.enable`` shall hold: documents, which must not leave; and with an outside, all of the web."""
        documents = {"urlPattern": "*", "resourceType": "Document"}
        media = [] if self._media else [{"urlPattern": "*", "resourceType": "Media"}]
        rest = [] if self._outside is None else [{"urlPattern": "http*"}]
        return [documents, *media, *rest]

    def take(self, method: str, params: dict[str, Any]) -> None:
        """Take an event: a WebSocket to elsewhere is told, for the browser has refused it."""
        if method == "Network.webSocketCreated" and self._outside is not None:
            url = params["url"]
            ours = urlsplit(url).hostname == self._loopback
            if not ours and not self._outside.owns(url.replace("ws", "http", 1)):
                self._journal.note(
                    "WEBSOCKET_REFUSED",
                    f"The page opened a WebSocket to {shortened(url)}, which was refused: a video cannot depend on it.",
                )

    def decide(self, params: dict[str, Any], *, vital: bool = False) -> None:
        """Take a held request: let it pass, or answer it in a task of its own.

        Args:
            params: of the event.
            vital: it is for the page itself: without it there is nothing to render.
        """
        asked, held = params["request"], params["requestId"]
        if not self._media and params.get("resourceType") == "Media":
            self._journal.forgive(asked["url"])
            self._tell("Fetch.failRequest", {"requestId": held, "errorReason": "BlockedByClient"})
            return
        if self._outside is None or self._outside.owns(asked["url"]) or not _of_web(asked["url"]):
            self._tell("Fetch.continueRequest", {"requestId": held})
            return
        self._seen += 1
        if self._seen > _MOST_REQUESTS or len(self._tasks) >= _MOST_WAITING:
            self._journal.note(
                "REMOTE_FLOOD", "The page asks for too many remote things; the rest are refused."
            )
            self._tell("Fetch.failRequest", {"requestId": held, "errorReason": "BlockedByClient"})
            return
        task = asyncio.create_task(self._answer(self._outside.answerer, held, _read(params), vital=vital))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Answer nothing more: the page is gone."""
        for task in tuple(self._tasks):
            task.cancel()

    async def _answer(self, answerer: Answerer, held: str, request: Request, *, vital: bool) -> None:
        async with self._slots:
            try:
                async with asyncio.timeout(_LONGEST_SECONDS):
                    answer = await answerer.answer(request)
            except FramewrightError as error:
                answer = Refusal(code=error.code, message=error.message)
            except Exception as error:  # noqa: BLE001 -- whatever is wrong with one answer, the page must not wait for it
                _log.warning("remote_answer_failed", url=shortened(request.url), error=repr(error))
                answer = Refusal(
                    code="REMOTE_FAILED",
                    message=f"{shortened(request.url)} could not be answered: {type(error).__name__}.",
                )
        if isinstance(answer, Refusal):
            self._refuse(held, request, answer, vital=vital)
            return
        self._tell(
            "Fetch.fulfillRequest",
            {
                "requestId": held,
                "responseCode": answer.status,
                "responseHeaders": [{"name": name, "value": value} for name, value in answer.headers],
                "body": answer.body,
            },
        )

    def _refuse(self, held: str, request: Request, refusal: Refusal, *, vital: bool) -> None:
        if vital:
            self._fail(CompositionError(refusal.message, code="LOAD_FAILED"))
        self._journal.note(refusal.code, refusal.message, request.url[:LONGEST_ADDRESS])
        self._journal.forgive(request.url)  # told once is enough
        if refusal.fatal:
            self._fail(CompositionError(refusal.message, code=refusal.code))
        self._tell("Fetch.failRequest", {"requestId": held, "errorReason": "InternetDisconnected"})


def _of_web(url: str) -> bool:
    return urlsplit(url).scheme in {"http", "https"}


def _read(params: dict[str, Any]) -> Request:
    asked = params["request"]
    return Request(
        method=asked["method"],
        url=asked["url"],
        headers={name.lower(): str(value) for name, value in asked.get("headers", {}).items()},
        kind=params.get("resourceType", "Other"),
        body=_body(asked),
    )


def _body(asked: dict[str, Any]) -> bytes | None:
    """What a request carries, as far as the browser tells: files that a form holds are left out."""
    entries = asked.get("postDataEntries")
    if entries is None:
        return None
    pieces = [entry.get("bytes", b"") for entry in entries]
    # Raw on a pipe that speaks CBOR, base64 in JSON.
    return b"".join(piece if isinstance(piece, bytes) else base64.b64decode(piece) for piece in pieces)
