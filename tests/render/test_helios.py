"""Compositions written for Helios, with the real library: props, virtual time, seeking, stability, what it declares."""

from __future__ import annotations

import io
import wave
from fractions import Fraction

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from truth.grids import thorough
from truth.helios import IMPORT_MAP, MODULES
from truth.libraries import bundle
from truth.stages import Stages
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
MADE = "import { Helios, interpolate, Easing } from '@helios-project/core';"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def page(script, body="", style="", head=""):
    """A page of the library and a script, made by a build tool."""
    return f"""<!doctype html><html><head><meta charset="utf-8"><title>Helios</title>{head}
<style>body {{ margin: 0 }} {style}</style></head><body>{body}<script>{bundle(MADE + script)}</script></body></html>"""


MAKE = "const helios = window.helios = new Helios({ duration: 5, fps: 30, width: 320, height: 180 });"
NOTE = "helios.subscribe(({ currentFrame }) => { window.shown = currentFrame });"


async def test_an_instance_is_put_at_each_frame_without_rounding(stages):
    shown = await stages.open(page(MAKE + NOTE))
    for seconds in (Fraction(1), Fraction(1, 2), Fraction(1001, 30000), Fraction(7, 60), Fraction(0)):
        await shown.at(seconds)
        assert await shown.ask("shown") == pytest.approx(float(seconds) * 30, abs=1e-12)


async def test_the_page_says_its_size_rate_and_length(stages):
    told = (await stages.open(page(MAKE))).description
    assert (told.width, told.height, told.fps, told.duration) == (320, 180, "30", 5)
    assert told.duration_source == "page"
    assert not told.foreseeable


@pytest.mark.parametrize(
    ("written", "rate"), [("30000 / 1001", "30000/1001"), *thorough(("29.97", "29.97"), ("12.5", "12.5"))]
)
async def test_a_broadcast_rate_is_exact(stages, written, rate):
    script = f"window.helios = new Helios({{ duration: 1, fps: {written} }})"
    assert (await stages.open(page(script))).description.fps == rate


async def test_what_the_root_declares_wins(stages):
    root = '<div data-composition-id="main" data-no-timeline data-width="200" data-height="100" data-fps="25" data-duration="2"></div>'
    told = (await stages.open(page(MAKE, root))).description
    assert (told.width, told.height, told.fps, told.duration) == (200, 100, "25", 2)


async def test_a_size_that_nobody_chose_leaves_room_for_a_wish(stages):
    html = page("window.helios = new Helios({ duration: 1, fps: 30 })")
    shown = await stages.open(html, wishes=Wishes(width=400, height=300))
    assert shown.description.width is None
    assert await shown.ask("[innerWidth, innerHeight]") == [400, 300]


async def test_a_module_with_an_import_map_that_comes_late(stages):
    script = """const { Helios } = await import('@helios-project/core');
        await new Promise((done) => setTimeout(done, 300));
        const helios = new Helios({ duration: 2, fps: 10, width: 240, height: 120 });
        helios.subscribe(({ currentFrame }) => { window.shown = [currentFrame, innerWidth] });
        window.helios = helios;"""
    html = f"<!doctype html><head>{IMPORT_MAP}</head><body><script type='module'>{script}</script></body>"
    shown = await stages.open(html, MODULES)
    assert (shown.description.width, shown.description.duration) == (240, 2)
    await shown.at(1.5)
    assert await shown.ask("shown") == [15, 240]


async def test_bound_instances_hear_of_the_virtual_time(stages):
    script = """for (const fps of [10, 30]) {
            const helios = new Helios({ duration: 5, fps });
            helios.bindToDocumentTimeline();
            helios.subscribe(({ currentFrame }) => { (window.shown ??= {})[fps] = currentFrame });
            (window.all ??= []).push(helios);
        }
        window.early = [typeof __HELIOS_VIRTUAL_TIME__, JSON.stringify(__HELIOS_PROPS__)];"""
    shown = await stages.open(page(script))
    assert await shown.ask("all.map((one) => one.isVirtualTimeBound)") == [True, True]
    for seconds in (1.5, 0.5):
        await shown.at(seconds)
        assert await shown.ask("[__HELIOS_VIRTUAL_TIME__, shown]") == [
            seconds * 1000,
            {"10": seconds * 10, "30": seconds * 30},
        ]
    await shown.ask("all.forEach((one) => one.dispose())")
    await shown.at(2)
    assert await shown.ask("[__HELIOS_VIRTUAL_TIME__, shown[10]]") == [2000, 5], "the property is plain again"


async def test_the_virtual_time_and_the_props_are_there_before_the_first_script(stages):
    html = """<!doctype html><head><script>
        window.found = [__HELIOS_VIRTUAL_TIME__, JSON.stringify(__HELIOS_PROPS__)];
        window.kept = ['__HELIOS_VIRTUAL_TIME__', '__HELIOS_PROPS__'].map((name) =>
            Object.getOwnPropertyDescriptor(window, name).configurable);</script></head>"""
    shown = await stages.open(html)
    assert await shown.ask("[found, kept]") == [[0, "{}"], [True, True]]


TITLE = """<div data-composition-id="main" data-no-timeline data-composition-variables='[
    {"id": "title", "type": "string", "label": "Title", "default": "Plain"},
    {"id": "size", "type": "number", "label": "Size", "default": 4}]'></div>"""
WITH_PROPS = """const helios = window.helios = new Helios({ duration: 1, fps: 30, inputProps: { title: 'Own', other: 1 },
    schema: { title: { type: 'string' }, size: { type: 'number', default: 2 }, other: { type: 'number' } } });"""


@pytest.mark.parametrize(
    ("script", "told"), [("", "inputProps.value"), *thorough(("window.props = __HELIOS_PROPS__;", "props"))]
)
async def test_variables_are_the_props(stages, script, told):
    html = page(script + WITH_PROPS, TITLE)
    shown = await stages.open(html, wishes=Wishes(variables={"title": "Given"}))
    props = await shown.ask("props" if told == "props" else "helios.inputProps.value")
    assert (props["title"], props["size"]) == ("Given", 4)
    assert props.get("other") == (None if told == "props" else 1)


async def test_props_that_a_script_has_read_are_its_own_business(stages):
    html = page("window.props = __HELIOS_PROPS__;" + WITH_PROPS, TITLE)
    shown = await stages.open(html, wishes=Wishes(variables={"title": "Given"}))
    assert (await shown.ask("helios.inputProps.value"))["title"] == "Own"


async def test_props_that_the_schema_refuses_are_told(stages):
    html = page(
        WITH_PROPS.replace("title: { type: 'string' }", "title: { type: 'number', default: 1 }").replace(
            "'Own'", "5"
        ),
        TITLE,
    )
    shown = await stages.open(html, wishes=Wishes(variables={"title": "Given"}))
    assert any("setInputProps" in notice.message for notice in shown.description.notices)


async def test_a_playing_instance_is_stopped_and_put(stages):
    shown = await stages.open(page(MAKE + NOTE + "helios.play()"))
    for seconds in (1, 3, 2):
        await shown.at(seconds)
        assert await shown.ask("shown") == seconds * 30


async def test_instances_that_follow_another(stages):
    script = (
        MAKE + "const other = new Helios({ duration: 5, fps: 60 }); other.bindTo(helios);"
        "other.currentFrame.subscribe((frame) => { window.shown = frame })"
    )
    shown = await stages.open(page(script))
    await shown.at(1.5)
    assert await shown.ask("shown") == 90


async def test_an_instance_in_a_frame(stages):
    outer = '<!doctype html><body style="margin:0"><iframe id="f" src="inside.html"></iframe>'
    inside = page(MAKE + NOTE + "window.__helios_gsap_timeline__ = { seek: (t) => { window.at = t } };")
    shown = await stages.open(outer, {"inside.html": inside})
    for seconds in (2, 1):
        await shown.at(seconds)
        assert await shown.ask("[f.contentWindow.shown, f.contentWindow.at]") == [seconds * 30, seconds]


async def test_the_gsap_timeline_of_a_helios_page(stages):
    script = """import { gsap } from 'gsap';
        window.__helios_gsap_timeline__ = gsap.timeline().to('#box', { x: 200, duration: 2, ease: 'none' });"""
    shown = await stages.open(page(MAKE + script, '<div id="box" style="width:10px">x</div>'))
    for seconds, x in ((1.5, 150), (0.5, 50), (2, 200), (0, 0)):
        await shown.at(seconds)
        assert await shown.ask("new DOMMatrix(getComputedStyle(box).transform).m41") == pytest.approx(
            x, abs=1e-3
        )


async def test_what_is_not_stable_yet_is_waited_for(stages):
    script = (
        MAKE
        + """helios.subscribe(({ currentFrame }) => {
            window.shown = null;
            window.asked = currentFrame;
            // A frame that is asked for twice is left for a moment, and answers may come in any order.
            window.ready = fetch('data.txt').then((answer) => answer.text()).then((text) => {
                if (window.asked === currentFrame) window.shown = text + currentFrame;
            });
        });
        helios.registerStabilityCheck(() => window.ready);
        helios.registerStabilityCheck(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));"""
    )
    shown = await stages.open(page(script), {"data.txt": "read "})
    for seconds in (1, 2, 2, 0):
        await shown.at(seconds)
        assert await shown.ask("shown") == f"read {seconds * 30}"
        assert not shown.step.notices


async def test_what_never_is_stable_is_told_and_not_waited_for_again(stages):
    script = (
        MAKE
        + "window.asked = 0; helios.registerStabilityCheck(() => { asked += 1; return new Promise(() => {}) });"
    )
    shown = await stages.open(page(script), wishes=Wishes(promise_timeout=0.2))
    assert "HELIOS_UNSTABLE" in shown.codes
    await shown.at(1)
    assert await shown.ask("asked") == 1


async def test_what_throws_is_a_warning(stages):
    script = (
        MAKE
        + "helios.registerStabilityCheck(async () => { if (helios.currentFrame.value) throw new Error('torn') })"
    )
    shown = await stages.open(page(script))
    await shown.at(1)
    assert [(one.code, "torn" in one.message) for one in shown.step.notices] == [("SCRIPT_ERROR", True)]
    await shown.ask("helios.seek = () => { throw new Error('lost') }")
    await shown.at(2)
    assert any("window.helios.seek threw: lost" in one.message for one in shown.step.notices)


async def test_an_element_named_helios_is_none(stages):
    shown = await stages.open('<!doctype html><body><div id="helios" style="width:9px">x</div></body>')
    await shown.at(1)
    assert not shown.step.notices
    assert shown.description.foreseeable


@pytest.mark.thorough
async def test_a_module_that_hands_no_instance_over_is_told(stages):
    script = (
        "import { Helios } from '@helios-project/core'; const helios = new Helios({ duration: 1, fps: 30 });"
    )
    html = f"<!doctype html><head>{IMPORT_MAP}</head><body><script type='module'>{script}</script></body>"
    assert "HELIOS_UNREACHABLE" in (await stages.open(html, MODULES)).codes


CANVAS = (
    MAKE
    + """const context = document.querySelector('canvas').getContext('2d');
    helios.subscribe(({ currentFrame }) => {
        const x = interpolate(currentFrame, [0, 45], [0, 280], { extrapolateRight: 'clamp', easing: Easing.quad.inOut });
        context.fillStyle = '#123'; context.fillRect(0, 0, 320, 180);
        context.fillStyle = '#fc0'; context.fillRect(x, 60, 40, 40);
    });
    helios.bindToDocumentTimeline();"""
)


@pytest.mark.thorough
async def test_a_canvas_has_the_same_frames_by_every_way(stages):
    html = page(CANVAS, '<canvas width="320" height="180"></canvas>', "canvas { display: block }")
    pictures = await same_by_every_way(stages, html, frames=(0, 15, 30, 45))
    assert tuple(pictures[45][80, 300]) == (255, 204, 0)
    assert tuple(pictures[45][80, 10]) == (17, 34, 51)


@pytest.mark.thorough
async def test_animations_of_the_document_follow_an_instance_that_drives_them(stages):
    script = """window.helios = new Helios({ duration: 4, fps: 30, width: 320, height: 180,
            autoSyncAnimations: true, animationScope: document });
        document.getElementById('way').animate([{ left: '0' }, { left: '280px' }], { duration: 2000, fill: 'both' });"""
    style = """div { position: absolute; width: 40px; height: 40px; background: #06d6a0 }
        #css { top: 100px; animation: go 2s linear both } @keyframes go { to { left: 280px } }"""
    html = page(script, '<div id="way"></div><div id="css" style="left:0"></div>', style)
    pictures = await same_by_every_way(stages, html, frames=(0, 15, 30, 59))
    for row in (20, 120):
        assert [tuple(pictures[30][row, x]) for x in (130, 160)] == [(255, 255, 255), (6, 214, 160)]


async def test_media_keep_their_places_on_the_clock_and_are_shown_all_the_time(stages):
    body = """<video id="v" src="tone.wav" data-helios-offset="1" data-helios-seek="0.5"></video>
        <audio id="a" src="tone.wav" data-helios-fade-in="0.2"></audio>
        <audio id="h" src="tone.wav" data-start="3" data-helios-offset="1"></audio>"""
    shown = await stages.open(page(MAKE, body), {"tone.wav": silence(seconds=2)})
    clips = {clip.element: (clip.start, clip.duration) for clip in shown.description.clips}
    assert clips == {"#v": (1, 1.5), "#a": (0, 2), "#h": (3, 2)}
    assert "v" in await shown.shown()


def silence(seconds):
    """A WAV file."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000 * seconds))
    return held.getvalue()
