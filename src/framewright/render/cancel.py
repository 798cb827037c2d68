"""Stopping a render from outside: by a token, from any thread; and from inside, when somebody who listens fails."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from framewright.model.errors import RenderCancelledError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self


class CancelToken:
    """A switch that ends a render. Safe to use from any thread and from signal handlers.

    It takes no lock: a signal handler may run in the middle of any of these methods in the same thread.
    """

    def __init__(self) -> None:
        self._cancelled = False
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask every render that holds this token to stop; it does not wait for them."""
        self._cancelled = True
        for callback in tuple(self._callbacks):
            callback()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have ``callback`` called on cancelling, at once if that has happened; it may be called more than once.

        Returns:
            A function that ends the subscription.
        """
        self._callbacks.append(callback)
        if self._cancelled:
            callback()
        return lambda: self._callbacks.remove(callback)


class Stoppable:
    """A block of a task that can be ended with an error of our own, like ``asyncio.timeout`` with its TimeoutError.

    ``async with Stoppable(token) as scope`` ends with RenderCancelledError once the token is cancelled, and with
    the given error after ``scope.stop(error)``. A cancellation of the task itself passes through as it is.
    """

    def __init__(self, token: CancelToken | None = None) -> None:
        self._token = token
        self._error: BaseException | None = None
        self._task: asyncio.Task[object] | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._cancelling = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.current_task()
        assert self._task is not None
        self._cancelling = self._task.cancelling()
        if self._token is not None:
            loop = asyncio.get_running_loop()
            self._unsubscribe = self._token.subscribe(lambda: _call_in(loop, self._cancel))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task, self._task = self._task, None
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._error is None or task is None:
            return
        # Our own cancel() is taken back. One that came from elsewhere in the meantime counts more than ours.
        foreign = task.uncancel() > self._cancelling
        if error is None or not _is_cancellation(error):
            await _swallow_pending_cancellation()
        elif not foreign:
            raise self._error from None

    def stop(self, error: BaseException) -> None:
        """End the block with ``error``. The first one wins. Call it in the loop's own thread."""
        if self._error is None and self._task is not None:
            self._error = error
            self._task.cancel()

    def _cancel(self) -> None:
        self.stop(RenderCancelledError("The render was cancelled.", code="CANCELLED"))


def _call_in(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop was closed, perhaps this very moment in its own thread
        loop.call_soon_threadsafe(callback)


async def _swallow_pending_cancellation() -> None:
    """The block had ended before the cancellation reached it: it must not strike whoever comes next."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(0)


def _is_cancellation(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_is_cancellation(inner) for inner in error.exceptions)
    return isinstance(error, asyncio.CancelledError)
