"""Frame rates, ranges and sizes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.model.errors import CompositionError, UsageError
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.size import Size


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30", Fraction(30)),
        (" 24 ", Fraction(24)),
        ("30000/1001", Fraction(30000, 1001)),
        ("30000 / 1001", Fraction(30000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("23.976", Fraction(24000, 1001)),
        ("12.5", Fraction(25, 2)),
        ("1/2", Fraction(1, 2)),
        (25, Fraction(25)),
    ],
)
def test_rates_are_read_exactly(text, value):
    assert FrameRate.parse(text).value == value


@pytest.mark.parametrize(
    "text", ["0", "abc", "1e9", "30000/0", "-30", "241", "", "nan", "inf", "30/1/1", "0x10"]
)
def test_other_rates_are_refused_in_one_sentence(text):
    with pytest.raises(UsageError) as caught:
        FrameRate.parse(text)
    assert caught.value.code == "FPS_INVALID"
    assert caught.value.message.endswith(".")


def test_times_are_multiplied_not_accumulated():
    rate = FrameRate.parse("30000/1001")
    assert rate.time_of(30_000_000) == 1001 * 1000


@pytest.mark.parametrize(
    ("seconds", "fps", "frames"),
    [
        (2, "30", 60),
        (2.0001, "30", 61),
        (2.00001, "30", 60),
        (0.001, "30", 1),
        (10, "30000/1001", 300),
        (1, "23.976", 24),
    ],
)
def test_durations_become_whole_frames(seconds, fps, frames):
    assert FrameRate.parse(fps).frames_in(seconds) == frames


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 86401])
def test_durations_that_cannot_be_rendered(seconds):
    with pytest.raises(CompositionError) as caught:
        FrameRate.parse(30).frames_in(seconds)
    assert caught.value.code == "DURATION_INVALID"


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 40))
def test_blocks_tile_the_range_and_meet_at_multiples(start, length, size):
    whole = FrameRange(start, start + length)
    blocks = list(whole.blocks(size))
    assert [frame for block in blocks for frame in block] == list(whole)
    assert all(block.start % size == 0 for block in blocks[1:])
    assert all(0 < len(block) <= size for block in blocks)


def test_wished_ranges_are_clamped_and_never_empty():
    whole = FrameRange(0, 100)
    assert whole.clamp(None, None) == whole
    assert whole.clamp(-5, 1000) == whole
    assert whole.clamp(10, 20) == FrameRange(10, 20)
    with pytest.raises(UsageError):
        whole.clamp(100, None)
    with pytest.raises(UsageError):
        whole.clamp(20, 20)


@pytest.mark.parametrize(("width", "height"), [(0, 10), (10, 0), (20000, 20000), (-1, 5)])
def test_sizes_that_cannot_be_rendered(width, height):
    with pytest.raises(CompositionError) as caught:
        Size(width, height)
    assert caught.value.code == "SIZE_INVALID"


def test_scaled_sizes_forgive_float_noise():
    assert Size(1920, 1080).scaled(1.1) == Size(2112, 1188)
    assert Size(101, 33).scaled(0.5) == Size(51, 17)
