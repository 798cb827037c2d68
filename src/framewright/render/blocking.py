"""Running a coroutine for callers who do not await: in scripts, in threads, and in notebooks, whose loop runs already."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

from framewright.model.errors import RenderCancelledError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_Result = TypeVar("_Result")

_LOOK_UP_SECONDS = 0.2
_START_SECONDS = 10.0


def run_blocking(work: Callable[[], Coroutine[None, None, _Result]]) -> _Result:
    """Run ``work()`` to its end and return its result.

    Ctrl-C cancels it, waits for its clean-up, and raises RenderCancelledError; a second one interrupts the clean-up.
    """
    return _run_in_thread(work) if _loop_runs() else _run_here(work)


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _run_here(work: Callable[[], Coroutine[None, None, _Result]]) -> _Result:
    try:
        # The runner turns the first Ctrl-C into a cancellation of the task, and raises when the task has ended.
        with asyncio.Runner() as runner:
            return runner.run(work())
    except KeyboardInterrupt:
        raise _interrupted() from None


def _run_in_thread(work: Callable[[], Coroutine[None, None, _Result]]) -> _Result:
    """The caller's loop stands still meanwhile, as with any blocking call."""
    outcome: Future[_Result] = Future()
    running: Future[Callable[[], None]] = Future()
    interrupted = threading.Event()

    async def main() -> _Result:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        running.set_result(lambda: _cancel(loop, task))
        if interrupted.is_set():
            raise asyncio.CancelledError
        return await work()

    def run() -> None:
        try:
            outcome.set_result(asyncio.run(main()))
        except BaseException as error:  # noqa: BLE001 -- raised again in the caller's thread
            outcome.set_exception(error)

    try:
        # Ctrl-C may come while the thread starts: it runs all the same.
        threading.Thread(target=run, name="framewright-render", daemon=True).start()
        return _wait_for(outcome)
    except KeyboardInterrupt:
        interrupted.set()
        if wait((running,), timeout=_START_SECONDS).done:
            running.result()()
            with contextlib.suppress(asyncio.CancelledError):
                _wait_for(outcome)
        raise _interrupted() from None


def _wait_for(outcome: Future[_Result]) -> _Result:
    # In slices: a wait without a limit cannot be interrupted on every platform.
    while not outcome.done():
        wait((outcome,), timeout=_LOOK_UP_SECONDS)
    return outcome.result()


def _cancel(loop: asyncio.AbstractEventLoop, task: asyncio.Task[object]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended by itself
        loop.call_soon_threadsafe(task.cancel)


def _interrupted() -> RenderCancelledError:
    return RenderCancelledError("The render was interrupted.", code="CANCELLED")
