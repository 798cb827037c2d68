"""Compositions that stand on the web: opened by their address, captured like others, refused in one sentence."""

from __future__ import annotations

import pytest
import pytest_asyncio

import framewright
from framewright.browser import Browser, BrowserOptions, find_browser
from framewright.cli.entry import run
from framewright.composition import Stage, Wishes, open_project
from framewright.model.errors import CompositionError
from framewright.model.settings import Settings
from framewright.model.size import Size
from truth import counter, decoding, pages, web
from truth.grids import thorough
from truth.web import Reply, moved, served

FILM = pages.Film(frames=20)
PAGE = f"""
const frame = {FILM.frame_ms!r};
(function draw(at) {{ show(Math.floor(at / frame + 0.25)); requestAnimationFrame(draw); }})(0);
"""
STRICT = "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; img-src 'self'"


def site():
    """A counter in pieces, behind a redirection and a policy that forbids nearly everything."""
    script = counter.SHOW + PAGE
    page = f'<!doctype html><title>Far</title><style>{counter.CSS}</style><div class="counter">{counter.CELLS}</div><script src="../draw.js"></script>'
    return {
        "/": moved("/short", 301),
        "/short": moved("/films/counter.html?from=short"),
        "/films/counter.html": Reply(page, headers={"content-security-policy": STRICT}),
        "/draw.js": Reply(script, headers={"content-type": "text/javascript"}),
    }


@pytest.mark.parametrize("capture", [*thorough("stream"), *thorough("screenshot")])
def test_a_page_behind_a_redirection_becomes_a_video(render, capture):
    with served(site()) as origin:
        wishes = {"duration": FILM.seconds, "width": 320, "height": 180, "capture": capture}
        path, report = render(f"{origin}/", quality="draft", workers=1, **wishes)
    assert decoding.numbers(path) == list(range(FILM.frames))
    assert (report.capture, report.output.width) == (capture, 320)
    assert report.notices == ()


def test_what_a_page_elsewhere_is_without_wishes():
    with served(site()) as origin:
        found = framewright.probe(f"{origin}/films/counter.html", duration=2)
    assert (found.width, found.height, found.fps, found.frames) == (1920, 1080, "30", 60)
    assert found.description.title == "Far"
    assert [one.url.removeprefix(origin) for one in found.remote] == ["/draw.js", "/films/counter.html"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(browser_files):
    options = BrowserOptions(program=find_browser(Settings()), size=Size(320, 180), tmpdir=browser_files)
    async with Browser(options) as opened:
        yield opened


def test_a_page_by_https_is_streamed_too(render, tmp_path, monkeypatch):
    certificate = web.make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with served(site(), certificate=certificate) as origin:
        wishes = {"duration": FILM.seconds, "width": 320, "height": 180, "capture": "stream"}
        path, report = render(f"{origin}/", quality="draft", workers=1, **wishes)
    assert report.capture == "stream"
    assert decoding.numbers(path) == list(range(FILM.frames))


@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        *thorough(
            ("/gone", "LOAD_FAILED", "answered 404"),
            ("/circle", "LOAD_FAILED", "redirects in a circle"),
            ("/data", "NOT_HTML", "application/json"),
        ),
        ("/silent", "LOAD_FAILED", "cannot be reached"),
    ],
)
def test_a_render_of_no_page_ends_in_one_sentence(tmp_path, path, code, says):
    with served(REPLIES) as origin, pytest.raises(CompositionError) as caught:
        framewright.render(f"{origin}{path}", tmp_path / "out.mp4", duration=1)
    assert (caught.value.code, caught.value.exit_code) == (code, 3)
    assert says in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_gone_is_not_answered_from_memory(tmp_path):
    with served(site()) as origin:
        assert framewright.probe(f"{origin}/films/counter.html", duration=1).frames == 30
    with pytest.raises(CompositionError, match="could not be fetched") as caught:
        framewright.probe(f"{origin}/films/counter.html", duration=1)
    assert caught.value.code == "LOAD_FAILED"


@pytest.mark.thorough
def test_a_page_elsewhere_can_be_checked():
    with served(site()) as origin:
        report = framewright.check(f"{origin}/films/counter.html", duration=0.1, width=320, height=180)
    # An address of its own site is not remote to it.
    assert report.findings == ()


REPLIES = {
    "/gone": Reply("gone", 404),
    "/gone-and-empty": Reply(status=404),
    "/broken": Reply("<h1>sorry</h1>", 500),
    "/private": Reply("who?", 401, {"www-authenticate": 'Basic realm="x"'}),
    "/circle": moved("/circle?again"),
    "/to-a-file": moved("file:///etc/hostname"),
    "/picture": Reply(b"GIF89a\1\0\1\0\0\0\0;", headers={"content-type": "image/gif"}),
    "/data": Reply("{}", headers={"content-type": "application/json"}),
    "/text": Reply("words", headers={"content-type": "text/plain"}),
    "/archive": Reply(b"PK", headers={"content-type": "application/zip"}),
    "/attached": Reply("<p>page", headers={"content-disposition": "attachment"}),
    "/silent": Reply(status=None),
    "/empty": Reply(status=204),
    "/leaves": "<script>location = '/text'</script>",
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        ("/gone", "LOAD_FAILED", "answered 404"),
        ("/gone-and-empty", "LOAD_FAILED", "answered 404"),
        *thorough(("/broken", "LOAD_FAILED", "answered 500")),
        ("/private", "LOAD_FAILED", "answered 401"),
        ("/circle", "LOAD_FAILED", "redirects in a circle"),
        ("/to-a-file", "LOAD_FAILED", "no web address"),
        ("/picture", "NOT_HTML", "image/gif"),
        ("/data", "NOT_HTML", "application/json"),
        *thorough(("/text", "NOT_HTML", "text/plain")),
        ("/archive", "NOT_HTML", "application/zip"),
        ("/attached", "LOAD_FAILED", "download"),
        ("/silent", "LOAD_FAILED", "without an answer"),
        ("/empty", "LOAD_FAILED", "nothing"),
        ("/leaves", "NAVIGATED", "render that address itself"),
    ],
)
async def test_what_is_no_page_is_the_authors_fault(browser, path, code, says):
    with served(REPLIES) as origin:
        assert says in await refused(browser, f"{origin}{path}", code)


async def refused(browser, url, code):
    page = await browser.new_page(apart=True)
    with pytest.raises(CompositionError) as caught:
        await Stage.open(page, open_project(url), "", Wishes(page_timeout=30))
    await page.close()
    assert caught.value.code == code, caught.value.message
    assert caught.value.message.count(". ") == 0
    return caught.value.message


@pytest.mark.asyncio(loop_scope="module")
async def test_nobody_listens_and_no_such_host(browser):
    with served({}) as origin:
        pass
    assert "nobody listens there" in await refused(browser, origin, "LOAD_FAILED")
    assert "no such host" in await refused(browser, "http://nowhere.invalid/", "LOAD_FAILED")


@pytest.mark.asyncio(loop_scope="module")
async def test_a_certificate_that_nobody_vouches_for(browser, tmp_path):
    with served({"/": "<p>hello"}, certificate=web.make_certificate(tmp_path)) as origin:
        assert "certificate is not trusted" in await refused(browser, origin, "LOAD_FAILED")


@pytest.mark.asyncio(loop_scope="module")
async def test_a_page_elsewhere_stays_where_it_is(browser):
    with served({"/": "<p>stay", "/text": "<p>other"}) as origin:
        page = await browser.new_page(apart=True)
        await Stage.open(page, open_project(f"{origin}/"), "")
        assert page.address == f"{origin}/"
        await page.evaluate("void setTimeout(() => { location = '/text' }, 0)")
        await page.evaluate("new Promise(done => fetch('/').then(done))", await_promise=True)
        assert await page.evaluate("document.body.innerText.trim()") == "stay"
        await page.close()


def test_the_command_ends_with_3_and_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with served({}) as origin:
        assert run(["render", f"{origin}/film", "--duration", "1"]) == 3
    assert "answered 404" in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []
