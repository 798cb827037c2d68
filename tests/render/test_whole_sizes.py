"""Sizes that are not even, not wide, not usual; and device scale."""

from __future__ import annotations

import numpy as np
import pytest

import framewright
from framewright.model.errors import UsageError
from truth import colours, counter, decoding
from truth.grids import thorough
from truth.pages import Film, write
from truth.runtimes import write_runtime


# Odd sides are captured by screenshots in any case.
@pytest.mark.thorough
@pytest.mark.parametrize(
    ("width", "height", "capture"),
    [
        (321, 181, "auto"),
        *thorough((17, 23, "auto")),
        *thorough((180, 320, "auto")),
        *thorough((180, 320, "screenshot"), (16, 16, "auto")),
        (16, 16, "screenshot"),
    ],
)
def test_unusual_sizes(render, tmp_path, width, height, capture):
    film = Film(frames=10, width=width, height=height)
    page = write_runtime(tmp_path / "page", "raf", film)
    path, report = render(page, capture=capture)
    even = width % 2 == height % 2 == 0
    assert report.capture == ("stream" if capture == "auto" and even else "screenshot")
    shown = list(decoding.greys(path))
    # 4:2:0 needs even sides: a row or a column may be added, none may be lost, and none squeezed in.
    assert (report.output.height, report.output.width) == shown[0].shape
    assert 0 <= shown[0].shape[0] - height <= 1
    assert 0 <= shown[0].shape[1] - width <= 1
    assert [counter.read(grey[:height, :width]) for grey in shown] == list(range(10))


def test_the_stream_of_an_odd_size_is_refused(tmp_path):
    page = write_runtime(tmp_path / "page", "raf", Film(frames=10, width=321))
    with pytest.raises(UsageError, match="even") as caught:
        framewright.render(page, tmp_path / "out.mp4", capture="stream")
    assert caught.value.code == "CAPTURE_INVALID"


@pytest.mark.parametrize("capture", ["stream", *thorough("screenshot")])
def test_scale_draws_more_pixels_of_the_same_page(render, tmp_path, capture):
    film = Film(frames=10, width=160, height=90)
    page = write_runtime(tmp_path / "page", "css-animation", film)
    path, report = render(page, scale=2, capture=capture)
    assert (report.output.width, report.output.height) == (320, 180)
    shown = list(decoding.greys(path))
    assert [counter.read(grey) for grey in shown] == list(range(10))


@pytest.mark.thorough
def test_scale_is_no_enlargement(render, tmp_path):
    """A line of half a CSS pixel is one whole device pixel at scale 2."""
    film = Film(frames=2, width=160, height=90)
    body = '<i style="position:absolute;left:40.5px;top:0;width:.5px;height:100%;background:#000"></i>'
    page = write(tmp_path / "page", colours.document(film, body, style="html, body { background: #fff; }"))
    picture = next(decoding.pictures(render(page, "pictures", format="png-sequence", scale=2).path))
    assert picture.shape == (180, 320, 4)
    assert np.array_equal(np.flatnonzero(picture[90, :, 0] < 128), [81])


@pytest.mark.thorough
def test_4k_for_a_second(render, tmp_path):
    # More than one run of 8 frames.
    film = Film(frames=12, fps="12", width=3840, height=2160)
    page = write_runtime(tmp_path / "page", "raf", film)
    path, report = render(page, fps=12, quality="draft")
    assert (report.output.width, report.output.height) == (3840, 2160)
    assert decoding.numbers(path) == list(range(12))
