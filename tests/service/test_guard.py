"""What is let in before any route is: names of hosts, origins, sizes and times of bodies."""

from __future__ import annotations

import asyncio
import dataclasses
import json

import aiohttp
import pytest
from fake_server import serving_fakes

from framewright.service.app import create_app
from framewright.service.http import bodies
from framewright.service.http.listening import Listening, bound
from framewright.service.settings import ServiceSettings

ASKED = {"composition": {"html": "<p>hi</p>"}}
GOOD = json.dumps(ASKED).encode()


@pytest.fixture
async def web(address):
    async with aiohttp.ClientSession(address) as session:
        yield session


async def code(answer):
    return (await answer.json(content_type=None))["code"]


async def test_a_name_that_somebody_pointed_here_gets_nothing(web, address):
    port = address.rpartition(":")[2]
    for host in (f"evil.example:{port}", "evil.example", f"localhost.evil.example:{port}", "localhost/x", "a@localhost", "",
                 "localhost:99999"):  # fmt: skip
        async with web.get("/v1/renders", headers={"Host": host}) as answer:
            assert answer.status in {421, 400}, host
    for host in (f"localhost:{port}", "127.0.0.1", f"[::1]:{port}", "LOCALHOST"):
        async with web.get("/v1/renders", headers={"Host": host}) as answer:
            assert answer.status == 200, host


async def test_names_are_settings(rooms, tmp_path):
    named = dataclasses.replace(rooms, settings=ServiceSettings(data=tmp_path, hosts=("Render.Example",)))
    async with serving_fakes(create_app(named), named) as address, aiohttp.ClientSession(address) as web:
        async with web.get("/v1/renders", headers={"Host": "render.example"}) as answer:
            assert answer.status == 200
        async with web.get("/v1/renders", headers={"Host": "other.example"}) as answer:
            assert (answer.status, await code(answer)) == (421, "HOST_UNKNOWN")


async def test_pages_of_other_origins_change_nothing(web, address, desk):
    for origin in (
        "http://evil.example",
        "null",
        "http://localhost:1",
        "https://",
        "file://",
        "http://[",
        "x",
    ):
        async with web.post(
            "/v1/renders", data=GOOD, headers={"Origin": origin, "Content-Type": "text/plain"}
        ) as answer:
            assert (answer.status, await code(answer)) == (403, "ORIGIN_FOREIGN"), origin
    assert not desk.kept
    async with web.post("/v1/renders", json=ASKED, headers={"Origin": address}) as answer:
        assert answer.status == 202
    async with web.get("/v1/renders", headers={"Origin": "http://evil.example"}) as answer:
        assert "Access-Control-Allow-Origin" not in answer.headers
    async with web.options("/v1/renders", headers={"Origin": "http://evil.example"}) as answer:
        assert answer.status == 405


async def test_every_answer_has_an_id_and_headers_for_safety(web):
    for path in ("/v1/renders", "/nothing", "/healthz", "/v1/renders/x"):
        async with web.get(path, headers={"X-Request-Id": "mine-1"}) as answer:
            assert answer.headers["X-Request-Id"] == "mine-1"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    for odd in ("a b", "x" * 65, "ä", "<script>"):
        async with web.get("/healthz", headers={"X-Request-Id": odd}) as answer:
            assert len(answer.headers["X-Request-Id"]) == 16


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff", b'{"a": NaN}', b'{"composition": {"html": "\\ud800"}}', b"[" * 10_000,
     b'{"composition": {"html": "x"}, "scale": Infinity}', b'{"composition": {"html": "x"}, "scale": 1e999}',
     b'{"composition": {"html": "x", "html": "y"}}', b'{"composition": {"html": "x"}, "fps": ' + b"9" * 5000 + b"}",
     b'{"composition": {"html": "x"}, "variables": ' + b'{"a":' * 150 + b"1" + b"}" * 150 + b"}",
     b'{"composition": {"html": "x"}, "webhook": {"url": 5}}', b'{"composition": {"html": "x"}, "unknown": 1}',
     b'{"composition": {"html": "x"}, "variables": {"a": 1e400}}', b"1" * 5000],
)  # fmt: skip
async def test_what_is_no_request_is_a_problem(web, desk, body):
    async with web.post("/v1/renders", data=body, headers={"Content-Type": "application/json"}) as answer:
        assert answer.status in {202, 400, 422}, await answer.text()
        assert answer.status != 202 or b'"a"' in body
        if answer.status != 202:
            assert answer.content_type == "application/problem+json"
            assert len(await answer.read()) < 4000


async def test_a_body_of_very_many_values_is_refused(web, desk):
    """Reading it would keep everybody else waiting."""
    many = b'{"composition": {"html": "x"}, "variables": {"a": [' + b"0," * 30_000 + b"0]}}"
    async with web.post("/v1/renders", data=many, headers={"Content-Type": "application/json"}) as answer:
        assert (answer.status, await code(answer)) == (413, "BODY_TOO_COMPLEX")
    page = {"html": '[{,"\\\n' * 30_000 + '"'}
    async with web.post("/v1/renders", json={"composition": page}) as answer:
        assert answer.status == 202
    assert [one.job.request.composition.html for one in desk.kept.values()] == [page["html"]]


async def test_what_is_no_http_is_a_problem(rooms):
    knocked = bound("127.0.0.1", 0)
    async with Listening(create_app(rooms), knocked):
        for odd in (
            b"\x16\x03\x01\r\n\r\n",
            b"GET / HTTP/9\r\n\r\n",
            b"GET /healthz HTTP/1.1\r\nA: " + b"x" * 100_000,
        ):
            reader, writer = await asyncio.open_connection(*knocked.getsockname())
            writer.write(odd)
            async with asyncio.timeout(20):
                said = await reader.read()
            assert said.startswith(b"HTTP/1.1 400 Bad Request"), odd[:20]
            assert json.loads(said.partition(b"\r\n\r\n")[2])["code"] == "REQUEST_INVALID"
            writer.close()


async def test_a_refusal_does_not_repeat_what_was_sent(web):
    secret = "s3cret" * 100
    asked = {
        "composition": {"html": 5, secret: secret},
        "fps": {"x": secret},
        "webhook": {"url": "x", "events": [secret]},
    }
    async with web.post("/v1/renders", json=asked) as answer:
        text = await answer.text()
    assert answer.status == 422
    assert json.loads(text)["errors"]
    assert secret not in text


async def test_a_body_that_is_too_large_is_refused(rooms, tmp_path, desk):
    small = dataclasses.replace(rooms, settings=ServiceSettings(data=tmp_path, body=1000))
    async with serving_fakes(create_app(small), small) as address, aiohttp.ClientSession(address) as web:
        json_type = {"Content-Type": "application/json"}
        async with web.post("/v1/renders", data=b"x" * 500_000, headers=json_type) as answer:
            assert (answer.status, await code(answer)) == (413, "BODY_TOO_LARGE")

        async def pieces():
            for _ in range(300):
                yield b" " * 1000

        async with web.post("/v1/renders", data=pieces(), headers=json_type) as answer:
            assert (answer.status, await code(answer)) == (413, "BODY_TOO_LARGE")
        async with web.post("/v1/renders", json=ASKED) as answer:
            assert answer.status == 202


async def test_a_body_that_crawls_is_refused(address, monkeypatch):
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.3)
    monkeypatch.setattr(bodies, "_LINGER_SECONDS", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
    writer.write(
        b"POST /v1/renders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    async with asyncio.timeout(20):
        said = await reader.read()
    assert said.startswith(b"HTTP/1.1 408")
    assert b"BODY_TOO_SLOW" in said
    writer.close()


async def test_a_body_that_is_cut_off_leaves_nothing(address, desk):
    _, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
    writer.write(
        b"POST /v1/renders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    await writer.drain()
    writer.close()
    async with aiohttp.ClientSession(address) as web, web.get("/healthz") as answer:
        assert answer.status == 200
    assert not desk.kept


async def test_ways_that_are_not_offered_are_problems(web):
    async with web.put("/v1/renders") as answer:
        assert (answer.status, await code(answer)) == (405, "METHOD_INVALID")
        assert "POST" in answer.headers["Allow"]
    async with web.get("/v1/nothing") as answer:
        assert (answer.status, await code(answer)) == (404, "ROUTE_UNKNOWN")
    async with web.post("/v1/renders", data=GOOD, headers={"Content-Type": "text/plain"}) as answer:
        assert (answer.status, await code(answer)) == (415, "TYPE_INVALID")
    async with web.get("/v1/renders", params={"limit": "0"}) as answer:
        assert (answer.status, await code(answer)) == (422, "REQUEST_INVALID")


async def test_a_fault_of_ours_is_told_without_its_insides(web, desk):
    desk.probe_error = KeyError("/secret/path")
    async with web.post("/v1/probe", json=ASKED) as answer:
        text = await answer.text()
        assert (answer.status, answer.content_type) == (500, "application/problem+json")
    assert "secret" not in text
    assert json.loads(text)["code"] == "UNEXPECTED"


async def test_once_it_stops_nothing_more_begins(web, rooms):
    rooms.stopping.set()
    async with web.post("/v1/renders", json=ASKED) as answer:
        assert (answer.status, await code(answer)) == (503, "STOPPING")
        assert answer.headers["Retry-After"]
    async with web.get("/readyz") as answer:
        assert (answer.status, (await answer.json())["ready"]) == (503, False)
    for path in ("/healthz", "/v1/renders"):
        async with web.get(path) as answer:
            assert answer.status == 200
