"""PixiJS 8, the real one: its ticker at any time, textures that load, and what its deltas do."""

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
START = """
const app = new PIXI.Application();
await app.init({ width: 320, height: 180, background: '#102030', preference: 'webgl' });
document.body.append(app.canvas);
const place = (thing) => { thing.y = 70; app.stage.addChild(thing); return thing };
"""
SQUARE_OF_GRAPHICS = "const square = place(new PIXI.Graphics().rect(0, 0, 40, 40).fill('#ffcc00'));"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="#ffcc00"/></svg>'
DERIVED = "app.ticker.add(() => { square.x = 0.18 * performance.now() })"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def page(script, *, bundled=True):
    if bundled:
        code = f"<script>{bundle('import * as PIXI from ' + repr('pixi.js') + ';(async () => {' + script + '})()')}</script>"
    else:
        code = f"<script src='pixi.js'></script><script type='module'>{script}</script>"
    return f"""<!doctype html><html><head><title>PixiJS</title><style>body {{ margin: 0 }} canvas {{ display: block }}</style></head>
<body>{code}</body></html>"""


def check(pictures):
    for frame, picture in pictures.items():
        middle = 20 + 6 * frame
        assert tuple(picture[90, middle]) == SQUARE, frame
        assert tuple(picture[90, middle + 24]) == BACKGROUND, frame


@pytest.mark.thorough
async def test_what_follows_the_time_has_the_same_frames_by_every_way(stages):
    check(
        await same_by_every_way(
            stages, page(START + SQUARE_OF_GRAPHICS + DERIVED), frames=FRAMES, wishes=SMALL
        )
    )


@pytest.mark.thorough
async def test_a_texture_is_there_in_the_first_frame(stages):
    script = START + "const square = place(new PIXI.Sprite(await PIXI.Assets.load('square.svg')));" + DERIVED
    files = {"square.svg": SVG, "pixi.js": library("pixi.js/dist/pixi.min.js")}
    html = page(script, bundled=False)
    check(
        await same_by_every_way(stages, html, files, frames=FRAMES, ways=("fresh", "forwards"), wishes=SMALL)
    )


@pytest.mark.thorough
async def test_a_ticker_with_a_limit_of_frames_draws_after_going_back(stages):
    script = START + SQUARE_OF_GRAPHICS + "app.ticker.maxFPS = 30;" + DERIVED
    check(
        await same_by_every_way(
            stages, page(script), frames=FRAMES, ways=("fresh", "backwards"), wishes=SMALL
        )
    )


async def test_deltas_add_up_frame_by_frame_and_are_cut_at_a_leap(stages):
    script = START + "window.sum = 0; app.ticker.add(({ deltaMS }) => { window.sum += deltaMS })"
    shown = await stages.open(page(script), wishes=SMALL)
    begun = await shown.ask("sum")
    for frame in range(1, 31):
        await shown.at(frame / 30)
    assert await shown.ask("sum") - begun == pytest.approx(1000, abs=0.1)
    await shown.at(5)
    assert await shown.ask("sum") - begun == pytest.approx(1100, abs=0.1)


@pytest.mark.thorough
async def test_the_hook_of_the_developer_tools_stays_the_pages(stages):
    script = "window.__PIXI_APP_INIT__ = (app) => { window.told = app.constructor.name.length > 0 };" + START
    shown = await stages.open(page(script), wishes=SMALL)
    assert await shown.ask("told") is True
