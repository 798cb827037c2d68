"""Scenes that leave out no frame, and workers and pools that know that there is no way back."""

import asyncio
from contextlib import aclosing
from fractions import Fraction

import pytest

from framewright.capture import (
    CaptureKind,
    CapturePool,
    CaptureWorker,
    PicturesLostError,
    Run,
    RunningScene,
)
from framewright.capture.source import holds_until
from framewright.model.composition import Step
from framewright.model.errors import BrowserError
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.output import Layout
from framewright.model.picture import Picture
from framewright.model.size import Size

RATE = FrameRate.parse("30000/1001")


class CountingScene:
    """Its state is the list of frames that it went through. A page that was just opened has shown frame 0."""

    def __init__(self):
        self.steps = [0]
        self.drawn = []

    async def seek(self, seconds):
        frame = seconds * RATE.value
        assert frame.denominator == 1
        self.steps.append(int(frame))
        return Step()

    async def pass_through(self, frames, rate, *, draw):
        assert rate == RATE
        self.steps += list(frames)
        if draw:
            self.drawn += list(frames)

    async def cover(self, grey):
        pass


class CountingSource:
    """The picture of a frame is the number of steps up to it; `holds` are those that are not even asked for."""

    kind = CaptureKind.STREAM

    def __init__(self, holds=(), plan=lambda frames: None):
        self.holds, self.plan = holds, plan
        self.disturbances = 0
        self.scene = None

    async def capture(self, scene, frames, rate):
        await asyncio.sleep(0)
        self.plan(frames)
        pictures = []
        for frame in frames:
            if frame in self.holds:
                pictures.append(None)
                continue
            await scene.seek(rate.time_of(frame))
            steps = len(self.counted.steps) - 1
            pictures.append(Picture(Layout.PNG, Size(1, 1), steps.to_bytes(4, "big")))
        return Run(pictures, None)

    def disturbed(self):
        self.disturbances += 1

    async def close(self):
        pass


def worker(source):
    source.counted = CountingScene()

    async def release():
        pass

    return CaptureWorker(source.counted, RATE, source, spare=None, release=release, run=True)


def numbers(pictures):
    return [picture and int.from_bytes(picture.data, "big") for picture in pictures]


async def test_a_run_up_goes_through_every_frame_once():
    source = CountingSource()
    one = worker(source)
    assert numbers(await one.capture(FrameRange(100, 103), print)) == [100, 101, 102]
    assert source.counted.steps == [*range(103)]
    assert source.counted.drawn == [*range(1, 100)]
    assert source.disturbances == 4
    assert numbers(await one.capture(FrameRange(103, 105), print)) == [103, 104]
    assert source.disturbances == 4, "nothing lay between"


async def test_frames_that_hold_are_gone_through_and_not_drawn():
    source = CountingSource(holds=range(3, 30))
    pictures = await worker(source).capture(FrameRange(0, 32), print)
    assert numbers(pictures) == [0, 1, 2, *[None] * 27, 30, 31]
    assert source.counted.steps == [*range(32)]
    assert source.counted.drawn == []


async def test_a_worker_that_runs_reaches_only_what_lies_ahead():
    one = worker(CountingSource())
    assert one.reaches(FrameRange(0, 8))
    await one.capture(FrameRange(8, 16), print)
    assert one.reaches(FrameRange(16, 24))
    assert not one.reaches(FrameRange(0, 8))
    assert not one.reaches(FrameRange(8, 16))
    with pytest.raises(ValueError, match="lies behind"):
        await one._running.seek(RATE.time_of(3))


async def test_lost_pictures_end_a_worker_that_cannot_go_back():
    incidents = []

    def lose(frames):
        raise PicturesLostError("lost")

    with pytest.raises(PicturesLostError):
        await worker(CountingSource(plan=lose)).capture(FrameRange(0, 8), incidents.append)
    assert incidents == []


async def test_a_running_scene_stands_at_frame_0_when_it_is_opened():
    scene = CountingScene()
    running = RunningScene(scene, RATE)
    assert await running.seek(Fraction(0)) == Step()
    assert scene.steps == [0]


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("failing", [0, 16, 32, 72])
async def test_every_frame_shows_its_own_steps_also_when_browsers_die(workers, failing):
    deaths, after = [], []

    def plan(frames):
        if frames.start == failing and not deaths:
            deaths.append(frames)
            raise BrowserError("gone", code="BROWSER_DIED")

    async def open_worker(number, ended):
        after.append(ended)
        return worker(CountingSource(plan=plan))

    pool = CapturePool(
        open_worker,
        FrameRange(4, 78),
        workers=workers,
        block=8,
        window=24,
        on_incident=print,
        on_block=lambda *_: None,
    )
    async with aclosing(pool.frames()) as frames:
        got = [(frame, *numbers([picture])) async for frame, picture in frames]
    if failing == 0:
        assert deaths == [], "no block begins there"
    assert got == [(frame, frame) for frame in range(4, 78)]
    assert [error.code for error in after if error] == (["BROWSER_DIED"] if deaths else [])


async def test_whoever_is_too_far_begins_again_for_a_block_that_came_back():
    """The one that failed has retired, so the other must go back."""
    deaths = []

    def plan(frames):
        if frames.start in {0, 8} and len(deaths) < 2:
            deaths.append(frames.start)
            raise BrowserError("gone", code="BROWSER_DIED")

    opened = []

    async def open_worker(number, ended):
        opened.append(number)
        if number == 1:
            return worker(CountingSource())
        return worker(CountingSource(plan=plan))

    pool = CapturePool(
        open_worker,
        FrameRange(0, 80),
        workers=2,
        block=8,
        window=24,
        on_incident=print,
        on_block=lambda *_: None,
    )
    async with aclosing(pool.frames()) as frames:
        got = [(frame, *numbers([picture])) async for frame, picture in frames]
    assert got == [(frame, frame) for frame in range(80)]
    assert len(deaths) == 2
    assert opened.count(1) == 2, "the one that went on had to begin again"


async def test_a_worker_that_loses_pictures_is_opened_with_more_care_each_time():
    losses, opened = [], []

    async def open_worker(number, ended):
        losses.extend([ended] if isinstance(ended, PicturesLostError) else [])
        opened.append(number)

        def plan(frames):
            if frames.start == 16 and len(losses) < 2:
                raise PicturesLostError("lost")

        return worker(CountingSource(plan=plan))

    pool = CapturePool(
        open_worker,
        FrameRange(0, 40),
        workers=2,
        block=8,
        window=24,
        on_incident=print,
        on_block=lambda *_: None,
    )
    async with aclosing(pool.frames()) as frames:
        got = [(frame, *numbers([picture])) async for frame, picture in frames]
    assert got == [(frame, frame) for frame in range(40)]
    assert len(losses) == 2


@pytest.mark.parametrize("rate", ["24", "25", "30", "30000/1001", "60"])
def test_a_hold_ends_before_the_frame_that_the_page_means(rate):
    """The double of a frame's time may be more than that time: 1.8 seconds are frame 54 of 30 a second, and no later one."""
    fps = FrameRate.parse(rate)
    for frame in range(1, 500):
        until = holds_until(Step(still_until=float(fps.time_of(frame))))
        assert fps.time_of(frame - 1) < until <= fps.time_of(frame)
    assert holds_until(Step()) == 0
