"""Which pieces cover the most, and what they leave: by counting frames."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from framewright.executors.cover import cover, gaps
from framewright.model.frames import FrameRange


def ranges(most=40):
    ends = st.tuples(st.integers(0, most), st.integers(0, most))
    return ends.map(sorted).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: FrameRange(*pair))


@given(ranges(), st.lists(ranges(), max_size=8))
def test_a_cover_has_the_most_frames_that_pieces_can_give(wanted, pieces):
    chosen = cover(wanted, pieces)
    for before, after in zip(chosen, chosen[1:], strict=False):
        assert before.stop <= after.start
    assert all(one in pieces and wanted.start <= one.start and one.stop <= wanted.stop for one in chosen)
    assert sum(map(len, chosen)) == _most(wanted.start, wanted, tuple(pieces))


def _most(reached, wanted, pieces):
    """By trying every way."""
    return max(
        (
            len(one) + _most(one.stop, wanted, pieces)
            for one in pieces
            if reached <= one.start and one.stop <= wanted.stop
        ),
        default=0,
    )


def test_of_two_equal_covers_the_one_of_fewer_pieces():
    halves = [FrameRange(0, 10), FrameRange(10, 20)]
    assert cover(FrameRange(0, 20), [*halves, FrameRange(0, 20)]) == (FrameRange(0, 20),)


@given(ranges(), st.lists(ranges(), max_size=6), st.sets(st.integers(1, 39), max_size=4))
def test_pieces_and_gaps_are_every_frame_once(whole, pieces, cuts):
    inner = sorted(cut for cut in cuts if whole.start < cut < whole.stop)
    ends = [whole.start, *inner, whole.stop]
    wanted = [FrameRange(a, b) for a, b in zip(ends, ends[1:], strict=False)]
    covered = cover(whole, pieces)
    left = gaps(wanted, covered)
    assert sorted(frame for one in (*covered, *(gap for _, gap in left)) for frame in one) == list(whole)
    assert all(wanted[index].start <= gap.start < gap.stop <= wanted[index].stop for index, gap in left)
