"""Blocks in any order in, frames in order out, within a bounded window."""

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framewright.capture.order import FrameOrder
from framewright.model.frames import FrameRange
from framewright.model.output import Layout
from framewright.model.picture import Picture
from framewright.model.size import Size


def picture(value: int) -> Picture:
    return Picture(Layout.I420, Size(1, 1), value.to_bytes(4, "big"))


def value_of(shown: Picture) -> int:
    return int.from_bytes(shown.data, "big")


async def play(values, *, block, window, workers, seed):
    """Workers of random speed deliver blocks of a row of values; returns what came out and the most that waited."""
    order = FrameOrder(FrameRange(0, len(values)), block=block, window=window)
    dice = random.Random(seed)
    outside = most_outside = 0

    async def work():
        nonlocal outside, most_outside
        while (taken := await order.take()) is not None:
            outside += len(taken)
            most_outside = max(most_outside, outside)
            for _ in range(dice.randrange(4)):
                await asyncio.sleep(0)
            if dice.random() < 0.2:
                outside -= len(taken)
                await order.give_back(taken)
                continue
            held = [frame > taken.start and values[frame] == values[frame - 1] for frame in taken]
            pictures = [
                None if hold else picture(values[frame]) for frame, hold in zip(taken, held, strict=True)
            ]
            outside -= sum(held)
            await order.deliver(taken, pictures)

    tasks = [asyncio.create_task(work()) for _ in range(workers)]
    came = []
    last_run = 0
    async for item in order.frames():
        came.append(item)
        last_run += 1
        if len(came) % block == 0 or len(came) == len(values):
            start = (len(came) - 1) // block * block
            outside -= 1 + sum(values[f] != values[f - 1] for f in range(start + 1, len(came)))
    await asyncio.gather(*tasks)
    return came, most_outside


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 3), max_size=60),
    st.integers(1, 9),
    st.integers(1, 30),
    st.integers(1, 4),
    st.integers(0, 1000),
)
def test_every_frame_leaves_once_in_order_and_repeats_are_none(values, block, window, workers, seed):
    came, most_outside = asyncio.run(play(values, block=block, window=window, workers=workers, seed=seed))
    assert [frame for frame, _ in came] == list(range(len(values)))
    shown = None
    for (_, got), value in zip(came, values, strict=True):
        assert (got is None) == (value == shown)
        shown = value if got is None else value_of(got)
        assert shown == value
    # The block whose turn it is may exceed the window, no other one.
    assert most_outside <= max(window, block) + block


async def test_a_failure_reaches_the_reader_and_frees_the_workers():
    order = FrameOrder(FrameRange(0, 10), block=2, window=4)
    assert await order.take() == FrameRange(0, 2)
    await order.fail(RuntimeError("gone"))
    with pytest.raises(RuntimeError, match="gone"):
        async for _ in order.frames():
            pass
    assert await order.take() is None


async def test_holds_take_no_room_in_the_window():
    order = FrameOrder(FrameRange(0, 12), block=4, window=5)
    first = await order.take()
    taking = asyncio.create_task(order.take())
    await asyncio.sleep(0.01)
    assert not taking.done()  # 4 in work and 4 more would be 8 of 5
    await order.deliver(first, [picture(1), None, None, None])
    assert await asyncio.wait_for(taking, 5) == FrameRange(4, 8)  # 1 waits and 4 in work: 5 of 5


async def test_no_frames_are_soon_done():
    order = FrameOrder(FrameRange(3, 3), block=4, window=4)
    assert await order.take() is None
    assert [item async for item in order.frames()] == []


async def test_once_stopped_there_is_no_more_work():
    order = FrameOrder(FrameRange(0, 100), block=4, window=4)
    await order.take()
    waiting = asyncio.create_task(order.take())
    await asyncio.sleep(0)
    await order.stop()
    assert await asyncio.wait_for(waiting, 5) is None
    assert await order.take() is None


async def test_an_end_that_nobody_reached_can_be_moved_forward():
    order = FrameOrder(FrameRange(0, 100), block=10, window=100)
    first, second = await order.take(), await order.take()
    assert (first, second) == (FrameRange(0, 10), FrameRange(10, 20))
    assert not await order.shrink(15)  # a worker has that frame
    assert not await order.shrink(100)  # the end as it is
    assert await order.shrink(34)
    assert not await order.shrink(40)  # it only ever comes nearer
    taken = [first, second]
    for _ in range(2):
        taken.append(await order.take())
    assert taken[2:] == [FrameRange(20, 30), FrameRange(30, 34)]
    for block in taken:
        await order.deliver(block, [picture(frame) for frame in block])
    assert await order.take() is None
    assert [value_of(shown) for _, shown in [item async for item in order.frames()]] == list(range(34))


async def test_blocks_that_came_back_survive_a_shorter_end():
    order = FrameOrder(FrameRange(0, 40), block=10, window=100)
    first, second = await order.take(), await order.take()
    await order.give_back(first)
    assert await order.shrink(20)
    assert await order.take() == first
    for block in (second, first):
        await order.deliver(block, [picture(frame) for frame in block])
    assert [frame async for frame, _ in order.frames()] == list(range(20))


async def test_the_fingerprint_is_that_of_what_is_shown():
    order = FrameOrder(FrameRange(0, 4), block=4, window=10)
    block = await order.take()
    await order.deliver(block, [picture(7), None, picture(8), picture(8)])
    seen = [(shown is None, order.fingerprint) async for _, shown in order.frames()]
    seven, eight = picture(7).fingerprint(), picture(8).fingerprint()
    assert seen == [(False, seven), (True, seven), (False, eight), (True, eight)]
