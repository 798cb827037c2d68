"""React, Vue and Svelte, the real ones: what they render from the time, in drawing callbacks, effects and microtasks."""

from __future__ import annotations

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from truth.grids import ordinary
from truth.libraries import bundle, library, svelte
from truth.stages import Stages
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
FRAMES = (0, 9, 24)
BACKGROUND, SQUARE = (16, 32, 48), (255, 204, 0)
SMALL = Wishes(width=320, height=180)
STYLE = "body { margin: 0; background: #102030 } #square { position: absolute; top: 70px; width: 40px; height: 40px; background: #ffcc00 }"

REACT = """
import { createRoot } from 'react-dom/client';
import { useState, useEffect, useLayoutEffect, useTransition, startTransition, Suspense, use } from 'react';
const mount = (App) => createRoot(document.getElementById('app')).render(<App />);
const useNow = () => {
    const [now, setNow] = useState(0);
    useEffect(() => {
        let id = requestAnimationFrame(function loop(time) { setNow(time); id = requestAnimationFrame(loop) });
        return () => cancelAnimationFrame(id);
    }, []);
    return now;
};
"""
REACTS = {
    "a state set in each frame": "mount(() => <div id='square' style={{ left: 0.18 * useNow() }} />)",
    "effects that set what comes of it": """mount(() => {
        const now = useNow();
        const [half, setHalf] = useState(0);
        const [left, setLeft] = useState(0);
        useEffect(() => setHalf(0.09 * now), [now]);
        useEffect(() => setLeft(2 * half), [half]);
        return <div id='square' style={{ left }} />;
    })""",
    "a transition": """mount(() => {
        const [now, setNow] = useState(0);
        useEffect(() => {
            requestAnimationFrame(function loop(time) { startTransition(() => setNow(time)); requestAnimationFrame(loop) });
        }, []);
        return <div id='square' style={{ left: 0.18 * now }} />;
    })""",
}
VUES = {
    "a ref set in each frame": """const now = ref(0);
        requestAnimationFrame(function loop(time) { now.value = time; requestAnimationFrame(loop) });
        return { left: computed(() => 0.18 * now.value) };""",
    "watchers and nextTick": """const now = ref(0), half = ref(0), left = ref(0);
        watch(now, async (time) => { await nextTick(); half.value = 0.09 * time });
        watch(half, (value) => nextTick(() => { left.value = 2 * value }));
        requestAnimationFrame(function loop(time) { now.value = time; requestAnimationFrame(loop) });
        return { left };""",
}
SVELTES = {
    "a state set in each frame": """<script>
        let now = $state(0);
        $effect(() => {
            let id = requestAnimationFrame(function loop(time) { now = time; id = requestAnimationFrame(loop) });
            return () => cancelAnimationFrame(id);
        });
        </script><div id="square" style="left: {0.18 * now}px"></div>""",
    "effects that set what comes of it": """<script>
        let now = $state(0), half = $state(0);
        let left = $derived(2 * half);
        $effect(() => { half = 0.09 * now });
        $effect(() => { requestAnimationFrame(function loop(time) { now = time; requestAnimationFrame(loop) }) });
        </script><div id="square" style="left: {left}px"></div>""",
}
FORWARDS = ("fresh", "forwards", "in one go")
SVELTE_MOTIONS = {
    "a tween": """<script>
        import { Tween } from 'svelte/motion';
        const left = new Tween(0, { duration: 2000 });
        left.set(360);
        </script><div id="square" style="left: {left.current}px"></div>""",
    "a transition": """<script>
        let shown = $state(false);
        const go = () => ({ duration: 2000, css: (t) => `left: ${360 * t}px` });
        $effect(() => { shown = true });
        </script>{#if shown}<div id="square" in:go></div>{/if}""",
    "a transition by ticks": """<script>
        let shown = $state(false);
        const go = (node) => ({ duration: 2000, tick: (t) => { node.style.left = `${360 * t}px` } });
        $effect(() => { shown = true });
        </script>{#if shown}<div id="square" in:go></div>{/if}""",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def page(script, body="<div id='app'></div>", head=""):
    return f"""<!doctype html><html><head><title>App</title><style>{STYLE}</style>{head}</head>
<body>{body}<script>{script}</script></body></html>"""


def check(pictures):
    for frame, picture in pictures.items():
        middle = 20 + 6 * frame
        assert tuple(picture[90, middle]) == SQUARE, frame
        assert tuple(picture[90, middle + 24]) == BACKGROUND, frame


@pytest.mark.parametrize("app", ordinary(REACTS, "a state set in each frame"))
async def test_react_shows_the_time(stages, app):
    html = page(bundle(REACT + REACTS[app]))
    check(await same_by_every_way(stages, html, frames=FRAMES, wishes=SMALL))


@pytest.mark.thorough
async def test_what_react_waits_for_comes_at_its_time(stages):
    script = """const speed = fetch('speed.txt').then((answer) => answer.text());
        const Square = () => <div id='square' style={{ left: use(speed) * useNow() }} />;
        mount(() => <Suspense fallback={<p>waiting</p>}><Square /></Suspense>);"""
    html = page(bundle(REACT + script))
    # React shows what it has shown for at least 0.3 s, by the clock.
    frames = (12, 23, 41)
    check(await same_by_every_way(stages, html, {"speed.txt": "0.18"}, frames=frames, wishes=SMALL))


@pytest.mark.parametrize("app", ordinary(VUES, "a ref set in each frame"))
async def test_vue_shows_the_time(stages, app):
    script = f"""const {{ createApp, ref, computed, watch, nextTick }} = Vue;
        createApp({{ setup() {{ {VUES[app]} }} }}).mount('#app');"""
    body = """<div id="app"><div id="square" :style="{ left: left + 'px' }"></div></div>"""
    html = page(script, body, "<script src='vue.js'></script>")
    files = {"vue.js": library("vue/dist/vue.global.prod.js")}
    check(await same_by_every_way(stages, html, files, frames=FRAMES, wishes=SMALL))


@pytest.mark.parametrize("app", ordinary(SVELTES, "effects that set what comes of it"))
async def test_svelte_shows_the_time(stages, app):
    check(await same_by_every_way(stages, page(svelte(SVELTES[app]), ""), frames=FRAMES, wishes=SMALL))


@pytest.mark.thorough
@pytest.mark.parametrize("app", SVELTE_MOTIONS)
async def test_motions_of_svelte_are_right_going_forwards(stages, app):
    html = page(svelte(SVELTE_MOTIONS[app]), "")
    check(await same_by_every_way(stages, html, frames=FRAMES, ways=FORWARDS, wishes=SMALL))


async def test_a_transition_of_vue_runs_by_the_clock(stages):
    script = """const { createApp, ref } = Vue;
        createApp({ setup() { const shown = ref(false); setTimeout(() => { shown.value = true }, 500); return { shown } } }).mount('#app');"""
    body = """<div id="app"><Transition name="go"><div id="square" v-if="shown" style="left: 100px"></div></Transition></div>"""
    style = "<style>.go-enter-active { transition: transform 1s linear } .go-enter-from { transform: translateX(-100px) }</style>"
    html = page(script, body, f"<script src='vue.js'></script>{style}")
    files = {"vue.js": library("vue/dist/vue.global.prod.js")}
    shown = await stages.open(html, files, SMALL)
    lefts = {}
    for frame in range(61):
        await shown.at(frame / 30)
        await shown.page.begin_frame()
        lefts[frame] = await shown.ask(
            "document.getElementById('square')?.getBoundingClientRect().left ?? null"
        )
    assert lefts[14] is None
    assert lefts[60] == 100
    assert lefts[30] == pytest.approx(50, abs=5)
