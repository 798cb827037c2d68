"""Which frames are measured, and what follows for all others."""

import pytest

from framewright.model.frames import FrameRange
from framewright.schedule.sounding import MOST_STRETCHES, Sounding, remembered


def taken(sounding, cost, most):
    frames = []
    while len(frames) < most and (frame := sounding.next()) is not None:
        frames.append(frame)
        sounding.note(frame, cost(frame))
    return frames


def test_each_stretch_is_looked_at_once_and_then_the_longest_again():
    sounding = Sounding(FrameRange(0, 1000), [0, 100, 900, 1000, 2000])
    assert taken(sounding, lambda frame: 1.0, 3) == [500, 50, 950]
    assert taken(sounding, lambda frame: 1.0, 2) == [300, 700]
    assert sounding.samples == 5


def test_no_frame_is_asked_for_twice_and_there_is_an_end():
    sounding = Sounding(FrameRange(7, 20), [11])
    frames = taken(sounding, float, 99)
    assert sounding.next() is None
    assert set(frames) <= set(range(7, 20))
    assert len(frames) == len(set(frames)) >= 8


def test_costs_step_at_boundaries_and_run_straight_in_between():
    sounding = Sounding(FrameRange(0, 300), [100])
    taken(sounding, lambda frame: 0.1 if frame < 100 else 1.0, 2)
    curve = sounding.curve()
    assert [curve.at(frame) for frame in (0, 99, 100, 299)] == [0.1, 0.1, 1.0, 1.0]
    assert curve.of(FrameRange(0, 300)) == pytest.approx(210.0)


def test_a_stretch_without_a_sample_follows_from_its_neighbours():
    sounding = Sounding(FrameRange(0, 300), [100, 200])
    for frame, cost in ((50, 1.0), (250, 3.0)):
        sounding.note(frame, cost)
    assert sounding.curve().at(150) == pytest.approx(2.0, abs=0.05)
    assert Sounding(FrameRange(0, 300), []).curve() is None


def test_clips_without_number_leave_some_boundaries_out():
    sounding = Sounding(FrameRange(0, 100_000), range(0, 100_000, 10))
    frames = taken(sounding, lambda frame: 1.0, 300)
    assert len(frames) == 300
    assert len({frame // 1000 for frame in frames[:MOST_STRETCHES]}) > 90


def test_blocks_of_earlier_renders_are_believed_when_they_tell_of_nearly_all():
    blocks = [(FrameRange(0, 24), 2.4), (FrameRange(24, 48), 24.0), (FrameRange(24, 48), 1.0)]
    curve = remembered(blocks, FrameRange(0, 50))
    assert curve.of(FrameRange(0, 24)) == pytest.approx(2.4)
    assert curve.at(30) == pytest.approx(1.0)
    assert remembered(blocks, FrameRange(0, 90)) is None
    assert remembered([], FrameRange(0, 90)) is None
