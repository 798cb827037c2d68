"""The workflow of a render: what it has workers do, in what order, and what it gives back. The server is real, the work is not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from fake_workers import Fakes, cost_of, order_of, plan_of, working
from starting import most_begun_in_one_go, payloads, start

from framewright.executors.temporal.standing import read_states
from framewright.executors.temporal.values import (
    ChunkOrder,
    ForgetOrder,
    ProjectReference,
    RenderOrder,
    Standing,
)
from framewright.model.errors import StoreError

if TYPE_CHECKING:
    from temporalio.client import Client


async def test_every_chunk_once_the_costliest_first_and_never_more_than_the_window(
    client: Client, queue: str
) -> None:
    fakes = Fakes(seconds=0.05, reused=frozenset({3}))
    order = order_of(queue, 24, sound=True, limits={"window": 4})
    async with working(client, queue, fakes):
        handle = await start(client, order)
        done = await handle.result()
        standing = await handle.query("standing", result_type=Standing)
    assert fakes.made == dict.fromkeys(range(24), 1)
    assert fakes.most_at_once <= 4
    # Four are handed out at a time, which workers may take in any order.
    costs = [cost_of(index) for index in fakes.began]
    assert sorted(costs[:4], reverse=True) == sorted(map(cost_of, range(24)), reverse=True)[:4]
    assert max(costs[-4:]) <= min(costs[:4])
    assert fakes.done == ["sound", "assemble"]
    assert (done.bytes, done.reused, done.again) == (12345, 1, 0)
    assert done.seconds == pytest.approx(24 + 0.5 + 0.5)
    assert standing.stage == "done"
    assert read_states(standing.states) == "ddd" + "u" + 20 * "d"
    assert standing.sound == "d"


async def test_a_project_is_planned_first_and_pieces_that_nobody_keeps_are_removed(
    client: Client, queue: str
) -> None:
    fakes = Fakes(planned=plan_of(3))
    order = RenderOrder(
        project=ProjectReference(store="file:///store", manifest="b" * 64),
        queue=queue,
        keep_pieces=False,
        resume=False,
    )
    async with working(client, queue, fakes):
        done = await (await start(client, order)).result()
    assert done.plan == fakes.planned
    assert fakes.done == ["plan", "assemble", "forget"]
    assert fakes.orders[-1] == ForgetOrder(plan=plan_of(3), indices=None)
    assert all(not one.resume for one in fakes.orders if isinstance(one, ChunkOrder))


async def test_a_clean_up_that_fails_takes_nothing_from_the_render(client: Client, queue: str) -> None:
    class GoneError(StoreError):
        retryable = False

    fakes = Fakes(forget_fails=GoneError("No.", code="STORE_REFUSED"))
    async with working(client, queue, fakes):
        done = await (await start(client, order_of(queue, 1, keep_pieces=False))).result()
    assert done.bytes == 12345


async def test_corrupt_pieces_are_forgotten_and_made_again(client: Client, queue: str) -> None:
    fakes = Fakes(corrupt=[(1, 4), (4,)], corrupt_sound=[False, True])
    async with working(client, queue, fakes):
        done = await (await start(client, order_of(queue, 6, sound=True))).result()
    assert fakes.made == {0: 1, 1: 2, 2: 1, 3: 1, 4: 3, 5: 1}
    assert done.again == 2
    forgotten = [one for one in fakes.orders if isinstance(one, ForgetOrder)]
    assert [(one.indices, one.sound) for one in forgotten] == [((1, 4), False), ((4,), True)]
    assert fakes.done == ["sound", "assemble", "forget", "assemble", "forget", "sound", "assemble"]


@pytest.mark.thorough
async def test_who_asks_for_a_render_that_runs_joins_it(client: Client, queue: str) -> None:
    fakes = Fakes(seconds=0.5)
    async with working(client, queue, fakes):
        first = await start(client, order_of(queue, 3))
        second = await start(client, order_of(queue, 3))
        assert first.result_run_id == second.result_run_id
        assert await asyncio.gather(first.result(), second.result()) == [await first.result()] * 2
    assert fakes.made == dict.fromkeys(range(3), 1)


async def test_a_priority_reaches_what_is_not_yet_handed_out(client: Client, queue: str) -> None:
    fakes = Fakes(seconds=0.3)
    async with working(client, queue, fakes):
        handle = await start(client, order_of(queue, 6, priority=4, limits={"window": 1}))
        while not fakes.began:
            await asyncio.sleep(0.02)
        await handle.signal("set_priority", 1)
        standing = await handle.query("standing", result_type=Standing)
        assert standing.priority == 1
        await handle.signal("set_priority", 99)
        await handle.result()
    assert fakes.priorities[0] == 4
    assert fakes.priorities[-1] == 5
    assert sorted(set(fakes.priorities)) in ([4, 5], [1, 4, 5])


_MOST_BYTES = 64 * 1024


@pytest.mark.thorough
async def test_hundreds_of_chunks_pass_and_no_payload_is_large(client: Client, queue: str) -> None:
    fakes = Fakes()
    async with working(client, queue, fakes):
        handle = await start(client, order_of(queue, 300, sound=True))
        await handle.result()
        sizes = await payloads(handle)
        in_one_go = await most_begun_in_one_go(handle)
    assert fakes.made == dict.fromkeys(range(300), 1)
    assert in_one_go < 200, "code that keeps the processor for long counts as hanging"
    assert len(sizes) > 2 * 300, "orders and answers are there to be measured"
    assert max(sizes) <= _MOST_BYTES


@pytest.mark.long
async def test_two_thousand_chunks_pass_through_one_workflow(client: Client, queue: str) -> None:
    fakes = Fakes()
    async with working(client, queue, fakes, slots=100):
        handle = await start(client, order_of(queue, 2000, sound=True))
        await handle.result()
        sizes = await payloads(handle)
    assert fakes.made == dict.fromkeys(range(2000), 1)
    assert max(sizes) <= _MOST_BYTES


async def test_very_many_chunks_are_shared_out_among_children(client: Client, queue: str) -> None:
    fakes = Fakes(corrupt=[(2, 9)], reused=frozenset({0, 1}), seconds=0.05)
    order = order_of(queue, 10, sound=True, limits={"whole": 6, "part": 4, "window": 2})
    async with working(client, queue, fakes):
        handle = await start(client, order)
        done = await handle.result()
        standing = await handle.query("standing", result_type=Standing)
        part = client.get_workflow_handle(standing.parts[0])
        of_part = await part.query("standing", result_type=Standing)
        sizes = await payloads(part)
    assert fakes.made == {**dict.fromkeys(range(10), 1), 2: 2, 9: 2}
    assert fakes.most_at_once <= 2 * 3
    assert (done.again, done.reused) == (2, 2)
    assert done.seconds == pytest.approx(12 + 0.5 + 0.5)
    assert len(standing.parts) == 3
    assert standing.part_chunks == 4
    assert read_states(standing.states) == "uu" + 8 * "d"
    assert read_states(of_part.states) == "uudd"
    assert max(sizes) <= _MOST_BYTES


@pytest.mark.long
async def test_two_thousand_one_hundred_chunks_pass_by_children(client: Client, queue: str) -> None:
    fakes = Fakes()
    async with working(client, queue, fakes, slots=100):
        handle = await start(client, order_of(queue, 2100))
        await handle.result()
        standing = await handle.query("standing", result_type=Standing)
    assert fakes.made == dict.fromkeys(range(2100), 1)
    assert len(standing.parts) == 3
