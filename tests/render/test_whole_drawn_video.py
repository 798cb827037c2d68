"""A whole render of a page that draws a video into its own canvas, by two browsers that share one reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from truth import decoding, footage

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.thorough

FRAMES = 60
PAGE = """<!doctype html><style>body{margin:0}</style>
<div data-composition-id="main" data-width="320" data-height="180" data-fps="30" data-duration="2" data-no-timeline>
  <video id="film" src="film.mp4" data-start="0" data-media-start="0.5" muted style="opacity:0"></video>
  <canvas id="screen" width="320" height="180" style="position:absolute;left:0;top:0"></canvas>
</div>
<script>
  const film = document.getElementById('film');
  const context = document.getElementById('screen').getContext('2d');
  (function draw() { context.drawImage(film, 0, 0, 320, 180); requestAnimationFrame(draw); })();
</script>"""


def test_every_frame_shows_the_frame_of_its_time_and_the_report_tells_what_was_read(render, tmp_path: Path):
    folder = tmp_path / "film"
    folder.mkdir()
    footage.write(folder / "film.mp4", frames=90, fps=30, size=(320, 180))
    (folder / "index.html").write_text(PAGE)
    path, report = render(folder, workers=2, quality="draft")
    assert decoding.numbers(path) == [15 + n for n in range(FRAMES)]
    assert report.workers == 2
    assert report.footage.sources == 1
    # Each frame once, and a few again for those pages that only look at the first ones.
    assert FRAMES <= report.footage.frames < 2 * FRAMES
    assert FRAMES <= report.footage.decoded < 4 * FRAMES
