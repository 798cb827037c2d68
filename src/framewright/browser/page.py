"""One page: calls, frames, loading, and what it does on its own."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from framewright.browser.arrival import Arrival
from framewright.browser.connection import CallTimeoutError, ProtocolError
from framewright.browser.drawing import Pencil
from framewright.browser.fontconfig import generic_font_calls
from framewright.browser.journal import Journal, describe_exception, shortened, shown_address
from framewright.browser.manners import Manners
from framewright.browser.requests import Requests
from framewright.browser.window import Window
from framewright.model.errors import BrowserError, CompositionError, FramewrightError, PageCrashedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from framewright.browser.browser import Browser
    from framewright.browser.connection import Connection
    from framewright.browser.drawing import Drawn
    from framewright.browser.requests import Outside
    from framewright.model.composition import Notice

_SETTLING_PAUSE = 0.02
_SETTLING_DRAWS = 2
_LOOKS_SECONDS = 5.0
_SIGN_OF_LIFE_SECONDS = 3.0
# Of calls on an object whose document is no more: it went meanwhile, or before.
_REPLACED = ("Execution context was destroyed", "Cannot find context with specified id")


class Page:
    """A page of a :class:`~framewright.browser.browser.Browser`. Made by ``Browser.new_page``.

    Dialogs are dismissed, popups closed, downloads and navigation refused, each with a notice.

    Attributes:
        call_timeout: seconds that a call may take unless it says otherwise.
        pencil: draws it, and keeps its clock.
        window: in which it is shown.
        gone: set once the browser has closed it.
    """

    def __init__(
        self,
        browser: Browser,
        connection: Connection,
        session: str,
        target: str,
        *,
        call_timeout: float,
        outside: Outside | None = None,
    ) -> None:
        self.call_timeout = call_timeout
        self._browser = browser
        self._connection = connection
        self._session = session
        self._target = target
        self._journal = Journal()
        # The main frame of a target has its id.
        self._manners = Manners(target, self._journal, tell=self._tell, fail=self._fail)
        self._arrival = Arrival(target)
        self._requests = Requests(
            outside, self._journal, loopback=browser.loopback, tell=self._tell, fail=self._fail
        )
        self._handlers: dict[str, list[Callable[[dict[str, Any]], None]]] = {}
        self._failure: FramewrightError | None = None
        self.gone = asyncio.Event()
        self._loaded = asyncio.Event()
        self.pencil = Pencil(self.call, patience=call_timeout)
        self.window = Window(self.call)
        connection.listen(session, self._on_event)

    async def prepare(self) -> None:
        """Switch on what the page needs. ``Browser.new_page`` has done it."""
        calls: tuple[tuple[str, dict[str, Any]], ...] = (
            ("Page.enable", {}),
            ("Runtime.enable", {}),
            # Bodies of answers are never asked for.
            ("Network.enable", {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0}),
            ("Network.setCacheDisabled", {"cacheDisabled": False}),
            ("Fetch.enable", {"patterns": self._requests.patterns}),
            ("Page.setBypassCSP", {"enabled": True}),
            # What stands between the page and its server would answer differently the second time.
            ("Network.setBypassServiceWorker", {"bypass": True}),
            *generic_font_calls(self._browser.options.fonts),
        )
        for method, params in calls:
            await self._browser.call(method, params, session=self._session)

    async def call(
        self, method: str, params: dict[str, Any] | None = None, *, timeout: float | None = None
    ) -> dict[str, Any]:
        """Call a method of the DevTools protocol on this page.

        Args:
            timeout: seconds; None: ``call_timeout``.

        Raises:
            CompositionError: ``PAGE_HANGS`` when it does not answer in time, ``NAVIGATED``, ``PAGE_CRASHED`` or
                ``PAGE_MEMORY`` when the page is gone.
            BrowserError: ``PROTOCOL_ERROR`` when the browser refuses, ``BROWSER_DIED`` when it is gone.
        """
        if self._failure is not None:
            raise self._failure
        seconds = self.call_timeout if timeout is None else timeout
        try:
            return await self._browser.call(method, params, session=self._session, timeout=seconds)
        except CallTimeoutError as error:
            if self._failure is not None:
                raise self._failure from None
            raise CompositionError(
                f"The page did not answer within {seconds:.3g} s: look for a loop that never ends, or for work that "
                "takes that long.",
                code="PAGE_HANGS",
            ) from error
        except BrowserError:
            if self._failure is not None:
                raise self._failure from None
            raise

    async def evaluate(
        self,
        expression: str,
        *,
        await_promise: bool = False,
        user_gesture: bool = False,
        timeout: float | None = None,
    ) -> Any:
        """The value of an expression, as JSON would hold it.

        Raises:
            CompositionError: ``SCRIPT_ERROR`` when it throws; and as :meth:`call`.
        """
        params = {
            "expression": expression,
            "returnByValue": True,
            "awaitPromise": await_promise,
            "userGesture": user_gesture,
        }
        return _value(await self.call("Runtime.evaluate", params, timeout=timeout))

    async def call_on(self, object_id: str, function: str, *args: Any, timeout: float | None = None) -> Any:
        """Call a function with a remote object as ``this``, and wait for its promise.

        Args:
            function: its source, such as ``function (seconds) { return this.seek(seconds) }``.
            args: values that JSON can hold.

        Raises:
            CompositionError: ``SCRIPT_ERROR`` when it throws; ``NAVIGATED`` when another document has taken the place of
                the object's, as by a ``javascript:`` address, which no event tells; and as :meth:`call`.
        """
        params = {
            "objectId": object_id,
            "functionDeclaration": function,
            "arguments": [{"value": value} for value in args],
            "awaitPromise": True,
            "returnByValue": True,
        }
        try:
            return _value(await self.call("Runtime.callFunctionOn", params, timeout=timeout))
        except ProtocolError as error:
            if not any(words in error.message for words in _REPLACED):
                raise
            message = "The page put another document in its place: let it stay what it is."
            raise CompositionError(message, code="NAVIGATED") from error

    async def refuse_media(self) -> None:
        """From now on the browser itself loads neither video nor sound: somebody else reads them. No notice tells it."""
        self._requests.refuse_media()
        await self.call("Fetch.enable", {"patterns": self._requests.patterns})

    async def inject(self, source: str) -> None:
        """Run a script in every document of this page from now on, before any script of the author."""
        await self.call("Page.addScriptToEvaluateOnNewDocument", {"source": source, "runImmediately": False})

    async def navigate(self, url: str, timeout: float = 45.0, looks_timeout: float = _LOOKS_SECONDS) -> None:
        """Open an address, wait for its ``load`` event, and draw until the pictures and fonts of its styles are there.

        Until the ``load`` event nothing is drawn, whoever asks: a draw that begins after a document has been
        committed and before its blocking scripts and styles are there is never answered, even once they are.

        Args:
            timeout: seconds until the ``load`` event.
            looks_timeout: seconds for pictures and fonts after it, 5 at most; others tell which stayed away.

        Raises:
            CompositionError: ``LOAD_FAILED`` nothing is at that address; ``LOAD_TIMEOUT`` it does not finish within
                ``timeout`` seconds; ``PAGE_HANGS`` it does not even answer; ``NAVIGATED`` it leaves meanwhile.
        """
        deadline = time.monotonic() + timeout
        async with self.pencil.laid_down():
            await self._load(url, timeout)
        if self.frame_control:
            await self._settle(deadline, min(looks_timeout, _LOOKS_SECONDS))

    async def begin_frame(
        self,
        ticks: float | None = None,
        interval: float = 16.0,
        *,
        png: bool = False,
        timeout: float | None = None,
    ) -> Drawn:
        """Draw the page as it is now.

        Args:
            ticks: milliseconds on the compositor's clock, more than at the draw before; None: 300 more.
            interval: milliseconds that the page believes lie between frames.
            png: return the picture as a PNG.
        """
        if png:
            await self.window.show()
        return await self.pencil.draw(ticks, interval, png=png, timeout=timeout)

    async def close(self) -> None:
        """Close this page alone; its browser goes on."""
        await self._browser.close_page(self._target)

    @property
    def origins(self) -> set[str]:
        """Those that it asked for anything."""
        return self._journal.origins

    def on(self, event: str, handler: Callable[[dict[str, Any]], None]) -> None:
        """Give the parameters of every event of this name to a handler, which must not block."""
        self._handlers.setdefault(event, []).append(handler)

    @property
    def ticks(self) -> float:
        """Milliseconds on the compositor's clock at the last draw."""
        return self.pencil.ticks

    @property
    def frame_control(self) -> bool:
        """Whether it draws only when told to."""
        return self._browser.options.frame_control

    @property
    def profile(self) -> Path:
        """The profile of its browser."""
        return self._browser.profile

    @property
    def loopback(self) -> str:
        """The name by which our own scripts reach this machine."""
        return self._browser.loopback

    @property
    def address(self) -> str:
        """Of the document that it shows, behind all redirections; empty before there is one."""
        return self._arrival.address

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the author will want to know, since it was last drained."""
        return tuple(self._journal.notices)

    def drain_notices(self) -> list[Notice]:
        """The notices since the last call of this method."""
        return self._journal.drain()

    @property
    def script_errors(self) -> tuple[str, ...]:
        """Exceptions that nobody caught, each with its file and line."""
        return tuple(self._journal.script_errors)

    @property
    def lost_scripts(self) -> tuple[Notice, ...]:
        """Why scripts that it names could not be loaded, of the notices that are not drained."""
        lost = self._journal.lost_scripts
        return tuple(notice for notice in self._journal.notices if notice.address in lost)

    @property
    def fetching(self) -> bool:
        """Whether something that its scripts asked for, or one of them, is still on its way."""
        return self._journal.waits_for_work()

    @property
    def remote(self) -> tuple[str, ...]:
        """Addresses of other origins that the page asked for, sorted."""
        return tuple(sorted(self._journal.remote))

    # What the browser reports about this page.

    def destroyed(self) -> None:
        """The browser has closed it."""
        self._fail(BrowserError("The page has been closed.", code="PAGE_CLOSED"))
        self._connection.forget(self._session)
        self.gone.set()

    def lost(self, reason: FramewrightError) -> None:
        """The browser is gone."""
        self._fail(reason)

    def crashed(self, *, out_of_memory: bool) -> None:
        """The page's process has ended."""
        if out_of_memory:
            message = "The page ran out of memory: let it hold less at a time."
            self._fail(CompositionError(message, code="PAGE_MEMORY"))
        else:
            self._fail(
                PageCrashedError(
                    "The page's process crashed: its browser cannot show it.", code="PAGE_CRASHED"
                )
            )

    def download_denied(self, url: str) -> None:
        """The page started a download."""
        self._manners.download_denied(url)

    async def _load(self, url: str, timeout: float) -> None:
        self._loaded.clear()
        self._manners.expect_document()
        self._arrival.expect()
        self._journal.set_origin(url)
        answered = False
        try:
            async with asyncio.timeout(timeout):
                answer = await self.call("Page.navigate", {"url": url}, timeout=2 * timeout)
                answered = True
                self._arrival.check(url, answer.get("errorText"))
                await self._loaded.wait()
                self._arrival.check(url)
        except TimeoutError:
            if answered:
                raise await self._why_slow(url, timeout) from None
            message = f"{shown_address(url)} did not answer within {timeout:g} s."
            raise CompositionError(message, code="LOAD_TIMEOUT") from None
        if self._failure is not None:
            raise self._failure
        self._journal.set_origin(self.address)  # it may have been redirected

    async def _settle(self, deadline: float, seconds: float) -> None:
        """Draw, for only that makes the page ask for what its styles name; and go on until that is there."""
        enough = time.monotonic() + seconds
        draws = 0
        while draws < _SETTLING_DRAWS or (self._journal.waits_for_looks() and time.monotonic() < enough):
            await self.begin_frame(timeout=max(1.0, deadline - time.monotonic()))
            await asyncio.sleep(_SETTLING_PAUSE)
            draws += 1

    async def _why_slow(self, url: str, timeout: float) -> FramewrightError:
        url = shown_address(url)
        try:
            await self.evaluate("0", timeout=_SIGN_OF_LIFE_SECONDS)
        except FramewrightError as error:
            if error.code != "PAGE_HANGS":
                return error
            return CompositionError(
                f"{url} hangs while it loads: it did not answer for {timeout:g} s; look for a loop that never ends.",
                code="PAGE_HANGS",
            )
        missing = self._journal.unanswered()
        waiting = f": it still waits for {shortened(missing[0])}" if missing else ""
        return CompositionError(
            f"{url} did not finish loading within {timeout:g} s{waiting}.", code="LOAD_TIMEOUT"
        )

    def _fail(self, failure: FramewrightError) -> None:
        if self._failure is None:
            self._failure = failure
            self._connection.abandon(self._session, failure)
            self._requests.close()
            self._loaded.set()

    def _tell(self, method: str, params: dict[str, Any]) -> None:
        self._connection.tell(method, params, session=self._session)

    def _hold(self, params: dict[str, Any]) -> None:
        document = params["resourceType"] == "Document"
        if not document or self._manners.permits(params):
            self._requests.decide(params, vital=document and params["frameId"] == self._target)

    def _on_event(self, method: str, params: dict[str, Any]) -> None:
        if method == "Fetch.requestPaused":
            self._hold(params)
            return
        self._manners.take(method, params)
        self._requests.take(method, params)
        self._arrival.take(method, params)
        self._journal.take(method, params)
        if method == "Page.loadEventFired":
            self._loaded.set()
        for handler in self._handlers.get(method, ()):
            handler(params)


def _value(answer: dict[str, Any]) -> Any:
    if "exceptionDetails" in answer:
        raise CompositionError(
            f"A script failed: {describe_exception(answer['exceptionDetails'])}.", code="SCRIPT_ERROR"
        )
    return answer["result"].get("value")
