"""Videos as sources of pictures: whoever draws one gets the frame that the timestamps say, by whatever way the time is reached."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import pytest_asyncio

from framewright.composition import Wishes
from truth import counter, footage
from truth.grids import thorough
from truth.libraries import bundle, library
from truth.stages import Stages, composed
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOTHING = "data-duration='8' data-no-timeline"
SMALL = Wishes(width=320, height=180)
# The number that a context shows: the cells of truth.counter, by their middles; null: no whole number.
READ = """const number = (pixel) => {
    let found = 0;
    for (let bit = 0; bit < 8; bit += 1) {
        const [one, other] = [0, 1].map((row) => pixel((bit + 0.5) / 8, (row + 0.5) / 2)).map((value) => value > 170 ? 1 : value < 85 ? 0 : null);
        if (one === null || one === other) return null;
        found += one << bit;
    }
    return found;
};
const canvas = (width = 160, height = 90) => Object.assign(document.createElement('canvas'), { width, height });
const readCanvas = (context) => number((x, y) => {
    const { width, height } = context.canvas;
    return context.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data[1];
});
const read = (draw) => {
    const context = canvas().getContext('2d');
    draw(context);
    return readCanvas(context);
};"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Two seconds at 25 frames a second, with B-frames."""
    return footage.write(tmp_path_factory.mktemp("clips") / "clip.mp4", fps=25, frames=50)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


async def opened(stages, clip, body, script=""):
    html = composed(body, root=NOTHING, head=f"<script>{READ}</script>") + f"<script>{script}</script>"
    return await stages.open(html, {"clip.mp4": clip.path.read_bytes()})


PLACED = {
    "start": ('data-start="1"', lambda t: t - 1),
    "trim": (
        'data-start="0.5" data-media-start="0.4"',
        lambda t: max(0, t - Fraction(1, 2)) + Fraction(2, 5),
    ),
    "double": ('data-start="0" data-playback-rate="2"', lambda t: 2 * t),
    "half": ('data-start="0" data-playback-rate="0.5"', lambda t: t / 2),
    "hold": ('data-start="0" data-duration="7"', lambda t: t),
    "loop": ('data-start="0" loop', lambda t: t % 2),
    "trimmed": (
        'data-start="0" data-duration="7" loop data-playback-start="1.2"',
        lambda t: Fraction(6, 5) + t % Fraction(4, 5),
    ),
    "autoplay": ("autoplay", lambda t: t),
    "still": ("", lambda _: 0),
}
# On source frames and between them, around loops and ends.
TIMES = [Fraction(n, 30) for n in (0, 1, 15, 16, 31, 59, 60, 61, 90, 120, 200)]


async def test_a_drawn_video_is_the_frame_that_the_timestamps_say(stages, clip):
    """Forwards, backwards, and on a fresh page."""
    body = "".join(
        f'<video id="{name}" src="clip.mp4" {attributes} style="opacity: 0"></video>'
        for name, (attributes, _) in PLACED.items()
    )
    draw = "Object.fromEntries(Array.from(document.querySelectorAll('video'), (v) => [v.id, read((context) => context.drawImage(v, 0, 0))]))"
    one = await opened(stages, clip, body)
    await one.ask(draw)
    for seconds in [*TIMES, *TIMES[::-2], TIMES[4]]:
        await one.at(seconds)
        expected = {name: clip.at(source(seconds)) for name, (_, source) in PLACED.items()}
        assert await one.ask(draw) == expected, seconds
    await one.close()
    fresh = await opened(stages, clip, body, f"requestAnimationFrame(() => {draw})")
    await fresh.at(TIMES[5])
    assert await fresh.ask(draw) == {name: clip.at(source(TIMES[5])) for name, (_, source) in PLACED.items()}
    await fresh.close()


MAKE_GL = """const gl = (kind) => {
    const context = canvas().getContext(kind, { preserveDrawingBuffer: true });
    const texture = context.createTexture();
    context.bindTexture(context.TEXTURE_2D, texture);
    const buffer = context.createFramebuffer();
    return { context, texture, read() {
        context.bindFramebuffer(context.FRAMEBUFFER, buffer);
        context.framebufferTexture2D(context.FRAMEBUFFER, context.COLOR_ATTACHMENT0, context.TEXTURE_2D, texture, 0);
        const pixel = new Uint8Array(4);
        return number((x, y) => {
            context.readPixels(Math.floor(x * 160), Math.floor(y * 90), 1, 1, context.RGBA, context.UNSIGNED_BYTE, pixel);
            return pixel[1];
        });
    } };
};
const textured = (kind, call) => {
    const made = gl(kind);
    call(made.context);
    return made.read();
};"""
SOURCES = {
    "drawImage": "read((g) => g.drawImage(v, 0, 0))",
    "drawImage in a box": "read((g) => g.drawImage(v, 0, 0, 160, 90))",
    "drawImage of a part": "read((g) => { g.drawImage(v, 0, 0, 80, 90, 0, 0, 80, 90); g.drawImage(v, 80, 0, 80, 90, 80, 0, 80, 90) })",
    "drawImage off screen": """(() => { const g = new OffscreenCanvas(160, 90).getContext('2d'); g.drawImage(v, 0, 0); return readCanvas(g) })()""",
    "createPattern": "read((g) => { g.fillStyle = g.createPattern(v, 'repeat'); g.fillRect(0, 0, 160, 90) })",
    "createImageBitmap": "createImageBitmap(v).then((bitmap) => read((g) => g.drawImage(bitmap, 0, 0)))",
    "createImageBitmap of a part": """Promise.all([createImageBitmap(v, 0, 0, 80, 90), createImageBitmap(v, 80, 0, 80, 90)])
        .then(([a, b]) => read((g) => { g.drawImage(a, 0, 0); g.drawImage(b, 80, 0) }))""",
    "VideoFrame": "read((g) => { const frame = new VideoFrame(v); g.drawImage(frame, 0, 0); frame.close() })",
    "texImage2D": "textured('webgl', (c) => c.texImage2D(c.TEXTURE_2D, 0, c.RGBA, c.RGBA, c.UNSIGNED_BYTE, v))",
    "texSubImage2D": """textured('webgl', (c) => { c.texImage2D(c.TEXTURE_2D, 0, c.RGBA, 160, 90, 0, c.RGBA, c.UNSIGNED_BYTE, null);
        c.texSubImage2D(c.TEXTURE_2D, 0, 0, 0, c.RGBA, c.UNSIGNED_BYTE, v) })""",
    "texImage2D of WebGL 2": "textured('webgl2', (c) => c.texImage2D(c.TEXTURE_2D, 0, c.RGBA8, 160, 90, 0, c.RGBA, c.UNSIGNED_BYTE, v))",
    "texSubImage2D of WebGL 2": """textured('webgl2', (c) => { c.texStorage2D(c.TEXTURE_2D, 1, c.RGBA8, 160, 90);
        c.texSubImage2D(c.TEXTURE_2D, 0, 0, 0, 160, 90, c.RGBA, c.UNSIGNED_BYTE, v) })""",
}  # fmt: skip


async def test_every_call_that_takes_a_video_gets_its_picture(stages, clip):
    """Also of a video that nobody sees because it is in no document, and that no call took before."""
    script = (
        MAKE_GL
        + "const v = window.v = Object.assign(document.createElement('video'), { src: 'clip.mp4' }); v.play(); canvas().getContext('2d')"
    )
    one = await opened(stages, clip, "", script)
    for seconds in (Fraction(1), Fraction(7, 5), Fraction(1, 2)):
        await one.at(seconds)
        for name, call in SOURCES.items():
            assert await one.ask(call) == clip.at(seconds), (name, seconds)
    await one.close()


async def test_frame_callbacks_are_told_of_each_new_frame_before_the_drawing_ones(stages, clip):
    script = """const told = [];
    (function heard(now, told_) { if (told_) told.push([now, told_.mediaTime, told_.presentedFrames, told_.width, told_.height, read((g) => g.drawImage(v, 0, 0))]);
        v.requestVideoFrameCallback(heard) })();
    (function loop() { told.push('drawing'); requestAnimationFrame(loop) })();
    const id = v.requestVideoFrameCallback(() => told.push('cancelled'));
    v.cancelVideoFrameCallback(id);"""
    one = await opened(stages, clip, '<video id="v" src="clip.mp4" autoplay></video>', script)
    await one.ask("told.length = 0")
    for frame in (1, 2, 3, 4, 30):
        await one.at(Fraction(frame, 50))
    assert await one.ask("told") == [
        "drawing",
        [40, 0.04, 2, 160, 90, 1],
        "drawing",
        "drawing",
        [80, 0.08, 3, 160, 90, 2],
        "drawing",
        [600, 0.6, 16, 160, 90, 15],
        "drawing",
    ]
    await one.close()


async def test_who_waits_for_seeked_draws_the_picture_of_that_time(stages, clip):
    script = """const v = document.createElement('video');
    v.src = 'clip.mp4';
    const found = [];
    const step = (to) => new Promise((done) => { v.addEventListener('seeked', done, { once: true }); v.currentTime = to });
    const look = async () => { for (const to of [1, 0.2, 1.8]) { await step(to); found.push(read((g) => g.drawImage(v, 0, 0))) } };
    v.addEventListener('loadeddata', look, { once: true });
    setTimeout(look, 2000);"""
    one = await opened(stages, clip, "", script)
    assert await one.ask("found.splice(0)") == [25, 5, 45]
    await one.at(3)
    assert await one.ask("found.splice(0)") == [25, 5, 45]
    await one.close()


async def test_a_video_that_a_timeline_scrubs_is_where_the_tween_is(stages, clip):
    """Drawn by an animation frame; the one with data-start plays on as it is written."""
    body = """<video id="v" src="clip.mp4"></video><video id="w" src="clip.mp4" data-start="0"></video>
        <canvas id="c" width="320" height="90"></canvas><script src="gsap.js"></script>"""
    script = """const tl = gsap.timeline({ paused: true });
    tl.to([v, w], { currentTime: 1.5, duration: 2, ease: 'none' });
    window.__timelines = { main: tl };
    const context = c.getContext('2d');
    (function loop() { context.drawImage(v, 0, 0); context.drawImage(w, 160, 0); requestAnimationFrame(loop) })();
    const shown = () => [0, 160].map((left) => read((g) => g.drawImage(c, -left, 0)));"""
    html = (
        composed(body, root="data-duration='3'", head=f"<script>{READ}</script>")
        + f"<script>{script}</script>"
    )
    files: dict[str, str | bytes] = {
        "clip.mp4": clip.path.read_bytes(),
        "gsap.js": library("gsap/dist/gsap.min.js"),
    }
    one = await stages.open(html, files)
    for seconds in (Fraction(1), Fraction(1, 3), Fraction(4, 3), Fraction(7, 5), Fraction(1, 5)):
        await one.at(seconds)
        assert await one.ask("shown()") == [clip.at(seconds * Fraction(3, 4)), clip.at(seconds)], seconds
    await one.close()


async def test_a_page_draws_the_video_of_a_frame_within_it(stages, clip):
    script = "onload = () => { window.v = frames[0].document.querySelector('video') };"
    one = await opened(
        stages, clip, '<iframe srcdoc="<video src=clip.mp4 autoplay></video>"></iframe>', script
    )
    await one.ask("read((g) => g.drawImage(v, 0, 0))")
    await one.at(Fraction(1, 2))
    assert await one.ask("[v.currentTime, read((g) => g.drawImage(v, 0, 0))]") == [0.5, 12]
    await one.close()


def shown(picture):
    return counter.read(picture.mean(axis=2))


THREE = """
import * as THREE from 'three';
const renderer = new THREE.WebGLRenderer();
renderer.setSize(320, 180);
document.body.append(renderer.domElement);
const video = Object.assign(document.createElement('video'), { src: 'clip.mp4', loop: true, muted: true });
video.play();
const texture = new THREE.VideoTexture(video);
texture.colorSpace = THREE.SRGBColorSpace;
const scene = new THREE.Scene();
scene.add(new THREE.Mesh(new THREE.PlaneGeometry(2, 2), new THREE.MeshBasicMaterial({ map: texture })));
renderer.setAnimationLoop(() => renderer.render(scene, new THREE.OrthographicCamera(-1, 1, 1, -1, 0, 1)));
"""
PIXI = """
import * as PIXI from 'pixi.js';
(async () => {
  const app = new PIXI.Application();
  await app.init({ width: 320, height: 180, preference: 'webgl' });
  document.body.append(app.canvas);
  const texture = await PIXI.Assets.load({ src: 'clip.mp4', data: { autoPlay: true, loop: true, muted: true } });
  const sprite = new PIXI.Sprite(texture);
  [sprite.width, sprite.height] = [320, 180];
  app.stage.addChild(sprite);
})();
"""
FIRST = """let video;
function setup() { createCanvas(320, 180); pixelDensity(1); video = createVideo('clip.mp4'); video.hide(); video.loop() }
function draw() { image(video, 0, 0, 320, 180) }"""


@pytest.mark.parametrize("name", [*thorough("three"), *thorough("pixi"), "p5"])
async def test_video_textures_of_libraries(stages, clip, name):
    style = "<style>body { margin: 0 } canvas { display: block }</style>"
    if name == "p5":
        html = f"<!doctype html><title>p5</title>{style}<script src='p5.js'></script><script>{FIRST}</script>"
    else:
        html = f"<!doctype html><title>{name}</title>{style}<body><script>{bundle(THREE if name == 'three' else PIXI)}</script>"
    files: dict[str, str | bytes] = {"clip.mp4": clip.path.read_bytes()}
    if name == "p5":
        files["p5.js"] = library("p5/lib/p5.min.js")
    ways = ("fresh", "backwards") if name != "p5" else ("forwards",)
    pictures = await same_by_every_way(stages, html, files, frames=(23, 41), ways=ways, wishes=SMALL)
    assert {frame: shown(np.asarray(picture)) for frame, picture in pictures.items()} == {
        frame: clip.at(Fraction(frame, 30)) for frame in pictures
    }
