"""The shipped examples: every one renders as its page asks, shows something, moves where it should, and warns of nothing."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

import framewright
from truth import decoding, heard
from truth.grids import ordinary

EXAMPLES = Path(__file__).parents[2] / "examples"
FPS = 2

# Of each example: seconds, width and height at half its size, suffix, and how many of its frames at least must differ.
TABLE = {
    "title-sequence": (8, 960, 540, "mp4", 15),
    "kinetic-type": (7, 960, 540, "mp4", 10),
    "data-chart": (10, 960, 540, "mp4", 12),
    "shader": (6, 640, 360, "mp4", 11),
    "slides": (12, 960, 540, "mp4", 5),
    "social-portrait": (7, 540, 960, "mp4", 13),
    "lower-third": (5, 960, 540, "webm", 8),
    "speaker-cards": (6, 600, 600, "mp4", 11),
    "long-tide": (8, 960, 540, "mp4", 15),
}


def test_the_table_names_every_example():
    assert {page.parent.name for page in EXAMPLES.glob("*/index.html")} == TABLE.keys()


@pytest.mark.thorough
@pytest.mark.parametrize("name", ordinary(TABLE, "title-sequence"))
def test_an_example_renders(name, tmp_path):
    seconds, width, height, suffix, least = TABLE[name]
    video = tmp_path / f"video.{suffix}"

    report = framewright.render(EXAMPLES / name, video, scale=0.5, fps=FPS, workers=1)

    assert report.notices == ()
    assert report.frames == report.output.frames == seconds * FPS
    assert (report.output.width, report.output.height) == (width, height)
    pictures = [picture[..., :3] * (picture[..., 3:] / 255) for picture in decoding.pictures(video)]
    assert max(picture.std() for picture in pictures) > 15, "nothing is to be seen"
    differing = 1 + sum(np.abs(a - b).max() > 24 for a, b in zip(pictures, pictures[1:], strict=False))
    assert differing >= least


@pytest.mark.thorough
def test_slides_hold(tmp_path):
    report = framewright.render(EXAMPLES / "slides", tmp_path / "slides.mp4", scale=0.5, workers=1)
    # Half a second of movement for each of four changes; all else is proven to be unchanged.
    assert report.unchanged > 0.75 * report.frames


@pytest.mark.thorough
def test_the_lower_third_is_transparent_but_for_its_words(tmp_path):
    video = tmp_path / "third.webm"
    framewright.render(EXAMPLES / "lower-third", video, scale=0.5, start_frame=75, end_frame=76)
    (picture,) = decoding.pictures(video)
    alpha = picture[..., 3]
    assert alpha[:350].max() == 0
    assert alpha[430:450, 70:90].min() > 250, "the badge is solid"
    soft = (alpha > 10) & (alpha < 200)
    assert soft.sum() > 800, "the shadow is soft"


@pytest.mark.thorough
def test_the_rows_of_the_speaker_cards_fit_what_the_page_declares(tmp_path):
    cards = EXAMPLES / "speaker-cards"
    report = framewright.render_batch(
        cards, cards / "rows.json", f"{tmp_path}/{{file}}.mp4", scale=0.5, fps=1, start_frame=4, strict=True
    )
    assert report.failed == ()
    shown = [next(decoding.pictures(Path(row.output)))[..., :3] for row in report.rows]
    for one, other in itertools.combinations(shown, 2):
        assert np.abs(one - other).mean() > 10, "each card looks different"


@pytest.mark.parametrize("name", TABLE)
def test_an_example_needs_nothing_from_elsewhere(name):
    page = (EXAMPLES / name / "index.html").read_text(encoding="utf-8")
    own = "|".join(re.escape(file.name) for file in (EXAMPLES / name).iterdir())
    page = re.sub(rf'href="#|src="({own})"', "", page)
    assert not re.search(r"(src|href)\s*=|url\(|@import|https?:", page)


def test_the_long_tide_is_heard(tmp_path):
    video = tmp_path / "tide.mov"
    report = framewright.render(EXAMPLES / "long-tide", video, scale=0.5, fps=1, codec="h264", workers=1)
    sound = heard.samples(video)
    assert len(sound) == 8 * heard.RATE
    assert report.sound.tracks == 3
    # The first bell stands on the left and begins at 0.6 s; all fades out at the end.
    bell = sound[int(0.62 * heard.RATE) : int(1.2 * heard.RATE)]
    assert heard.level(bell[:, :1]) > heard.level(sound[: heard.RATE // 2, :1]) + 6
    assert heard.level(bell[:, :1]) > heard.level(bell[:, 1:]) + 0.5
    assert heard.level(sound[-heard.RATE // 20 :]) < -40
