"""Numbers and foreign text as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.cli import phrases
from framewright.cli.account import shares


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0.0 s"),
        (-0.01, "0.0 s"),
        (0.84, "0.8 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (200, "3 min 20 s"),
        (3599.7, "1 h 00 min"),
        (3900, "1 h 05 min"),
        (float("inf"), "endless"),
    ],
)
def test_seconds(value, told):
    assert phrases.seconds(value) == told


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1_234_567, "1.2 MB"),
        (123_456_789, "123 MB"),
        (999_999, "1.0 MB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_size(count, told):
    assert phrases.size(count) == told


def test_one_and_many():
    assert phrases.count(1, "frame") == "1 frame"
    assert phrases.count(0, "frame") == "0 frames"
    assert phrases.percent(1, 3) == "33 %"
    assert phrases.percent(1, 0) == "0 %"
    assert phrases.rate(2.44) == "2.4 fps"
    assert phrases.rate(62.4) == "62 fps"
    assert phrases.exact_seconds(3.3366) == "3.337 s"


def test_text_from_a_page_cannot_move_the_cursor():
    assert phrases.clean("a\x1b[2Jb\r\nc\td\u202ee") == "a�[2Jb c d�e"


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=5), st.integers(20, 60))
def test_the_bar_is_filled_exactly_and_hides_no_stage(values, cells):
    split = shares(values, cells)
    assert sum(split) == (cells if sum(values) > 0 else 0)
    for value, share in zip(values, split):
        assert share >= 1 if value > 0 else share == 0
