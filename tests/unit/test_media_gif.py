"""GIF: one palette, transparency, and delays that add up."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from framewright.media import check, inspect
from framewright.model.errors import EncoderError, UsageError
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, Layout, OutputSpec, Quality
from framewright.model.size import Size
from truth import colours, drawings

if TYPE_CHECKING:
    from pathlib import Path

SIZE = Size(80, 48)
GIF = OutputSpec(Format.GIF, Codec.GIF)


def counters(pattern: list[bool]) -> list:
    numbers = itertools.accumulate(pattern)
    return [
        drawings.as_picture(drawings.counted(number, SIZE), Layout.PNG) if new else None
        for number, new in zip(numbers, pattern, strict=True)
    ]


def delays(path: Path) -> list[int]:
    """Hundredths of a second, read from the graphic control extensions by Pillow."""
    with Image.open(path) as image:
        return [round(frame.info["duration"] / 10) for frame in ImageSequence.Iterator(image)]


@pytest.mark.parametrize("rate", ["24", "25", "30", "60", "30000/1001", "100", "7/3"])
def test_delays_add_up_to_the_hundredth(rate: str, tmp_path: Path) -> None:
    exact = FrameRate.parse(rate)
    pattern = [True] * 5 + [False] * 4 + [True] * 2 + [False]
    path = drawings.film(tmp_path / "film.gif", GIF, exact, counters(pattern), SIZE)
    ends = list(itertools.accumulate(delays(path)))
    starts = [frame for frame, new in enumerate(pattern) if new]
    right = [exact.time_of(frame) * 100 for frame in [*starts[1:], len(pattern)]]
    assert len(ends) == len(starts)
    assert max(abs(end - time) for end, time in zip(ends, right, strict=True)) <= 0.5


def test_a_hold_longer_than_a_delay_can_be(tmp_path: Path) -> None:
    """A delay has 16 bits: 655 seconds."""
    picture = drawings.as_picture(drawings.counted(1, SIZE), Layout.PNG)
    path = drawings.film(tmp_path / "film.gif", GIF, FrameRate.parse(1), [picture, *[None] * 1399], SIZE)
    assert sum(delays(path)) == 140_000


def test_it_loops_for_ever_and_says_what_it_is(tmp_path: Path) -> None:
    path = drawings.film(tmp_path / "film.gif", GIF, FrameRate.parse(25), counters([True] * 10), SIZE)
    with Image.open(path) as image:
        assert image.info["loop"] == 0
        assert image.n_frames == 10
    facts = inspect(path)
    assert (facts.frames, facts.width, facts.height, facts.codec) == (10, SIZE.width, SIZE.height, "gif")
    assert facts.seconds == pytest.approx(0.4)


@pytest.mark.parametrize("quality", list(Quality))
def test_flat_colours_and_holes(quality: Quality, tmp_path: Path) -> None:
    alphas = (255, 255, 255, 255, 255, 0, 255, 255, 0, 255)
    pictures = [
        drawings.as_picture(drawings.patches(SIZE, alphas), Layout.PNG, alpha=True),
        drawings.as_picture(drawings.patches(SIZE), Layout.PNG, alpha=True),
        drawings.as_picture(drawings.patches(SIZE, alphas), Layout.PNG, alpha=True),
    ]
    spec = OutputSpec(Format.GIF, Codec.GIF, quality, alpha=True)
    path = drawings.film(tmp_path / "film.gif", spec, FrameRate.parse(25), pictures, SIZE)
    with Image.open(path) as image:
        frames = [np.asarray(frame.convert("RGBA")).astype(float) for frame in ImageSequence.Iterator(image)]
    for frame, expected in zip(frames, [alphas, (255,) * 10, alphas], strict=True):
        found = colours.measure(frame)
        seen = np.array(expected) == 255
        assert (found[:, 3] == expected).all()
        assert np.abs(found[seen, :3] - np.array(colours.FLAT)[seen]).max() <= 3


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    films = [
        drawings.film(tmp_path / name, GIF, FrameRate.parse(25), counters([True] * 6), SIZE)
        for name in ("a.gif", "b.gif")
    ]
    assert films[0].read_bytes() == films[1].read_bytes()


def test_the_palette_is_that_of_the_whole_film(tmp_path: Path) -> None:
    """A colour that comes last is as true as one that comes first."""
    red, blue = np.zeros((2, SIZE.height, SIZE.width, 4), np.uint8)
    red[...] = (250, 10, 20, 255)
    blue[...] = (13, 40, 240, 255)
    pictures = [drawings.as_picture(pixels, Layout.PNG) for pixels in (red, blue)]
    path = drawings.film(tmp_path / "film.gif", GIF, FrameRate.parse(25), pictures, SIZE)
    with Image.open(path) as image:
        for frame, right in zip(ImageSequence.Iterator(image), [(250, 10, 20), (13, 40, 240)], strict=True):
            assert np.abs(np.asarray(frame.convert("RGB")).astype(int) - right).max() <= 3


@given(st.lists(st.booleans(), max_size=20))
@settings(max_examples=15, deadline=None)
def test_any_pattern_has_one_picture_for_each_new_one(tmp_path_factory, later: list[bool]) -> None:
    pattern = [True, *later]
    path = tmp_path_factory.mktemp("gif") / "film.gif"
    drawings.film(path, GIF, FrameRate.parse(25), counters(pattern), SIZE)
    found = delays(path)
    assert len(found) == sum(pattern)
    assert sum(found) == 4 * len(pattern)


def test_nothing_but_the_film_is_left(tmp_path: Path) -> None:
    drawings.film(tmp_path / "film.gif", GIF, FrameRate.parse(25), counters([True] * 3), SIZE)
    assert [child.name for child in tmp_path.iterdir()] == ["film.gif"]


def test_what_a_gif_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="120 frames a second"):
        check(GIF, SIZE, FrameRate.parse(120))
    with pytest.raises(EncoderError, match="needs a picture"):
        drawings.film(tmp_path / "film.gif", GIF, FrameRate.parse(25), [], SIZE)
