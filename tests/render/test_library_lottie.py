"""Lottie: animations of lottie-web that play by themselves or are listed, drawn as SVG or on a canvas, and dotLottie."""

from __future__ import annotations

import numpy as np
import pytest
import pytest_asyncio

from framewright.composition import Wishes
from truth import lotties
from truth.grids import thorough
from truth.libraries import INSTALLED, bundle, library
from truth.stages import Stages, composed
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
WAYS = ("fresh", "backwards", "jumps", "in one go")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def played(options, after="", renderer="svg", length='data-duration="6"'):
    script = f"""window.player = lottie.loadAnimation({{ container: stage, renderer: '{renderer}',
        animationData: {lotties.square()}, {options} }});{after}"""
    return composed(
        f"""<div id="stage" style="width:640px;height:360px"></div>
        <script>{library("lottie-web/build/player/lottie.min.js")}</script><script>{script}</script>""",
        root=f"{length} data-no-timeline",
    )


def left(picture):
    """The left edge of the square, to a part of a pixel."""
    red = picture[10, :, 1].astype(float)
    covered = (255 - red) / 255
    columns = np.nonzero(covered > 0.02)[0]
    assert columns.size, "the square is not there"
    return columns[0] + 1 - covered[columns[0]]


def place(seconds, *, loops=False, speed=1.0, begin=0.0):
    frame = max(0.0, seconds - begin) * lotties.RATE * speed
    frame = frame % lotties.FRAMES if loops else min(frame, lotties.FRAMES - 1)
    return lotties.WAY * frame / lotties.FRAMES


@pytest.mark.parametrize(("renderer", "loops"), [("svg", True), *thorough(("canvas", False))])
async def test_animations_that_play_by_themselves(stages, renderer, loops):
    html = played(f"autoplay: true, loop: {str(loops).lower()}", renderer=renderer)
    frames = (0, 10, 64) if loops else (0, 10, 41, 58)
    pictures = await same_by_every_way(stages, html, frames=frames, ways=WAYS)
    for frame, picture in pictures.items():
        assert left(picture) == pytest.approx(place(frame / 30, loops=loops), abs=0.1)


async def test_an_animation_that_ends_can_be_gone_back_to(stages):
    page = await stages.open(
        played(
            "autoplay: true, loop: false",
            "player.addEventListener('complete', () => { window.ended = performance.now() })",
        )
    )
    for seconds in (3, 1, 1.5):
        await page.at(seconds)
        assert await page.ask("player.currentRawFrame") == pytest.approx(min(59, 30 * seconds))
    assert await page.ask("ended") == pytest.approx(59 / 30 * 1000), (
        "told when it was, not when the frame was"
    )
    assert await page.ask("player.isPaused") is False
    await page.at(2.5)
    assert page.step.still_until is not None
    assert await page.ask("player.isPaused") is True


async def test_loops_are_counted_at_their_times(stages):
    script = "window.loops = []; player.addEventListener('loopComplete', () => loops.push(performance.now()))"
    page = await stages.open(played("autoplay: true, loop: true", script))
    await page.at(5)
    assert await page.ask("loops") == pytest.approx([2000, 4000])


@pytest.mark.thorough
async def test_what_its_author_tells_it_later_holds_from_then_on(stages):
    script = """setTimeout(() => player.pause(), 500); setTimeout(() => player.play(), 1000);
        setTimeout(() => { player.setSpeed(2) }, 1500); setTimeout(() => player.goToAndStop(7, true), 2000)"""
    html = played("autoplay: true, loop: true", script)
    page = await stages.open(html)
    await page.at(3)
    for seconds, frame in ((0.4, 12), (0.75, 15), (1.25, 22.5), (1.75, 45), (2.5, 7), (0.25, 7.5)):
        await page.at(seconds)
        assert await page.ask("player.currentRawFrame") == pytest.approx(frame)
    await same_by_every_way(stages, html, frames=(6, 20, 40, 50), ways=("fresh", "backwards", "jumps"))


async def test_segments(stages):
    page = await stages.open(
        played(
            "autoplay: false, loop: false",
            "addEventListener('load', () => player.playSegments([[10, 20], [40, 50]], true))",
        )
    )
    for seconds, frame in ((0.1, 3), (0.45, 4.5)):
        await page.at(seconds)
        # A segment begins a thousandth after its first frame.
        assert await page.ask("player.currentRawFrame") == pytest.approx(frame, abs=0.002)
    assert await page.ask("player.firstFrame") == 40


async def test_a_player_that_a_timeline_moves_is_left_to_it(stages):
    script = "window.__timelines.main = { seek(t) { player.goToAndStop(t * 10, true) } }"
    page = await stages.open(played("autoplay: false", script))
    await page.at(2)
    assert await page.ask("player.currentRawFrame") == pytest.approx(20)


@pytest.mark.thorough
@pytest.mark.parametrize("renderer", [*thorough("svg"), "canvas"])
async def test_listed_players(stages, renderer):
    html = played("autoplay: true, loop: true", "__hfLottie.push(player)", renderer=renderer)
    pictures = await same_by_every_way(stages, html, frames=(0, 23, 75), ways=("fresh", "backwards", "jumps"))
    for frame, picture in pictures.items():
        assert left(picture) == pytest.approx(place(frame / 30, loops=True), abs=0.1)


async def test_data_that_is_fetched_is_waited_for(stages):
    script = f"""setTimeout(() => {{ window.player = lottie.loadAnimation({{ container: stage, renderer: 'svg', path: 'data.json', loop: false }}) }}, 5)</script>
        <script>{library("lottie-web/build/player/lottie.min.js")}"""
    html = composed(f'<div id="stage"></div><script>{script}</script>', root="data-no-timeline")
    page = await stages.open(html, {"data.json": lotties.square()})
    assert await page.ask("player.isLoaded") is True
    assert page.description.duration == pytest.approx(59 / 30)
    await page.at(1)
    assert await page.ask("player.currentRawFrame") == pytest.approx(30)


DOT = """import { DotLottie } from '@lottiefiles/dotlottie-web';
DotLottie.setWasmUrl(new URL('player.wasm', location.href).href);
window.player = new DotLottie({ canvas: document.querySelector('canvas'), data: document.querySelector('#data').textContent,
    autoplay: true, loop: LOOP, renderConfig: { devicePixelRatio: 1, autoResize: false } });
"""


def dotted(after, *, loops=True):
    script = bundle(DOT.replace("LOOP", str(loops).lower()) + after, loader="js")
    return composed(
        f"""<canvas width="640" height="360" style="width:640px;height:360px"></canvas>
        <script type="application/json" id="data">{lotties.square()}</script><script>{script}</script>""",
        root='data-duration="6" data-no-timeline',
    )


@pytest.fixture(scope="module")
def wasm():
    return {"player.wasm": (INSTALLED / "@lottiefiles/dotlottie-web/dist/dotlottie-player.wasm").read_bytes()}


@pytest.mark.thorough
async def test_a_listed_dotlottie(stages, wasm):
    html = dotted("window.__hfLottie.push(window.player);")
    pictures = await same_by_every_way(stages, html, wasm, frames=(0, 23, 75), ways=WAYS)
    for frame, picture in pictures.items():
        assert left(picture) == pytest.approx(place(frame / 30, loops=True), abs=1)


@pytest.mark.thorough
async def test_a_dotlottie_that_plays_by_itself_follows_the_clock_forwards(stages, wasm):
    # What one step over more than a whole loop comes to is its own affair: that takes --mode run.
    html = dotted("")
    ways = ("fresh", "forwards", "in one go")
    pictures = await same_by_every_way(stages, html, wasm, frames=(0, 23, 55), ways=ways)
    for frame, picture in pictures.items():
        assert left(picture) == pytest.approx(place(frame / 30, loops=True), abs=1)


async def test_data_that_never_comes_is_a_warning(stages):
    html = played("autoplay: true", "player.isLoaded = false")
    page = await stages.open(html, wishes=Wishes(promise_timeout=0.3))
    assert "LOTTIE_NOT_LOADED" in page.codes
