"""Runs on slots, as the scheduler says: with slots that count frames in place of rendering them."""

from __future__ import annotations

import asyncio

import pytest

from framewright.executors.driver import Driver
from framewright.executors.places import Places
from framewright.executors.shelf import Shelf
from framewright.model.errors import BrowserError, CompositionError, OutputError
from framewright.model.events import ChunkState, ChunkTold, FellBack
from framewright.model.frames import FrameRange
from framewright.model.piece import ChunkResult
from framewright.model.plan import Chunk
from framewright.model.report import TimeSpent
from framewright.render.chunk_limit import ChunkProgress
from framewright.schedule.costs import CostCurve
from framewright.schedule.machine import Scheduler

_TIME = TimeSpent(opening=0, rendering=0, finishing=0, encoder_busy=0, waiting_for_pictures=0)


def result_of(frames):
    return ChunkResult(
        key="0" * 64,
        start=frames.start,
        stop=frames.stop,
        digest="0" * 64,
        bytes=0,
        fingerprints=(),
        parameters="0" * 64,
        unchanged=0,
        workers=1,
        capture="stream",
        time=_TIME,
    )


class FakeSlot:
    """Takes a moment for each frame; fails as it is told."""

    def __init__(self, name, *, moment=0.0, fails=()):
        self.name = name
        self.moment = moment
        self.fails = list(fails)
        self.runs = []
        self.busy = False
        self.left_off = 0

    async def render(self, run, frames, folder, on_progress, limit):
        assert not self.busy, "one run at a time"
        self.busy = True
        self.runs.append((frames, folder))
        stop = frames.stop

        async def shrink(wanted):
            nonlocal stop
            if wanted <= reached:
                return False
            stop = wanted
            return True

        reached = frames.start
        limit.begin(shrink)
        try:
            if self.fails and folder.name != "spare":
                raise self.fails.pop(0)
            while reached < stop:
                await asyncio.sleep(self.moment)
                reached += 1
                on_progress(ChunkProgress(reached - frames.start, stop - frames.start, reached))
        except asyncio.CancelledError:
            self.left_off += 1
            raise
        finally:
            limit.end()
            self.busy = False
        done = FrameRange(frames.start, stop)
        return folder / str(done), result_of(done)

    async def close(self):
        pass


def driver(slots, tmp_path, *, chunks=3, length=20, tell=None, places=None, grid=5, opening=0.01):
    cut = [Chunk(index=n, start=n * length, stop=(n + 1) * length, cost=1.0) for n in range(chunks)]
    told = []
    places = places or Places(None, tmp_path, told.append)
    return Driver(
        Scheduler(cut, CostCurve.flat(0.02), grid=grid, opening=opening),
        slots,
        folder=places.folder,
        may_help=places.may_help,
        tell=tell or told.append,
    ), told


def frames_of(made):
    return [frame for _, result in made for frame in result.range]


async def test_every_frame_comes_once_and_in_order(tmp_path):
    slots = [FakeSlot("a", moment=0.001), FakeSlot("b", moment=0.002)]
    work, told = driver(slots, tmp_path, chunks=5)
    assert frames_of(await work.run()) == list(range(100))
    assert all(slot.runs for slot in slots)
    states = [event.state for event in told]
    assert states.count(ChunkState.DONE) >= 5 and ChunkState.FAILED not in states


async def test_what_may_be_tried_again_is_and_elsewhere(tmp_path):
    broken = BrowserError("The browser died.", code="BROWSER_DIED")
    slots = [FakeSlot("a", fails=[broken]), FakeSlot("b", moment=0.001)]
    work, told = driver(slots, tmp_path, chunks=2)
    assert frames_of(await work.run()) == list(range(40))
    failed = [event for event in told if event.state is ChunkState.FAILED]
    assert [(event.worker, event.message) for event in failed] == [("a", "The browser died.")]
    again = next(event for event in told if event.attempt == 2)
    assert (again.worker, again.start) == ("b", failed[0].start)


async def test_what_cannot_be_mended_ends_all_at_once(tmp_path):
    fatal = CompositionError("There is no picture.", code="MISSING_FILE")
    slow = FakeSlot("b", moment=60)
    work, told = driver([FakeSlot("a", fails=[fatal]), slow], tmp_path)
    with pytest.raises(CompositionError) as caught:
        await work.run()
    assert caught.value is fatal
    assert slow.left_off == 1 and not slow.busy
    assert sum(event.state is ChunkState.FAILED for event in told) == 1


async def test_a_cancelled_render_leaves_no_run(tmp_path):
    slots = [FakeSlot("a", moment=60), FakeSlot("b", moment=60)]
    work, _ = driver(slots, tmp_path)
    task = asyncio.create_task(work.run())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [slot.left_off for slot in slots] == [1, 1]


async def test_a_listener_that_fails_ends_the_render(tmp_path):
    def fail(event):
        if event.state is ChunkState.DONE:
            raise ZeroDivisionError

    slot = FakeSlot("b", moment=60)
    work, _ = driver([FakeSlot("a"), slot], tmp_path, tell=fail)
    with pytest.raises(ZeroDivisionError):
        await work.run()
    assert not slot.busy


async def test_a_listener_that_fails_when_it_is_told_of_a_failure_or_of_a_split_ends_the_render(tmp_path):
    def fail(event):
        if event.state in {ChunkState.FAILED, ChunkState.SPLIT}:
            raise ZeroDivisionError

    broken = BrowserError("The browser died.", code="BROWSER_DIED")
    for slots in (
        [FakeSlot("a", fails=[broken]), FakeSlot("b", moment=60)],
        [FakeSlot("a", moment=0.05), FakeSlot("b", moment=0.01)],
    ):
        work, _ = driver(slots, tmp_path, chunks=1, length=100, tell=fail)
        with pytest.raises(ZeroDivisionError):
            async with asyncio.timeout(20):
                await work.run()


async def test_idle_slots_take_the_tails_of_long_runs(tmp_path):
    slots = [FakeSlot("a", moment=0.05), FakeSlot("b", moment=0.01)]
    work, told = driver(slots, tmp_path, chunks=1, length=100)
    made = await work.run()
    assert frames_of(made) == list(range(100))
    assert len(made) > 1 and slots[1].runs
    assert any(event.state is ChunkState.SPLIT for event in told)


async def test_a_cache_that_is_full_is_given_up_once_and_nothing_is_lost(tmp_path):
    (tmp_path / "spare").mkdir()
    full = [OutputError("The disk is full.", code="DISK_FULL") for _ in range(2)]
    told = []
    with Shelf(tmp_path / "cache") as shelf:
        places = Places(shelf, tmp_path / "spare", told.append)
        slots = [FakeSlot("a", fails=full[:1], moment=0.001), FakeSlot("b", fails=full[1:], moment=0.001)]
        work, _ = driver(slots, tmp_path, chunks=4, places=places)
        made = await work.run()
    assert frames_of(made) == list(range(80))
    assert {path.parent.name for path, _ in made} == {"spare"}
    assert [event.code for event in told if isinstance(event, FellBack)] == ["PIECE_CACHE_GIVEN_UP"]


async def test_a_disk_that_is_full_without_a_cache_is_the_end(tmp_path):
    slot = FakeSlot("a", fails=[OutputError("The disk is full.", code="DISK_FULL")])
    work, _ = driver([slot], tmp_path)
    with pytest.raises(OutputError):
        await work.run()
    assert len(slot.runs) == 1


async def test_tries_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("framewright.schedule.states.LONGEST_PAUSE", 0.01)
    monkeypatch.setattr("framewright.executors.driver._TICK_SECONDS", 0.01)
    slot = FakeSlot("a", fails=[BrowserError("Dead.", code="BROWSER_DIED") for _ in range(50)])
    work, told = driver([slot], tmp_path, chunks=1)
    with pytest.raises(BrowserError, match="Dead"):
        await work.run()
    assert len(slot.runs) == 6
    assert [event.attempt for event in told if isinstance(event, ChunkTold) and event.state is ChunkState.FAILED] == [
        1, 2, 3, 4, 5, 6,
    ]  # fmt: skip
