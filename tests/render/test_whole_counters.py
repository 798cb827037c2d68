"""Every frame is the right one, whatever drives the page, whoever draws it, however it is captured."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from truth import decoding
from truth.grids import thorough
from truth.pages import Film
from truth.runtimes import RUNTIMES, write_runtime

RATES = ("24", "25", "30", "60", "30000/1001")
WORKERS = (1, 2, 3)
CAPTURES = ("stream", "screenshot")
# More workers are only opened for more frames.
FRAMES = {1: 24, 2: 50, 3: 75}

# Each runtime once, the other three turning at coprime speeds until every pair of their values has come up; by then more
# workers have shown what they add.
ALL_PAIRS = 15
SAMPLE = [
    (runtime, RATES[index % 5], WORKERS[index % 3] if index < ALL_PAIRS else 1, CAPTURES[index * 7 // 4 % 2])
    for index, runtime in enumerate(RUNTIMES)
]


def test_the_sample_holds_every_pair():
    for one, other in combinations((RATES, WORKERS, CAPTURES), 2):
        for pair in product(one, other):
            assert any(set(pair) <= set(case[1:]) for case in SAMPLE), pair


@pytest.mark.parametrize(("runtime", "fps", "workers", "capture"), thorough(*SAMPLE))
def test_frames_count_up(render, tmp_path, runtime, fps, workers, capture):
    check(render, tmp_path, runtime, fps, workers, capture)


# What each runtime says of the time is heard in fewer frames, by one worker but for two of them.
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_each_runtime_counts_up(render, tmp_path, runtime):
    workers = {"timelines": 2, "date": 3}.get(runtime, 1)
    place = list(RUNTIMES).index(runtime)
    fps, capture, frames = RATES[place % 5], CAPTURES[place % 2], 12 if workers == 1 else None
    check(render, tmp_path, runtime, fps, workers, capture, frames)


@pytest.mark.long
@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_frames_count_up_everywhere(render, tmp_path, runtime, fps, workers, capture):
    check(render, tmp_path, runtime, fps, workers, capture)


def check(render, tmp_path, runtime, fps, workers, capture, frames=None):
    film = Film(frames=frames or FRAMES[workers], fps=fps)
    page = write_runtime(tmp_path / "page", runtime, film)
    path, report = render(page, fps=fps, workers=workers, capture=capture, quality="draft")
    assert decoding.numbers(path) == list(range(film.frames))
    check_times(path, film)
    assert (report.frames, report.workers, report.capture) == (film.frames, workers, capture)
    assert report.unchanged == 0


def check_times(path, film):
    """Frame n is shown at n / fps, as exactly as the file's clock can say it."""
    tick = decoding.tick(path)
    for number, time in enumerate(decoding.times(path)):
        assert abs(time - number * film.frame) <= tick / 2, f"frame {number} is at {time}"


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        *thorough(("a.mp4", "h265")),
        *thorough(("a.mp4", "av1")),
        *thorough(("a.webm", "vp9"), ("a.webm", "av1"), ("a.mov", "prores")),
        *thorough(("a.mov", "h264")),
    ],
)
def test_every_file_format_holds_every_frame(render, tmp_path, name, codec):
    film = Film(frames=20, fps="30000/1001")
    page = write_runtime(tmp_path / "page", "raf", film)
    path, report = render(page, name, codec=codec, fps=film.fps)
    assert decoding.numbers(path) == list(range(film.frames))
    check_times(path, film)
    assert report.output.frames == film.frames


@pytest.mark.parametrize(("name", "format"), [("a.gif", "gif"), *thorough(("pictures", "png-sequence"))])
def test_every_picture_format_holds_every_frame(render, tmp_path, name, format):  # noqa: A002 -- as the option is called
    film = Film(frames=20, fps="25")
    page = write_runtime(tmp_path / "page", "raf", film)
    path, report = render(page, name, format=format, fps=film.fps)
    assert decoding.numbers(path) == list(range(film.frames))
    assert report.output.frames == film.frames
