"""Any HTML page with a --duration, and nothing else that says that it is a composition."""

from __future__ import annotations

import io

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

import framewright
from framewright.composition import Wishes
from framewright.model.errors import CompositionError
from truth.grids import thorough
from truth.stages import Stages

pytestmark = pytest.mark.asyncio(loop_scope="module")
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
LONG = "<style>body{margin:0}div{height:3000px;background:linear-gradient(red 0 1000px,blue 0)}</style><div></div>"
FIXED = "<style>p{position:fixed;inset:auto 0 0 0;height:9px;margin:0;background:lime}</style><p></p>"
GROWS = """<body style="margin:0"><script>
(function step(at) {
  const row = document.body.appendChild(document.createElement("div"));
  row.style.cssText = "height:100px;background:red";
  scrollTo(0, document.documentElement.scrollHeight);
  requestAnimationFrame(step);
})(0);
</script>"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


async def picture(page, seconds=0.0):
    await page.at(seconds)
    drawn = None
    while drawn is None:
        drawn = (await page.page.begin_frame(png=True)).png
    return np.asarray(Image.open(io.BytesIO(drawn)).convert("RGB"))


@pytest.mark.parametrize(
    ("html", "pixels"),
    [
        ("<!doctype html>" + LONG, {(0, 0): RED, (1919, 999): RED, (1919, 1001): BLUE, (0, 1079): BLUE}),
        *thorough(("<html>" + LONG + FIXED, {(0, 1079): GREEN, (1919, 1079): GREEN, (900, 1069): BLUE})),
        *thorough(("<html bgcolor=lime><body bgcolor=red>no doctype", {(1000, 1000): RED}),
        ("<!doctype html><title>nothing</title>", {(0, 0): WHITE, (1919, 1079): WHITE}),
        ("<!doctype html><style>html{zoom:2}b{display:block;height:100vh;background:blue}</style><b>", {(1900, 1000): BLUE}),
        ("<!doctype html>" + LONG + "<script>scrollTo(0, 500)</script>", {(0, 499): RED, (0, 501): BLUE})),
        ("<html><frameset cols='*,*'><frame src='inner.html'><frame src='inner.html'></frameset></html>", {(100, 100): BLUE, (1800, 900): BLUE}),
        *thorough(("<!doctype html><style>@media (width: 1920px) and (height: 1080px) {body{background:lime}}</style>", {(5, 5): GREEN})),
        ("<?xml version='1.0'?><!doctype html><html xmlns='http://www.w3.org/1999/xhtml'><body style='background:red'/></html>", {(9, 9): RED}),
    ],
)  # fmt: skip
async def test_a_page_is_shown_from_its_top_in_a_window_of_1080p(stages, html, pixels):
    page = await stages.open(html, {"inner.html": "<!doctype html><body bgcolor=blue>"})
    assert (page.description.width, page.description.composition) == (None, None)
    shown = await picture(page)
    assert shown.shape == (1080, 1920, 3)
    assert {place: tuple(shown[place[1], place[0]].tolist()) for place in pixels} == pixels
    await page.close()


async def test_it_takes_the_size_that_was_asked_for(stages):
    page = await stages.open("<!doctype html>" + LONG, wishes=Wishes(width=301, height=77))
    assert (await picture(page)).shape == (77, 301, 3)
    await page.close()


async def test_a_page_may_grow_and_scroll_as_it_likes(stages):
    page = await stages.open("<!doctype html>" + GROWS, wishes=Wishes(width=320, height=180))
    for frame in range(6):
        shown = await picture(page, frame / 30)
    assert tuple(shown[170, 100]) == RED
    assert await page.ask("scrollY") > 200
    await page.close()


async def test_nothing_says_how_long_it_is(tmp_path):
    (tmp_path / "page.html").write_text("<!doctype html>" + LONG)
    with pytest.raises(CompositionError, match="--duration") as caught:
        await framewright.probe_async(tmp_path / "page.html")
    assert caught.value.code == "DURATION_MISSING"
    found = await framewright.probe_async(tmp_path / "page.html", duration=1.5, mode="auto")
    assert (found.frames, found.width, found.height, found.mode) == (45, 1920, 1080, "seek")
