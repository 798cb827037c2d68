"""Canvases without a library: 2D, WebGL, WebGL 2, bitmaps; and work that a drawing callback puts off."""

from __future__ import annotations

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from truth.grids import ordinary, thorough
from truth.stages import Stages
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
FRAMES = (0, 9, 24)
BACKGROUND, SQUARE = (16, 32, 48), (255, 204, 0)
SMALL = Wishes(width=320, height=180)
LOOP = "(function loop() { draw(0.18 * performance.now()); requestAnimationFrame(loop) })();"

PLANE = """const context = canvas.getContext('2d');
    const paint = (to, left) => {
        to.fillStyle = '#102030'; to.fillRect(0, 0, 320, 180);
        to.fillStyle = '#ffcc00'; to.fillRect(Math.round(left), 70, 40, 40);
    };"""
# A square by clearing a part of the picture: no shader is needed to see that a frame is drawn or kept.
GL = """const gl = canvas.getContext('KIND', { antialias: false });
    const draw = (left) => {
        gl.disable(gl.SCISSOR_TEST); gl.clearColor(16 / 255, 32 / 255, 48 / 255, 1); gl.clear(gl.COLOR_BUFFER_BIT);
        gl.enable(gl.SCISSOR_TEST); gl.scissor(Math.round(left), 70, 40, 40);
        gl.clearColor(1, 0.8, 0, 1); gl.clear(gl.COLOR_BUFFER_BIT);
    };"""
SHADER = """const gl = canvas.getContext('webgl2');
    const shader = (kind, text) => { const made = gl.createShader(kind); gl.shaderSource(made, text); gl.compileShader(made); return made };
    const program = gl.createProgram();
    gl.attachShader(program, shader(gl.VERTEX_SHADER, `#version 300 es
        void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0, 1); }`));
    gl.attachShader(program, shader(gl.FRAGMENT_SHADER, `#version 300 es
        precision highp float; uniform float left; out vec4 colour;
        void main() {
            vec2 at = gl_FragCoord.xy - vec2(left, 70);
            bool inside = all(greaterThan(at, vec2(0))) && all(lessThan(at, vec2(40)));
            colour = inside ? vec4(1, 0.8, 0, 1) : vec4(16, 32, 48, 255) / 255.0;
        }`));
    gl.linkProgram(program); gl.useProgram(program);
    const draw = (left) => { gl.uniform1f(gl.getUniformLocation(program, 'left'), left); gl.drawArrays(gl.TRIANGLES, 0, 3) };"""
CANVASES = {
    "2d": PLANE + "const draw = (left) => paint(context, left);" + LOOP,
    "webgl": GL.replace("KIND", "webgl") + LOOP,
    "webgl2 with a shader": SHADER + LOOP,
    "webgl drawn when told": GL.replace("KIND", "webgl")
    + "addEventListener('hf-seek', ({ detail }) => draw(180 * detail.time))",
    "a canvas out of sight": PLANE
    + """const hidden = new OffscreenCanvas(320, 180);
        const draw = (left) => { paint(hidden.getContext('2d'), left); context.drawImage(hidden, 0, 0) };"""
    + LOOP,
    "bitmaps made in each frame": PLANE
    + """const hidden = new OffscreenCanvas(320, 180);
        addEventListener('hf-seek', ({ detail }) => {
            paint(hidden.getContext('2d'), 180 * detail.time);
            detail.waitUntil(createImageBitmap(hidden).then((bitmap) => context.drawImage(bitmap, 0, 0)));
        });""",
    "handed over to be drawn here": """const hidden = canvas.transferControlToOffscreen();
        const context = hidden.getContext('2d');
        const draw = (left) => {
            context.fillStyle = '#102030'; context.fillRect(0, 0, 320, 180);
            context.fillStyle = '#ffcc00'; context.fillRect(Math.round(left), 70, 40, 40);
        };"""
    + LOOP,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def page(script):
    return f"""<!doctype html><html><head><title>Canvas</title><style>body {{ margin: 0 }} canvas {{ display: block }}</style></head>
<body><canvas width="320" height="180"></canvas><script>const canvas = document.querySelector('canvas');{script}</script></body></html>"""


@pytest.mark.parametrize("kind", ordinary(CANVASES, "a canvas out of sight"))
async def test_a_canvas_shows_the_time_by_every_way(stages, kind):
    pictures = await same_by_every_way(stages, page(CANVASES[kind]), frames=FRAMES, wishes=SMALL)
    for frame, picture in pictures.items():
        middle = 20 + 6 * frame
        assert tuple(picture[90, middle]) == SQUARE, frame
        assert tuple(picture[90, middle + 24]) == BACKGROUND, frame


@pytest.mark.parametrize(
    "work",
    [
        "setTimeout(() => { window.at = now })",
        *thorough("setTimeout(() => setTimeout(() => { window.at = now }))"),
        "scheduler.postTask(() => { window.at = now })",
        *thorough(
            "Promise.resolve().then(() => scheduler.yield()).then(() => { window.at = now })",
            """let left = 8;
            const channel = new MessageChannel();
            channel.port1.onmessage = () => { if (left--) channel.port2.postMessage(0); else window.at = now };
            channel.port2.postMessage(0)""",
        ),
    ],
)
async def test_what_a_drawing_callback_puts_off_belongs_to_its_frame(stages, work):
    script = f"requestAnimationFrame(function loop(now) {{ {work}; requestAnimationFrame(loop) }})"
    shown = await stages.open(page(script), wishes=SMALL)
    for seconds in (2, 1, 3):
        # Read before anything else has a turn.
        assert await shown.ask(f"__player.renderSeek({seconds}).then(() => window.at)") == 1000 * seconds


async def test_a_task_that_is_put_off_by_a_while_comes_by_the_clock(stages):
    script = "scheduler.postTask(() => { window.at = performance.now() }, { delay: 1500 })"
    shown = await stages.open(page(script), wishes=SMALL)
    await shown.at(1.4)
    assert await shown.ask("window.at ?? null") is None
    await shown.at(4)
    assert await shown.ask("window.at") == 1500


async def test_a_frame_that_waits_for_drawings_is_given_them(stages):
    script = """window.loops = 0;
        requestAnimationFrame(function loop() { loops += 1; requestAnimationFrame(loop) });
        addEventListener('hf-seek', ({ detail }) => detail.waitUntil(
            new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => { window.at = detail.time; done() })))));"""
    shown = await stages.open(page(script), wishes=SMALL)
    before = await shown.ask("loops")
    for seconds in (2, 1):
        await shown.at(seconds)
        assert await shown.ask("at") == seconds
        assert not shown.step.notices
    assert await shown.ask("loops") == before + 2, "a loop draws once a frame"
