"""What people write as options, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.model.errors import UsageError
from framewright.model.output import Codec, Format, Quality
from framewright.render.options import CaptureWish, RenderOptions, parse_bitrate


@pytest.mark.parametrize(
    ("fps", "value"),
    [
        (30, Fraction(30)),
        ("30000/1001", Fraction(30000, 1001)),
        (29.97, Fraction(30000, 1001)),
        (Fraction(25), Fraction(25)),
        ("12.5", Fraction(25, 2)),
    ],
)
def test_rates_come_in_many_forms(fps, value):
    options = RenderOptions.parse(fps=fps)
    assert options.fps.value == value


def test_words_become_exact_values():
    options = RenderOptions.parse(
        format="mov", codec="prores", quality="high", bitrate=None, workers="auto", capture="screenshot"
    )
    assert (options.format, options.codec, options.quality) == (Format.MOV, Codec.PRORES, Quality.HIGH)
    assert (options.workers, options.capture) == (None, CaptureWish.SCREENSHOT)


@pytest.mark.parametrize(
    ("written", "bits"), [("8M", 8_000_000), ("800k", 800_000), (5_000, 5_000), ("1.5m", 1_500_000)]
)
def test_bitrates(written, bits):
    assert parse_bitrate(written) == bits


@given(st.integers(1, 10**9))
def test_a_plain_number_of_bits_is_itself(bits):
    assert parse_bitrate(str(bits)) == bits


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"workers": 0}, "WORKERS_INVALID"),
        ({"workers": "many"}, "WORKERS_INVALID"),
        ({"workers": 1000}, "WORKERS_INVALID"),
        ({"scale": 0}, "SCALE_INVALID"),
        ({"scale": 0.49}, "SCALE_INVALID"),
        ({"scale": -1}, "SCALE_INVALID"),
        ({"scale": 4.01}, "SCALE_INVALID"),
        ({"scale": float("nan")}, "SCALE_INVALID"),
        ({"fps": 0}, "FPS_INVALID"),
        ({"fps": "abc"}, "FPS_INVALID"),
        ({"fps": 1e9}, "FPS_INVALID"),
        ({"fps": "30000/0"}, "FPS_INVALID"),
        ({"width": 0}, "SIZE_INVALID"),
        ({"height": 20_000}, "SIZE_INVALID"),
        ({"duration": 0}, "DURATION_INVALID"),
        ({"duration": float("inf")}, "DURATION_INVALID"),
        ({"start_frame": -1}, "FRAMES_INVALID"),
        ({"format": "avi"}, "FORMAT_UNKNOWN"),
        ({"codec": "h266"}, "CODEC_UNKNOWN"),
        ({"quality": "best"}, "QUALITY_UNKNOWN"),
        ({"capture": "video"}, "CAPTURE_UNKNOWN"),
        ({"bitrate": "fast"}, "BITRATE_INVALID"),
        ({"colour": "red"}, "OPTION_UNKNOWN"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(wishes, code):
    with pytest.raises(UsageError) as refused:
        RenderOptions.parse(**wishes)
    assert refused.value.code == code
    assert next(iter(wishes)).split("_")[0] in refused.value.message.replace("frame rate", "fps").replace(
        "frames a second", "fps"
    )


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"width": "640"}, "--width '640' is not a whole number"),
        ({"start_frame": 1.5}, "--start-frame 1.5 is not a whole number"),
        ({"end_frame": True}, "--end-frame True is not a whole number"),
        ({"duration": "3"}, "--duration '3' is not a number"),
        ({"scale": "2"}, "--scale '2' is not a number"),
        ({"strict": 1}, "--strict 1 is not True or False"),
        ({"alpha": "yes"}, "--alpha 'yes' is not True or False"),
    ],
)
def test_values_of_the_wrong_kind_are_named(wish, said):
    with pytest.raises(UsageError, match=said):
        RenderOptions.parse(**wish)


def test_none_is_a_wish_left_out():
    names = RenderOptions.__dataclass_fields__
    assert RenderOptions.parse(**dict.fromkeys(names)) == RenderOptions()
    assert RenderOptions.parse(duration=3).duration == 3.0
