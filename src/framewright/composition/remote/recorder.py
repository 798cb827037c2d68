"""Answers each request of the first browser once, from wherever an answer can be had, and writes it down."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from framewright.browser import Answer, Refusal
from framewright.composition.remote.cache import CacheEntry
from framewright.composition.remote.exchange import Key, headers_to_keep, headers_to_send, key_of, present
from framewright.composition.remote.fetch import FetchError
from framewright.model.composition import Notice
from framewright.model.logs import get_logger
from framewright.model.recording import AnsweredBy, RecordedAnswer, Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from framewright.browser import Request
    from framewright.composition.remote.cache import RemoteCache
    from framewright.composition.remote.fetch import Fetcher
    from framewright.composition.resolvers.resolver import Resolved, Resolver
    from framewright.stores.blobs import BlobFolder

_log = get_logger(__name__)

_MOST = 10_000
_MOST_REDIRECTIONS = 5
_SHORT = 300
_CORS = ("access-control-allow-origin", "*")


class Recorder:
    """The answerer of the browser that looks first. Leave by :meth:`finish`.

    An address is answered by the first of these that can: what the cache knows for ever, a resolver, the network, and
    what the cache remembers of an earlier time.

    Args:
        blobs: where bodies go, for as long as the render lasts.
        site: an origin that is neither remembered nor recalled: of the composition itself.
        on_notice: told when something old is used because the network does not answer.
    """

    def __init__(
        self,
        *,
        blobs: BlobFolder,
        cache: RemoteCache,
        fetcher: Fetcher,
        resolvers: Sequence[Resolver],
        on_notice: Callable[[Notice], None],
        site: str | None = None,
    ) -> None:
        self._blobs = blobs
        self._cache = cache
        self._fetcher = fetcher
        self._resolvers = resolvers
        self._on_notice = on_notice
        self._site = site
        self._answers: dict[Key, asyncio.Task[RecordedAnswer]] = {}
        # Looked for although nobody has asked: when nothing comes of it, nothing is recorded.
        self._foreseen: set[Key] = set()
        self._following: set[asyncio.Task[None]] = set()

    async def answer(self, request: Request) -> Answer | Refusal:
        """The answer, found once for all who ask."""
        found = await self.find(request)
        return found if isinstance(found, Refusal) else await show(found, self._blobs, request)

    async def find(self, request: Request) -> RecordedAnswer | Refusal:
        """As :meth:`answer`, with the body where it lies."""
        key = key_of(request)
        self._foreseen.discard(key)
        task = self._answers.get(key)
        if task is None:
            if len(self._answers) >= _MOST:
                return Refusal(code="REMOTE_FLOOD", message="The page asks for too many remote things.")
            task = self._answers[key] = asyncio.create_task(self._find(key, request))
        # Not awaited itself: a page that goes away takes nothing from the others that wait for the same.
        await asyncio.wait((task,))
        return self._result(key)

    def foresee(self, requests: Iterable[Request]) -> None:
        """Look for what will likely be asked for after the recording is closed, and for where that leads."""
        for request in requests:
            task = asyncio.create_task(self._follow(request))
            self._following.add(task)
            task.add_done_callback(self._following.discard)

    async def _follow(self, request: Request) -> None:
        for _ in range(_MOST_REDIRECTIONS):
            key = key_of(request)
            if key in self._answers or len(self._answers) >= _MOST:
                return
            self._foreseen.add(key)
            task = self._answers[key] = asyncio.create_task(self._find(key, request))
            await asyncio.wait((task,))
            location = dict(self._result(key).headers).get("location")
            if location is None:
                return
            request = replace(request, url=urljoin(request.url, location))

    async def finish(self, patience: float) -> Recording:
        """Wait for what is under way, let the rest fail, and return what was recorded.

        Args:
            patience: seconds.
        """
        deadline = time.monotonic() + patience
        # An answer may lead to further questions.
        while under_way := self._under_way():
            left = deadline - time.monotonic()
            if left <= 0:
                for task in under_way:
                    task.cancel()
            await asyncio.wait(under_way, timeout=left if left > 0 else 1.0)
        answers = {key: self._result(key) for key in self._answers}
        kept = (one for key, one in answers.items() if key not in self._foreseen or _is_there(one))
        return Recording(answers=tuple(sorted(kept, key=_order)))

    def _under_way(self) -> list[asyncio.Task[RecordedAnswer] | asyncio.Task[None]]:
        following = [task for task in self._following if not task.done()]
        return [*following, *(task for task in self._answers.values() if not task.done())]

    def _result(self, key: Key) -> RecordedAnswer:
        task = self._answers[key]
        if not task.cancelled() and task.exception() is None:
            return task.result()
        return _failed(key, f"{_short(key.url)} did not answer before the page was ready.")

    async def _find(self, key: Key, request: Request) -> RecordedAnswer:
        try:
            return await self._find_somewhere(key, request)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 -- one answer that we cannot make must not cost the others
            _log.warning("remote_failed", url=_short(key.url), error=repr(error))
            return _failed(key, f"{_short(key.url)} could not be answered: {error}.")

    async def _find_somewhere(self, key: Key, request: Request) -> RecordedAnswer:
        known = None
        if key.method == "GET" and not self._is_of_site(key.url) and self._may_be_recalled(key.url):
            known = await asyncio.to_thread(self._cache.find, key.url, self._blobs)
        if known is not None and known.forever:
            return _recalled(key, known)
        reasons: list[str] = []
        for resolver in self._resolvers:
            if not resolver.knows(key.url):
                continue
            if key.method == "OPTIONS":
                return _permission(key, request, resolver.by)
            if key.method == "GET":
                resolved = await resolver.resolve(key.url)
                if not isinstance(resolved, str):
                    return await self._keep_resolved(key, resolved, resolver.by)
                reasons.append(resolved)
        return await self._ask_network(key, request, known, reasons)

    async def _keep_resolved(self, key: Key, resolved: Resolved, by: AnsweredBy) -> RecordedAnswer:
        blob = await asyncio.to_thread(self._blobs.put, resolved.body)
        recorded = RecordedAnswer(
            method=key.method,
            url=key.url,
            status=resolved.status,
            headers=(*resolved.headers, _CORS),
            blob=blob,
            bytes=len(resolved.body),
            by=by,
        )
        await self._remember(recorded, forever=resolved.forever)
        return recorded

    async def _ask_network(
        self, key: Key, request: Request, known: CacheEntry | None, reasons: list[str]
    ) -> RecordedAnswer:
        sent = headers_to_send(request)
        try:
            fetched = await self._fetcher.fetch(
                key.url,
                self._blobs,
                method=key.method,
                headers=sent | (_conditions(known) if known else {}),
                body=request.body,
            )
        except FetchError as error:
            if known is None:
                told = "; ".join([*reasons, f"{_short(key.url)} could not be fetched: {error}"])
                return _failed(key, f"{told}.")
            return self._fall_back(key, known, str(error))
        if known is not None and fetched.status == 304:
            return _recalled(key, known)
        if known is not None and fetched.status >= 500:
            return self._fall_back(key, known, f"it answered {fetched.status}")
        recorded = RecordedAnswer(
            method=key.method,
            url=key.url,
            sent=key.sent,
            status=fetched.status,
            headers=headers_to_keep(fetched.headers, sent),
            blob=fetched.blob,
            bytes=fetched.bytes,
            by=AnsweredBy.NETWORK,
        )
        lasting = fetched.status == 200 or fetched.header("location")
        if key.method == "GET" and lasting and "no-store" not in fetched.header("cache-control"):
            await self._remember(recorded, forever="immutable" in fetched.header("cache-control"))
        return recorded

    def _fall_back(self, key: Key, known: CacheEntry, reason: str) -> RecordedAnswer:
        day = time.strftime("%Y-%m-%d", time.gmtime(known.fetched))
        message = f"{_short(key.url)} could not be fetched ({reason}): what it was on {day} is used."
        self._on_notice(Notice(code="REMOTE_FROM_CACHE", message=message))
        return _recalled(key, known)

    def _may_be_recalled(self, url: str) -> bool:
        # What was fetched when more was allowed is not for pages that may not ask for it themselves.
        return self._fetcher.refusal(url) is None or any(one.knows(url) for one in self._resolvers)

    def _is_of_site(self, url: str) -> bool:
        return self._site is not None and f"{url}/".startswith(f"{self._site}/")

    async def _remember(self, recorded: RecordedAnswer, *, forever: bool) -> None:
        if self._is_of_site(recorded.url):
            return
        assert recorded.status is not None
        assert recorded.blob is not None
        entry = CacheEntry(
            name=recorded.url,
            status=recorded.status,
            headers=recorded.headers,
            blob=recorded.blob,
            bytes=recorded.bytes,
            fetched=time.time(),
            forever=forever,
        )
        await asyncio.to_thread(self._cache.remember, entry, self._blobs)


async def show(recorded: RecordedAnswer, blobs: BlobFolder, request: Request) -> Answer | Refusal:
    """What the page gets for a recorded answer."""
    if recorded.status is None:
        return Refusal(code="REMOTE_FAILED", message=recorded.failure or "")
    body = b"" if recorded.blob is None else await asyncio.to_thread(blobs.read, recorded.blob)
    if body is None:
        return Refusal(
            code="REMOTE_LOST",
            message=f"The recorded body of {_short(recorded.url)} is gone from {blobs.root}.",
            fatal=True,
        )
    return present(recorded, body, request)


def _conditions(known: CacheEntry) -> dict[str, str]:
    kept = dict(known.headers)
    conditions = {"if-none-match": kept.get("etag"), "if-modified-since": kept.get("last-modified")}
    return {name: value for name, value in conditions.items() if value}


def _recalled(key: Key, known: CacheEntry) -> RecordedAnswer:
    return RecordedAnswer(
        method=key.method,
        url=key.url,
        status=known.status,
        headers=known.headers,
        blob=known.blob,
        bytes=known.bytes,
        by=AnsweredBy.CACHE,
    )


def _failed(key: Key, failure: str) -> RecordedAnswer:
    return RecordedAnswer(
        method=key.method, url=key.url, sent=key.sent, by=AnsweredBy.NOBODY, failure=failure
    )


def _permission(key: Key, request: Request, by: AnsweredBy) -> RecordedAnswer:
    """What a CDN says to a browser that asks whether it may ask."""
    wished = request.headers.get("access-control-request-headers", "*")
    headers = (_CORS, ("access-control-allow-headers", wished), ("access-control-allow-methods", "GET, HEAD"))
    return RecordedAnswer(method=key.method, url=key.url, status=204, headers=headers, by=by)


def _is_there(recorded: RecordedAnswer) -> bool:
    return recorded.status is not None and recorded.status < 400


def _order(recorded: RecordedAnswer) -> tuple[str, str, str]:
    return recorded.url, recorded.method, recorded.sent or ""


def _short(url: str) -> str:
    return url if len(url) <= _SHORT else f"{url[:_SHORT]}…"
