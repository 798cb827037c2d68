"""How pages are moved: registered timelines, __hf.seek, hf-seek, players of libraries, and the order of it all."""

from __future__ import annotations

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from framewright.model.errors import CompositionError
from truth.grids import thorough
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
# Records what it is told, and like GSAP ignores a time that it already has.
TIMELINE = """<script>
class Timeline {
    constructor(length, name) { this.length = length; this.log = []; this.now = 0; this.shown = 'new'; this.name = name; }
    pause() { this.log.push('pause'); return this; }
    totalTime(seconds, quiet) {
        if (seconds === undefined) return this.now;
        if (seconds !== this.now) { this.now = seconds; this.shown = seconds; }
        this.log.push([seconds, quiet]);
        (window.order ??= []).push(this.name);
    }
    totalDuration() { return this.length; }
}</script>"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def driven(script, attributes="", body=""):
    return composed(f"{body}{TIMELINE}<script>{script}</script>", root=f'data-duration="6" {attributes}')


async def test_a_timeline_is_paused_and_put_at_each_time_with_its_events_on(stages):
    page = await stages.open(driven("__timelines.main = window.tl = new Timeline(5)"))
    await page.at(1.5)
    assert await page.ask("tl.log.slice(-2)") == ["pause", [1.5, False]]
    assert await page.ask("tl.shown") == 1.5


async def test_a_repeated_time_is_drawn_anew(stages):
    page = await stages.open(driven("__timelines.main = window.tl = new Timeline(5)"))
    assert await page.ask("tl.shown") == 0, "the first frame repeats the time that a new timeline has"
    await page.at(2)
    await page.ask("tl.shown = 'spoilt'")
    await page.at(2)
    assert await page.ask("tl.shown") == 2


@pytest.mark.parametrize("method", [*thorough("time"), "seek"])
async def test_other_timelines_than_gsap(stages, method):
    page = await stages.open(
        driven(f"__timelines.main = {{ {method}(t) {{ if (t !== undefined) window.at = t }} }}")
    )
    await page.at(1.25)
    assert await page.ask("at") == 1.25


async def test_pages_may_bring_their_own_list(stages):
    page = await stages.open(
        driven("window.__timelines = { ...window.__timelines, main: window.tl = new Timeline(5) }")
    )
    await page.at(1)
    assert await page.ask("tl.now") == 1


async def test_children_follow_the_root_on_their_own_clocks(stages):
    body = """<div data-composition-id="child" data-start="2" data-duration="3"></div>
        <div data-composition-id="fast" data-start="1" data-playback-rate="2" data-playback-start="0.5"></div>"""
    script = """for (const id of ['child', 'fast', 'main']) __timelines[id] = new Timeline(9, id);"""
    page = await stages.open(driven(script, body=body))
    await page.ask("window.order = []")
    await page.at(3)
    assert await page.ask("order[0]") == "main"
    assert await page.ask("Object.values(__timelines).map((t) => t.now)") == [1, 4.5, 3]
    await page.at(0.5)
    assert await page.ask("Object.values(__timelines).map((t) => t.now)") == [0, 0.5, 0.5]


async def test_a_timeline_inside_another_is_moved_by_that_one(stages):
    script = """const main = __timelines.main = new Timeline(9, 'main');
        const child = __timelines.child = new Timeline(9, 'child'); child.parent = main;"""
    page = await stages.open(driven(script, body='<div data-composition-id="child" data-start="0"></div>'))
    await page.at(3)
    assert await page.ask("__timelines.child.log") == []


async def test_a_timeline_that_is_registered_late(stages):
    script = "addEventListener('load', () => setTimeout(() => { __timelines.main = window.tl = new Timeline(5) }, 300))"
    page = await stages.open(driven(script))
    await page.at(1)
    assert await page.ask("tl.now") == 1
    assert not page.codes


@pytest.mark.thorough
async def test_a_timeline_that_is_announced_and_never_comes(stages):
    page = await stages.open(
        driven("if (window.never) __timelines.main = 1"), wishes=Wishes(page_timeout=2.0)
    )
    assert "TIMELINE_NOT_REGISTERED" in page.codes


@pytest.mark.parametrize("script", ["", *thorough("<script>document.title = 'A page of its own'</script>")])
async def test_pages_without_timelines_are_not_asked_for_them(stages, script):
    page = await stages.open(composed(script, root='data-duration="1"'), wishes=Wishes(page_timeout=30.0))
    assert not page.codes


async def test_waiting_ends_when_a_script_throws(stages):
    with pytest.raises(CompositionError, match="broken") as raised:
        await stages.open(driven("if (window.never) __timelines.main = 1; throw new Error('broken')"))
    assert raised.value.code == "SCRIPT_ERROR"


async def test_a_timeline_that_throws_is_a_warning(stages):
    page = await stages.open(driven("__timelines.main = { seek(t) { if (t > 1) throw new Error('torn') } }"))
    await page.at(2)
    (told,) = page.step.notices
    assert told.code == "SCRIPT_ERROR"
    assert "torn" in told.message
    await page.at(3)
    assert not page.step.notices, "said once"


async def test_things_that_are_no_timelines(stages):
    page = await stages.open(driven("__timelines.main = { play() {} }"))
    assert "TIMELINE_INVALID" in page.codes


async def test_a_page_that_moves_itself(stages):
    script = "window.__hf = { duration: 4, seek: (t) => new Promise((done) => queueMicrotask(() => { window.at = t; done() })) }"
    page = await stages.open(driven(script, "data-no-timeline"))
    await page.at(1.5)
    assert await page.ask("at") == 1.5
    assert page.step.still_until is None


async def test_hf_seek_is_sent_and_its_promises_are_waited_for(stages):
    script = """addEventListener('hf-seek', ({detail}) => {
        window.at = null;
        detail.waitUntil(fetch('data.txt').then((r) => r.text()).then((text) => { window.at = [detail.time, text.trim()] }));
    })"""
    html = driven(script, "data-no-timeline")
    page = await stages.open(html, {"data.txt": "read\n"})
    for seconds in (0.5, 1, 1):
        await page.at(seconds)
        assert await page.ask("at") == [seconds, "read"]


async def test_promises_that_fail_or_never_come(stages):
    script = """addEventListener('hf-seek', ({detail}) => {
        if (detail.time === 1) detail.waitUntil(Promise.reject(new Error('offline')));
        if (detail.time === 2) detail.waitUntil(new Promise(() => {}));
    })"""
    page = await stages.open(driven(script, "data-no-timeline"), wishes=Wishes(promise_timeout=0.2))
    await page.at(1)
    assert [(one.code, "offline" in one.message) for one in page.step.notices] == [("SCRIPT_ERROR", True)]
    await page.at(2)
    assert [one.code for one in page.step.notices] == ["SEEK_TIMEOUT"]


async def test_an_exception_in_a_listener_is_a_warning(stages):
    script = "addEventListener('hf-seek', ({detail}) => { if (detail.time) throw new Error('torn') })"
    page = await stages.open(driven(script, "data-no-timeline"))
    await page.at(1)
    assert {one.code for one in page.step.notices} == {"SCRIPT_ERROR"}


async def test_players_of_other_libraries(stages):
    script = """const log = window.log = {};
        __hfLottie.push({ totalFrames: 60, frameRate: 30, goToAndStop: (at, frames) => { log.lottie = [at, frames] } });
        __hfLottie.push({ totalFrames: 100, duration: 2, setFrame: (at) => { log.dot = at } });
        __hfAnime.push({ seek: (ms) => { log.anime = ms } });
        window.__hfD3 = [(t) => { log.d3 = t }];
        addEventListener('hf-seek', () => { log.three = [__hfThreeTime, __hfTypegpuTime] });"""
    page = await stages.open(driven(script, "data-no-timeline"))
    await page.at(1.5)
    assert await page.ask("log") == {
        "lottie": [45, True],
        "dot": 75,
        "anime": 1500,
        "d3": 1.5,
        "three": [1.5, 1.5],
    }
    await page.at(5)
    assert await page.ask("[log.lottie[0], log.dot]") == [59, 100]


async def test_globals_exist_before_the_first_script(stages):
    script = """window.found = [typeof __timelines, Array.isArray(__hfLottie), Array.isArray(__hfAnime), typeof __hf.seek,
        typeof __player.renderSeek, __renderReady, __hfThreeTime, JSON.stringify(__hyperframes.getVariables()),
        JSON.stringify(framewright.variables())]"""
    page = await stages.open(driven(script, "data-no-timeline"))
    assert await page.ask("found") == ["object", True, True, "function", "function", False, 0, "{}", "{}"]
    assert await page.ask("__renderReady") is True
    assert await page.ask("__hf.duration") == 6


async def test_pages_may_declare_the_names_as_their_own(stages):
    script = "var __timelines = __timelines || {}; __timelines.main = window.tl = new Timeline(5)"
    page = await stages.open(driven(script))
    await page.at(1)
    assert await page.ask("tl.now") == 1


async def test_a_page_that_seeks_itself_in_the_middle_of_a_frame(stages):
    script = "addEventListener('hf-seek', ({detail}) => { window.at = detail.time; __player.renderSeek(detail.time + 1) })"
    page = await stages.open(driven(script, "data-no-timeline"))
    await page.at(1)
    assert await page.ask("at") == 1


async def test_a_page_that_seeks_itself_between_frames(stages):
    script = "addEventListener('hf-seek', ({detail}) => { window.at = detail.time })"
    page = await stages.open(driven(script, "data-no-timeline"))
    await page.ask("__player.renderSeek(2)")
    assert await page.ask("[at, performance.now()]") == [2, 2000]
    await page.at(1)
    assert await page.ask("[at, performance.now()]") == [1, 1000]


async def test_the_order_within_a_frame(stages):
    script = """window.order = [];
        setTimeout(() => order.push('timer'), 1000);
        __timelines.main = { seek: (t) => { order.push('timeline') } };
        __hfAnime.push({ seek: () => order.push('adapter') });
        window.__hf = { seek: () => { order.push('hf') } };
        addEventListener('hf-seek', () => order.push('event'));
        new MutationObserver(() => order.push('window')).observe(x, { attributes: true });
        requestAnimationFrame(function again(now) { order.push(`frame ${Math.round(now)}`); requestAnimationFrame(again) });"""
    page = await stages.open(driven(script, body='<div id="x" data-start="1">x</div>'))
    await page.ask("order.length = 0")
    await page.at(1)
    order = await page.ask("order.join(' ')")
    assert order.replace(" window", "") == "timer timeline adapter hf event frame 1000"


async def test_frames_inside_follow_the_same_clock(stages):
    inside = """<!doctype html><body><div id="x" data-start="1" data-duration="1">x</div><script>
        addEventListener('hf-seek', (e) => { window.at = e.detail.time })</script>"""
    page = await stages.open(
        composed('<iframe id="f" src="inside.html"></iframe>', root='data-duration="3" data-no-timeline'),
        {"inside.html": inside},
    )
    visible = "f.contentWindow.getComputedStyle(f.contentDocument.getElementById('x')).visibility"
    for seconds, state in ((0.5, "hidden"), (1, "visible"), (2, "hidden")):
        await page.at(seconds)
        assert await page.ask(f"[f.contentWindow.at, {visible}, f.contentWindow.performance.now()]") == [
            seconds,
            state,
            seconds * 1000,
        ]


async def test_the_control_object_is_gone_from_the_page(stages):
    page = await stages.open(driven("", "data-no-timeline"))
    names = await page.ask(
        "Object.getOwnPropertyNames(window).filter((name) => /^_[0-9a-f]{32}$/.test(name))"
    )
    assert names == []
