"""Progress and time, on a clock of our own."""

from __future__ import annotations

import pytest

from framewright.model.frames import FrameRange
from framewright.render.meter import Pace, SlowestBlock, Watch


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_progress_is_told_at_most_ten_times_a_second_and_always_at_the_end():
    clock = Clock()
    pace = Pace(1000, clock)
    told = []
    for frame in range(1, 1001):
        clock.now = frame / 500
        told.append(pace.advance(frame))
    told = [one for one in told if one]
    assert 18 <= len(told) <= 22
    assert (told[-1].frames, told[-1].total, told[-1].seconds_left) == (1000, 1000, 0.0)


def test_the_rate_is_that_of_the_last_seconds():
    clock = Clock()
    pace = Pace(10_000, clock)
    frames = 0
    for _ in range(100):  # 9 frames a second for 11 s
        clock.now += 0.11
        frames += 1
        pace.advance(frames)
    for _ in range(60):  # 91 a second for 6.6 s
        clock.now += 0.11
        frames += 10
        last = pace.advance(frames)
    assert last.rate == pytest.approx(10 / 0.11, rel=0.05)
    assert last.seconds_left == pytest.approx((10_000 - frames) * 0.011, rel=0.05)


def test_nothing_is_promised_before_anything_is_known():
    clock = Clock()
    pace = Pace(100, clock)
    clock.now = 0.2
    first = pace.advance(1)
    assert (first.rate, first.seconds_left) == (None, None)


def test_the_slowest_block_is_the_one_with_most_seconds_a_frame():
    slowest = SlowestBlock()
    slowest.note(FrameRange(0, 24), 2.0)
    assert slowest.slowest is None
    slowest.note(FrameRange(24, 48), 6.0)
    slowest.note(FrameRange(48, 50), 1.0)
    assert (slowest.slowest.start, slowest.slowest.stop) == (48, 50)


def test_laps_add_up():
    clock = Clock()
    watch = Watch(clock)
    clock.now = 2.0
    first = watch.lap()
    clock.now = 5.0
    assert (first, watch.lap(), watch.total) == (2.0, 3.0, 5.0)
