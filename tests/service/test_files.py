"""Files over HTTP: whole, in part, or not again."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import socket
from pathlib import Path

import aiohttp
import pytest
from starlette.responses import FileResponse

from framewright.service.app import create_app
from framewright.service.http import connection
from framewright.service.http.files import disposition
from framewright.service.http.listening import Listening, bound, url_of

ASKED = {"composition": {"html": "<p>hi</p>"}, "name": 'a "film"; ä/\r\n.mp4'}


@pytest.fixture
async def web(address):
    async with aiohttp.ClientSession(address) as session:
        yield session


@pytest.fixture
async def path(web, desk):
    async with web.post("/v1/renders", json=ASKED) as answer:
        job = (await answer.json())["id"]
    await desk.finish(job)
    return f"/v1/renders/{job}/output"


async def test_parts_of_a_file(web, desk, path):
    whole = Path(desk.output_path).read_bytes()
    size = len(whole)
    for asked, part, told in (
        ("bytes=0-99", whole[:100], f"bytes 0-99/{size}"),
        ("bytes=100-", whole[100:], f"bytes 100-{size - 1}/{size}"),
        ("bytes=-50", whole[-50:], f"bytes {size - 50}-{size - 1}/{size}"),
        (f"bytes=0-{10**14}", whole, f"bytes 0-{size - 1}/{size}"),
    ):
        async with web.get(path, headers={"Range": asked}) as answer:
            assert (answer.status, answer.headers["Content-Range"], await answer.read()) == (
                206,
                told,
                part,
            ), asked
    for asked in ("bytes=-0", f"bytes={size}-"):
        async with web.get(path, headers={"Range": asked}) as answer:
            assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{size}"), asked
            assert answer.content_type == "application/problem+json"
    for asked in ("bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "bytes=5-4", "bytes=-", "x"):
        async with web.get(path, headers={"Range": asked}) as answer:
            assert (answer.status, await answer.read()) == (200, whole), asked


async def test_a_head_tells_what_a_get_would(web, desk, path):
    async with web.get(path) as answer:
        got = answer
        await answer.read()
    async with web.head(path) as answer:
        assert (answer.status, await answer.read()) == (200, b"")
        for name in ("Content-Length", "Content-Type", "ETag", "Accept-Ranges", "Content-Disposition"):
            assert answer.headers[name] == got.headers[name]


async def test_whoever_gets_a_file_can_look_whether_it_is_the_one(web, desk, path):
    digest = hashlib.sha256(Path(desk.output_path).read_bytes()).digest()
    for asked in ({}, {"Range": "bytes=5-9"}):
        async with web.get(path, headers=asked) as answer:
            assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"


async def test_what_is_known_is_not_sent_again(web, desk, path):
    async with web.head(path) as answer:
        tag = answer.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        async with web.get(path, headers={"If-None-Match": known}) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
    async with web.get(path, headers={"If-None-Match": '"x"'}) as answer:
        assert answer.status == 200
    async with web.get(path, headers={"Range": "bytes=0-9", "If-Range": tag}) as answer:
        assert answer.status == 206
    async with web.get(path, headers={"Range": "bytes=0-9", "If-Range": '"x"'}) as answer:
        assert answer.status == 200


async def test_names_are_safe(web, path):
    async with web.get(path, params={"save": "true"}) as answer:
        said = answer.headers["Content-Disposition"]
    assert said.startswith('attachment; filename="a _film__ ')
    assert "%C3%A4" in said
    assert "\n" not in said
    assert disposition("x.mp4", inline=True) == "inline; filename=\"x.mp4\"; filename*=UTF-8''x.mp4"


async def test_whoever_leaves_in_the_middle_of_a_file_lets_go_of_it(web, desk, path, monkeypatch):
    # So that reading all of it would take much longer than the test waits.
    monkeypatch.setattr(FileResponse, "chunk_size", 64)
    with open(desk.output_path, "wb") as file:
        file.truncate(2**26)
    async with web.get(path) as answer:
        assert len(await answer.content.readexactly(1000)) == 1000
        assert desk.lent == 1
        answer.close()
    async with asyncio.timeout(5):
        while desk.lent:
            await asyncio.sleep(0.01)


async def test_a_file_that_nobody_takes_is_given_up(rooms, desk, tmp_path, monkeypatch):
    """A connection whose other end reads nothing holds a descriptor and a buffer."""
    monkeypatch.setattr(connection, "UNTAKEN_SECONDS", 1.0)
    desk.output_path = tmp_path / "large.mp4"
    with open(desk.output_path, "wb") as file:
        file.truncate(50 * 2**20)
    knocked = bound("127.0.0.1", 0)
    async with Listening(create_app(rooms), knocked) as listening:
        async with aiohttp.ClientSession(url_of(knocked, "127.0.0.1")) as web:
            async with web.post("/v1/renders", json=ASKED) as answer:
                job = (await answer.json())["id"]
        await desk.finish(job)
        deaf = socket.create_connection(knocked.getsockname())
        deaf.sendall(f"GET /v1/renders/{job}/output HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        async with asyncio.timeout(60):
            while not listening.busy:
                await asyncio.sleep(0.01)
            while listening.busy:
                await asyncio.sleep(0.05)
        deaf.close()


async def test_frames(web, desk, path):
    job = path.removesuffix("/output")
    async with web.get(f"{job}/frames/3.jpg") as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        assert (await answer.read())[:2] == b"\xff\xd8"
    for odd in ("60", "-1", "x", "1.5", "%2e%2e", "latest%00", "9" * 12):
        async with web.get(f"{job}/frames/{odd}.jpg") as answer:
            assert answer.status == 404, odd


async def test_a_file_that_is_not_there_yet(web):
    async with web.post("/v1/renders", json=ASKED | {"name": "slow"}) as answer:
        links = (await answer.json())["links"]
    for rest, code in (
        ("/output", "OUTPUT_NOT_READY"),
        ("/report", "REPORT_NOT_READY"),
        ("/frames/latest.jpg", "FRAME_NOT_READY"),
    ):
        async with web.get(links["self"] + rest) as answer:
            assert (answer.status, (await answer.json(content_type=None))["code"]) == (409, code)
