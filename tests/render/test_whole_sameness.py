"""One composition is one file: whoever draws it, whenever, and whichever part of it."""

from __future__ import annotations

import numpy as np
import pytest

from truth import decoding, likeness, scenes
from truth.grids import thorough
from truth.pages import Film, write
from truth.runtimes import write_runtime


@pytest.mark.parametrize(
    ("capture", "more", "frames"),
    [*thorough(("stream", (2, 3), 75), ("screenshot", (3,), 75)), ("screenshot", (2,), 50)],
)
def test_runs_and_workers_give_the_same_bytes(render, tmp_path, capture, more, frames):
    page = write(tmp_path / "page", scenes.noisy(Film(frames=frames, width=160, height=90)))
    first, *others = (
        render(page, f"{workers}.mp4", workers=workers, capture=capture, quality="draft").path.read_bytes()
        for workers in (1, *more)
    )
    assert [other == first for other in others] == [True] * len(more)


@pytest.mark.thorough
def test_a_part_is_that_part_of_the_whole(render, tmp_path):
    page = write(tmp_path / "page", scenes.colourful(Film(frames=75, width=160, height=90)))
    whole = list(decoding.pictures(render(page, "whole", format="png-sequence").path))
    for start, end, workers in [(20, 60, 1), (30, 1000, 2), (None, 7, 1)]:
        part, report = render(
            page, f"from {start}", format="png-sequence", start_frame=start, end_frame=end, workers=workers
        )
        pictures, wanted = list(decoding.pictures(part)), whole[start:end]
        assert report.frames == len(pictures) == len(wanted)
        assert [n for n in range(len(wanted)) if not np.array_equal(pictures[n], wanted[n])] == []


@pytest.mark.parametrize("runtime", ["interval", *thorough("timeout-chain")])
def test_a_part_far_in_shows_what_all_the_time_before_it_has_done(render, tmp_path, runtime):
    page = write_runtime(tmp_path / "page", runtime, Film(frames=250, fps="24"))
    path, _ = render(page, fps=24, start_frame=240, end_frame=246, quality="draft")
    assert decoding.numbers(path) == list(range(240, 246))


def test_stream_and_screenshots_agree(render, tmp_path):
    page = write(tmp_path / "page", scenes.colourful(Film(frames=6, width=640, height=360)))
    streamed, shot = (
        list(decoding.pictures(render(page, f"{capture}.mp4", capture=capture, crf=8).path))
        for capture in ("stream", "screenshot")
    )
    assert len(streamed) == len(shot) == 6
    for n, picture in enumerate(streamed):
        neighbours = range(max(0, n - 2), min(6, n + 3))
        found = likeness.best_match(picture, [shot[near] for near in neighbours])
        assert neighbours[found] == n
        assert likeness.psnr(picture, shot[n]) > 38
