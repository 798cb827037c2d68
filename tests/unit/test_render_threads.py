"""Work in threads goes to its end, whoever cancels the wait for it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from framewright.render.threads import in_thread, past_stopping


class Work:
    """Begins, and ends when it is let go."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        self.done = False
        self._error = error

    def __call__(self) -> str:
        self.begun.set()
        assert self.go.wait(10)
        self.done = True
        if self._error is not None:
            raise self._error
        return "result"


async def cancelled_twice(task: asyncio.Task[str], work: Work) -> None:
    while not work.begun.is_set():
        await asyncio.sleep(0.001)
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0.01)
    assert not task.done()
    work.go.set()


async def test_a_cancelled_wait_ends_with_the_work_and_undoes_it() -> None:
    work, undone = Work(), []
    task = asyncio.ensure_future(in_thread(work, undo=undone.append))
    await cancelled_twice(task, work)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.done
    assert undone == ["result"]


async def test_work_that_failed_has_nothing_to_undo() -> None:
    work, undone = Work(ValueError("no")), []
    task = asyncio.ensure_future(in_thread(work, undo=undone.append))
    await cancelled_twice(task, work)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert undone == []


async def test_the_last_work_does_not_hear_of_being_stopped() -> None:
    work = Work()
    task = asyncio.ensure_future(past_stopping(work))
    await cancelled_twice(task, work)
    assert await task == "result"


async def test_the_last_work_may_fail() -> None:
    work = Work(ValueError("disk"))
    task = asyncio.ensure_future(past_stopping(work))
    await cancelled_twice(task, work)
    with pytest.raises(ValueError, match="disk"):
        await task
