"""Ending a render from outside, from inside, and not at all."""

from __future__ import annotations

import asyncio
import threading

import pytest

from framewright.model.errors import RenderCancelledError
from framewright.render.cancel import CancelToken, Stoppable


async def test_a_token_cancelled_in_another_thread_ends_the_block_after_its_clean_up():
    token = CancelToken()
    cleaned = False
    thread = threading.Timer(0.05, token.cancel)
    with pytest.raises(RenderCancelledError):
        async with Stoppable(token):
            thread.start()
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0)
                cleaned = True
    thread.join()
    assert cleaned
    assert asyncio.current_task().cancelling() == 0


async def test_a_token_that_is_already_cancelled_ends_the_block_at_its_first_wait():
    token = CancelToken()
    token.cancel()
    with pytest.raises(RenderCancelledError):
        async with Stoppable(token):
            await asyncio.sleep(60)


async def test_an_error_from_inside_is_what_the_caller_gets():
    class Mine(Exception):
        pass

    with pytest.raises(Mine):
        async with Stoppable() as scope:
            asyncio.get_running_loop().call_soon(scope.stop, Mine())
            await asyncio.sleep(60)


async def test_errors_in_task_groups_do_not_hide_it():
    with pytest.raises(RenderCancelledError):
        token = CancelToken()
        async with Stoppable(token), asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(60))
            asyncio.get_running_loop().call_later(0.01, token.cancel)
            await asyncio.sleep(60)


async def test_cancelling_the_task_itself_stays_what_it_is():
    async def work():
        async with Stoppable(CancelToken()):
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_block_that_was_done_stays_done():
    token = CancelToken()
    async with Stoppable(token) as scope:
        scope.stop(RuntimeError("too late"))
    await asyncio.sleep(0)
    assert asyncio.current_task().cancelling() == 0


async def test_another_error_wins_over_the_stop():
    with pytest.raises(ValueError, match="mine"):
        async with Stoppable() as scope:
            scope.stop(RuntimeError("stop"))
            raise ValueError("mine")
    await asyncio.sleep(0)


async def test_a_token_serves_many_renders_and_forgets_those_that_ended():
    token = CancelToken()
    async with Stoppable(token):
        pass
    token.cancel()
    await asyncio.sleep(0)
    assert token.cancelled
