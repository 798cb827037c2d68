"""The plugins that ship with GSAP, in registered timelines and by themselves."""

from __future__ import annotations

import pytest
import pytest_asyncio

from truth.libraries import library
from truth.stages import Stages, composed
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
WAYS = ("fresh", "backwards", "jumps")
BODY = """<style>#a { position: absolute; width: 40px; height: 40px; background: #d22 } .on { margin-left: 200px }
#text { position: absolute; top: 200px; margin: 0; font: 40px monospace } svg { position: absolute; top: 250px }</style>
<div id="a"></div><p id="text">Plain words</p>
<svg id="s" width="300" height="100"><path id="line" d="M0 50 L300 50" stroke="#000" stroke-width="8" fill="none"/>
<path id="shape" d="M0 0 L100 0 L100 100 L0 100 Z" fill="#06a"/></svg>"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def moved(plugins, script, version="gsap"):
    files = ["gsap", *plugins]
    scripts = "".join(f"<script>{library(f'{version}/dist/{name}.min.js')}</script>" for name in files)
    register = f"gsap.registerPlugin({', '.join(plugins)});" if plugins else ""
    return composed(
        f"""{BODY}{scripts}<script>{register} const tl = gsap.timeline({{ paused: true, defaults: {{ ease: 'none', duration: 2 }} }});
        {script}; window.__timelines.main = tl</script>""",
        root='data-duration="4"',
    )


X = "new DOMMatrix(getComputedStyle(a).transform).e"
# Plugins, what the timeline does, an expression, and its values at 0.5 s and 1.5 s of 2.
CASES = {
    "MotionPath": (
        ["MotionPathPlugin"],
        "tl.to('#a', { motionPath: { path: 'M0 0 L400 0' } })",
        X,
        [100, 300],
    ),
    "Text": (
        ["TextPlugin"],
        "tl.to('#text', { text: 'Other words' })",
        "text.textContent",
        ["Othin words", "Other words"],
    ),
    "SplitText": (
        ["SplitText"],
        "const split = new SplitText('#text', { type: 'chars' }); tl.from(split.chars, { opacity: 0, duration: 1, stagger: 0.1 })",
        "+getComputedStyle(document.querySelectorAll('#text div')[4]).opacity",
        [0.1, 1],
    ),
    "Flip": (
        ["Flip"],
        "const state = Flip.getState('#a'); a.classList.add('on'); tl.add(Flip.from(state, { duration: 2, ease: 'none' }))",
        "a.getBoundingClientRect().left",
        [50, 150],
    ),
    "DrawSVG": (
        ["DrawSVGPlugin"],
        "tl.from('#line', { drawSVG: 0 })",
        "Math.round(parseFloat(getComputedStyle(line).strokeDasharray))",
        [75, 225],
    ),
    "MorphSVG": (
        ["MorphSVGPlugin"],
        "tl.to('#shape', { morphSVG: 'M0 0 L50 0 L50 100 L0 100 Z' })",
        "Math.round(shape.getBBox().width)",
        [88, 63],
    ),
    "CustomEase": (
        ["CustomEase"],
        "tl.to('#a', { x: 400, ease: CustomEase.create('bend', 'M0,0 C0,0 1,1 1,1') })",
        X,
        [100, 300],
    ),
    "ScrambleText": (
        ["ScrambleTextPlugin"],
        "tl.to('#text', { scrambleText: 'OTHER' })",
        "text.textContent.length > 0",
        [True, True],
    ),
    "Physics2D": (
        ["Physics2DPlugin"],
        "tl.to('#a', { physics2D: { velocity: 200, angle: 0 } })",
        X,
        [100, 300],
    ),
    # Nobody scrolls: what it triggers stays at its beginning, and what it does not is left alone.
    "ScrollTrigger": (
        ["ScrollTrigger"],
        "gsap.to('#text', { x: 90, scrollTrigger: { trigger: '#s', start: 'top -900', scrub: true } }); tl.to('#a', { x: 400 })",
        f"{X} + new DOMMatrix(getComputedStyle(text).transform).e",
        [100, 300],
    ),
}
OLD = ("MotionPath", "Text", "Flip", "CustomEase", "ScrollTrigger")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("version", "name"),
    [
        *(("gsap", name) for name in CASES),
        *(pytest.param("gsap-3.12", name, marks=pytest.mark.long) for name in OLD),
    ],
)
async def test_plugins(stages, version, name):
    plugins, script, expression, expected = CASES[name]
    html = moved(plugins, script, version)
    page = await stages.open(html)
    found = []
    for seconds in (0.5, 1.5, 0.5):
        await page.at(seconds)
        found.append(await page.ask(expression))
    wanted = (*expected, expected[0])
    assert found == [
        pytest.approx(value, abs=0.6) if isinstance(value, float | int) else value for value in wanted
    ]


@pytest.mark.thorough
@pytest.mark.parametrize(
    "names",
    [("MotionPath", "Text"), ("SplitText", "DrawSVG"), ("Flip", "MorphSVG")],
)
async def test_plugins_by_every_way(stages, names):
    plugins = [plugin for name in names for plugin in CASES[name][0]]
    html = moved(plugins, ";".join(CASES[name][1] for name in names))
    await same_by_every_way(stages, html, frames=(3, 20, 50), ways=WAYS)
