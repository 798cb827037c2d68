"""What a page has begun to load, decode or compute before its first frame is in its first frame."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from truth.grids import thorough
from truth.stages import Stages

pytestmark = pytest.mark.asyncio(loop_scope="module")
PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
# A module without anything in it.
WASM = "new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slow():
    """The address of a server that thinks for a while before each answer, and never ends the one of /endless."""

    async def answer(reader, writer):
        try:
            first = await reader.readline()
            while (await reader.readline()).strip():
                pass
            await asyncio.sleep(0.4)
            body = b"globalThis.word = 'slow'"
            kind = b"text/javascript"
            head = (
                b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\nContent-Type: "
                + kind
            )
            writer.write(head + b"\r\n\r\n" + body)
            await writer.drain()
            if b"/endless" in first:
                await asyncio.sleep(30)
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.close()


@pytest.mark.parametrize(
    "work",
    [
        "await (await fetch(SLOW + '/data')).text()",
        *thorough("for (const n of [1, 2]) await fetch(SLOW + '/data' + n)"),
        "await import(SLOW + '/module.js')",
        "await new Promise((done) => { const r = new XMLHttpRequest(); r.onload = done; r.open('GET', SLOW + '/x'); r.send() })",
        *thorough(
            "await new Promise((done) => { const s = document.createElement('script'); s.onload = done; s.src = SLOW + '/s'; document.head.append(s) })"
        ),
        "await createImageBitmap(await (await fetch(PNG)).blob())",
        *thorough(
            "await new Promise((done) => { const image = new Image(); image.onload = done; image.src = PNG })"
        ),
        *thorough("await WebAssembly.instantiate(WASM)"),
        "await ask(new Worker('slow.js'))",
        *thorough("await ask(new Worker('slow.js')); await import(SLOW + '/m.js')"),
    ],
)
async def test_the_first_frame_waits_for(stages, slow, work):
    work = work.replace("SLOW", f"'{slow}'").replace("PNG", f"'{PNG}'").replace("WASM", WASM)
    script = f"""const ask = (worker) => new Promise((done) => {{ worker.onmessage = done; worker.postMessage(0) }});
        {work}; window.there = true;
        addEventListener('hf-seek', ({{ detail }}) => {{ if (detail.time === 0) window.first = true }});"""
    worker = "onmessage = () => setTimeout(() => postMessage(1), 400)"
    html = f"<!doctype html><body><script type='module'>{script}</script></body>"
    shown = await stages.open(html, {"slow.js": worker})
    assert await shown.ask("[window.there, window.first]") == [True, True]
    assert "WORK_UNFINISHED" not in shown.codes


async def test_what_never_ends_is_told(stages, slow):
    script = f"fetch('{slow}/endless').then((answer) => answer.text())"
    html = f"<!doctype html><body><script>{script}</script></body>"
    shown = await stages.open(html, wishes=Wishes(image_timeout=1))
    assert "WORK_UNFINISHED" in shown.codes


async def test_a_request_that_fails_while_the_page_waits_for_it_is_over(stages):
    script = """const request = new XMLHttpRequest(); request.open('GET', 'http://127.0.0.1:1/', false);
        try { request.send() } catch { window.failed = true }"""
    html = f"<!doctype html><body><script>{script}</script></body>"
    shown = await stages.open(html, wishes=Wishes(image_timeout=1))
    assert await shown.ask("window.failed") is True
    assert "WORK_UNFINISHED" not in shown.codes


async def test_a_canvas_that_a_worker_draws_is_told(stages):
    script = """const canvas = document.querySelector('canvas').transferControlToOffscreen();
        new Worker('draw.js').postMessage({ canvas }, [canvas]);"""
    html = f"<!doctype html><body><canvas></canvas><script>{script}</script></body>"
    shown = await stages.open(html, {"draw.js": "onmessage = () => {}"})
    assert "CANVAS_IN_WORKER" in shown.codes
    assert not shown.description.foreseeable
