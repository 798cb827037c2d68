"""What a page's own calls to time mean on our clock: timers, dates, animations, loading."""

from __future__ import annotations

import pytest
import pytest_asyncio

from truth.grids import thorough
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = 'data-duration="20" data-no-timeline'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


async def scripted(stages, script, body="", files=None):
    return await stages.open(composed(f"{body}<script>{script}</script>", root=ROOT), files)


async def test_timers_keep_the_order_and_the_rules_of_the_standard(stages):
    page = await scripted(
        stages,
        """
        const log = [];
        const tell = (what) => log.push(`${what} ${performance.now()}`);
        setTimeout(() => {
            setTimeout(tell, 30, 'later');
            setTimeout(tell, 10, 'first');
            setTimeout(tell, 10, 'second');
            setTimeout('tell("text")', '20');
            setTimeout(tell, 16.9, 'cut');
            setTimeout(tell, -5, 'now');
            setTimeout(tell, NaN, 'also now');
            clearTimeout(setTimeout(tell, 5, 'never'));
            clearInterval(setTimeout(tell, 5, 'never'));
            clearTimeout(undefined);
            clearTimeout(99999);
            let runs = 0;
            const every = setInterval((what) => { tell(what); if (++runs === 2) clearInterval(every); }, 25, 'every');
            setTimeout(function () { tell(this === window && arguments.length === 0 ? 'window' : 'lost'); }, 40);
            setTimeout(() => { throw new Error('of a timer'); }, 41);
            let chain = 0;
            (function link() { if (chain++ < 8) setTimeout(() => { tell('link'); link(); }, 0); })();
        }, 1000);
        """,
    )
    await page.at(2)
    log = await page.ask("log")
    links = [line for line in log if line.startswith("link")]
    assert [line for line in log if line not in links] == [
        "now 1000",
        "also now 1000",
        "first 1010",
        "second 1010",
        "cut 1016",
        "text 1020",
        "every 1025",
        "later 1030",
        "window 1040",
        "every 1050",
    ]
    # Four of them at once, then 4 ms apart: the callback that began it is the first of the chain.
    assert [float(line.split()[1]) - 1000 for line in links] == [0, 0, 0, 0, 4, 8, 12, 16]
    assert any("of a timer" in error for error in page.page.script_errors)


async def test_an_endless_chain_of_timers_is_cut_off_with_a_warning(stages):
    page = await scripted(
        stages,
        """
        let calls = 0;
        const split = () => { calls += 1; setTimeout(split, 0); setTimeout(split, 0); };
        setTimeout(split, 100);
        let ticks = 0;
        setInterval(() => (ticks += 1), 50);
        """,
    )
    await page.at(0.05)
    assert page.step.notices == ()
    await page.at(0.2)
    assert [notice.code for notice in page.step.notices] == ["TIMERS_ENDLESS"]
    assert 1000 < await page.ask("calls") < 10_000
    await page.at(1)
    assert page.step.notices == ()
    assert await page.ask("ticks") == 20, "other timers are not held up"


async def test_a_callback_asks_for_the_next_frame_not_for_this_one(stages):
    page = await scripted(
        stages,
        """
        const log = [];
        setTimeout(() => {
            const gone = requestAnimationFrame(() => log.push('cancelled'));
            requestAnimationFrame((at) => { log.push(['one', at]); requestAnimationFrame((at) => log.push(['two', at])); });
            requestAnimationFrame(() => cancelAnimationFrame(victim));
            const victim = requestAnimationFrame(() => log.push('cancelled by the one before'));
            requestIdleCallback((deadline) => log.push(['idle', performance.now(), deadline.timeRemaining() > 0]));
            cancelAnimationFrame(gone);
        }, 1000);
        """,
    )
    await page.at(1)
    assert await page.ask("log") == [["one", 1000], ["idle", 1000, True]]
    await page.at(1.5)
    assert (await page.ask("log"))[2:] == [["two", 1500]]


async def test_loading_takes_no_time(stages):
    script = """
        const log = [];
        const tell = (what) => log.push(what);
        const start = [performance.now(), Date.now() - performance.timeOrigin];
        setTimeout(tell, 5, 'soon');
        setTimeout(tell, 100, 'at 100');
        let ticks = 0;
        setInterval(() => (ticks += 1), 1);
        let draws = 0;
        (function draw() { draws += 1; requestAnimationFrame(draw); })();
        let links = 0;
        (function link() { links += 1; setTimeout(link, 1); })();
        const animation = document.body.animate([{ opacity: 0 }, { opacity: 1 }], 50);
        const real = new Promise((done) => { const image = new Image(); image.onload = done; image.onerror = done; image.src = 'missing.png'; });
    """
    pages = [await scripted(stages, script), await scripted(stages, script, "<img src='missing.png'>" * 3)]
    first = [await page.ask("[draws, links, ticks, animation.currentTime, start]") for page in pages]
    assert first[0] == first[1]
    assert first[0][2:] == [0, 0, [0, 0]]
    assert [await page.ask("log") for page in pages] == [["soon"]] * 2
    for page in pages:
        await page.at(0.1)
        assert await page.ask("log") == ["soon", "at 100"]
        assert await page.ask("ticks") == 25, "an interval is at least 4 ms"


async def test_every_way_to_ask_for_the_date(stages):
    page = await scripted(
        stages,
        """
        class Day extends Date { tomorrow() { return new Day(this.getTime() + 86400000); } }
        const utc = { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' };
        const format = new Intl.DateTimeFormat('sv-SE', utc);
        window.dates = () => [
            Date.now(), +new Date(), Date.parse(Date()), new Date().getTime(), new Day().getTime(), +Reflect.construct(Date, []),
            Temporal.Now.instant().epochMilliseconds, Date.parse(format.format().replace(' ', 'T') + 'Z'),
            Date.parse(format.formatToParts().map((part) => part.value).join('').replace(' ', 'T') + 'Z'),
        ];
        window.kept = () => [
            new Date(2020, 1, 29).getDate(), Date.UTC(2000, 0), Date.length, Date.name, new Date() instanceof Date,
            new Day() instanceof Day, new Day(0).tomorrow().getTime(), new Date().constructor === Date, Object(new Date(5)) - 0,
            format.format(0), Object.prototype.toString.call(new Date()),
        ];
        """,
    )
    start = 1735689600000
    await page.at(7)
    assert await page.ask("dates()") == [start + 7000] * 9
    assert await page.ask("kept()") == [
        29,
        946684800000,
        7,
        "Date",
        True,
        True,
        86400000,
        True,
        5,
        "1970-01-01 00:00:00",
        "[object Date]",
    ]
    await page.at(3)
    assert await page.ask("dates()") == [start + 3000] * 9


ANIMATION = """
    const box = document.querySelector('#box');
    const animation = box.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 4000, fill: 'both', id: 'ours' });
    const log = [];
    window.look = () => [animation.playState, animation.currentTime, Number(getComputedStyle(box).opacity)];
"""


@pytest.mark.parametrize(
    ("calls", "looks"),
    [
        ("", {0: ["running", 0, 0], 1: ["running", 1000, 0.25], 5: ["finished", 4000, 1]}),
        ("animation.pause();", {1: ["paused", 0, 0], 3: ["paused", 0, 0]}),
        (
            "setTimeout(() => animation.pause(), 1000); setTimeout(() => animation.play(), 2000);",
            {0.5: ["running", 500, 0.125], 1.5: ["paused", 1000, 0.25], 3: ["running", 2000, 0.5]},
        ),
        ("animation.currentTime = 2000;", {0: ["running", 2000, 0.5], 1: ["running", 3000, 0.75]}),
        *thorough(("animation.pause(); animation.currentTime = 1000;", {3: ["paused", 1000, 0.25]})),
        ("animation.playbackRate = 2;", {1: ["running", 2000, 0.5], 3: ["finished", 4000, 1]}),
        *thorough(
            (
                "setTimeout(() => animation.updatePlaybackRate(0.5), 1000);",
                {2: ["running", 1500, 0.375], 3: ["running", 2000, 0.5]},
            )
        ),
        ("animation.reverse();", {1: ["running", 3000, 0.75], 5: ["finished", 0, 0]}),
        *thorough(
            (
                "setTimeout(() => animation.reverse(), 2000);",
                {2: ["running", 2000, 0.5], 3: ["running", 1000, 0.25], 4.5: ["finished", 0, 0]},
            )
        ),
        ("setTimeout(() => animation.finish(), 1000);", {1.5: ["finished", 4000, 1]}),
        ("setTimeout(() => animation.cancel(), 1000);", {1.5: ["idle", None, 1], 3: ["idle", None, 1]}),
        *thorough(
            (
                "animation.cancel(); setTimeout(() => animation.play(), 1000);",
                {0.5: ["idle", None, 1], 2: ["running", 1000, 0.25]},
            ),
            (
                "setTimeout(() => animation.play(), 5000);",
                {4.5: ["finished", 4000, 1], 6: ["running", 1000, 0.25]},
            ),
        ),
        *thorough(
            ("animation.startTime = 1000;", {2: ["running", 1000, 0.25]}),
            (
                "setTimeout(() => { animation.startTime = document.timeline.currentTime - 500; }, 2000);",
                {3: ["running", 1500, 0.375]},
            ),
        ),
    ],
)
async def test_an_animation_obeys_its_author(stages, calls, looks):
    page = await scripted(stages, ANIMATION + calls, "<div id=box></div>")
    for seconds, expected in looks.items():
        await page.at(seconds)
        assert await page.ask("look()") == pytest.approx(expected), seconds


async def test_an_animation_tells_of_its_end_at_its_end(stages):
    page = await scripted(
        stages,
        ANIMATION
        + """
        animation.onfinish = (event) => log.push(['finish', performance.now(), event.currentTime, event.target === animation]);
        animation.addEventListener('finish', () => log.push(['heard', performance.now()]));
        animation.finished.then((one) => log.push(['finished', performance.now(), one === animation]));
        animation.ready.then(() => log.push(['ready', performance.now()]));
        const cancelled = box.animate([], 3000);
        cancelled.finished.catch((error) => log.push([error.name, performance.now()]));
        setTimeout(() => cancelled.cancel(), 1000);
        """,
        "<div id=box></div>",
    )
    await page.at(3.9)
    assert await page.ask("log") == [["ready", 0], ["AbortError", 1000]]
    await page.at(6)
    await page.page.begin_frame()
    await page.at(2)
    await page.at(7)
    rest = (await page.ask("log"))[2:]
    assert sorted(rest) == [["finish", 4000, 4000, True], ["finished", 4000, True], ["heard", 4000]]


async def test_styles_that_are_committed_are_those_of_the_moment(stages):
    page = await scripted(
        stages,
        ANIMATION + "setTimeout(() => { animation.commitStyles(); animation.cancel(); }, 1000);",
        "<div id=box></div>",
    )
    await page.at(3)
    assert await page.ask("Number(box.style.opacity)") == pytest.approx(0.25)


async def test_a_page_that_replaces_what_we_use_changes_nothing_for_us(stages):
    page = await scripted(
        stages,
        """
        const fail = () => { throw new Error('replaced'); };
        window.look = () => Number(getComputedStyle(document.querySelector('#box')).opacity);
        document.querySelector('#box').animate([{ opacity: 0 }, { opacity: 1 }], 4000);
        for (const name of ['play', 'pause', 'cancel']) Animation.prototype[name] = fail;
        Document.prototype.getAnimations = fail;
        Element.prototype.animate = fail;
        Date.now = fail;
        Performance.prototype.now = fail;
        Math.random = fail;
        window.setTimeout = fail;
        window.requestAnimationFrame = fail;
        window.MessageChannel = fail;
        """,
        "<div id=box></div>",
    )
    for seconds in (1, 3, 0):
        await page.at(seconds)
        assert await page.ask("look()") == seconds / 4
