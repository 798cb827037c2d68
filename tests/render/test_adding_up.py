"""Pages of libraries that add up steps: going through every frame, as ``--mode run`` does, shows what playing shows."""

from __future__ import annotations

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from framewright.model.frames import FrameRange, FrameRate
from truth.grids import ordinary
from truth.libraries import bundle, library
from truth.stages import Stages

pytestmark = pytest.mark.asyncio(loop_scope="module")
RATE = FrameRate.parse("30")
WISHES = Wishes(width=64, height=36)
FILES: dict[str, str | bytes] = {"p5.js": library("p5/lib/p5.min.js")}
SKETCH = """<script src="p5.js"></script><script>
    let x = 0, y = 0;
    function setup() { createCanvas(64, 36) }
    function draw() { x += 2; y += 0.1 * deltaTime; window.shown = [frameCount, x, Math.round(y)] }</script>"""
TICKER = """import * as PIXI from 'pixi.js';
    (async () => {
        const app = new PIXI.Application();
        await app.init({ width: 64, height: 36, preference: 'webgl' });
        const frames = [1, 2, 3, 4].map(() => new PIXI.Texture());
        const film = new PIXI.AnimatedSprite(frames);
        film.animationSpeed = 0.105;
        film.play();
        app.stage.addChild(film);
        let x = 0;
        app.ticker.add(({ deltaTime }) => { x += deltaTime; window.shown = [Math.round(x), film.currentFrame] });
    })();"""
MIXER = """import * as THREE from 'three';
    const thing = new THREE.Object3D();
    const mixer = new THREE.AnimationMixer(thing);
    const track = new THREE.NumberKeyframeTrack('.position[x]', [0, 1], [0, 100]);
    mixer.clipAction(new THREE.AnimationClip('go', 1, [track])).setLoop(THREE.LoopPingPong).play();
    const timer = new THREE.Timer();
    let damped = 0;
    requestAnimationFrame(function loop(now) {
        timer.update(now);
        mixer.update(timer.getDelta());
        damped = THREE.MathUtils.damp(damped, 100, 2, timer.getDelta());
        window.shown = [Math.round(thing.position.x * 10) / 10, Math.round(damped * 10) / 10];
        requestAnimationFrame(loop);
    });"""
# What 45 frames of 1/30 s come to.
PAGES = {
    "p5": (SKETCH, [46, 92, 152]),
    "PixiJS": (f"<script>{bundle(TICKER)}</script>", [90, 1]),
    "three.js": (f"<script>{bundle(MIXER)}</script>", [50, 95]),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@pytest.mark.parametrize("library_name", ordinary(PAGES, "PixiJS"))
async def test_going_through_every_frame_shows_what_playing_shows(stages, library_name):
    script, expected = PAGES[library_name]
    html = f"<!doctype html><html><body><main></main>{script}</body></html>"
    played = await stages.open(html, FILES, WISHES)
    for frame in range(1, 46):
        await played.at(RATE.time_of(frame))
    assert await played.ask("shown") == expected
    run = await stages.open(html, FILES, WISHES)
    reached = 1
    while reached < 46:
        reached = (await run.stage.pass_through(FrameRange(reached, 46), RATE)).reached
    assert await run.ask("shown") == expected
