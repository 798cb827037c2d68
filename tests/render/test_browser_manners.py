"""What pages do on their own: dialogs, windows, downloads, leaving; and what they report."""

import asyncio

import pytest
import pytest_asyncio
from browser_pages import SIZE, opened, options, site

from framewright.browser import Browser, BrowserOptions, find_browser
from framewright.model.errors import CompositionError
from framewright.model.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(browser_files):
    """One for all pages that need nothing of their own of it."""
    plain = BrowserOptions(program=find_browser(Settings()), size=SIZE, tmpdir=browser_files)
    async with Browser(plain) as warm:
        yield warm


OTHER = {"other.html": "<h1>other</h1>", "file.zip": "PK", "broken.js": "let a = ;"}


async def draw(page, frames=8):
    for _ in range(frames):
        await page.begin_frame()
        await asyncio.sleep(0.02)


async def drawn_until(page, code):
    """Draw until there is a notice of this code; its message."""
    for _ in range(500):
        for notice in page.notices:
            if notice.code == code:
                return notice.message
        await draw(page, 1)
    raise AssertionError(f"no {code} among {page.notices}")


async def test_the_hour_is_the_same_wherever_the_machine_stands(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    async with opened(tmp_path, "") as (page, _):
        assert await page.evaluate("new Date(2023, 6, 1).toISOString()") == "2023-07-01T00:00:00.000Z"


async def test_dialogs_are_dismissed_with_a_notice_each(tmp_path, browser):
    html = "<script>alert('first'); said = [confirm('second'), prompt('third')]</script>"
    async with opened(tmp_path, html, browser=browser) as (page, _):
        assert await page.evaluate("said") == [False, None]
        notices = page.drain_notices()
        assert [notice.code for notice in notices] == ["DIALOG_DISMISSED"] * 3
        assert 'alert: "first"' in notices[0].message
        assert page.drain_notices() == []


async def test_a_dialog_in_the_middle_of_a_call_does_not_hold_it_up(tmp_path, browser):
    async with opened(tmp_path, "", browser=browser) as (page, _):
        assert await page.evaluate("[confirm('now?'), 1]") == [False, 1]


async def test_windows_are_closed_with_a_notice(tmp_path, browser):
    async with opened(tmp_path, "<script>w = open('/other.html')</script>", files=OTHER, browser=browser) as (
        page,
        _,
    ):
        assert "/other.html" in await drawn_until(page, "POPUP_CLOSED")
        for _ in range(500):
            pages = (await browser.call("Target.getTargets"))["targetInfos"]
            if not any("other.html" in one["url"] for one in pages):
                break
            await draw(page, 1)
        else:
            raise AssertionError(f"still open: {pages}")


LEAVING = [
    "location = '/other.html?1'",
    "location.replace('/other.html?2')",
    "open('/other.html?3', '_self')",
    "(f = document.createElement('form'), f.action = '/other.html', f.method = 'post', document.body.append(f), f.submit())",
    "location.reload()",
]


async def test_a_loaded_page_that_leaves_stays_what_it_was(tmp_path, browser):
    async with opened(tmp_path, "<h1>stay</h1>", files=OTHER, browser=browser) as (page, _):
        for leave in LEAVING:
            await page.evaluate(f"void setTimeout(() => {{ {leave} }}, 0)")
            assert "tried to leave" in await drawn_until(page, "NAVIGATION_REFUSED"), leave
            page.drain_notices()
            assert await page.evaluate("document.body.innerText.trim()") == "stay", leave
        await draw(page)
        await page.evaluate("document.querySelector('h1').style.background = '#0f0'")
        assert (await page.begin_frame()).damage


@pytest.mark.parametrize(
    "leave",
    ["location = 'about:blank'", "location = URL.createObjectURL(new Blob(['x'], {type: 'text/html'}))"],
)
async def test_leaving_without_a_request_ends_in_an_error(tmp_path, browser, leave):
    async with opened(tmp_path, "<h1>stay</h1>", browser=browser) as (page, _):
        await page.evaluate(f"void setTimeout(() => {{ {leave} }}, 0)")
        with pytest.raises(CompositionError) as caught:
            for _ in range(500):
                await draw(page, 1)
        assert caught.value.code == "NAVIGATED"


@pytest.mark.parametrize(
    "html",
    [
        "<script>location = '/other.html'</script>",
        "<script>onbeforeunload = e => 'stay?'; location = '/other.html'</script>",
        "<form id=f action=/other.html></form><script>f.submit()</script>",
        "<iframe srcdoc=\"<script>top.location = '/other.html'</script>\"></iframe>",
    ],
)
async def test_a_page_that_leaves_while_it_loads_ends_in_an_error(tmp_path, browser, html):
    with pytest.raises(CompositionError, match="other.html") as caught:
        async with opened(tmp_path, html, files=OTHER, browser=browser):
            pass
    assert caught.value.code == "NAVIGATED"


async def test_a_page_that_turns_blank_while_it_loads_ends_in_an_error(tmp_path, browser):
    with pytest.raises(CompositionError, match="about:blank") as caught:
        async with opened(
            tmp_path, "<script>location = 'about:blank'</script><img src=no.png>", browser=browser
        ) as (page, _):
            await draw(page, 50)
    assert caught.value.code == "NAVIGATED"


async def test_a_redirected_address_is_no_leaving(tmp_path):
    async def redirect(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(redirect, "127.0.0.1", 0)
    async with site(tmp_path, {"index.html": "<h1>here</h1>"}) as files, Browser(options()) as browser:
        target = f"{files.origin}/index.html"
        page = await browser.new_page()
        await page.navigate(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", 60)
        assert await page.evaluate("document.body.innerText.trim()") == "here"
        await page.navigate(target, 60)  # and once more, since we say so
        assert await page.evaluate("document.body.innerText.trim()") == "here"
    server.close()


async def test_moving_inside_the_page_is_no_leaving(tmp_path, browser):
    html = "<h1>stay</h1><iframe src='/other.html'></iframe>"
    async with opened(tmp_path, html, files=OTHER, browser=browser) as (page, _):
        await page.evaluate("location.hash = 'a'; history.pushState({}, '', '/elsewhere')")
        await page.evaluate("document.querySelector('iframe').src = '/other.html?again'")
        await draw(page)
        assert await page.evaluate("[location.pathname, document.querySelector('h1').innerText]") == [
            "/elsewhere",
            "stay",
        ]
        assert page.notices == ()


async def test_downloads_are_denied(tmp_path, browser):
    async with opened(
        tmp_path, "<a id=a download=x.txt href='data:text/plain,abc'></a>", browser=browser
    ) as (page, _):
        await page.evaluate("a.click()")
        assert "data:text/plain" in await drawn_until(page, "DOWNLOAD_DENIED")
        assert not list(browser.profile.parent.rglob("x.txt"))


async def test_permissions_are_denied_without_a_question(tmp_path, browser):
    html = """<script>Promise.allSettled([
      new Promise((ok, no) => navigator.geolocation.getCurrentPosition(ok, no)), navigator.clipboard.readText(),
      Notification.requestPermission().then(said => said === 'granted' || Promise.reject())]).then(all => {
        answers = all.map(one => one.status) }); answers = null</script>"""
    async with opened(tmp_path, html, browser=browser) as (page, _):
        for _ in range(500):
            if await page.evaluate("answers") is not None:
                break
            await draw(page, 1)
        assert await page.evaluate("answers") == ["rejected"] * 3


async def test_errors_have_a_file_and_a_line(tmp_path, browser):
    html = """<script>
console.error('oops', {a: 1}); console.warn('careful'); console.log('quiet')
</script><script>
throw new TypeError('no good')
</script><script src=broken.js></script><script>Promise.reject(new Error('unkept'))</script>"""
    async with opened(tmp_path, html, files=OTHER, browser=browser) as (page, _):
        await draw(page)
        first, second, third = page.script_errors
        assert first.startswith("TypeError: no good (http://127.0.0.1:")
        assert "/index.html:4:" in first
        assert "SyntaxError" in second
        assert "/broken.js:1:" in second
        assert "unkept" in third
        told = {notice.code: notice.message for notice in page.notices}
        assert "oops" in told["CONSOLE_ERROR"]
        assert "/index.html:2:" in told["CONSOLE_ERROR"]
        assert "careful" in told["CONSOLE_WARNING"]
        assert not any("quiet" in message for message in told.values())


async def test_missing_files_and_foreign_addresses_are_told(tmp_path, browser):
    html = "<img src=no.png><img src='http://localhost:1/far.png'><link rel=stylesheet href=no.css>"
    async with opened(tmp_path, html, browser=browser) as (page, _):
        messages = [notice.message for notice in page.notices if notice.code == "ASSET_UNAVAILABLE"]
        assert len(messages) == 3, page.notices
        assert any("no.png answered 404" in message for message in messages)
        assert page.remote == ("http://localhost:1/far.png",)


async def test_a_flood_of_messages_is_bounded(tmp_path, browser):
    html = "<script>for (let i = 0; i < 2000; i++) console.error('error', i)</script>"
    async with opened(tmp_path, html, browser=browser) as (page, _):
        assert 0 < len(page.notices) <= 200
