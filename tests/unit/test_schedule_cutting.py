"""Where a render is cut."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framewright.model.errors import UsageError
from framewright.model.frames import FrameRange
from framewright.model.plan import MOST_CHUNKS
from framewright.schedule.costs import CostCurve
from framewright.schedule.cutting import cut

STEEP = CostCurve(((0, 0.5), (449, 0.5), (450, 0.1)))


def ends(made):
    return [(chunk.start, chunk.stop) for chunk in made.chunks]


@settings(deadline=None)
@given(
    start=st.integers(0, 300),
    length=st.integers(1, 2000),
    grid=st.sampled_from([0, 1, 25, 60]),
    wish=st.one_of(
        st.fixed_dictionaries({"chunks": st.integers(1, 40)}),
        st.fixed_dictionaries({"chunk_frames": st.integers(1, 400)}),
        st.fixed_dictionaries({"slots": st.integers(1, 50), "opening": st.floats(0, 3)}),
    ),
    costs=st.lists(st.floats(0, 2), min_size=1, max_size=6),
)
def test_chunks_are_gapless_and_told_aligned_only_on_the_grid(start, length, grid, wish, costs):
    frames = FrameRange(start, start + length)
    curve = CostCurve(tuple((index * 400, cost) for index, cost in enumerate(costs)))
    made = cut(curve, frames, grid=grid, **wish)
    assert [chunk.index for chunk in made.chunks] == list(range(len(made.chunks)))
    assert ends(made)[0][0] == frames.start
    assert ends(made)[-1][1] == frames.stop
    assert all(a.stop == b.start for a, b in zip(made.chunks, made.chunks[1:], strict=False))
    assert all(len(chunk.range) > 0 for chunk in made.chunks)
    assert all(chunk.cost == pytest.approx(curve.of(chunk.range)) for chunk in made.chunks)
    if made.aligned:
        assert all(grid and chunk.start % grid == 0 for chunk in made.chunks[1:])
    if "chunks" in wish:
        assert len(made.chunks) == min(wish["chunks"], length)


def test_equal_costs_make_equal_chunks_on_the_grid():
    made = cut(CostCurve.flat(0.1), FrameRange(0, 1800), grid=60, chunks=5)
    assert ends(made) == [(0, 360), (360, 720), (720, 1080), (1080, 1440), (1440, 1800)]
    assert made.aligned
    assert made.reason == "5 chunks: of about equal cost, as many as asked."


def test_dear_frames_make_short_chunks():
    # The first quarter costs five times the rest: 225 and 135 seconds.
    made = cut(STEEP, FrameRange(0, 1800), grid=30, chunks=4)
    assert ends(made) == [(0, 180), (180, 360), (360, 900), (900, 1800)]
    costs = [chunk.cost for chunk in made.chunks]
    assert max(costs) <= 1.10 * sum(costs) / 4


def test_cuts_leave_a_grid_that_would_make_them_uneven_and_say_so():
    made = cut(CostCurve.flat(0.1), FrameRange(0, 250), grid=200, chunks=2)
    assert ends(made) == [(0, 125), (125, 250)]
    assert not made.aligned
    assert "between the encoder's keyframes" in made.reason


def test_a_number_that_was_asked_for_leaves_the_grid_later():
    made = cut(CostCurve.flat(0.1), FrameRange(0, 420), grid=60, chunks=5)
    assert made.aligned
    assert sorted(len(chunk.range) for chunk in made.chunks) == [60, 60, 60, 120, 120]


def test_one_slot_keeps_to_the_grid_however_uneven():
    made = cut(CostCurve.flat(0.1), FrameRange(0, 240), grid=60, chunks=3, slots=1)
    assert all(end % 60 == 0 for chunk in ends(made) for end in chunk)
    assert made.aligned


def test_the_grid_is_absolute():
    made = cut(CostCurve.flat(0.1), FrameRange(30, 630), grid=60, chunks=2)
    assert ends(made) == [(30, 300), (300, 630)] or ends(made) == [(30, 360), (360, 630)]
    assert made.aligned


def test_a_bitrate_leaves_no_grid():
    assert not cut(CostCurve.flat(), FrameRange(0, 600), grid=0, chunks=2).aligned
    assert cut(CostCurve.flat(), FrameRange(0, 600), grid=0, chunks=1).aligned


def test_lengths_are_as_asked():
    on_grid = cut(CostCurve.flat(), FrameRange(30, 330), grid=60, chunk_frames=120)
    assert ends(on_grid) == [(30, 120), (120, 240), (240, 330)]
    assert on_grid.aligned
    between = cut(CostCurve.flat(), FrameRange(30, 330), grid=60, chunk_frames=100)
    assert ends(between) == [(30, 130), (130, 230), (230, 330)]
    assert not between.aligned


@pytest.mark.parametrize(
    ("seconds", "slots", "least", "most"),
    [
        (5, 4, 1, 1),  # worth five openings
        (25, 4, 2, 2),
        (36, 4, 3, 3),
        (1000, 4, 8, 12),
        (100_000, 1000, 2000, 3000),
    ],
)
def test_auto_makes_two_or_three_for_each_slot_that_are_worth_their_start(seconds, slots, least, most):
    frames = FrameRange(0, 108_000)
    curve = CostCurve.flat(seconds / len(frames))
    made = cut(curve, frames, grid=60, slots=slots, opening=1.0)
    assert least <= len(made.chunks) <= most
    assert len(made.chunks) == 1 or min(chunk.cost for chunk in made.chunks) > 8.0


def test_auto_never_cuts_below_ten_frames():
    made = cut(CostCurve.flat(100.0), FrameRange(0, 35), grid=1, slots=50, opening=1.0)
    assert len(made.chunks) == 3


def test_auto_takes_a_number_that_fits_the_grid():
    # 28 cells: 24 chunks would give four of eight slots four cells, 16 give four of them four: 14 give each at most four.
    made = cut(CostCurve.flat(1.0), FrameRange(0, 1680), grid=60, slots=7)
    assert made.aligned
    loads = sorted((len(chunk.range) // 60 for chunk in made.chunks), reverse=True)
    assert sum(loads) == 28
    assert max(loads) <= 4


def test_more_chunks_than_frames_are_one_a_frame():
    made = cut(CostCurve.flat(), FrameRange(0, 3), grid=1, chunks=9)
    assert ends(made) == [(0, 1), (1, 2), (2, 3)]
    assert "no 9 frames" in made.reason


@pytest.mark.parametrize(
    "wish",
    [
        {"chunks": 0},
        {"chunks": MOST_CHUNKS + 1},
        {"chunk_frames": 0},
        {"chunk_frames": 1},
        {"chunks": 2, "chunk_frames": 3},
    ],
)
def test_what_cannot_be_cut_is_refused(wish):
    with pytest.raises(UsageError) as caught:
        cut(CostCurve.flat(), FrameRange(0, 20_000), grid=60, **wish)
    assert caught.value.code == "CHUNKS_INVALID"


def test_hours_of_4k_are_cut_in_no_time():
    frames = FrameRange(0, 10 * 3600 * 60)
    curve = CostCurve(tuple((frame, 0.2 + frame % 11 / 50) for frame in range(0, frames.stop, 5000)))
    began = time.process_time()
    made = cut(curve, frames, grid=120, slots=1000, opening=2.0)
    assert 2000 <= len(made.chunks) <= 3000
    assert made.aligned
    cut(curve, frames, grid=120, chunks=MOST_CHUNKS)
    assert time.process_time() - began < 5.0
