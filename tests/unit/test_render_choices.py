"""The tables by which a render chooses for its caller."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.capture import CaptureKind
from framewright.model.composition import Description, DurationSource
from framewright.model.errors import CompositionError, FramewrightError, SetupError, UsageError
from framewright.model.output import CODECS, Codec, Format, Layout, can_hold_alpha
from framewright.model.size import Size
from framewright.render.capture_choice import choose_capture, is_secure
from framewright.render.mode_choice import looking
from framewright.render.options import CaptureWish, RenderOptions
from framewright.render.output_choice import choose_kind, choose_output
from framewright.render.timing import choose_size, choose_timing


def page(**facts):
    declared = {
        "composition": "main",
        "title": "",
        "width": 1280,
        "height": 720,
        "duration": 2.0,
        "duration_source": DurationSource.DECLARED,
        "fps": None,
        "transparent": False,
        "foreseeable": True,
        "clips": (),
    }
    return Description(**{**declared, **facts})


def output(name, *, transparent=False, **wishes):
    options = RenderOptions.parse(**wishes)
    return choose_output(choose_kind(Path(name), options), options, transparent=transparent)[0]


@pytest.mark.parametrize(
    ("name", "wishes", "transparent", "expected"),
    [
        ("a.mp4", {}, False, (Format.MP4, Codec.H264, False, Layout.I420)),
        ("a.MP4", {}, True, (Format.MP4, Codec.H264, False, Layout.I420)),
        ("a.mp4", {"codec": "av1"}, False, (Format.MP4, Codec.AV1, False, Layout.I420)),
        ("a.webm", {}, False, (Format.WEBM, Codec.VP9, False, Layout.I420)),
        ("a.webm", {}, True, (Format.WEBM, Codec.VP9, True, Layout.PNG)),
        ("a.webm", {"alpha": False}, True, (Format.WEBM, Codec.VP9, False, Layout.I420)),
        ("a.webm", {"codec": "av1"}, True, (Format.WEBM, Codec.AV1, False, Layout.I420)),
        ("a.mov", {}, False, (Format.MOV, Codec.PRORES, False, Layout.PNG)),
        ("a.mov", {}, True, (Format.MOV, Codec.PRORES, True, Layout.PNG)),
        ("a.gif", {}, True, (Format.GIF, Codec.GIF, True, Layout.PNG)),
        ("frames", {"format": "png-sequence"}, False, (Format.PNG_SEQUENCE, Codec.PNG, False, Layout.PNG)),
        (
            "frames.d",
            {"format": "png-sequence", "alpha": True},
            False,
            (Format.PNG_SEQUENCE, Codec.PNG, True, Layout.PNG),
        ),
        ("clip", {"format": "mp4"}, False, (Format.MP4, Codec.H264, False, Layout.I420)),
    ],
)
def test_outputs(name, wishes, transparent, expected):
    spec = output(name, transparent=transparent, **wishes)
    assert (spec.format, spec.codec, spec.alpha, spec.layout) == expected


@pytest.mark.parametrize(
    ("name", "wishes", "code"),
    [
        ("a.avi", {}, "FORMAT_UNKNOWN"),
        ("folder", {}, "FORMAT_UNKNOWN"),
        ("a.mp4", {"format": "webm"}, "FORMAT_CONTRADICTS"),
        ("a.mp4", {"codec": "vp9"}, "CODEC_INVALID"),
        ("a.mp4", {"alpha": True}, "ALPHA_INVALID"),
        ("a.gif", {"crf": 20}, "RATE_CONTROL_INVALID"),
        ("a.mp4", {"crf": 20, "bitrate": "8M"}, "RATE_CONTROL_INVALID"),
        ("a.mp4", {"crf": 60}, "CRF_INVALID"),
    ],
)
def test_outputs_that_do_not_go_together_are_refused_before_a_browser_starts(name, wishes, code):
    with pytest.raises(UsageError) as refused:
        choose_kind(Path(name), RenderOptions.parse(**wishes))
    assert refused.value.code == code


def test_an_unknown_suffix_lists_the_known_ones():
    with pytest.raises(UsageError, match=r"\.mp4, \.mov, \.webm, \.gif.*png-sequence"):
        choose_kind(Path("film.mkv"), RenderOptions())


@given(
    st.sampled_from([(container, codec) for container, codecs in CODECS.items() for codec in codecs]),
    st.booleans(),
)
def test_automatic_transparency_is_kept_exactly_where_it_exists_and_fits(pair, transparent):
    container, codec = pair
    spec = output("anything", transparent=transparent, format=container, codec=codec)
    assert spec.alpha == (transparent and can_hold_alpha(container, codec))


@pytest.mark.parametrize(
    ("facts", "wishes", "rate", "frames", "source"),
    [
        ({}, {}, "30", 60, DurationSource.DECLARED),
        ({"fps": "25"}, {}, "25", 50, DurationSource.DECLARED),
        ({"fps": "25"}, {"fps": "30000/1001"}, "30000/1001", 60, DurationSource.DECLARED),
        ({}, {"duration": 5}, "30", 60, DurationSource.DECLARED),
        ({"duration_source": DurationSource.PAGE}, {"duration": 5}, "30", 60, DurationSource.PAGE),
        ({"duration_source": DurationSource.ANIMATIONS}, {}, "30", 60, DurationSource.ANIMATIONS),
        ({"duration_source": DurationSource.ANIMATIONS}, {"duration": 5}, "30", 150, DurationSource.OPTION),
        ({"duration": None, "duration_source": None}, {"duration": 1.001}, "30", 31, DurationSource.OPTION),
    ],
)
def test_rates_and_lengths(facts, wishes, rate, frames, source):
    timing = choose_timing(page(**facts), RenderOptions.parse(**wishes))
    assert (str(timing.rate), timing.frames, timing.source) == (rate, frames, source)
    assert len(timing.range) == frames
    ignored = source is not DurationSource.OPTION and "duration" in wishes
    assert [notice.code for notice in timing.notices] == ["OPTION_IGNORED"] * ignored


def test_the_range_is_clamped_and_must_not_be_empty():
    assert str(choose_timing(page(), RenderOptions(start_frame=50, end_frame=900)).range) == "50…60"
    with pytest.raises(UsageError):
        choose_timing(page(), RenderOptions(start_frame=60))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"duration": None, "duration_source": None}, "DURATION_MISSING"),
        ({"duration": 0.0}, "DURATION_INVALID"),
        ({"duration": -3.0}, "DURATION_INVALID"),
        ({"duration": 100_000.0}, "DURATION_INVALID"),
        ({"fps": "0"}, "FPS_INVALID"),
        ({"fps": "fast"}, "FPS_INVALID"),
    ],
)
def test_pages_whose_time_makes_no_video(facts, code):
    with pytest.raises(CompositionError) as refused:
        choose_timing(page(**facts), RenderOptions())
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("facts", "wishes", "expected", "ignored"),
    [
        ({}, {}, "1280×720", 0),
        ({}, {"width": 640}, "1280×720", 1),
        ({}, {"width": 640, "height": 10}, "1280×720", 2),
        ({}, {"width": 1280}, "1280×720", 0),
        ({"width": None, "height": None}, {}, "1920×1080", 0),
        ({"width": None, "height": None}, {"width": 640, "height": 360}, "640×360", 0),
    ],
)
def test_sizes(facts, wishes, expected, ignored):
    size, _, notices = choose_size(page(**facts), RenderOptions(**wishes))
    assert str(size) == expected
    assert len(notices) == ignored


def test_a_size_must_be_renderable_also_when_it_is_scaled():
    with pytest.raises(CompositionError):
        choose_size(page(width=20_000, height=20_000), RenderOptions())
    with pytest.raises(CompositionError):
        choose_size(page(width=4000), RenderOptions(scale=3))


def test_errors_know_their_exit_codes():
    assert issubclass(SetupError, FramewrightError)
    assert UsageError.exit_code == 2
    assert CompositionError.exit_code == 3


I420, PNG = "a.mp4", "a.mov"


@pytest.mark.parametrize(
    ("wish", "name", "frame_control", "secure", "expected"),
    [
        ("auto", I420, True, True, CaptureKind.STREAM),
        ("stream", I420, True, True, CaptureKind.STREAM),
        ("screenshot", I420, True, True, CaptureKind.SCREENSHOT),
        ("auto", I420, True, False, CaptureKind.SCREENSHOT),
        ("auto", PNG, True, True, CaptureKind.SCREENSHOT),
        ("auto", I420, False, True, CaptureKind.FULL_PAGE),
        ("screenshot", PNG, False, True, CaptureKind.FULL_PAGE),
        ("stream", PNG, True, True, UsageError),
        ("stream", I420, True, False, UsageError),
        ("stream", I420, False, True, SetupError),
    ],
)
def test_capture(wish, name, frame_control, secure, expected, size=Size(640, 360)):
    def choose():
        return choose_capture(
            CaptureWish(wish), output(name), size, frame_control=frame_control, secure=secure
        )

    if isinstance(expected, CaptureKind):
        kind, choice = choose()
        assert kind is expected
        assert choice.event().choice == expected.value
        assert choice.inputs["wished"] == wish
    else:
        with pytest.raises(expected):
            choose()


@pytest.mark.parametrize(("wish", "expected"), [("auto", CaptureKind.SCREENSHOT), ("stream", UsageError)])
@pytest.mark.parametrize("size", [Size(641, 360), Size(640, 361)])
def test_capture_of_odd_sizes(wish, expected, size):
    test_capture(wish, I420, frame_control=True, secure=True, expected=expected, size=size)


@pytest.mark.parametrize(
    ("origin", "secure"),
    [
        ("http://127.0.0.1:4100", True),
        ("http://localhost:8000", True),
        ("http://127.1.2.3/page?q", True),
        ("http://[::1]:80/", True),
        ("http://films.localhost/", True),
        ("http://notlocalhost/", False),
        ("https://example.com", True),
        ("http://example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("file:///tmp", False),
    ],
)
def test_secure_origins(origin, secure):
    assert is_secure(origin) is secure


def test_frames_of_a_trial_are_told_in_a_sentence():
    assert looking([19], "different") == "Frame 19 looks different when the clock goes straight to it"
    assert (
        looking([19, 39, 59], "the same")
        == "Frames 19, 39 and 59 look the same when the clock goes straight to them"
    )
