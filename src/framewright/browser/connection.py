"""The DevTools protocol over a pair of pipes, for asyncio. Neither side ever blocks the event loop."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from framewright.model.errors import BrowserError, FramewrightError
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.browser.framing import Framing

log = get_logger(__name__)

_READ_BYTES = 1 << 20
_F_SETPIPE_SZ = 1031  # Linux; Python 3.11 has it in fcntl, typeshed on Linux only
PIPE_BYTES = 1 << 20


class ProtocolError(BrowserError):
    """The browser answered a call with an error."""

    retryable = False

    def __init__(self, message: str, *, code: str = "PROTOCOL_ERROR") -> None:
        super().__init__(message, code=code)


class CallTimeoutError(Exception):
    """A call was not answered in time. The caller knows what that means."""


def widen_pipe(fd: int) -> None:
    """Ask for a large kernel buffer, so that a screenshot needs few wake-ups. Refusal does no harm."""
    try:
        fcntl.fcntl(fd, _F_SETPIPE_SZ, PIPE_BYTES)
    except OSError:
        return


class _Waiting(NamedTuple):
    """A call whose answer is awaited."""

    answer: asyncio.Future[dict[str, Any]]
    method: str
    session: str


class Connection:
    """Calls out, answers and events in.

    Takes ownership of both descriptors. Must be made and used on one running event loop.
    """

    def __init__(self, read_fd: int, write_fd: int, framing: Framing) -> None:
        self._loop = asyncio.get_running_loop()
        self._read_fd, self._write_fd = read_fd, write_fd
        self._framing = framing
        self._number = 0
        self._waiting: dict[int, _Waiting] = {}
        self._sessions: dict[str, Callable[[str, dict[str, Any]], None]] = {}
        self._unsent: deque[memoryview] = deque()
        self._closed: FramewrightError | None = None
        self.on_closed: Callable[[], None] | None = None
        for fd in (read_fd, write_fd):
            os.set_blocking(fd, False)
        self._loop.add_reader(read_fd, self._readable)

    async def call(
        self, method: str, params: dict[str, Any] | None = None, *, session: str = "", timeout: float
    ) -> dict[str, Any]:
        """The result of one call.

        Args:
            timeout: seconds.

        Raises:
            CallTimeoutError: no answer in time.
            ProtocolError: the browser refused the call.
            BrowserError: the browser is gone.
        """
        answer = self.send(method, params, session=session)
        number = self._number
        limit = self._loop.call_later(timeout, _expire, answer, method)
        try:
            return await answer
        finally:
            limit.cancel()
            self._waiting.pop(number, None)

    def send(
        self, method: str, params: dict[str, Any] | None = None, *, session: str = ""
    ) -> asyncio.Future[dict[str, Any]]:
        """Send a call without waiting; the future holds its result and knows no limit of time. Do not cancel it."""
        answer: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        if self._closed is not None:
            answer.set_exception(self._closed)
            return answer
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        self._waiting[number] = _Waiting(answer, method, session)
        self._write(self._framing.encode(message))
        return answer

    def tell(self, method: str, params: dict[str, Any] | None = None, *, session: str = "") -> None:
        """Send a call whose answer nobody needs; a refusal is ignored."""
        self.send(method, params, session=session).add_done_callback(_ignore)

    def listen(self, session: str, handler: Callable[[str, dict[str, Any]], None]) -> None:
        """Give the events of a session ("" for the browser's own) to a handler; it must not block."""
        self._sessions[session] = handler

    def forget(self, session: str) -> None:
        """Let nobody hear a session any more: what it belonged to is closed."""
        self._sessions.pop(session, None)

    def close(self, reason: FramewrightError) -> None:
        """Close both ends; every call that waits, and every later one, raises the reason."""
        if self._closed is not None:
            return
        self._closed = reason
        self._loop.remove_reader(self._read_fd)
        self._loop.remove_writer(self._write_fd)
        os.close(self._read_fd)
        os.close(self._write_fd)
        self._unsent.clear()
        self._abandon(list(self._waiting.values()), reason)

    def abandon(self, session: str, reason: FramewrightError) -> None:
        """Let every call of a session that waits raise the reason: its page will not answer any more."""
        self._abandon([call for call in self._waiting.values() if call.session == session], reason)

    @staticmethod
    def _abandon(calls: list[_Waiting], reason: FramewrightError) -> None:
        for call in calls:
            if not call.answer.done():
                call.answer.set_exception(reason)

    def _readable(self) -> None:
        try:
            data = os.read(self._read_fd, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._read_fd)
            if self.on_closed is not None:
                self.on_closed()
            return
        messages = self._framing.feed(data)
        while self._closed is None:
            try:
                message = next(messages, None)
            except ValueError as error:
                self.close(BrowserError(f"The browser broke its protocol: {error}.", code="BROWSER_DIED"))
                if self.on_closed is not None:
                    self.on_closed()
                return
            if message is None:
                return
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        if number is None:
            self._hear(message)
            return
        call = self._waiting.pop(number, None)
        if call is None or call.answer.done():
            return
        if "error" in message:
            reason = str(message["error"].get("message", "no reason given")).rstrip(".")
            call.answer.set_exception(ProtocolError(f"The browser refused {call.method}: {reason}."))
        else:
            call.answer.set_result(message.get("result") or {})

    def _hear(self, event: dict[str, Any]) -> None:
        handler = self._sessions.get(event.get("sessionId", ""))
        if handler is None:
            return
        try:
            handler(event["method"], event.get("params") or {})
        except Exception as error:  # noqa: BLE001 -- an event that we cannot read must not cost the answers behind it
            log.warning("event_not_understood", method=event.get("method"), error=repr(error))

    def _write(self, data: bytes) -> None:
        if self._unsent:
            self._unsent.append(memoryview(data))
            return
        rest = self._write_some(memoryview(data))
        if rest:
            self._unsent.append(rest)
            self._loop.add_writer(self._write_fd, self._writable)

    def _writable(self) -> None:
        while self._unsent:
            rest = self._write_some(self._unsent[0])
            if rest:
                self._unsent[0] = rest
                return
            self._unsent.popleft()
        self._loop.remove_writer(self._write_fd)

    def _write_some(self, data: memoryview) -> memoryview:
        try:
            return data[os.write(self._write_fd, data) :]
        except BlockingIOError:
            return data
        except OSError:  # broken pipe: the reader sees the end as well, and says what happened
            return data[len(data) :]


def _expire(answer: asyncio.Future[dict[str, Any]], method: str) -> None:
    if not answer.done():
        answer.set_exception(CallTimeoutError(method))


def _ignore(answer: asyncio.Future[dict[str, Any]]) -> None:
    if not answer.cancelled():
        answer.exception()
