"""The pool and its workers over scripted sources: what is retried, what gives up, what is closed."""

import asyncio
import weakref
from contextlib import aclosing
from dataclasses import replace
from fractions import Fraction

import pytest

from framewright.capture import CaptureKind, CapturePool, CaptureWorker, PicturesLostError, Run
from framewright.model.composition import Step
from framewright.model.errors import BrowserError, CompositionError
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.output import Layout
from framewright.model.picture import Picture
from framewright.model.size import Size

RATE = FrameRate.parse(30)


class ScriptedScene:
    async def seek(self, seconds):
        return Step()

    async def cover(self, grey):
        pass

    async def pass_through(self, frames, rate, *, draw):
        pass


class ScriptedSource:
    """Pictures that carry their frame's number; `plan(frames)` may raise or say how long the last one holds."""

    kind = CaptureKind.SCREENSHOT

    def __init__(self, plan=lambda frames: None):
        self.plan = plan
        self.closed = False
        self.captured = []

    async def capture(self, scene, frames, rate):
        await asyncio.sleep(0)
        self.captured.append(frames)
        still = self.plan(frames)
        return Run([Picture(Layout.PNG, Size(1, 1), frame.to_bytes(4, "big")) for frame in frames], still)

    def disturbed(self):
        pass

    async def close(self):
        self.closed = True


def pool_of(open_worker, total, *, workers, window=32, on_incident=print):
    return CapturePool(
        open_worker,
        FrameRange(0, total),
        workers=workers,
        block=8,
        window=window,
        on_incident=on_incident,
        on_block=lambda block, seconds: None,
    )


async def collect(plan, *, total=40, workers=2, spare=None):
    opened, incidents = [], []

    async def open_worker(number, after):
        source = ScriptedSource(plan)

        async def release():
            assert source.closed
            opened[opened.index(source)].released = True

        source.released = False
        opened.append(source)
        return CaptureWorker(ScriptedScene(), RATE, source, spare=spare, release=release)

    pool = pool_of(
        open_worker,
        total,
        workers=workers,
        on_incident=lambda incident: incidents.append(incident.code),
    )
    try:
        async with aclosing(pool.frames()) as frames:
            got = [(frame, shown and int.from_bytes(shown.data, "big")) async for frame, shown in frames]
    finally:
        assert all(source.released for source in opened)
    return got, incidents, opened


async def test_pictures_that_were_given_out_are_held_by_nobody():
    alive, most = weakref.WeakSet(), 0

    class Tracked(ScriptedSource):
        async def capture(self, scene, frames, rate):
            run = await super().capture(scene, frames, rate)
            pictures = [replace(picture, data=memoryview(picture.data)) for picture in run.pictures]
            alive.update(picture.data for picture in pictures)
            return Run(pictures, None)

    async def open_worker(number, after):
        async def release():
            pass

        return CaptureWorker(ScriptedScene(), RATE, Tracked(), spare=None, release=release)

    pool = pool_of(open_worker, 80, workers=2, window=16)
    async with aclosing(pool.frames()) as frames:
        async for _ in frames:
            for _ in range(8):  # slower than they come
                await asyncio.sleep(0)
            most = max(most, len(alive))
    assert 8 <= most <= 16, "more are alive than the window has room for"


async def test_frames_come_in_order_from_any_number_of_workers():
    for workers in (1, 2, 5):
        got, incidents, _ = await collect(lambda frames: None, workers=workers)
        assert got == [(frame, frame) for frame in range(40)]
        assert incidents == []


async def test_lost_pictures_are_captured_again_and_then_by_the_spare():
    lost = set()

    def once(frames):
        if frames.start == 8 and 8 not in lost:
            lost.add(8)
            raise PicturesLostError("lost")

    got, incidents, _ = await collect(once)
    assert got == [(frame, frame) for frame in range(40)]
    assert incidents == ["RUN_REPEATED"]

    def always(frames):
        if frames.start == 8:
            raise PicturesLostError("lost")

    got, incidents, _ = await collect(always, spare=ScriptedSource())
    assert got == [(frame, frame) for frame in range(40)]
    assert incidents == ["RUN_REPEATED", "RUN_BY_SCREENSHOT"]


async def test_a_dead_browser_is_replaced_and_its_block_done_by_another():
    deaths = []

    def dies_once(frames):
        if frames.start == 16 and not deaths:
            deaths.append(frames)
            raise BrowserError("gone", code="BROWSER_DIED")

    got, incidents, opened = await collect(dies_once)
    assert got == [(frame, frame) for frame in range(40)]
    assert incidents == ["WORKER_RESTARTED"]
    assert len(opened) >= 2


@pytest.mark.parametrize("workers", [1, 3])
async def test_a_block_that_kills_every_browser_ends_the_render(workers):
    def dies(frames):
        if frames.start == 16:
            raise BrowserError("gone", code="BROWSER_DIED")

    with pytest.raises(BrowserError) as caught:
        await collect(dies, workers=workers)
    assert caught.value.code == "BROWSER_DIED"


async def test_a_worker_that_loses_two_browsers_retires_while_others_live():
    deaths = []

    def dies_in_two_blocks(frames):
        if frames.start in {0, 8, 16} and len(deaths) < 3:
            deaths.append(frames.start)
            raise BrowserError("gone", code="BROWSER_DIED")

    got, incidents, _ = await collect(dies_in_two_blocks, workers=2)
    assert got == [(frame, frame) for frame in range(40)]
    assert incidents.count("WORKER_RESTARTED") == 3
    assert "WORKER_RETIRED" in incidents


async def test_the_authors_faults_are_not_tried_again():
    tried = []

    def fails(frames):
        tried.append(frames)
        if frames.start == 8:
            raise CompositionError("it throws", code="SCRIPT_ERROR")

    with pytest.raises(CompositionError):
        await collect(fails, workers=1)
    assert tried.count(FrameRange(8, 16)) == 1


async def test_a_foretold_hold_needs_no_browser():
    still = Fraction(30, 30)

    def holds(frames):
        return still if frames.start == 0 else None

    got, _, opened = await collect(holds, workers=1)
    # Frames 8 to 29 hold what frame 7 showed; the run goes on in the middle of a block.
    assert got == [(f, f if f < 8 or f >= 30 else None) for f in range(40)]
    assert opened[0].captured == [FrameRange(0, 8), FrameRange(30, 32), FrameRange(32, 40)]


async def test_leaving_early_closes_every_browser():
    closed = []

    async def open_worker(number, after):
        async def release():
            closed.append(number)

        return CaptureWorker(ScriptedScene(), RATE, ScriptedSource(), spare=None, release=release)

    pool = pool_of(open_worker, 400, workers=3)
    async with aclosing(pool.frames()) as frames:
        async for frame, _ in frames:
            if frame == 20:
                break
    assert sorted(closed) == [0, 1, 2]
