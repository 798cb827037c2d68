"""Saying in advance how long the picture will hold: only what is certain. And when animations in windows begin."""

from __future__ import annotations

import pytest
import pytest_asyncio

from truth.grids import ordinary, thorough
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = 'data-duration="20" data-no-timeline'
FADE = "<style>@keyframes fade { from { opacity: 0 } to { opacity: 1 } }</style>"
FOREVER = 1000
# Two frames of 100 ms, for ever.
MOVING = (
    "data:image/gif;base64,R0lGODlhAgACAIEAAP8AAAAA/wAAAAAAACH/C05FVFNDQVBFMi4wAwEAAAAh+QQACgAAACwAAAAAAgACAAAIBgABCAQQEAA"
    "h+QQBCgABACwAAAAAAgACAIEAAP8AAAAAAAAAAAAIBgABCAQQEAA7"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("body", "until"),
    [
        ("<p>text</p>", {0: FOREVER}),
        ("<script>setTimeout(() => 0, 3000)</script>", {0: 3, 2: 3, 4: FOREVER}),
        *thorough(("<script>setInterval(() => 0, 3000)</script>", {0: 3, 4: 6})),
        ('<p id="a" data-start="1" data-duration="2">x</p>', {0: 1, 1: 3, 3: FOREVER}),
        ('<p style="animation: fade 1s 2s both">x</p>', {0: 2, 2.5: None, 3: FOREVER, 1: 2}),
        ('<p style="animation: fade 1s infinite">x</p>', {0: None, 5: None}),
        *thorough(
            ('<p style="animation: fade 1s paused">x</p>', {0: FOREVER}),
            ('<p style="animation: fade 1s; animation-timeline: scroll()">x</p>', {0: FOREVER}),
            (
                "<script>document.body.animate([{opacity: 0}], {duration: 1000, delay: 500})</script>",
                {0: 0.5, 1: None, 2: FOREVER},
            ),
        ),
        (
            "<script>requestAnimationFrame(function draw() { requestAnimationFrame(draw); })</script>",
            {0: None, 3: None},
        ),
        *thorough(
            ("<script>setTimeout(() => requestAnimationFrame(() => 0), 3000)</script>", {0: 3, 3: FOREVER})
        ),
        ("<svg><rect><animate attributeName=x to=9 dur=1s /></rect></svg>", {0: None, 5: None}),
        ("<script>new Worker(URL.createObjectURL(new Blob([''])))</script>", {0: None}),
        *thorough(
            ('<iframe sandbox srcdoc="x"></iframe>', {0: None}),
            ('<iframe srcdoc="<script>setTimeout(() => 0, 2000)</script>"></iframe>', {0: 2, 2: FOREVER}),
        ),
        ("<marquee>x</marquee>", {0: None}),
        *thorough(
            ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>", {0: FOREVER}),
            (f"<svg><image href='{MOVING}'/></svg>", {0: None}),
        ),
        (f"<img src='{MOVING}'>", {0: 0.1, 0.1: 0.2}),
    ],
)
async def test_how_long_the_picture_holds(stages, body, until):
    page = await stages.open(composed(FADE + body, root=ROOT))
    for seconds, expected in until.items():
        await page.at(seconds)
        told = page.step.still_until
        if expected is FOREVER:
            assert told is not None, seconds
            assert told >= FOREVER
        else:
            assert told == (None if expected is None else pytest.approx(expected)), seconds


IN_A_WINDOW = """
<style>
  #soft, #soft * { transition: all 1s; }
  #css, #late.go { animation: fade 2s linear both; }
</style>
<div id="clip" data-start="3" data-duration="4">
  <div id="css">x</div><div id="waapi">x</div><div id="shadow"></div><iframe id="frame"></iframe>
  <svg><rect id="smil" width="0" height="9"><animate attributeName="width" to="200" dur="2s" fill="freeze"/></rect></svg>
</div>
<div id="placed" style="position:absolute" data-start="3" data-duration="4"><div id="inner" style="animation: fade 2s linear both">x</div></div>
<div id="soft" style="position:absolute" data-start="3" data-duration="4"><i id="leaf">x</i></div>
<script>
  waapi.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 2000, fill: 'both' });
  const root = shadow.attachShadow({ mode: 'closed' });
  const style = '<style>@keyframes fade { from { opacity: 0 } to { opacity: 1 } } b { animation: fade 2s linear both }</style><b>x</b>';
  root.innerHTML = style;
  frame.srcdoc = style;
  const read = (element) => Number(getComputedStyle(element).opacity);
  window.look = () => [read(css), read(waapi), read(inner), read(root.querySelector('b')), smil.width.animVal.value / 200];
  window.deep = () => read(frame.contentDocument.querySelector('b'));
  window.seen = (id) => getComputedStyle(document.getElementById(id)).visibility;
</script>
"""


@pytest.mark.parametrize(
    "times", ordinary([(0, 3, 3.5, 4, 5, 6), (4,), (6, 3.5), (8, 4, 0, 4.5)], (0, 3, 3.5, 4, 5, 6), (6, 3.5))
)
async def test_an_animation_begins_with_the_window_that_it_is_in(stages, times):
    page = await stages.open(composed(FADE + IN_A_WINDOW, root=ROOT))
    for seconds in times:
        await page.at(seconds)
        await page.page.begin_frame()
        if 3 <= seconds < 7:
            assert await page.ask("look()") == pytest.approx([min(1, (seconds - 3) / 2)] * 5), seconds
            assert await page.ask("deep()") == pytest.approx(min(1, (seconds - 3) / 2))
            assert [await page.ask(f"seen('{name}')") for name in ("soft", "leaf")] == ["visible"] * 2
        else:
            assert [await page.ask(f"seen('{name}')") for name in ("soft", "leaf")] == ["hidden"] * 2


async def test_an_animated_picture_that_cannot_be_driven_is_told(stages):
    moving = "<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'><animate attributeName='x' to='9' dur='1s'/></rect></svg>"
    still = "<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>"
    page = await stages.open(
        composed("<img id=moving src=moving.svg><img id=still src=still.svg>", root=ROOT),
        {"moving.svg": moving, "still.svg": still},
    )
    told = [notice for notice in page.description.notices if notice.code == "SVG_IMAGE_MOVES"]
    assert [notice.element for notice in told] == ["#moving"]
