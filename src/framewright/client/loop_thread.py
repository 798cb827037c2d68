"""An event loop in a thread of its own, for callers who do not await: in scripts, in threads, and in notebooks."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import weakref
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

from framewright.model.errors import FramewrightError, RenderCancelledError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator

_Result = TypeVar("_Result")

_LOOK_UP_SECONDS = 0.2
_STOP_SECONDS = 10.0


class LoopThread:
    """Runs coroutines in one loop, so that connections are kept from call to call. It begins with the first of them.

    The thread ends with :meth:`close`, with whoever holds this, or with the program.

    Args:
        at_end: closes in the loop what belongs to it; it must not refer to whoever holds this.
    """

    def __init__(self, at_end: Callable[[], Coroutine[None, None, None]]) -> None:
        self._at_end = at_end
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._end: Callable[[], object] | None = None

    def run(self, work: Callable[[], Coroutine[None, None, _Result]]) -> _Result:
        """Run ``work()`` to its end and return its result.

        Ctrl-C cancels it, waits for its clean-up, and raises RenderCancelledError.

        Raises:
            UsageError: ``CLIENT_REENTERED`` a listener calls it, in the very thread that would have to answer.
        """
        if threading.current_thread() is self._thread:
            raise UsageError(
                "A listener cannot call the client that tells it: have it note what is to be done, or use AsyncClient.",
                code="CLIENT_REENTERED",
            )
        loop = self._running()
        outcome: Future[_Result] = Future()
        begun: Future[asyncio.Task[None] | None] = Future()

        async def keep() -> None:
            begun.set_result(asyncio.current_task())
            try:
                outcome.set_result(await work())
            except BaseException as error:  # noqa: BLE001 -- raised again in the caller's thread
                outcome.set_exception(error)

        try:
            asyncio.run_coroutine_threadsafe(keep(), loop)
            return _wait_for(outcome)
        except KeyboardInterrupt:
            task = begun.result() if wait((begun,), timeout=_STOP_SECONDS).done else None
            if task is not None:
                loop.call_soon_threadsafe(task.cancel)
                with contextlib.suppress(asyncio.CancelledError, FramewrightError):
                    _wait_for(outcome)
            raise RenderCancelledError(
                "The wait for the service was interrupted.", code="CANCELLED"
            ) from None

    def iterate(self, make: Callable[[], AsyncGenerator[_Result, None]]) -> Iterator[_Result]:
        """What an asynchronous generator yields; leaving off early closes it."""
        story = make()
        loop = self._running()

        async def following() -> tuple[_Result, ...]:
            try:
                return (await anext(story),)
            except StopAsyncIteration:
                return ()

        try:
            while found := self.run(following):
                yield found[0]
        finally:
            # One whose loop has ended was closed with it.
            if self._loop is loop:
                self.run(story.aclose)

    def close(self) -> None:
        """End the thread; a later call begins another."""
        with self._lock:
            end, self._end, self._loop, self._thread = self._end, None, None, None
        if end is not None:
            end()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                loop = asyncio.new_event_loop()
                thread = threading.Thread(target=_live, args=(loop,), name="framewright-client", daemon=True)
                thread.start()
                self._end = weakref.finalize(self, _stop, loop, thread, self._at_end)
                self._loop, self._thread = loop, thread
            return self._loop


def _live(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


def _stop(
    loop: asyncio.AbstractEventLoop,
    thread: threading.Thread,
    at_end: Callable[[], Coroutine[None, None, None]],
) -> None:
    if thread is threading.current_thread() or loop.is_closed():
        return
    with contextlib.suppress(TimeoutError):
        asyncio.run_coroutine_threadsafe(at_end(), loop).result(_STOP_SECONDS)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(_STOP_SECONDS)


def _wait_for(running: Future[_Result]) -> _Result:
    # In slices: a wait without a limit cannot be interrupted on every platform.
    while not running.done():
        wait((running,), timeout=_LOOK_UP_SECONDS)
    return running.result()
