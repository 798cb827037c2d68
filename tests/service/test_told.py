"""Server-sent events: as they happen, from any point on, and nothing is left of a listener that leaves."""

from __future__ import annotations

import asyncio
import json
import socket

import aiohttp
import pytest

from framewright.service.http import connection, told

ASKED = {"composition": {"html": "<p>hi</p>"}, "name": "film"}


@pytest.fixture
async def web(address):
    async with aiohttp.ClientSession(address, timeout=aiohttp.ClientTimeout(60)) as session:
        yield session


async def started(web):
    async with web.post("/v1/renders", json=ASKED) as answer:
        return (await answer.json())["id"]


async def next_event(answer):
    """The next event of an answer, as its number, its name, and the comments before it."""
    number, comments = None, 0
    while True:
        line = (await answer.content.readline()).decode()
        assert line, "the stream has ended"
        if line.startswith(":"):
            comments += 1
        if line.startswith("id: "):
            number = int(line[4:])
        if line.startswith("data: "):
            return number, json.loads(line[6:])["event"], comments


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


async def test_events_come_as_they_happen(web, desk):
    job = await started(web)
    async with web.get(f"/v1/renders/{job}/events") as answer:
        assert await next_event(answer) == (1, "queued", 0)
        await desk.step(job)
        assert (await next_event(answer))[:2] == (2, "started")
        await desk.cancel(job, desk.kept[job].order.caller)
        assert (await next_event(answer))[:2] == (3, "cancelled")
        assert await answer.content.read() == b"\n"
    assert desk.listeners == 0


async def test_a_silent_stream_shows_that_it_lives(web, desk, monkeypatch):
    assert told.KEEP_ALIVE_SECONDS <= 2
    monkeypatch.setattr(told, "KEEP_ALIVE_SECONDS", 0.05)
    job = await started(web)
    async with web.get(f"/v1/renders/{job}/events?after=1") as answer:
        coming = asyncio.create_task(next_event(answer))
        await asyncio.sleep(0.5)
        await desk.step(job)
        number, name, comments = await coming
    assert (number, name) == (2, "started")
    assert comments >= 2


@pytest.mark.parametrize("steps", [0, 1, 4, 100])
async def test_a_listener_may_leave_at_any_time(web, desk, steps):
    job = await started(web)
    await desk.step(job, steps)
    async with web.get(f"/v1/renders/{job}/events") as answer:
        await next_event(answer)
        answer.close()
    await until(lambda: desk.listeners == 0)
    await until(lambda: not [task for task in asyncio.all_tasks() if "http/told.py" in repr(task)])


async def test_a_render_can_be_watched_from_its_asking_on(web, desk):
    async with web.post("/v1/renders:stream", json=ASKED) as answer:
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
        job = answer.headers["Location"].rpartition("/")[2]
        assert (await next_event(answer))[1] == "queued"
        answer.close()
    await until(lambda: desk.listeners == 0)
    assert desk.kept[job].job.state == "queued"
    async with web.post("/v1/renders:stream", json={"composition": {"html": ""}}) as answer:
        assert (answer.status, answer.content_type) == (422, "application/problem+json")


async def test_the_end_of_the_service_ends_streams(web, desk, rooms):
    job = await started(web)
    async with web.get(f"/v1/renders/{job}/events") as answer:
        await next_event(answer)
        rooms.stopping.set()
        async with asyncio.timeout(20):
            assert await answer.content.read() == b"\n"
    assert desk.listeners == 0


async def test_odd_numbers_of_events_are_refused(web, desk):
    job = await started(web)
    for odd in ("x", "-1", "1.5", "²", "9" * 30):
        async with web.get(f"/v1/renders/{job}/events", headers={"Last-Event-ID": odd}) as answer:
            assert answer.status == 422
    await desk.finish(job)
    async with web.get(f"/v1/renders/{job}/events", headers={"Last-Event-ID": "99999"}) as answer:
        assert (answer.status, b"data:" in await answer.read()) == (200, False)


async def test_a_listener_that_takes_nothing_is_cut_off(address, desk, web, monkeypatch):
    """What a job tells is not piled up for somebody who does not read."""
    monkeypatch.setattr(told, "SLOW_SECONDS", 0.5)
    job = await started(web)
    one = desk.kept[job]
    await desk.step(job, 2)
    loud = one.told[-1].told.model_copy(update={"event": "stage"})
    assert loud.event == "stage"
    slow = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.sendall(f"GET /v1/renders/{job}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    await until(lambda: desk.listeners == 1)
    from framewright.model.composition import Notice
    from framewright.model.events import Warned

    for _ in range(200):
        await desk._tell(one, Warned(notice=Notice(code="LOUD", message="x" * 50_000)))
    await until(lambda: desk.listeners == 0)
    slow.close()


async def test_a_head_that_never_ends_is_not_waited_for(rooms, monkeypatch):
    from framewright.service.app import create_app
    from framewright.service.http.listening import Listening, bound, url_of

    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    knocked = bound("127.0.0.1", 0)
    async with Listening(create_app(rooms), knocked):
        port = int(url_of(knocked, "127.0.0.1").rpartition(":")[2])
        for begun in (
            b"",
            b"GET / HTTP/1.1\r\nHost: ",
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(begun)
            async with asyncio.timeout(20):
                said = await reader.read()
            assert said.count(b"HTTP/1.1 200") == begun.count(b"\r\n\r\n")
            writer.close()
