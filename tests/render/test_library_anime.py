"""anime.js 4: what runs by itself on its engine, and what is listed in window.__hfAnime."""

from __future__ import annotations

import pytest
import pytest_asyncio

from truth.grids import thorough
from truth.libraries import bundle, library
from truth.stages import Stages, composed
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
BOXES = """<style>.box { position: absolute; left: 0; width: 40px; height: 40px; top: 0; background: #d22 }
#b { top: 60px; background: #2a2 }</style><div class="box" id="a"></div><div class="box" id="b"></div>"""
UMD = f"<script>{library('animejs/dist/bundles/anime.umd.min.js')}</script>"
WAYS = ("fresh", "backwards", "jumps", "in one go")
# The library begins 12 ms ahead, so that something is seen to move at once.
AHEAD = 0.012


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def moved(script):
    return composed(f"{BOXES}{UMD}<script>{script}</script>", root='data-duration="6" data-no-timeline')


def x(name):
    return f"new DOMMatrix(getComputedStyle({name}).transform).e"


def ramp(seconds, begin, duration, way):
    return way * min(1, max(0, (seconds - begin) / duration))


FREE = """anime.animate('#a', { x: 300, duration: 1000, ease: 'linear' });
const tl = anime.createTimeline({ defaults: { ease: 'linear' } });
tl.add('#b', { x: 200, duration: 500 }, 250).add('#b', { x: 0, duration: 500 }, 1000);"""


@pytest.mark.thorough
async def test_what_runs_by_itself(stages):
    html = moved(FREE)
    page = await stages.open(html)
    for seconds in (0.5, 2, 0.25, 1.25, 0.6):
        await page.at(seconds)
        now = seconds + AHEAD
        expected = [ramp(now, 0, 1, 300), ramp(now, 0.25, 0.5, 200) - ramp(now, 1, 0.5, 200)]
        assert await page.ask(f"[{x('a')}, {x('b')}]") == pytest.approx(expected, abs=0.01), seconds
    await same_by_every_way(stages, html, frames=(0, 11, 22, 40), ways=WAYS)


@pytest.mark.thorough
async def test_what_ends_begins_the_next_at_its_own_time(stages):
    script = """anime.animate('#a', { x: 100, duration: 510, ease: 'linear', onComplete: () =>
        { anime.animate('#b', { x: 300, duration: 1000, ease: 'linear' }) } })"""
    html = moved(script)
    page = await stages.open(html)
    for seconds in (1.0, 2.0, 0.25, 1.25, 0.75):
        await page.at(seconds)
        expected = [ramp(seconds + AHEAD, 0, 0.51, 100), ramp(seconds + AHEAD, 0.51 - AHEAD, 1, 300)]
        assert await page.ask(f"[{x('a')}, {x('b')}]") == pytest.approx(expected, abs=0.01), seconds
    await same_by_every_way(stages, html, frames=(0, 11, 22, 40), ways=WAYS)


@pytest.mark.thorough
async def test_loops_that_alternate(stages):
    html = moved(
        "anime.animate('#a', { x: 300, duration: 500, loop: true, alternate: true, ease: 'linear' })"
    )
    pictures = await same_by_every_way(stages, html, frames=(4, 20, 40, 65), ways=WAYS)
    assert len(pictures) == 4


async def test_what_is_paused_stays_where_it_is(stages):
    html = moved(
        "const one = anime.animate('#a', { x: 300, duration: 1000, ease: 'linear', autoplay: false }); one.seek(500)"
    )
    page = await stages.open(html)
    for seconds in (2, 1):
        await page.at(seconds)
        assert await page.ask(x("a")) == pytest.approx(150)
    assert page.step.still_until > 1000


async def test_a_build_without_globals(stages):
    script = bundle(
        "import { animate } from 'animejs'; animate('#a', { x: 300, duration: 1000, ease: 'linear' });",
        loader="js",
    )
    page = await stages.open(
        composed(f"{BOXES}<script>{script}</script>", root='data-duration="6" data-no-timeline')
    )
    for seconds in (2, 0.5):
        await page.at(seconds)
        assert await page.ask(x("a")) == pytest.approx(ramp(seconds + AHEAD, 0, 1, 300), abs=0.01)


@pytest.mark.thorough
@pytest.mark.parametrize("autoplay", [*thorough("true"), "false"])
async def test_listed_players(stages, autoplay):
    script = f"""window.__hfAnime.push(anime.animate('#a', {{ x: 300, duration: 1000, ease: 'linear', autoplay: {autoplay} }}));
        const tl = anime.createTimeline({{ autoplay: {autoplay}, defaults: {{ ease: 'linear' }} }});
        tl.add('#b', {{ x: 200, duration: 500 }}, 250); window.__hfAnime.push(tl);"""
    html = moved(script)
    page = await stages.open(html)
    for seconds in (0.5, 2, 0.3, 0.9):
        await page.at(seconds)
        expected = [ramp(seconds, 0, 1, 300), ramp(seconds, 0.25, 0.5, 200)]
        assert await page.ask(f"[{x('a')}, {x('b')}]") == pytest.approx(expected, abs=0.01), seconds
    await same_by_every_way(stages, html, frames=(0, 11, 20), ways=("fresh", "backwards", "jumps"))
