"""p5.js 2 and 1, the real ones: its loop, its clocks, a sketch that loads, and one that does not loop."""

from __future__ import annotations

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from truth.libraries import bundle, library
from truth.stages import Stages
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
FRAMES = (0, 8, 24)
BACKGROUND, SQUARE = (16, 32, 48), (255, 204, 0)
SMALL = Wishes(width=320, height=180)
SETUP = "pixelDensity(1); createCanvas(320, 180); noStroke();"
DRAW = "background(16, 32, 48); fill(255, 204, 0); square(0.18 * millis(), 70, 40);"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="#ffcc00"/></svg>'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def page(script, head="<script src='p5.js'></script>"):
    return f"""<!doctype html><html><head><title>p5</title><style>body {{ margin: 0 }} canvas {{ display: block }}</style>{head}</head>
<body><main></main><script>{script}</script></body></html>"""


OLD: dict[str, str | bytes] = {"p5.js": library("p5-1/lib/p5.min.js"), "square.svg": SVG}
FILES: dict[str, str | bytes] = {"p5.js": library("p5/lib/p5.min.js"), "square.svg": SVG}


def check(pictures):
    for frame, picture in pictures.items():
        middle = 20 + 6 * frame
        assert tuple(picture[90, middle]) == SQUARE, frame
        assert tuple(picture[90, middle + 24]) == BACKGROUND, frame


@pytest.mark.thorough
async def test_a_global_sketch_has_the_same_frames_by_every_way(stages):
    html = page(f"function setup() {{ {SETUP} }} function draw() {{ {DRAW} }}")
    check(await same_by_every_way(stages, html, FILES, frames=FRAMES, wishes=SMALL))


@pytest.mark.thorough
async def test_a_sketch_for_p5_1_has_the_same_frames_by_every_way(stages):
    html = page(
        f"let picture; function preload() {{ picture = loadImage('square.svg') }}"
        f"function setup() {{ {SETUP} frameRate(30) }}"
        "function draw() { background(16, 32, 48); image(picture, 0.18 * millis(), 70) }"
    )
    check(await same_by_every_way(stages, html, OLD, frames=FRAMES, wishes=SMALL))


async def test_a_sketch_for_p5_1_is_drawn_once_a_frame(stages):
    html = page(
        f"window.steps = []; function setup() {{ {SETUP} }}"
        "function draw() { steps.push([frameCount, Math.round(millis())]) }"
    )
    shown = await stages.open(html, OLD, SMALL)
    for frame in (1, 2, 3, 6):
        await shown.at(frame / 30)
    assert await shown.ask("steps") == [[1, 0], [2, 33], [3, 67], [4, 100], [5, 200]]


@pytest.mark.thorough
async def test_a_bundled_sketch_of_its_own_rate(stages):
    script = """import p5 from 'p5';
        new p5((p) => {
            p.setup = () => { p.pixelDensity(1); p.createCanvas(320, 180); p.noStroke(); p.frameRate(30) };
            p.draw = () => { p.background(16, 32, 48); p.fill(255, 204, 0); p.square(0.18 * p.millis(), 70, 40) };
        });"""
    html = page(bundle(script), head="")
    # 3.6 MB of script each time that the page is opened.
    check(await same_by_every_way(stages, html, frames=(8, 41), ways=("fresh", "backwards"), wishes=SMALL))


@pytest.mark.thorough
async def test_what_setup_awaits_is_there_in_the_first_frame(stages):
    html = page(
        f"let picture; async function setup() {{ {SETUP} picture = await loadImage('square.svg') }}"
        "function draw() { background(16, 32, 48); image(picture, 0.18 * millis(), 70) }"
    )
    check(
        await same_by_every_way(stages, html, FILES, frames=FRAMES, ways=("fresh", "forwards"), wishes=SMALL)
    )


@pytest.mark.thorough
async def test_a_sketch_in_webgl(stages):
    html = page(
        "function setup() { pixelDensity(1); createCanvas(320, 180, WEBGL); noStroke() }"
        "function draw() { background(16, 32, 48); fill(255, 204, 0); translate(0.18 * millis() - 140, 0); plane(40, 40) }"
    )
    check(
        await same_by_every_way(stages, html, FILES, frames=FRAMES, ways=("fresh", "backwards"), wishes=SMALL)
    )


async def test_each_frame_is_drawn_once_and_the_steps_are_the_clocks(stages):
    html = page(
        f"window.steps = []; function setup() {{ {SETUP} }}"
        "function draw() { steps.push([frameCount, Math.round(deltaTime), Math.round(millis())]) }"
    )
    shown = await stages.open(html, FILES, SMALL)
    for frame in (1, 2, 3, 6):
        await shown.at(frame / 30)
    assert await shown.ask("steps") == [[1, 17, 0], [2, 33, 33], [3, 33, 67], [4, 33, 100], [5, 100, 200]]


async def test_a_slow_sketch_draws_at_its_own_rate(stages):
    html = page(
        f"window.drawn = []; function setup() {{ {SETUP} frameRate(10) }} function draw() {{ drawn.push(Math.round(millis())) }}"
    )
    shown = await stages.open(html, FILES, SMALL)
    for frame in range(1, 10):
        await shown.at(frame / 30)
    assert await shown.ask("drawn") == [0, 100, 200, 300]


async def test_a_sketch_that_does_not_loop_is_drawn_once(stages):
    html = page(
        f"window.drawn = 0; function setup() {{ {SETUP} noLoop() }} function draw() {{ {DRAW} window.drawn += 1 }}"
    )
    shown = await stages.open(html, FILES, SMALL)
    await shown.at(1)
    assert await shown.ask("drawn") == 1
    await shown.ask("redraw()")
    assert await shown.ask("drawn") == 2
