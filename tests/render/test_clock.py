"""One clock for everything that can move a page: at any time, in any order, at any frame rate."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from framewright.model.frames import FrameRate
from truth.grids import thorough
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
PAGES = Path(__file__).parent.parent / "pages" / "clock"
ROOT = 'data-duration="20" data-no-timeline'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


async def opened(stages, name, **wishes):
    inner = {"inner.html": (PAGES / "inner.html").read_text()}
    return await stages.open((PAGES / name).read_text(), inner, Wishes(**wishes))


async def state(page, seconds, *, draw=False):
    await page.at(seconds)
    if draw:
        await page.page.begin_frame()
    return await page.ask("state()")


@pytest.mark.parametrize("fps", ["24", *thorough("25", "30", "60"), "30000/1001"])
async def test_all_that_counts_time_counts_the_time_of_the_frame(stages, fps):
    rate = FrameRate.parse(fps)
    page = await opened(stages, "counters.html")
    frames = [*range(6), *random.Random(fps).sample(range(400), 8), 399, 30, 1, 0]
    for place, frame in enumerate(frames):
        shown = await state(page, rate.time_of(frame), draw=place % 3 == 0)
        expected = float(1000 * rate.time_of(frame))
        inner = shown.pop("inner")
        exact = [shown.pop(name) for name in ("frame", "now", "timeline", "stamp")]
        assert [*exact, inner["frame"], inner["now"]] == pytest.approx([expected] * 6, abs=1e-9)
        whole = [shown.pop("date"), shown.pop("made"), inner["date"]]
        assert whole == [int(1000 * rate.time_of(frame))] * 3
        # Computed styles are printed with six digits.
        assert shown == pytest.approx(dict.fromkeys(shown, expected), abs=0.06), frame
        assert inner["css"] == pytest.approx(expected, abs=0.06)


@pytest.mark.thorough
async def test_going_straight_to_a_time_equals_playing_up_to_it(stages):
    rate = FrameRate.parse("30")
    played = {}
    page = await opened(stages, "chain.html")
    for frame in range(151):
        played[frame] = await state(page, rate.time_of(frame), draw=frame % 5 == 0)
    # What happens at one time may happen in any order.
    assert sorted(played[150]["log"]) == sorted(
        [
            "first ended 1000",
            "moved 1500",
            "second ended 2000",
            "step 1 2130",
            "step 2 2260",
            "step 3 2390",
            "step 4 2520",
            "step 5 2650",
            "third ended 3000",
            "moved 3000",
            "inside ended 3500",
            "fourth ended 4100",
        ]
    )
    assert played[75]["third"] == pytest.approx(500)
    assert played[60]["moved"] == pytest.approx(1000)
    assert played[66]["moved"] == pytest.approx(800)
    assert [played[frame]["halted"] for frame in (9, 20, 24, 45)] == pytest.approx([300, 300, 300, 1000])
    assert [played[frame]["ticks"] for frame in (2, 3, 62, 63, 150)] == [0, 1, 29, 30, 30]
    for jumps in ([150], [47, 75, 121], [10, 101]):
        page = await opened(stages, "chain.html")
        for frame in jumps:
            shown = await state(page, rate.time_of(frame), draw=True)
            assert sorted(shown.pop("log")) == sorted(played[frame]["log"])
            before = {name: value for name, value in played[frame].items() if name != "log"}
            assert shown == pytest.approx(before, abs=0.01), (jumps, frame)


async def test_frames_below_are_on_the_same_clock_whenever_they_come(stages):
    inner = (PAGES / "inner.html").read_text()
    page = await stages.open(
        composed(
            """<iframe id="file" src="inner.html"></iframe><iframe id="text"></iframe>
            <iframe id="foreign" sandbox="allow-scripts"
             srcdoc="<script>setTimeout(() => parent.postMessage(performance.now(), '*'), 60)</script>"></iframe>
            <script>
            let foreignTime = 0;
            addEventListener('message', ({ data }) => { foreignTime = data; });
            const add = (id) => document.body.appendChild(Object.assign(document.createElement('iframe'), { id }));
            fetch('inner.html').then((answer) => answer.text()).then((html) => {
                text.srcdoc = html;
                setTimeout(() => { const { contentDocument } = add('written'); contentDocument.write(html); contentDocument.close(); }, 1000);
                setTimeout(() => { add('later').src = 'inner.html'; }, 1000);
                setTimeout(() => text.remove(), 2000);
            });
            window.states = () => Object.fromEntries(['file', 'text', 'written', 'later'].map((id) =>
                [id, document.getElementById(id)?.contentWindow?.state?.()]));
            </script>""",
            root=ROOT,
        ),
        {"inner.html": inner},
    )
    foreign = [notice.element for notice in page.description.notices if notice.code == "FRAME_FOREIGN"]
    assert foreign == ["#foreign"]
    for _ in range(100):
        if await page.ask("foreignTime"):
            break
        await asyncio.sleep(0.05)
    assert await page.ask("foreignTime") > 50, "it is left on its own time"
    await page.at(0.5)
    expected = {"css": 500, "frame": 500, "now": 500, "date": 500, "ticks": 5}
    shown = await page.ask("states()")
    assert shown == {"file": expected, "text": expected}
    await page.at(1)
    await page.ask("new Promise((done) => later.contentWindow.state ? done() : later.onload = done)")
    await page.at(1.5)
    shown = await page.ask("states()")
    assert shown["written"] == {"css": 500, "frame": 1500, "now": 1500, "date": 1500, "ticks": 5}
    assert shown["later"] == shown["written"]
    await page.at(2.5)
    shown = await page.ask("states()")
    assert "text" not in shown
    assert shown["file"]["ticks"] == 25
    await page.at(0.25)
    assert (await page.ask("states()"))["file"]["css"] == 250


async def test_chance_depends_on_the_time_and_the_seed_alone(stages):
    html = composed(
        """<script>
        window.draw = () => JSON.stringify([Math.random(), Math.random(), crypto.randomUUID(), ...crypto.getRandomValues(new Uint8Array(4))]);
        const atLoad = draw();
        let inFrame, inTimer;
        (function frame() { inFrame = draw(); requestAnimationFrame(frame); })();
        setTimeout(() => { inTimer = draw(); }, 1234);
        window.state = () => [inFrame, inTimer];
        </script>""",
        root=ROOT,
    )
    first, second = await stages.open(html), await stages.open(html)
    other = await stages.open(html, wishes=Wishes(seed=2))
    ours = [await state(first, seconds) for seconds in (0, 1, 2, 3)]
    assert [await state(second, seconds) for seconds in (3, 0, 2, 1)][0] == ours[3]
    assert (await state(second, 1))[0] == ours[1][0]
    assert (await state(second, 0))[0] == ours[0][0]
    assert (await state(second, 2))[1] == ours[2][1]
    assert len({shown[0] for shown in ours}) == 4
    assert (await state(other, 1))[0] != ours[1][0]
    assert await first.ask("atLoad") == await second.ask("atLoad") != await other.ask("atLoad")


async def test_numbers_of_chance_are_spread_evenly(stages):
    page = await stages.open(composed("", root=ROOT))
    drawn = await page.ask("Array.from({ length: 4000 }, Math.random)")
    assert 0 <= min(drawn) < 0.01
    assert 0.99 < max(drawn) < 1
    assert sum(drawn) / len(drawn) == pytest.approx(0.5, abs=0.03)
    assert len(set(drawn)) == len(drawn)
    ids = await page.ask("Array.from({ length: 50 }, () => crypto.randomUUID())")
    assert len(set(ids)) == 50
    assert all(drawn[14] == "4" and drawn[19] in "89ab" for drawn in ids)
