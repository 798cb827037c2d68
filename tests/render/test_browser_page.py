"""One page under frame control: its calls, its frames, its loading."""

import asyncio
import struct

import pytest
import pytest_asyncio
from browser_pages import SIZE, opened, options, site

from framewright.browser import Browser, BrowserOptions, find_browser
from framewright.model.errors import BrowserError, CompositionError
from framewright.model.settings import Settings
from framewright.model.size import Size

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(browser_files):
    """One for all pages that need nothing of their own of it."""
    plain = BrowserOptions(program=find_browser(Settings()), size=SIZE, tmpdir=browser_files)
    async with Browser(plain) as warm:
        yield warm


async def test_values_cross_in_both_directions(tmp_path, browser):
    async with opened(tmp_path, "<p>é</p>", browser=browser) as (page, _):
        value = [1, -3, 1.5, None, True, "ü€😀", {"a": [{}, []]}, 2**40]
        assert await page.evaluate(f"({value!r})".replace("None", "null").replace("True", "true")) == value
        assert await page.evaluate("document.querySelector('p').textContent") == "é"
        assert await page.evaluate("Promise.resolve(7)", await_promise=True) == 7
        held = await page.call("Runtime.evaluate", {"expression": "({n: 40, add(m) { return this.n + m }})"})
        number = held["result"]["objectId"]
        assert await page.call_on(number, "function (m) { return this.add(m) }", 2) == 42
        assert await page.call_on(number, "async function (m) { return [this.n, m] }", {"x": "ß"}) == [
            40,
            {"x": "ß"},
        ]


async def test_large_values_cross_whole(tmp_path, browser):
    async with opened(tmp_path, "", browser=browser) as (page, _):
        assert await page.evaluate(f"({'y' * 12_000_000!r}).length") == 12_000_000
        assert len(await page.evaluate("'é'.repeat(6_000_000)")) == 6_000_000


async def test_a_script_that_throws_says_what_and_where(tmp_path, browser):
    async with opened(tmp_path, "", browser=browser) as (page, _):
        with pytest.raises(CompositionError, match="TypeError: no good") as caught:
            await page.evaluate("(() => { throw new TypeError('no good') })()")
        assert caught.value.code == "SCRIPT_ERROR"
        with pytest.raises(BrowserError, match="refused No.such") as refused:
            await page.call("No.such")
        assert refused.value.code == "PROTOCOL_ERROR"


async def test_nothing_moves_between_frames_and_damage_tells_the_truth(tmp_path, browser):
    # A box, not the page's own background: the browser paints that too, and reports it a second time.
    html = "<div id=box style='height:50px'></div><script>n = 0; (function f() { n++; requestAnimationFrame(f) })()</script>"
    async with opened(tmp_path, html, browser=browser) as (page, _):
        for _ in range(4):
            await page.begin_frame()
        before = await page.evaluate("n")
        await asyncio.sleep(0.2)
        assert await page.evaluate("n") == before
        assert not (await page.begin_frame()).damage
        assert await page.evaluate("n") == before + 1
        await page.evaluate("box.style.background = '#f00'")
        assert (await page.begin_frame()).damage
        assert not (await page.begin_frame()).damage


async def test_pictures_are_pngs_of_the_device_size(tmp_path):
    async with opened(tmp_path, "<body style='background:#08f'>", scale=2.0) as (page, _):
        assert await page.evaluate("[innerWidth, innerHeight, devicePixelRatio]") == [320, 180, 2]
        png = (await page.begin_frame(png=True)).png
        assert png is not None
        assert png.startswith(b"\x89PNG")
        assert struct.unpack(">II", png[16:24]) == (640, 360)


async def test_ticks_grow_whatever_the_caller_says(tmp_path, browser):
    async with opened(tmp_path, "", browser=browser) as (page, _):
        before = page.ticks
        await page.begin_frame()
        assert page.ticks == before + 300
        await page.begin_frame(before)
        assert page.ticks > before + 300
        await page.begin_frame(before + 5000, 33.0)
        assert page.ticks == before + 5000


async def test_draws_of_several_callers_queue_up_and_survive_a_cancelled_one(tmp_path, browser):
    async with opened(tmp_path, "", browser=browser) as (page, _):
        await asyncio.gather(*(page.begin_frame() for _ in range(10)))
        for _ in range(10):
            drawing = asyncio.create_task(page.begin_frame())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            drawing.cancel()
            await page.begin_frame()


async def test_injected_scripts_run_before_the_page_and_in_its_frames(tmp_path, browser):
    html = "<script>seen = typeof injected</script><iframe srcdoc='<script>parent.inner = typeof injected</script>'></iframe>"
    async with opened(
        tmp_path, html, before=lambda page: page.inject("window.injected = 1"), browser=browser
    ) as (page, _):
        assert await page.evaluate("[seen, inner]") == ["number", "number"]


async def test_frames_of_other_sites_share_the_process_and_its_scripts(tmp_path, browser):
    async with site(
        tmp_path / "other", {"index.html": "<script>top.postMessage(typeof injected, '*')</script>"}
    ) as other:
        address = other.origin.replace("127.0.0.1", "localhost")
        html = f"<script>onmessage = e => said = e.data</script><iframe src='{address}/'></iframe>"
        async with opened(
            tmp_path, html, before=lambda page: page.inject("window.injected = 1"), browser=browser
        ) as (
            page,
            _,
        ):
            assert await page.evaluate("said") == "number"
            assert page.remote == (f"{address}/",)


async def test_events_reach_their_handlers(tmp_path, browser):
    heard = []
    async with opened(
        tmp_path,
        "<script>console.log('x')</script>",
        before=lambda page: listen(page, heard),
        browser=browser,
    ):
        assert heard == ["log"]


async def listen(page, heard):
    page.on("Runtime.consoleAPICalled", lambda event: heard.append(event["type"]))


async def test_both_framings_speak_to_the_browser(tmp_path):
    async with opened(tmp_path, "<body style='background:#123'>", framing="json") as (page, _):
        assert await page.evaluate("'ü' + 1") == "ü1"
        assert (await page.begin_frame(png=True)).png.startswith(b"\x89PNG")


async def test_without_frame_control_the_page_draws_by_itself(tmp_path):
    html = "<script>n = 0; (function f() { n++; requestAnimationFrame(f) })()</script>"
    async with opened(tmp_path, html, frame_control=False) as (page, _):
        wait = "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(n))))"
        assert await page.evaluate(wait, await_promise=True) >= 2
        shot = await page.call("Page.captureScreenshot", {"format": "png"})
        assert bytes(shot["data"]).startswith(b"\x89PNG")
        with pytest.raises(BrowserError):
            await page.begin_frame()


async def test_a_small_page_of_an_odd_size():
    async with Browser(options(size=Size(333, 77))) as browser:
        page = await browser.new_page()
        assert await page.evaluate("[innerWidth, innerHeight]") == [333, 77]
