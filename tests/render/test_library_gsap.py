"""GSAP as people use it: registered timelines, tweens that run by themselves, callbacks, tickers, several copies."""

from __future__ import annotations

from itertools import product

import pytest
import pytest_asyncio

from truth.grids import ordinary, ordinary_rows, thorough
from truth.libraries import library
from truth.stages import Stages, composed
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
VERSIONS = ("gsap", "gsap-3.12")
NEWEST_FIRST = ("gsap", pytest.param("gsap-3.12", marks=pytest.mark.long))
BOXES = """<style>.box { position: absolute; left: 0; width: 40px; height: 40px; top: 0; background: #d22 }
#b { top: 60px; background: #2a2 } #c { top: 120px; background: #22d }</style>
<div class="box" id="a"></div><div class="box" id="b"></div><div class="box" id="c"></div><p id="said"></p>"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def moved(script, *, version="gsap", body=BOXES, registered=True):
    """A page whose timeline ``main`` the script has filled, or whose tweens run by themselves."""
    begin = "const tl = gsap.timeline({ paused: true });" if registered else ""
    end = (
        "window.__timelines = window.__timelines || {}; window.__timelines['main'] = tl;"
        if registered
        else ""
    )
    attributes = "" if registered else "data-no-timeline"
    return composed(
        f"{body}<script>{library(f'{version}/dist/gsap.min.js')}</script><script>{begin}{script};{end}</script>",
        root=f'data-duration="6" {attributes}',
    )


def x(name):
    return f"new DOMMatrix(getComputedStyle({name}).transform).e"


TIMELINE = """
tl.addLabel('rise', 0.5);
tl.to('#a', { x: 300, duration: 1, ease: 'none' }, 'rise');
tl.from('#b', { x: 200, duration: 1, ease: 'power2.out' }, 0);
tl.fromTo('#c', { x: 400, opacity: 0.2 }, { x: 0, opacity: 1, duration: 1, ease: 'none' }, 'rise+=0.25');
const inner = gsap.timeline({ repeat: 1, yoyo: true });
inner.to('#c', { y: 100, duration: 0.5, ease: 'none' });
tl.add(inner, 1);
tl.set('#b', { y: 50 }, 1.2);
tl.to('.box', { width: 60, stagger: 0.1, duration: 0.2, ease: 'none' }, 1.5);
tl.to('#a', { keyframes: { x: [300, 100, 500], easeEach: 'none' }, duration: 1, ease: 'none' }, 2);
"""


@pytest.mark.parametrize(
    ("version", "frames"),
    ordinary_rows([*product(VERSIONS, [(0, 11, 33, 47, 71)]), ("gsap", (0, 11, 33))], ("gsap", (0, 11, 33))),
)
async def test_a_registered_timeline(stages, version, frames):
    html = moved(TIMELINE, version=version)
    page = await stages.open(html)
    for seconds, expected in (
        (1.0, [150, 0, 300, 0]),
        (1.25, [225, 0, 200, 50]),
        (0.25, [0, 200 * (1 - 0.25) ** 3, 400, 0]),
        (1.75, [300, 0, 0, 50]),
        (2.25, [200, 0, 0, 0]),
        (2.75, [300, 0, 0, 0]),
    ):
        await page.at(seconds)
        at_c = "new DOMMatrix(getComputedStyle(c).transform)"
        found = await page.ask(f"[{x('a')}, {x('b')}, {at_c}.e, {at_c}.f]")
        assert found == pytest.approx(expected, abs=0.01), seconds
    await page.at(1.19)
    assert await page.ask("new DOMMatrix(getComputedStyle(b).transform).f") == 0
    await page.at(1.2)
    assert await page.ask("new DOMMatrix(getComputedStyle(b).transform).f") == 50
    await same_by_every_way(stages, html, frames=frames, ways=WAYS_OF[version])


WAYS_OF = {
    "gsap": ("fresh", "forwards", "backwards", "jumps", "in one go"),
    "gsap-3.12": ("fresh", "backwards", "jumps"),
}


CHANCE = """
tl.to('#a', { x: 'random(100, 400)', duration: 0.3 }, 0.21);
tl.to('#b', { x: () => gsap.utils.random(100, 400), duration: 0.3 }, 0.42);
tl.set('#c', { attr: { 'data-n': 'random(0, 1000)' }, x: 'random([50, 150, 250, 350])' }, 0.63);
tl.to('#a', { y: 'random(10, 90)', duration: 0.2 }, 0.84);
"""


@pytest.mark.thorough
@pytest.mark.parametrize("version", NEWEST_FIRST)
@pytest.mark.parametrize("registered", [True, False])
async def test_values_that_are_drawn_as_a_tween_begins(stages, version, registered):
    script = CHANCE if registered else f"const tl = gsap.timeline();{CHANCE}"
    pictures = await same_by_every_way(stages, moved(script, version=version, registered=registered))
    assert (pictures[41] != pictures[0]).any()


@pytest.mark.thorough
async def test_a_timeline_that_repeats_for_ever(stages):
    html = moved(
        "tl.repeat(-1).yoyo(true).to('#a', { x: 300, duration: 1, ease: 'none', onUpdate: () => { said.textContent = Math.round(gsap.getProperty('#a', 'x')) } })"
    )
    page = await stages.open(html)
    for seconds, place in ((0.5, 150), (1.5, 150), (1.75, 75), (5.25, 225), (0.25, 75)):
        await page.at(seconds)
        assert await page.ask(f"[{x('a')}, said.textContent]") == [pytest.approx(place), str(place)]
    await same_by_every_way(stages, html, frames=(4, 40, 70), ways=("fresh", "backwards"))


# Writes down what is called, and when the page believed it to be.
LOG = "window.log = []; const note = (name) => () => log.push(`${name} ${Math.round(performance.now() / 10) / 100}`);"


@pytest.mark.parametrize("version", NEWEST_FIRST)
@pytest.mark.parametrize("steps", [[3.5], *thorough([0.5, 1, 2, 2, 3, 3.5]), [i / 30 for i in range(1, 106)]])
async def test_callbacks_come_in_the_order_and_at_the_times_of_the_timeline(stages, version, steps):
    script = f"""{LOG}
    tl.to('#a', {{ x: 9, duration: 2, onStart: note('a begins'), onComplete: note('a ends') }}, 0.25);
    tl.to('#b', {{ x: 9, duration: 0.5, repeat: 1, onRepeat: note('b again'), onComplete: note('b ends') }}, 1);
    tl.call(note('call'), null, 1.75);
    tl.call(note('at once'), null, 0);
    tl.add(gsap.timeline({{ onComplete: note('inner ends') }}).to('#c', {{ x: 9, duration: 0.5, onStart: note('c begins') }}), 2.5);
    """
    page = await stages.open(moved(script, version=version))
    for seconds in steps:
        await page.at(seconds)
    assert await page.ask("log") == [
        "at once 0",
        "a begins 0.25",
        "b again 1.5",
        "call 1.75",
        "b ends 2",
        "a ends 2.25",
        "c begins 2.5",
        "inner ends 3",
    ]


FREE = """
gsap.to('#a', { x: 300, duration: 2, ease: 'none' });
gsap.from('#b', { x: 400, duration: 1, ease: 'none', delay: 0.5 });
gsap.to('#c', { y: 100, duration: 0.5, repeat: -1, yoyo: true, ease: 'none' });
"""


@pytest.mark.thorough
@pytest.mark.parametrize("version", ordinary(VERSIONS, "gsap-3.12"))
async def test_tweens_that_run_by_themselves(stages, version):
    html = moved(FREE, version=version, registered=False)
    page = await stages.open(html)
    for seconds in (1, 2.5, 0.25, 0, 1.25, 3):
        await page.at(seconds)
        expected = [min(300, 150 * seconds), 400 * (1 - min(1, max(0, seconds - 0.5)))]
        assert await page.ask(f"[{x('a')}, {x('b')}]") == pytest.approx(expected, abs=0.01), seconds
    await same_by_every_way(stages, html, frames=(0, 7, 25, 44, 70), ways=WAYS_OF[version])


CHAIN = """
gsap.to('#a', { x: 300, duration: 0.7, ease: 'none', onComplete: () =>
  gsap.to('#a', { x: 0, duration: 0.7, ease: 'none', onComplete: () => gsap.to('#b', { x: 100, duration: 1, ease: 'none' }) }) });
gsap.delayedCall(1.01, () => gsap.to('#c', { x: 200, duration: 1, ease: 'none' }));
(async () => { await gsap.to({}, { duration: 0.33 }); gsap.to('#c', { y: 60, duration: 1, ease: 'none' }); })();
"""


@pytest.mark.thorough
@pytest.mark.parametrize("version", NEWEST_FIRST)
async def test_tweens_that_callbacks_begin(stages, version):
    html = moved(CHAIN, version=version, registered=False)
    page = await stages.open(html)
    for seconds in (2.0, 0.5, 1.21, 2.0, 0.1, 1.0, 3.0):
        await page.at(seconds)
        a = 300 * seconds / 0.7 if seconds < 0.7 else max(0, 600 - 300 * seconds / 0.7)
        b, c = 100 * min(1, max(0, seconds - 1.4)), 200 * min(1, max(0, seconds - 1.01))
        assert await page.ask(f"[{x('a')}, {x('b')}, {x('c')}]") == pytest.approx([a, b, c], abs=0.01)
        assert await page.ask("new DOMMatrix(getComputedStyle(c).transform).f") == pytest.approx(
            60 * min(1, max(0, seconds - 0.33)), abs=0.01
        )
    count = await page.ask("gsap.globalTimeline.getChildren().length")
    await page.at(0.1)
    await page.at(3.0)
    assert await page.ask("gsap.globalTimeline.getChildren().length") == count, "going back grows nothing"
    await same_by_every_way(stages, html, frames=(0, 10, 30, 50, 70), ways=WAYS_OF[version])


async def test_numbers_that_on_update_writes_follow_back(stages):
    script = """const state = { n: 10, m: 0 };
        tl.to(state, { n: 20, duration: 1, ease: 'none', onUpdate: () => { said.textContent = Math.floor(state.n) } }, 2);
        gsap.to(state, { m: 10, duration: 1, delay: 2, ease: 'none', onUpdate: () => { a.textContent = Math.floor(state.m) } });
        said.textContent = 10; a.textContent = 0;"""
    html = moved(script)
    page = await stages.open(html)
    for seconds, n in ((2.55, 15), (1.0, 10), (2.25, 12), (2.0, 10), (3.5, 20), (3.5, 20), (0.0, 10)):
        await page.at(seconds)
        assert await page.ask("[said.textContent, a.textContent]") == [str(n), str(n - 10)], seconds


@pytest.mark.thorough
async def test_tweens_that_callbacks_of_a_registered_timeline_begin(stages):
    script = "tl.to({}, { duration: 4 }); tl.call(() => { gsap.to('#a', { x: 100, duration: 1, ease: 'none' }) }, null, 1.5)"
    html = moved(script)
    page = await stages.open(html)
    for seconds in (2.0, 1.0, 1.75, 3.0):
        await page.at(seconds)
        assert await page.ask(x("a")) == pytest.approx(100 * min(1, max(0, seconds - 1.5)), abs=0.01)
    await same_by_every_way(
        stages, html, frames=(44, 50, 70), ways=("fresh", "backwards", "jumps", "in one go")
    )


async def test_tweens_that_timers_and_frames_begin(stages):
    script = """setTimeout(() => gsap.to('#a', { x: 100, duration: 1, ease: 'none' }), 1510);
        let asked = false;
        requestAnimationFrame(function look(now) {
            if (now >= 500 && !asked) { asked = true; gsap.to('#b', { x: 100, duration: 1, ease: 'none' }) }
            requestAnimationFrame(look);
        });"""
    page = await stages.open(moved(script, registered=False))
    await page.at(0.5)
    for seconds in (2.0, 2.25, 1.75):
        await page.at(seconds)
        expected = [100 * min(1, seconds - 1.51), 100 * min(1, seconds - 0.5)]
        assert await page.ask(f"[{x('a')}, {x('b')}]") == pytest.approx(expected, abs=0.01)


@pytest.mark.thorough
@pytest.mark.parametrize("version", NEWEST_FIRST)
async def test_listeners_of_the_ticker_draw_what_timelines_have_moved(stages, version):
    script = """const state = { n: 0 }; tl.to(state, { n: 400, duration: 2, ease: 'none' });
        gsap.ticker.add((time) => { a.style.left = `${state.n}px`; b.style.left = `${Math.round(200 * time)}px` })"""
    html = moved(script, version=version)
    page = await stages.open(html)
    for seconds in (1.0, 2.0, 0.5, 1.5, 0.0):
        await page.at(seconds)
        assert await page.ask("[a.style.left, b.style.left]") == [f"{200 * seconds:g}px"] * 2
    await same_by_every_way(stages, html, frames=(0, 15, 45), ways=("fresh", "backwards", "jumps"))


async def test_a_ticker_of_few_frames(stages):
    script = "gsap.ticker.fps(4); gsap.to('#a', { x: 400, duration: 4, ease: 'none' })"
    page = await stages.open(moved(script, registered=False))
    for seconds, place in ((1.0, 100), (1.2, 100), (1.3, 125), (0.3, 25)):
        await page.at(seconds)
        assert await page.ask(x("a")) == pytest.approx(place)


async def test_two_copies_of_gsap(stages):
    script = f"""gsap.to('#a', {{ x: 100, duration: 1, ease: 'none' }});</script>
        <script>{library("gsap-3.12/dist/gsap.min.js")}</script>
        <script>gsap.to('#b', {{ x: 100, duration: 1, ease: 'none' }})"""
    page = await stages.open(moved(script, registered=False))
    for seconds in (0.75, 2, 0.25):
        await page.at(seconds)
        assert await page.ask(f"[{x('a')}, {x('b')}, gsapVersions.length]") == [
            pytest.approx(100 * min(1, seconds))
        ] * 2 + [2]


async def test_a_copy_that_is_loaded_later(stages):
    html = composed(
        f"""{BOXES}<script>setTimeout(() => {{
            const script = document.createElement('script');
            script.textContent = source.textContent;
            document.head.append(script);
            gsap.to('#a', {{ x: 100, duration: 1, ease: 'none' }});
        }}, 1250)</script><script type="text/plain" id="source">{library("gsap/dist/gsap.min.js")}</script>""",
        root='data-duration="6" data-no-timeline',
    )
    page = await stages.open(html)
    for seconds in (2, 3, 1.5):
        await page.at(seconds)
        assert await page.ask(x("a")) == pytest.approx(100 * min(1, seconds - 1.25))


async def test_a_page_that_drives_gsap_by_itself_is_left_alone(stages):
    script = """gsap.ticker.remove(gsap.updateRoot); gsap.to('#a', { x: 100, duration: 1, ease: 'none' });
        addEventListener('hf-seek', ({detail}) => gsap.updateRoot(detail.time / 2))"""
    page = await stages.open(moved(script, registered=False))
    await page.at(1)
    assert await page.ask(x("a")) == pytest.approx(50)


async def test_pictures_are_known_to_hold_while_gsap_rests(stages):
    page = await stages.open(moved("tl.to('#a', { x: 100, duration: 1 }); gsap.to('#b', { x: 9, delay: 3 })"))
    await page.at(0.5)
    assert page.step.still_until is None
    await page.at(1.5)
    assert page.step.still_until == pytest.approx(3)
    await page.at(3.25)
    assert page.step.still_until is None
    await page.at(4)
    assert page.step.still_until > 1000


async def test_a_callback_that_throws_is_a_warning(stages):
    page = await stages.open(
        moved("gsap.delayedCall(1, () => { throw new Error('torn') })", registered=False)
    )
    await page.at(2)
    assert [one.code for one in page.step.notices] == ["SCRIPT_ERROR"]
