"""Pages that misbehave end with one sentence and the author's exit code, or are rendered all the same."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import framewright
from framewright.model.errors import ExitCode, FramewrightError
from truth import counter, decoding, remains
from truth.grids import ordinary, thorough
from truth.pages import Film, document, write
from truth.runtimes import write_runtime

FILM = Film(frames=20)
PAGE_TIMEOUT = 4.0


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch):
    monkeypatch.setenv("FRAMEWRIGHT_PAGE_TIMEOUT", str(PAGE_TIMEOUT))


@pytest.fixture
def refuse(tmp_path, browser_files):
    """Render something that cannot be rendered; the error, once it is shown that nothing was left behind."""

    def run(composition, **wishes):
        folder = tmp_path / "out"
        folder.mkdir()
        with pytest.raises(FramewrightError) as caught:
            framewright.render(composition, folder / "out.mp4", **wishes)
        check_sentence(caught.value.message)
        assert remains.files(folder) == []
        remains.assert_gone(browser_files)
        return caught.value

    return run


def check_sentence(message):
    assert message.endswith("."), message
    assert "\n" not in message
    assert "Traceback" not in message


def scripted(script):
    """A counting page with something bad in it: ``at`` is the time of a frame in ms, ``frame`` a frame's length."""
    return document(FILM, counter.CELLS, script=counter.SHOW + f"const frame = {FILM.frame_ms!r};" + script)


AT_FRAME_5 = "(function draw(at) {{ show(Math.floor(at / frame + 0.25)); if (at > 4.8 * frame) {{ {0} }} requestAnimationFrame(draw); }})(0);"

HANGING = {
    "loops-at-load": "for (;;);",
    "loops-at-frame-5": AT_FRAME_5.format("for (;;);"),
    "loops-in-a-timer": "setTimeout(() => { for (;;); }, 100);",
    "loops-in-promises": AT_FRAME_5.format("(async () => { for (;;) await null; })();"),
}


@pytest.mark.parametrize("name", ordinary(HANGING, "loops-in-a-timer"))
def test_a_page_that_loops_for_ever(refuse, tmp_path, monkeypatch, name):
    monkeypatch.setenv("FRAMEWRIGHT_PAGE_TIMEOUT", "2")
    error = refuse(write(tmp_path / "page", scripted(HANGING[name])))
    assert (error.code, error.exit_code) == ("PAGE_HANGS", ExitCode.COMPOSITION)


def test_a_page_that_throws_is_named_with_file_and_line(refuse, tmp_path):
    page = write(tmp_path / "page", document(FILM, script="\nthrow new Error('the sky falls');"))
    error = refuse(page)
    assert error.exit_code == ExitCode.COMPOSITION
    assert "the sky falls" in error.message
    assert "index.html:" in error.message


def test_a_page_that_throws_later_is_rendered_with_a_warning(render, tmp_path):
    page = write(
        tmp_path / "page",
        scripted(AT_FRAME_5.format("requestAnimationFrame(draw); throw new Error('late');")),
    )
    path, report = render(page, quality="draft")
    assert decoding.numbers(path) == list(range(FILM.frames))
    assert any("late" in notice.message for notice in report.notices)


ALLOCATING = {
    "at-load": "for (;;) hoard.push(new Uint8Array(2 ** 24).fill(1));",
    "at-frame-5": AT_FRAME_5.format("for (;;) hoard.push(new Uint8Array(2 ** 24).fill(1));"),
    "frame-by-frame": AT_FRAME_5.format(
        "for (let i = 0; i < 16; i++) hoard.push(new Uint8Array(2 ** 24).fill(1));"
    ),
}


@pytest.mark.parametrize("name", ordinary(ALLOCATING, "at-load"))
def test_a_page_that_allocates_without_end(refuse, tmp_path, monkeypatch, name):
    monkeypatch.setenv("FRAMEWRIGHT_PAGE_TIMEOUT", "30")
    monkeypatch.setenv("FRAMEWRIGHT_PAGE_MEMORY", str(700 * 2**20))
    error = refuse(write(tmp_path / "page", scripted("const hoard = [];" + ALLOCATING[name])))
    # The browser may refuse the array before we end the browser.
    assert (error.code, error.exit_code) in {
        ("PAGE_MEMORY", ExitCode.COMPOSITION),
        ("SCRIPT_ERROR", ExitCode.COMPOSITION),
    }
    assert "memory" in error.message or "Array buffer" in error.message


@pytest.mark.thorough
def test_dialogs_and_popups_are_dismissed(render, tmp_path):
    dialogs = (
        "alert('one'); confirm('two'); prompt('three'); open('index.html'); onbeforeunload = () => 'four';"
    )
    page = write(tmp_path / "page", scripted(dialogs + AT_FRAME_5.format("alert('later');")))
    assert decoding.numbers(render(page, quality="draft").path) == list(range(FILM.frames))


RUNNING = "(function draw(at) { show(Math.floor(at / frame + 0.25)); requestAnimationFrame(draw); })(0);"

LEAVING = {
    "by-address": "location.assign('elsewhere.html');",
    "by-form": "document.body.appendChild(Object.assign(document.createElement('form'), {action: 'elsewhere.html'})).submit();",
    "by-reload": "location.reload();",
}


@pytest.mark.parametrize("how", ordinary(LEAVING, "by-address"))
def test_a_page_that_leaves_while_it_loads_is_refused(refuse, tmp_path, how):
    page = write(tmp_path / "page", scripted(LEAVING[how] + RUNNING), elsewhere_html="<h1>Elsewhere</h1>")
    error = refuse(page)
    assert (error.code, error.exit_code) == ("NAVIGATED", ExitCode.COMPOSITION)


@pytest.mark.parametrize("how", thorough(*LEAVING))
def test_a_page_that_wants_to_leave_later_stays(render, tmp_path, how):
    later = "let tried = false;" + AT_FRAME_5.format(f"if (!tried) {{ tried = true; {LEAVING[how]} }}")
    page = write(tmp_path / "page", scripted(later), elsewhere_html="<h1>Elsewhere</h1>")
    path, report = render(page, quality="draft")
    assert decoding.numbers(path) == list(range(FILM.frames))
    assert "NAVIGATION_REFUSED" in {notice.code for notice in report.notices}


def test_a_page_that_would_replace_itself_or_fill_the_screen_is_rendered_as_it_is(render, tmp_path):
    grabs = """document.documentElement.requestFullscreen().catch(() => {});
        try { document.write('gone'); } catch { /* refused */ }
        document.open();"""
    # What comes behind throws, and is told as what scripts throw later.
    later = AT_FRAME_5.format(f"requestAnimationFrame(draw); {grabs}")
    page = write(tmp_path / "page", scripted(later))
    path, report = render(page, quality="draft", workers=1, capture="stream")
    assert decoding.numbers(path) == list(range(FILM.frames))
    assert report.capture == "stream"
    codes = {notice.code for notice in report.notices}
    assert codes == {"DOCUMENT_OPEN_REFUSED", "FULL_SCREEN_REFUSED", "SCRIPT_ERROR"}
    refused = [notice.message for notice in report.notices if notice.code == "DOCUMENT_OPEN_REFUSED"]
    assert len(refused) == 2
    assert all("(index.html:" in message for message in refused), refused


def test_a_page_that_takes_its_own_element_away(refuse, tmp_path):
    page = write(tmp_path / "page", scripted(AT_FRAME_5.format("document.documentElement.remove();")))
    error = refuse(page, workers=1)
    assert (error.code, error.exit_code) == ("DOCUMENT_LOST", ExitCode.COMPOSITION)


@contextmanager
def silent_server():
    """A server that takes requests and never answers."""
    over = threading.Event()

    class Silent(BaseHTTPRequestHandler):
        def do_GET(self):
            over.wait(120)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/never"
        finally:
            over.set()
            server.shutdown()


NEVER = {
    "image": '<img src="{0}" style="position:absolute">',
    "script": '<script src="{0}"></script>',
    "style": '<link rel="stylesheet" href="{0}">',
    "iframe": '<iframe src="{0}" style="display:none"></iframe>',
}


@pytest.mark.parametrize("kind", ordinary(NEVER, "iframe"))
def test_a_page_that_never_fires_load(refuse, tmp_path, monkeypatch, kind):
    monkeypatch.setenv("FRAMEWRIGHT_PAGE_TIMEOUT", "1")
    with silent_server() as address:
        page = write(tmp_path / "page", document(FILM, counter.CELLS + NEVER[kind].format(address)))
        error = refuse(page)
    assert (error.code, error.exit_code) == ("LOAD_TIMEOUT", ExitCode.COMPOSITION)
    assert address in error.message


# No number, none above 0, too many seconds; the others that are none fail in the same places.
@pytest.mark.parametrize(
    "duration",
    [
        "0",
        *thorough("1e12"),
        *thorough("soon"),
        *(pytest.param(one, marks=pytest.mark.long) for one in ("-1", "NaN", "Infinity", "86401")),
    ],
)
def test_durations_that_are_none(refuse, tmp_path, duration):
    html = document(FILM, counter.CELLS).replace(
        f'data-duration="{FILM.seconds!r}"', f'data-duration="{duration}"'
    )
    error = refuse(write(tmp_path / "page", html))
    assert error.exit_code == ExitCode.COMPOSITION
    assert error.code in {"DURATION_INVALID", "DURATION_MISSING"}


def test_a_page_without_any_length(refuse, tmp_path):
    error = refuse(write(tmp_path / "page", "<!doctype html><h1>Still</h1>"))
    assert (error.code, error.exit_code) == ("DURATION_MISSING", ExitCode.COMPOSITION)
    assert "--duration" in error.message


@pytest.mark.parametrize(("width", "height"), [*thorough((0, 180), (320, -1)), (20000, 20000)])
def test_sizes_that_are_none(refuse, tmp_path, width, height):
    error = refuse(write(tmp_path / "page", document(Film(width=width, height=height), counter.CELLS)))
    assert (error.code, error.exit_code) == ("SIZE_INVALID", ExitCode.COMPOSITION)


def test_no_such_file(refuse, tmp_path):
    error = refuse(tmp_path / "nowhere.html")
    assert error.exit_code == ExitCode.USAGE
    assert "nowhere.html" in error.message


def test_a_folder_without_index_html(refuse, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    error = refuse(empty)
    assert error.exit_code == ExitCode.COMPOSITION
    assert "index.html" in error.message


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.png", b"\x89PNG\r\n\x1a\n"), ("a.html", b"\x00\x01\xff\xfe" * 99), ("a.txt", b"plain")],
)
def test_not_html(refuse, tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    error = refuse(file)
    assert error.exit_code == ExitCode.COMPOSITION


@pytest.mark.thorough
async def test_many_bad_pages_at_once_do_not_disturb_a_good_one(tmp_path, browser_files):
    good = write_runtime(tmp_path / "good", "raf", FILM)
    bad = write(tmp_path / "bad", scripted(HANGING["loops-at-frame-5"]))
    folder = tmp_path / "out"
    folder.mkdir()
    results = await asyncio.gather(
        framewright.render_async(good, folder / "good.mp4", quality="draft"),
        framewright.render_async(bad, folder / "bad.mp4", quality="draft"),
        return_exceptions=True,
    )
    assert decoding.numbers(folder / "good.mp4") == list(range(FILM.frames))
    assert isinstance(results[1], FramewrightError)
    assert remains.files(folder) == ["good.mp4"]
    remains.assert_gone(browser_files)
