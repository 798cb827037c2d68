"""d3: transitions and timers, which obey the clock by themselves, and functions of time in window.__hfD3."""

from __future__ import annotations

import pytest
import pytest_asyncio

from truth.grids import thorough
from truth.libraries import library
from truth.stages import Stages, composed
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
SVG = '<svg id="s" width="640" height="360"><rect id="a" width="40" height="40"/><rect id="b" y="60" width="40" height="40"/></svg>'
# A transition is over once it is: it is not there to be gone back to.
WAYS = ("fresh", "forwards", "in one go")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def moved(script):
    return composed(
        f"{SVG}<script>{library('d3/dist/d3.min.js')}</script><script>{script}</script>",
        root='data-duration="9" data-no-timeline',
    )


TRANSITIONS = """const linear = d3.easeLinear;
d3.select('#a').transition().duration(2000).ease(linear).attr('x', 400)
  .transition().duration(3000).ease(linear).attr('x', 100);
d3.select('#b').transition().delay(500).duration(5000).ease(linear).attr('x', 500);"""


@pytest.mark.parametrize("times", [*thorough([4.4], [0.5, 4.4]), [1, 2, 3, 4, 4.4]])
async def test_a_leap_shows_what_steps_show(stages, times):
    page = await stages.open(moved(TRANSITIONS))
    for seconds in times:
        await page.at(seconds)
    found = await page.ask("[+a.getAttribute('x'), +b.getAttribute('x')]")
    assert found == pytest.approx([400 - 300 * 2.4 / 3, 500 * 3.9 / 5], abs=0.01)


@pytest.mark.thorough
async def test_transitions(stages):
    await same_by_every_way(stages, moved(TRANSITIONS), frames=(0, 20, 70, 140), ways=WAYS)


@pytest.mark.thorough
async def test_timers(stages):
    script = """d3.timer((elapsed) => { a.setAttribute('x', elapsed / 10) });
        d3.interval((elapsed) => { b.setAttribute('x', Math.floor(elapsed / 500) * 50) }, 500);
        d3.timeout(() => { s.append(b) }, 2500);"""
    html = moved(script)
    page = await stages.open(html)
    await page.at(4)
    assert await page.ask("+a.getAttribute('x')") == pytest.approx(400)
    await same_by_every_way(stages, html, frames=(5, 37), ways=("fresh", "forwards", "in one go"))


@pytest.mark.thorough
async def test_functions_of_time_go_back(stages):
    script = """const place = d3.scaleLinear([0, 2], [0, 300]).clamp(true);
        window.__hfD3.push((seconds) => d3.select('#a').attr('x', place(seconds)), { seek: (seconds) => b.setAttribute('x', 100 * seconds) })"""
    html = moved(script)
    pictures = await same_by_every_way(stages, html, frames=(0, 30, 45), ways=("fresh", "backwards", "jumps"))
    assert tuple(pictures[30][20, 155]) == (0, 0, 0)
    assert tuple(pictures[30][80, 105]) == (0, 0, 0)
