"""What frames cost, summed and turned round."""

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framewright.model.frames import FrameRange
from framewright.schedule.costs import LEAST_COST, CostCurve


@st.composite
def curves(draw):
    frames = sorted(draw(st.sets(st.integers(0, 500), min_size=1, max_size=12)))
    costs = st.floats(0, 10, allow_nan=False)
    return CostCurve(tuple((frame, draw(costs)) for frame in frames))


def test_costs_are_straight_lines_between_knots_and_flat_outside():
    curve = CostCurve(((10, 1.0), (20, 3.0), (21, 0.5)))
    assert [curve.at(frame) for frame in (0, 10, 15, 20, 21, 99)] == [1.0, 1.0, 2.0, 3.0, 0.5, 0.5]


@settings(deadline=None)
@given(curves(), st.integers(0, 600), st.integers(0, 600))
def test_a_range_costs_what_its_frames_cost(curve, one, other):
    frames = FrameRange(min(one, other), max(one, other))
    assert curve.of(frames) == pytest.approx(
        math.fsum(curve.at(frame) for frame in frames), rel=1e-9, abs=1e-9
    )


@settings(deadline=None)
@given(curves(), st.floats(0, 5000, allow_nan=False))
def test_the_inverse_is_the_last_frame_that_is_reached(curve, seconds):
    frame = curve.frame_at(seconds)
    slack = 1e-9 * max(1.0, seconds)
    assert curve.before(frame) <= seconds + slack
    assert curve.before(frame + 1) > seconds - slack


def test_steps_hold_each_range_at_its_cost():
    curve = CostCurve.steps([(FrameRange(0, 24), 0.1), (FrameRange(24, 25), 2.0), (FrameRange(25, 48), 0.1)])
    assert [curve.at(frame) for frame in (0, 23, 24, 25, 47)] == [0.1, 0.1, 2.0, 0.1, 0.1]


def test_no_frame_is_free():
    assert CostCurve.flat(0.0).of(FrameRange(0, 1000)) == pytest.approx(1000 * LEAST_COST)


@pytest.mark.parametrize(
    "knots", [(), ((-1, 1.0),), ((3, 1.0), (3, 2.0)), ((0, -1.0),), ((0, math.nan),), ((0, math.inf),)]
)
def test_what_is_no_curve_is_refused(knots):
    with pytest.raises(ValueError, match="cost"):
        CostCurve(knots)


def test_a_day_at_240_frames_a_second_is_as_quick_as_a_second():
    frames = 24 * 3600 * 240
    curve = CostCurve(tuple((frame, 0.05 + frame % 7 / 100) for frame in range(0, frames, frames // 300)))
    began = time.process_time()
    for share in range(1000):
        curve.frame_at(curve.before(frames) * share / 1000)
    assert time.process_time() - began < 1.0
