"""Pages that hold, blink and flicker: a frame captured one too early or too late shows here, and nowhere else."""

from __future__ import annotations

from fractions import Fraction

import pytest

from truth import decoding
from truth.grids import thorough
from truth.pages import Film
from truth.runtimes import write_numbers

# A hold at the start; motion; a hold over the seam of two blocks (frame 24); one frame of something else in it; a
# flicker between two pictures; motion over the next seam (48); a blip in the very last frames; a hold at the end.
NUMBERS = (
    [7] * 9
    + list(range(9, 18))
    + [40] * 12
    + [41]
    + [40] * 5
    + [50, 51] * 4
    + list(range(60, 70))
    + [80] * 9
    + [81]
    + [80] * 11
)
UNCHANGED = sum(one == other for one, other in zip(NUMBERS, NUMBERS[1:], strict=False))


@pytest.mark.parametrize("workers", [1, *thorough(3)])
@pytest.mark.parametrize("capture", [*thorough("stream"), "screenshot"])
def test_held_frames_are_held_and_counted(render, tmp_path, capture, workers):
    page = write_numbers(tmp_path / "page", Film(frames=len(NUMBERS)), NUMBERS)
    path, report = render(page, capture=capture, workers=workers, quality="draft")
    assert decoding.numbers(path) == NUMBERS
    assert report.unchanged == UNCHANGED
    assert report.workers == workers


@pytest.mark.parametrize("capture", ["stream", *thorough("screenshot")])
def test_a_still_page_is_drawn_once(render, tmp_path, capture):
    page = write_numbers(tmp_path / "page", Film(frames=40), [9] * 40)
    path, report = render(page, capture=capture, workers=1, quality="draft")
    assert decoding.numbers(path) == [9] * 40
    assert report.unchanged == 39


SHORT = [3] * 6 + [4, 5, 6] + [7] * 5 + [8, 7, 7, 9]


@pytest.mark.parametrize(("name", "format"), thorough(("pictures", "png-sequence"), ("a.mov", "mov")))
def test_other_outputs_repeat_held_frames(render, tmp_path, name, format):  # noqa: A002 -- as the option is called
    page = write_numbers(tmp_path / "page", Film(frames=len(SHORT)), SHORT)
    path, report = render(page, name, format=format)
    assert decoding.numbers(path) == SHORT
    assert report.unchanged == 10


def test_a_gif_shows_held_frames_longer(render, tmp_path):
    film = Film(frames=len(SHORT))
    path, report = render(write_numbers(tmp_path / "page", film, SHORT), "a.gif")
    middles = [(n + Fraction(1, 2)) * film.frame for n in range(film.frames)]
    assert decoding.numbers_at(path, middles) == SHORT
    assert report.unchanged == 10
    assert report.output.seconds == pytest.approx(film.seconds, abs=0.02)
