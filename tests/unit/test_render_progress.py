"""One progress of many chunks: it never goes back, weighs by cost, and ends at exactly 1."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.model.events import ChunkState, ChunkTold, SoundTold
from framewright.model.frames import FrameRange
from framewright.render.progress import FINISHING_SHARE, SOUND_SHARE, Progress

FRAMES = FrameRange(10, 110)
PICTURES = 1 - SOUND_SHARE - FINISHING_SHARE


class Clock:
    """Time that passes as it is told."""

    now = 0.0

    def __call__(self):
        Clock.now += 1.0
        return Clock.now


def progress(knots=()):
    told = []
    plan = SimpleNamespace(
        picture=SimpleNamespace(range=FRAMES), estimate=SimpleNamespace(knots=tuple(knots))
    )
    return Progress(plan, SimpleNamespace(tell=told.append), Clock()), told


def chunk(state, start, stop, frames=0):
    return ChunkTold(chunk=0, state=state, start=start, stop=stop, frames=frames)


def test_frames_are_weighed_by_their_cost():
    # The first half costs three times the second.
    work, told = progress(knots=[(0, 3.0), (59, 3.0), (60, 1.0), (200, 1.0)])
    work.note(chunk(ChunkState.DONE, 10, 60))
    assert told[-1].frames == 50
    assert told[-1].fraction == pytest.approx(PICTURES * 0.75, abs=0.01)
    work.note(chunk(ChunkState.RUNNING, 60, 110, frames=25))
    assert told[-1].frames == 75
    assert told[-1].fraction == pytest.approx(PICTURES * 0.875, abs=0.01)


def test_twins_and_parts_that_were_split_off_are_counted_once():
    work, told = progress()
    work.note(chunk(ChunkState.RUNNING, 10, 110, frames=30))
    work.note(chunk(ChunkState.RUNNING, 10, 110, frames=20))
    work.note(chunk(ChunkState.SPLIT, 10, 60))
    work.note(chunk(ChunkState.RUNNING, 60, 110, frames=10))
    assert told[-1].frames == 40
    work.note(chunk(ChunkState.FAILED, 10, 60))
    work.note(chunk(ChunkState.RUNNING, 10, 60, frames=5))
    assert told[-1].frames == 40
    work.note(chunk(ChunkState.REUSED, 10, 110))
    assert (told[-1].frames, told[-1].fraction) == (100, pytest.approx(PICTURES))


@given(
    st.lists(
        st.tuples(st.sampled_from(ChunkState), st.integers(10, 109), st.integers(1, 60), st.integers(0, 80))
        | st.floats(0, 1)
    )
)
def test_it_never_goes_back_and_ends_at_exactly_one(steps):
    work, told = progress()
    for step in steps:
        if isinstance(step, float):
            work.note(SoundTold(fraction=step))
        else:
            state, start, length, frames = step
            stop = min(110, start + length)
            work.note(chunk(state, start, stop, min(frames, stop - start)))
    assert all(event.fraction < 1 for event in told)
    work.end()
    fractions, frames = [event.fraction for event in told], [event.frames for event in told]
    assert fractions == sorted(fractions) and frames == sorted(frames)
    assert (told[-1].fraction, told[-1].frames, told[-1].seconds_left) == (1.0, 100, 0.0)
