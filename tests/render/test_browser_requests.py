"""Requests to other origins are held, answered as if from there, and reach nothing else."""

import asyncio
import json

import pytest
from browser_pages import options, site

from framewright.browser import Answer, Browser, Outside, Refusal
from framewright.model.errors import CompositionError

FAR = "https://far.example"
CORS = ("access-control-allow-origin", "*")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"/>'
# Each promise's end becomes a row of `told`.
TELL = """<script>told = {}; const tell = (name, promise) => promise.then(
  value => { told[name] = String(value) }, error => { told[name] = 'failed' })</script>"""


class Shelf:
    """Answers from a table of paths, and remembers what was asked for."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    async def answer(self, request):
        self.asked.append(request)
        answer = self.answers[request.url.removeprefix(FAR)]
        if callable(answer):
            answer = await answer(request)
        return answer


def text(body, *headers, status=200):
    return Answer(status=status, headers=headers, body=body.encode())


async def visited(folder, html, answers, *, files=None, until=()):
    """What a page has told, its notices, and what it asked the shelf for."""
    shelf = Shelf(answers)
    async with (
        site(folder, {"index.html": TELL + html, **(files or {})}) as server,
        Browser(options(origin=server.origin)) as browser,
    ):
        page = await browser.new_page(outside=Outside(server.origin, shelf))
        await page.navigate(f"{server.origin}/index.html", 60)
        for _ in range(500):
            told = await page.evaluate("told")
            if set(until) <= told.keys():
                break
            await page.begin_frame()
            await asyncio.sleep(0.02)
        return told, page.notices, shelf.asked


async def test_every_kind_of_request_is_answered_in_the_place_of_the_network(tmp_path):
    html = f"""<link rel=stylesheet href={FAR}/a.css><script src={FAR}/a.js></script><script crossorigin src={FAR}/b.js></script>
<img crossorigin src={FAR}/a.svg onload="told.img = this.width" onerror="told.img = 'failed'">
<iframe src={FAR}/frame.html></iframe><p id=p>text</p><script>
tell('style', Promise.resolve(getComputedStyle(p).color)); tell('plain', Promise.resolve(a)); tell('crossorigin', Promise.resolve(b));
tell('module', import('{FAR}/m.js').then(m => m.default)); tell('text', fetch('{FAR}/text').then(r => r.text()));
tell('binary', fetch('{FAR}/binary').then(r => r.arrayBuffer()).then(b => new Uint8Array(b).join()));
tell('followed', fetch('{FAR}/moved').then(r => r.url)); tell('round', fetch('{FAR}/round'));
tell('posted', fetch('{FAR}/post', {{method: 'POST', headers: {{'x-token': '1'}}, body: 'päper'}}).then(r => r.text()));
tell('worker', new Promise((ok, no) => {{ const w = new Worker('w.js'); w.onmessage = e => ok(e.data); w.onerror = no }}));
tell('frame', new Promise(ok => {{ onmessage = e => ok(e.data) }}));
</script>"""
    worker = f"fetch('{FAR}/text').then(r => r.text()).then(t => {{ importScripts('{FAR}/a.js'); postMessage(t + a) }})"

    async def post(request):
        if request.method == "OPTIONS":
            allowed = ("access-control-allow-headers", "x-token")
            return text("", CORS, allowed, status=204)
        return text(f"{request.headers['x-token']} {request.body.decode()}", CORS)

    js, css = ("content-type", "text/javascript"), ("content-type", "text/css")
    told, notices, asked = await visited(
        tmp_path,
        html,
        {
            "/a.css": text("p { color: rgb(1, 2, 3) }", css),
            "/a.js": text("var a = 'A'", js),
            "/b.js": text("var b = 'B'", js, CORS),
            "/m.js": text("export default 'M'", js, CORS),
            "/a.svg": Answer(status=200, headers=(("content-type", "image/svg+xml"), CORS), body=SVG),
            "/frame.html": text(
                f"<script>fetch('{FAR}/text').then(r => r.text()).then(t => parent.postMessage('in ' + t, '*'))</script>",
                ("content-type", "text/html"),
            ),
            "/text": text("T", CORS),
            "/binary": Answer(status=200, headers=(CORS,), body=bytes([0, 255, 128, 10])),
            "/moved": text("", CORS, ("location", "/text"), status=302),
            "/round": text("", CORS, ("location", "/round"), status=302),
            "/post": post,
        },
        files={"w.js": worker},
        until={"img", "worker", "frame", "posted", "round", "followed", "binary", "module"},
    )
    assert told == {
        "style": "rgb(1, 2, 3)",
        "plain": "A",
        "crossorigin": "B",
        "img": 5,
        "module": "M",
        "text": "T",
        "binary": "0,255,128,10",
        "followed": f"{FAR}/text",
        "round": "failed",
        "posted": "1 päper",
        "worker": "TA",
        "frame": "in T",
    }
    assert sum(request.url.endswith("/round") for request in asked) <= 21  # the browser's own limit
    assert {notice.code for notice in notices} == {"ASSET_UNAVAILABLE"}, notices


async def test_rules_of_other_origins_hold_as_they_would_in_the_network(tmp_path):
    html = f"""<script>
tell('silent', fetch('{FAR}/silent').then(r => r.text())); tell('other', fetch('{FAR}/other').then(r => r.text()));
tell('known', fetch('{FAR}/known', {{credentials: 'include'}}).then(r => r.text()));
tell('star', fetch('{FAR}/star', {{credentials: 'include'}}).then(r => r.text()));
tell('canvas', new Promise((ok, no) => {{ const i = new Image(); i.onerror = no; i.onload = () => {{
  const c = document.createElement('canvas').getContext('2d'); c.drawImage(i, 0, 0);
  try {{ c.getImageData(0, 0, 1, 1); ok('read') }} catch (e) {{ ok(e.name) }} }}; i.src = '{FAR}/silent.svg' }}));</script>"""

    async def known(request):
        origin = ("access-control-allow-origin", request.headers["origin"])
        return text("K", origin, ("access-control-allow-credentials", "true"))

    told, _, _ = await visited(
        tmp_path,
        html,
        {
            "/silent": text("S"),
            "/other": text("O", ("access-control-allow-origin", "https://elsewhere.example")),
            "/known": known,
            "/star": text("*", CORS),
            "/silent.svg": Answer(status=200, headers=(("content-type", "image/svg+xml"),), body=SVG),
        },
        until={"silent", "other", "known", "star", "canvas"},
    )
    assert told == {
        "silent": "failed",
        "other": "failed",
        "known": "K",
        "star": "failed",
        "canvas": "SecurityError",
    }


async def test_what_is_refused_is_told_once_and_the_page_goes_on(tmp_path):
    html = f"<script src={FAR}/no.js></script><script>tell('fetch', fetch('{FAR}/no')); tell('odd', fetch('{FAR}/odd'))</script>"

    async def odd(request):
        raise ZeroDivisionError

    told, notices, _ = await visited(
        tmp_path,
        html,
        {
            "/no.js": Refusal(code="REMOTE_FAILED", message="There is no no.js."),
            "/no": Refusal(code="REMOTE_FAILED", message="There is no such thing."),
            "/odd": odd,
        },
        until={"fetch", "odd"},
    )
    assert told == {"fetch": "failed", "odd": "failed"}
    assert [notice.code for notice in notices] == ["REMOTE_FAILED"] * 3, notices
    assert {"There is no no.js.", "There is no such thing."} < {notice.message for notice in notices}


async def test_a_fatal_refusal_ends_the_page(tmp_path):
    refusal = Refusal(code="REMOTE_UNKNOWN", message="Nobody knows it.", fatal=True)
    with pytest.raises(CompositionError, match="Nobody knows it") as caught:
        await visited(
            tmp_path, f"<script>tell('a', fetch('{FAR}/a'))</script>", {"/a": refusal}, until={"never"}
        )
    assert caught.value.code == "REMOTE_UNKNOWN"


async def test_nothing_goes_past_the_answerer(tmp_path):
    """Sockets and shared workers are not held: the browser itself reaches its one origin only."""
    reached = []

    async def serve(reader, writer):
        reached.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    html = f"""<link rel=preconnect href=http://127.0.0.1:{port}><script>
tell('socket', new Promise((ok, no) => {{ const s = new WebSocket('ws://127.0.0.1:{port}/'); s.onopen = ok; s.onerror = no }}));
tell('shared', new Promise((ok, no) => {{ const w = new SharedWorker('s.js'); w.port.onmessage = e => e.data === 'ok' ? ok('ok') : no() }}));
</script>"""
    shared = f"onconnect = e => fetch('http://127.0.0.1:{port}/').then(() => e.ports[0].postMessage('ok'), () => e.ports[0].postMessage('no'))"
    told, notices, asked = await visited(
        tmp_path, html, {}, files={"s.js": shared}, until={"socket", "shared"}
    )
    server.close()
    assert told == {"socket": "failed", "shared": "failed"}
    assert "WEBSOCKET_REFUSED" in {notice.code for notice in notices}
    assert (asked, reached) == ([], [])


async def test_an_answer_that_never_comes_holds_up_neither_others_nor_the_end(tmp_path):
    async def never(request):
        await asyncio.Event().wait()

    html = f"<script>for (let i = 0; i < 8; i++) fetch('{FAR}/never'); tell('text', fetch('{FAR}/text').then(r => r.text()))</script>"
    told, _, _ = await visited(tmp_path, html, {"/never": never, "/text": text("T", CORS)}, until={"text"})
    assert told == {"text": "T"}


@pytest.mark.thorough
async def test_a_flood_of_requests_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("framewright.browser.requests._MOST_REQUESTS", 50)
    html = f"<script>tell('all', Promise.all(Array.from({{length: 400}}, (_, i) => fetch('{FAR}/text').catch(() => 0))))</script>"
    _, notices, asked = await visited(tmp_path, html, {"/text": text("T", CORS)}, until={"all"})
    assert len(asked) == 50
    assert [notice.code for notice in notices].count("REMOTE_FLOOD") == 1


@pytest.mark.thorough
async def test_a_page_without_remote_requests_pays_nothing_a_frame(tmp_path):
    """No event and no call of ours crosses the pipe for a frame but the draw itself."""
    calls = {}
    for name in ("with", "without"):
        async with (
            site(tmp_path / name, {"index.html": "<h1>here</h1>"}) as server,
            Browser(options()) as browser,
        ):
            outside = Outside(server.origin, Shelf({})) if name == "with" else None
            page = await browser.new_page(outside=outside)
            await page.navigate(f"{server.origin}/index.html", 60)
            heard = []
            old = browser._connection._hear
            browser._connection._hear = lambda event, old=old, heard=heard: (heard.append(event), old(event))
            before = browser._connection._number
            for _ in range(20):
                await page.begin_frame()
            calls[name] = (browser._connection._number - before, json.dumps(heard))
    assert calls["with"][0] == calls["without"][0] == 20
    assert "Fetch." not in calls["with"][1]
