"""How the workflow ends when something goes wrong, when its time is over, and when nobody wants it any more."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from fake_workers import Fakes, order_of, working
from starting import start
from temporalio.client import WorkflowFailureError

from framewright.executors.temporal.errors import framewright_error
from framewright.model.errors import (
    BrowserError,
    CompositionError,
    FramewrightError,
    PieceError,
    RenderCancelledError,
    SetupError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from temporalio.client import Client, WorkflowHandle


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not what():
            await asyncio.sleep(0.02)


async def failure_of(handle: WorkflowHandle[object, object]) -> FramewrightError:
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    return framewright_error(caught.value)


async def status_of(handle: WorkflowHandle[object, object]) -> str:
    status = (await handle.describe()).status
    assert status is not None
    return status.name


async def test_what_may_do_better_elsewhere_is_tried_again(client: Client, queue: str) -> None:
    def fails(index: int, attempt: int) -> FramewrightError | None:
        return BrowserError("It died.", code="BROWSER_DIED") if index == 2 and attempt < 2 else None

    fakes = Fakes(fails=fails)
    async with working(client, queue, fakes):
        await (await start(client, order_of(queue, 4))).result()
    assert fakes.made == dict.fromkeys(range(4), 1)
    assert fakes.began.count(2) == 2


async def test_what_cannot_be_helped_ends_it_and_the_siblings_let_go(client: Client, queue: str) -> None:
    def fails(index: int, attempt: int) -> FramewrightError | None:
        return CompositionError("A file is missing: a.png.", code="MISSING_FILE") if index == 3 else None

    fakes = Fakes(fails=fails, holds=frozenset({0, 1, 2}), letting_go=0.3)
    async with working(client, queue, fakes):
        handle = await start(client, order_of(queue, 4, sound=True))
        await until(lambda: 3 in fakes.began)
        began = time.monotonic()
        error = await failure_of(handle)
        took = time.monotonic() - began
        let_go = sorted(fakes.let_go)
    assert type(error) is CompositionError
    assert (error.code, error.message) == ("MISSING_FILE", "A file is missing: a.png.")
    assert fakes.began.count(3) == 1, "tried again it would fail again"
    assert set(let_go) == set(fakes.began) - {3}, "the workflow ends when they have, not before"
    assert "assemble" not in fakes.done
    assert took < 10.0


@pytest.mark.parametrize(
    "by_signal",
    [pytest.param(False, id="natively"), pytest.param(True, id="by signal", marks=pytest.mark.thorough)],
)
async def test_cancelled_it_ends_when_the_workers_have_let_go(
    client: Client, queue: str, by_signal: bool
) -> None:
    fakes = Fakes(holds=frozenset(range(4)), letting_go=0.5)
    async with working(client, queue, fakes):
        handle = await start(client, order_of(queue, 4, limits={"window": 3}))
        await until(lambda: len(fakes.began) == 3)
        await (handle.signal("cancel") if by_signal else handle.cancel())
        error = await failure_of(handle)
        let_go = sorted(fakes.let_go)
        assert await status_of(handle) == ("FAILED" if by_signal else "CANCELED")
    assert type(error) is RenderCancelledError
    assert error.code == "CANCELLED"
    assert let_go == sorted(fakes.began)
    assert len(fakes.began) == 3, "what waited is not begun"


async def test_a_cancelled_render_cancels_its_children(client: Client, queue: str) -> None:
    fakes = Fakes(holds=frozenset(range(6)))
    async with working(client, queue, fakes):
        handle = await start(client, order_of(queue, 6, limits={"whole": 3, "part": 3, "window": 2}))
        await until(lambda: len(fakes.began) == 4)
        await handle.cancel()
        assert type(await failure_of(handle)) is RenderCancelledError
        assert sorted(fakes.let_go) == sorted(fakes.began)


@pytest.mark.thorough
async def test_what_fails_in_a_child_is_what_the_render_fails_with(client: Client, queue: str) -> None:
    def fails(index: int, attempt: int) -> FramewrightError | None:
        return CompositionError("No.", code="SCRIPT_ERROR") if index == 5 else None

    fakes = Fakes(fails=fails, holds=frozenset(range(5)))
    async with working(client, queue, fakes):
        handle = await start(client, order_of(queue, 6, limits={"whole": 3, "part": 3}))
        error = await failure_of(handle)
        assert sorted(fakes.let_go) == sorted(set(fakes.began) - {5})
    assert (type(error), error.code, error.message) == (CompositionError, "SCRIPT_ERROR", "No.")


async def test_a_render_nobody_works_on_is_cancelled_at_once(client: Client, queue: str) -> None:
    fakes = Fakes()
    async with working(client, queue, fakes, chunks=False):
        handle = await start(client, order_of(queue, 4))
        await until(lambda: bool(fakes.cuts_read))
        await handle.cancel()
        assert type(await failure_of(handle)) is RenderCancelledError
    assert fakes.began == []


async def test_its_time_is_over(client: Client, queue: str) -> None:
    fakes = Fakes(holds=frozenset({0}))
    async with working(client, queue, fakes):
        handle = await start(client, order_of(queue, 2, seconds=2.0))
        error = await failure_of(handle)
        assert fakes.let_go == [0] * fakes.began.count(0)
    assert type(error) is SetupError
    assert error.code == "DEADLINE_PASSED"
    assert "2 seconds" in error.message


async def test_pieces_that_are_corrupt_again_and_again_end_it(client: Client, queue: str) -> None:
    fakes = Fakes(corrupt=[(1,)] * 10)
    async with working(client, queue, fakes):
        error = await failure_of(await start(client, order_of(queue, 2, limits={"rounds": 2})))
    assert type(error) is PieceError
    assert error.code == "PIECE_CORRUPT"
    assert fakes.made == {0: 1, 1: 3}


async def test_a_worker_that_falls_silent_is_replaced(client: Client, queue: str) -> None:
    fakes = Fakes(silent={1: 1})
    async with working(client, queue, fakes):
        handle = await start(client, order_of(queue, 3, limits={"heartbeat": 2.0}))
        await handle.result()
    assert fakes.began.count(1) == 2
    assert fakes.made[1] == 1
