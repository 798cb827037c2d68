"""Colours and transparency come out of the file as they went into the page."""

from __future__ import annotations

import numpy as np
import pytest

from truth import colours, decoding
from truth.grids import thorough
from truth.pages import Film, write

SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
OPAQUE = [
    ("a.mp4", "h264"),
    ("a.mp4", "h265"),
    ("a.mp4", "av1"),
    ("a.webm", "vp9"),
    ("a.webm", "av1"),
    ("a.mov", "prores"),
    ("a.mov", "h264"),
    ("a.mov", "h265"),
    ("a.gif", "gif"),
    ("pictures", "png"),
]
# A codec in one more container, or of a family that another one stands for.
AGAIN = [
    ("a.mp4", "h265"),
    ("a.mp4", "av1"),
    ("a.webm", "vp9"),
    ("a.webm", "av1"),
    ("a.mov", "h264"),
    ("a.mov", "h265"),
]
ALPHAS = (255, 200, 150, 100, 50, 25, 0, 128, 64, 10)
BT709, LIMITED = 1, 1


# A codec that is right at one size is right at others, but for what is coded in whole blocks and cut again: 1080 is no
# multiple of 16, which H.264 shows.
CASES = [
    *(("720p", name, codec) for name, codec in OPAQUE if (name, codec) not in AGAIN),
    *thorough(*(("720p", name, codec) for name, codec in AGAIN), ("1080p", "a.mp4", "h264")),
    *(pytest.param("1080p", name, codec, marks=pytest.mark.long) for name, codec in OPAQUE[1:]),
]


@pytest.mark.parametrize(("size", "name", "codec"), CASES)
def test_flat_colours(render, tmp_path, name, codec, size):
    width, height = SIZES[size]
    page = write(tmp_path / "page", colours.flat_page(Film(frames=2, width=width, height=height)))
    format = "png-sequence" if codec == "png" else None  # noqa: A001 -- as the option is called
    path = render(page, name, codec=codec, format=format).path
    check_colours(path, frames=1 if codec == "gif" else 2)  # a GIF shows a still picture once, and longer
    if codec not in {"gif", "png"}:
        assert decoding.tags(path) == decoding.Tags(
            matrix=BT709, range=LIMITED, primaries=BT709, transfer=BT709
        )


def test_flat_colours_by_screenshots_into_video(render, tmp_path):
    page = write(tmp_path / "page", colours.flat_page(Film(frames=2, width=1280, height=720)))
    check_colours(render(page, capture="screenshot").path, frames=2)


def check_colours(path, frames):
    pictures = list(decoding.pictures(path))
    assert len(pictures) == frames
    for picture in pictures:
        difference = np.abs(colours.measure(picture)[:, :3] - colours.FLAT)
        assert difference.max() <= 3, f"{difference.round(1)}"
        assert picture[:, :, 3].min() == 255


@pytest.mark.parametrize(
    ("name", "format"), [("a.webm", "webm"), *thorough(("a.mov", "mov"), ("pictures", "png-sequence"))]
)
def test_transparency(render, tmp_path, name, format):  # noqa: A002 -- as the option is called
    page = write(tmp_path / "page", colours.alpha_page(Film(frames=2, width=640, height=360), ALPHAS))
    pictures = list(decoding.pictures(render(page, name, format=format, alpha=True).path))
    assert len(pictures) == 2
    for picture in pictures:
        measured = colours.measure(picture)
        assert np.abs(measured[:, 3] - ALPHAS).max() <= 3
        # A colour of low alpha has few levels left in what the browser draws.
        clear = [index for index, alpha in enumerate(ALPHAS) if alpha >= 100]
        assert np.abs(measured[clear, :3] - np.array(colours.FLAT)[clear]).max() <= 4


def test_gif_pixels_are_there_or_not(render, tmp_path):
    alphas = (255, 255, 255, 255, 0, 0, 255, 0, 255, 0)
    page = write(tmp_path / "page", colours.alpha_page(Film(frames=2), alphas))
    for picture in decoding.pictures(render(page, "a.gif", alpha=True).path):
        assert np.array_equal(colours.measure(picture)[:, 3], alphas)


def test_a_transparent_page_becomes_opaque_where_the_format_has_no_alpha(render, tmp_path):
    page = write(tmp_path / "page", colours.alpha_page(Film(frames=2), (0,) * 10))
    for picture in decoding.pictures(render(page, "a.mp4").path):
        assert np.abs(colours.measure(picture)[:, :3] - 255).max() <= 3
