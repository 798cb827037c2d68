"""How near a schedule comes to what cannot be beaten, on the shapes that costs have."""

from itertools import pairwise

import pytest

from framewright.model.frames import FrameRange
from framewright.model.plan import Chunk
from framewright.schedule.costs import CostCurve
from framewright.schedule.cutting import cut
from framewright.schedule.simulation import Bench, lower_bound, simulate

TWO_HOURS = FrameRange(0, 2 * 3600 * 30)
SLIDES = CostCurve.steps(
    stretch
    for slide in range(0, TWO_HOURS.stop, 300)
    for stretch in ((FrameRange(slide, slide + 270), 0.02), (FrameRange(slide + 270, slide + 300), 0.9))
)
PROFILES = {
    "even": (CostCurve.flat(0.1), TWO_HOURS, 60),
    "dear at first": (CostCurve(((0, 0.5), (53_999, 0.5), (54_000, 0.1))), TWO_HOURS, 60),
    "slides that hold": (SLIDES, TWO_HOURS, 60),
    "clips of all kinds": (
        CostCurve(
            tuple(
                (frame, (0.05, 0.09, 0.4, 0.02, 0.15)[frame // 900 % 5]) for frame in range(0, 216_000, 900)
            )
        ),
        TWO_HOURS,
        60,
    ),
    "hours of 4K": (
        CostCurve(tuple((frame, 0.5 + frame // 3000 * 7 % 11 / 10) for frame in range(0, 432_000, 3000))),
        FrameRange(0, 2 * 3600 * 60),
        120,
    ),
}


LARGEST = "hours of 4K"


def rendered(profile, bench, **kwargs):
    curve, frames, grid = PROFILES[profile]
    made = cut(curve, frames, grid=grid, slots=len(bench.speeds), opening=bench.opening)
    got = simulate(made.chunks, curve, bench, grid=grid, **kwargs)
    ranges = [piece for _, piece in got.pieces]
    if got.failure is None:
        assert (ranges[0].start, ranges[-1].stop) == (frames.start, frames.stop)
        assert all(a.stop == b.start for a, b in pairwise(ranges))
    return got, lower_bound(curve, frames, bench, grid=grid if made.aligned else 1)


@pytest.mark.parametrize(
    ("profile", "workers"),
    [
        *((profile, workers) for profile in PROFILES for workers in (1, 3, 30) if profile != LARGEST),
        *(
            pytest.param(profile, workers, marks=pytest.mark.thorough)
            for profile, workers in (
                *((LARGEST, workers) for workers in (1, 3, 30)),
                ("clips of all kinds", 333),
                ("slides that hold", 1000),
            )
        ),
        *(
            pytest.param(profile, workers, marks=pytest.mark.long)
            for profile in PROFILES
            for workers in (2, 7, 100, 333, 1000)
        ),
    ],
)
def test_a_render_is_within_a_tenth_of_the_lower_bound(profile, workers):
    got, bound = rendered(profile, Bench([1.0] * workers))
    assert bound <= got.seconds <= 1.10 * bound


@pytest.mark.parametrize("profile", PROFILES)
def test_workers_of_unequal_speed_are_kept_busy(profile):
    got, bound = rendered(profile, Bench([0.5 + index * 7 % 10 / 10 for index in range(30)]))
    assert got.seconds <= 1.10 * bound
    assert got.splits


def test_wrong_costs_are_made_up_for_by_tails():
    bench = Bench([1.0] * 8)
    got, bound = rendered("even", bench, believed=CostCurve(((0, 1.0), (216_000, 0.1))))
    assert got.seconds <= 1.10 * bound


def test_dear_frames_at_first_make_chunks_that_end_together():
    # A minute of 30 frames a second; opening takes little against 90 s of work a chunk.
    curve, frames = CostCurve(((0, 0.5), (449, 0.5), (450, 0.1))), FrameRange(0, 1800)
    bench = Bench([1.0] * 4)
    made = cut(curve, frames, grid=30, chunks=4)
    got = simulate(made.chunks, curve, bench, grid=0)
    assert max(got.ends.values()) <= 1.15 * min(got.ends.values())
    bounds = range(0, 1801, 450)
    equal = [
        Chunk(index=index, start=a, stop=b, cost=curve.of(FrameRange(a, b)))
        for index, (a, b) in enumerate(pairwise(bounds))
    ]
    plain = simulate(equal, curve, bench, grid=0)
    assert plain.seconds >= 1.5 * got.seconds


def test_crashes_cost_what_they_lose():
    calm, _ = rendered("even", Bench([1.0] * 30))
    hit, bound = rendered("even", Bench([1.0] * 30, crashes=dict.fromkeys(range(1, 61, 6), 0.5)))
    assert hit.failure is None
    # Ten halves of chunks are rendered twice, by thirty.
    assert calm.seconds < hit.seconds <= 1.10 * bound


def test_a_run_that_hangs_does_not_hold_up_the_render():
    got, bound = rendered("even", Bench([1.0] * 10, stuck=frozenset({3})))
    assert got.failure is None
    assert got.seconds <= 1.25 * bound


def test_workers_that_always_crash_end_the_render():
    got, _ = rendered("even", Bench([1.0] * 2, crashes=dict.fromkeys(range(1, 500), 0.01)))
    assert got.failure is not None
    assert got.failure.code == "WORKER_LOST"
