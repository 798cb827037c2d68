"""Pages that hang, hog or never load, and browsers that die: each ends in its own error, and nothing is left."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from browser_pages import opened, options, site

from framewright.browser import Browser
from framewright.browser.proc import process_tree
from framewright.model.errors import BrowserError, CompositionError, SetupError
from truth.grids import thorough

HOG = (
    "<script>go = () => { const a = []; setInterval(() => a.push(new Uint8Array(3e7).fill(1)), 5) }</script>"
)
MIB = 2**20


@asynccontextmanager
async def silence():
    """The address of a server that takes requests and never answers."""
    held = []
    server = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        for writer in held:
            writer.close()
        server.close()


async def refused(folder, html, timeout=3.0, **changes):
    """The error in which loading ends."""
    with pytest.raises(CompositionError) as caught:
        async with opened(folder, html, timeout=timeout, **changes):
            pass
    return caught.value


@pytest.mark.thorough
async def test_an_endless_loop_while_loading(tmp_path):
    error = await refused(tmp_path, "<script>for (;;);</script>")
    assert error.code == "PAGE_HANGS"
    assert "loop" in error.message


@pytest.mark.thorough
@pytest.mark.parametrize(
    "start", ["setTimeout(hang, 50)", *thorough("requestAnimationFrame(() => requestAnimationFrame(hang))")]
)
async def test_an_endless_loop_later(tmp_path, start):
    async with opened(tmp_path, f"<script>function hang() {{ for (;;); }} go = () => {start}</script>") as (
        page,
        _,
    ):
        await page.evaluate("void go()")
        with pytest.raises(CompositionError) as caught:
            for _ in range(500):
                await page.begin_frame(timeout=2)
                await page.evaluate("1", timeout=2)
                await asyncio.sleep(0.02)
        assert caught.value.code == "PAGE_HANGS"


@pytest.mark.thorough
@pytest.mark.parametrize(
    "tag",
    ["<img src='{}/x.png'>", *thorough("<script src='{}/x.js'></script>", "<iframe src='{}/'></iframe>")],
)
async def test_a_page_that_never_finishes_says_what_it_waits_for(tmp_path, tag):
    async with silence() as address:
        error = await refused(tmp_path, tag.format(address))
    assert error.code == "LOAD_TIMEOUT"
    assert address in error.message


async def test_nobody_answers(tmp_path):
    async with silence() as address, Browser(options()) as browser:
        page = await browser.new_page()
        with pytest.raises(CompositionError) as caught:
            await page.navigate(address, 1.0)
        assert caught.value.code == "LOAD_TIMEOUT"


async def test_nobody_is_there(tmp_path):
    async with Browser(options()) as browser:
        page = await browser.new_page()
        with pytest.raises(CompositionError, match="refuse this port") as caught:
            await page.navigate("http://127.0.0.1:1/", 30.0)
        assert caught.value.code == "LOAD_FAILED"


@pytest.mark.parametrize(
    ("page_text", "kind", "content"),
    [
        ("<script src='{}'></script>", "text/javascript", "came = 1"),
        *thorough(
            (
                "<head><link rel=stylesheet href='{}'></head><script>came = 1</script>",
                "text/css",
                "body { margin: 1px }",
            )
        ),
    ],
)
async def test_what_blocks_drawing_for_a_while_does_no_harm(tmp_path, page_text, kind, content):
    async def slow(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.5)
        writer.write(
            f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n{content}".encode()
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(slow, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with (
        site(tmp_path, {"index.html": page_text.format(address)}) as files,
        Browser(options()) as browser,
    ):
        page = await browser.new_page()
        # Somebody draws all the time, as the stage does: before, while and after the page loads.
        drawing = asyncio.create_task(_keep_drawing(page))
        await page.navigate(f"{files.origin}/", 60)
        assert await page.evaluate("came") == 1
        drawing.cancel()
        for _ in range(3):
            await page.begin_frame()
    server.close()


async def _keep_drawing(page):
    while True:
        await page.begin_frame()
        await asyncio.sleep(0.01)


async def test_pictures_and_fonts_that_styles_name_are_there_after_loading(tmp_path):
    style = "@font-face { font-family: f; src: url(f.woff2) } body { background: url(b.svg); font-family: f }"
    picture = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    files = {"s.css": style, "b.svg": picture, "f.woff2": "no font"}
    html = "<head><link rel=stylesheet href=s.css></head><body>text"
    async with opened(tmp_path, html, files=files) as (page, _):
        names = await page.evaluate(
            "performance.getEntriesByType('resource').map(e => e.name.split('/').pop()).sort()"
        )
        assert names == ["b.svg", "f.woff2", "s.css"]


async def test_memory_without_end_has_an_end(tmp_path):
    async with opened(tmp_path, HOG, memory_limit=600 * MIB) as (page, browser):
        await page.evaluate("go()")
        with pytest.raises(CompositionError, match="more than 600 MiB") as caught:
            for _ in range(1000):
                await page.evaluate("1")
                await asyncio.sleep(0.02)
        assert caught.value.code == "PAGE_MEMORY"
        with pytest.raises(CompositionError, match="more than 600 MiB"):
            await browser.call("Browser.getVersion")


async def test_a_script_heap_that_is_full(tmp_path):
    html = "<script>go = () => { const a = []; for (;;) a.push(new Array(1e5).fill(Math.random())) }</script>"
    async with opened(tmp_path, html, flags=("--js-flags=--max-old-space-size=100",)) as (page, _):
        with pytest.raises(CompositionError) as caught:
            await page.evaluate("go()")
        assert caught.value.code == "PAGE_MEMORY"


async def test_a_page_whose_process_is_killed(tmp_path):
    async with opened(tmp_path, "") as (page, browser):
        for facts in process_tree(browser.pid):
            if b"--type=renderer" in Path(f"/proc/{facts.pid}/cmdline").read_bytes():
                os.kill(facts.pid, signal.SIGKILL)
        with pytest.raises(CompositionError) as caught:
            for _ in range(500):
                await page.begin_frame()
                await asyncio.sleep(0.02)
        assert caught.value.code == "PAGE_CRASHED"


async def test_a_killed_browser_fails_every_call_at_once(tmp_path):
    async with opened(tmp_path, "") as (page, browser):
        waiting = asyncio.create_task(page.evaluate("new Promise(() => {})", await_promise=True))
        await asyncio.sleep(0)
        os.kill(browser.pid, signal.SIGKILL)
        with pytest.raises(BrowserError, match="signal 9") as caught:
            await waiting
        assert caught.value.code == "BROWSER_DIED"
        assert caught.value.retryable
        with pytest.raises(BrowserError, match="signal 9"):
            await page.begin_frame()


async def test_a_program_that_is_no_browser():
    with pytest.raises(BrowserError, match="exit status 1") as caught:
        async with Browser(options(program=Path("/bin/false"))):
            pass
    assert caught.value.code == "BROWSER_DIED"
    with pytest.raises(SetupError) as missing:
        async with Browser(options(program=Path("/no/such/browser"))):
            pass
    assert missing.value.code == "BROWSER_MISSING"


async def test_closing_leaves_nothing_even_when_cancelled(tmp_path):
    browser = Browser(options())
    await browser.start()
    profile, pid = browser.profile, browser.pid
    assert profile.is_dir()
    assert browser.cpu_seconds() > 0
    assert browser.memory_bytes() > 10 * MIB
    closing = asyncio.create_task(browser.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert process_tree(pid) == []
    assert not profile.exists()
    await browser.close()


async def test_a_start_that_is_cancelled_leaves_nothing(browser_files):
    for pause in (0.0, 0.05, 0.2):
        browser = Browser(options())
        starting = asyncio.create_task(browser.start())
        await asyncio.sleep(pause)
        # On a fast machine it may have started by then.
        if starting.cancel():
            with pytest.raises(asyncio.CancelledError):
                await starting
        else:
            await browser.close()
        assert list(browser_files.iterdir()) == []


PARENT = """
import asyncio, sys, threading
from browser_pages import options
from framewright.browser import Browser
async def main():
    async with Browser(options()) as browser:
        page = await browser.new_page()
        await page.evaluate(sys.argv[1], timeout=2) if sys.argv[1] == "1" else page._connection.tell(
            "Runtime.evaluate", {"expression": sys.argv[1]}, session=page._session)
        print(browser.pid, browser.profile, flush=True)
        await asyncio.sleep(600)
# Not the main thread: the browser must not die with the thread that asked for it.
thread = threading.Thread(target=lambda: asyncio.run(main()))
thread.start()
thread.join()
"""


@pytest.mark.thorough
@pytest.mark.parametrize("script", ["1", *thorough("for (;;);")])
def test_a_killed_parent_takes_the_browser_with_it(script, browser_files):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, script], stdout=subprocess.PIPE, env=environment, text=True
    )
    pid, _, profile = parent.stdout.readline().strip().partition(" ")
    assert process_tree(int(pid))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 30
    while left := process_tree(int(pid)):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    assert Path(profile).is_dir()  # nobody was left to remove it; the next start does

    async def start_another():
        async with Browser(options()):
            assert not Path(profile).exists()

    asyncio.run(start_another())


def test_a_browser_outlives_the_thread_that_started_it(tmp_path):
    import threading

    loop = asyncio.new_event_loop()
    browser = None

    def start():
        nonlocal browser
        asyncio.set_event_loop(loop)
        browser = Browser(options())
        loop.run_until_complete(browser.start())

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    try:
        version = loop.run_until_complete(browser.call("Browser.getVersion"))
        assert "Chrome" in version["product"]
    finally:
        loop.run_until_complete(browser.close())
        loop.close()


@pytest.mark.thorough
async def test_many_starts_leave_no_descriptor(tmp_path):
    async with Browser(options()):
        pass
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(4):
        async with site(tmp_path, {"index.html": ""}) as server, Browser(options()) as browser:
            page = await browser.new_page()
            await page.navigate(f"{server.origin}/")
    assert len(os.listdir("/proc/self/fd")) <= before
