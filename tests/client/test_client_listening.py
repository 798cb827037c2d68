"""Events arrive each once and in order, however the line is cut."""

import asyncio
from contextlib import aclosing

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from pretend import PretendService, event_bytes

from framewright.client import AsyncClient, sse
from framewright.client.listening import listen
from framewright.client.sse import EndlessEventError, EventReader, ServerEvent
from framewright.model.events import FellBack
from framewright.model.job import JobState
from framewright.model.job_request import CompositionSource
from framewright.model.service_errors import ServerGoneError, UnknownError

_PAGE = CompositionSource(html="<p>hello</p>")


def _cut_after(service, count):
    """The right events, of which so many bytes come through."""

    async def cut(request):
        job, after = request.match_info["job"], int(request.headers.get("Last-Event-ID", 0))
        whole = b"retry: 1000\n\n" + b"".join(
            event_bytes(told) for told in service.told[job] if told.id > after
        )
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        answer.content_length = len(whole) + 1
        await answer.prepare(request)
        await answer.write(whole[:count])
        await asyncio.sleep(0)
        request.transport.close()
        return answer

    return cut


@pytest.mark.parametrize("count", [0, 5, 40, 100, 333, 1000])
async def test_no_event_is_lost_or_told_twice(service, client, count, monkeypatch):
    monkeypatch.setattr("framewright.client.patience._FIRST_SECONDS", 0.001)
    job = await client.submit(_PAGE)
    service.fault("GET events", *[_cut_after(service, count + 150 * turn) for turn in range(8)])
    heard = [told async for told in client.events(job.id)]
    assert heard == service.told[job.id]


async def test_the_story_goes_on_from_where_one_has_heard_it(service, client):
    job = await client.submit(_PAGE)
    whole = service.told[job.id]
    assert [told async for told in client.events(job.id, after=whole[4].id)] == whole[5:]
    assert [told async for told in client.events(job.id, after=whole[-1].id)] == []


async def test_a_service_that_starts_anew_is_waited_for_and_said_once(service, client, monkeypatch):
    monkeypatch.setattr("framewright.client.patience._FIRST_SECONDS", 0.01)
    service.held = True
    job = await client.submit(_PAGE)

    async def stops(request):
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        return answer

    async def away(request):
        return web.Response(status=503, text="starting")

    service.fault("GET events", stops, away, away)
    told = []
    waiting = asyncio.create_task(_heard(client, job.id, told))
    while service.asked("GET events") < 4:
        await asyncio.sleep(0.01)
    service.finish(job.id)
    heard = await waiting
    assert heard == service.told[job.id]
    assert [error.code for error in told] == ["SERVER_GONE"]


async def _heard(client, job, told):
    return [one async for one in listen(client._transport, job, on_away=told.append)]


async def test_a_render_tells_of_a_service_that_was_away(service, client, project, tmp_path, monkeypatch):
    monkeypatch.setattr("framewright.client.patience._FIRST_SECONDS", 0.01)
    service.fault("GET events", _cut_after(service, 500))
    told = []
    await client.render(project, tmp_path / "out.mp4", on_event=told.append)
    codes = [event.code for event in told if isinstance(event, FellBack)]
    assert codes == ["SERVER_GONE", "BLOCK_RETRIED"]


@pytest.mark.parametrize(
    "body",
    [
        b'id: 1\nevent: x\ndata: {"at": 1}\n\n',
        b"id: 1\nevent: started\ndata: no\n\n",
        b'id: x\nevent: started\ndata: {"event": "started", "attempt": 1, "at": "2026-01-01T00:00:00Z"}\n\n',
        b"data: []\n\n",
        b"data: " + b"x" * 9 * 2**20,
    ],
    ids=["unknown", "no JSON", "no id", "no object", "endless"],
)
async def test_a_story_of_something_else_is_no_story(service, client, body):
    async def strange(request):
        return web.Response(body=body, content_type="text/event-stream")

    service.fault("GET events", strange)
    with pytest.raises(ServerGoneError) as error:
        _ = [told async for told in client.events("a" * 26)]
    assert error.value.code == "ANSWER_STRANGE"


async def test_a_page_in_place_of_events_is_told(service, client):
    async def page(request):
        return web.Response(text="<html>", content_type="text/html")

    service.fault("GET events", page)
    with pytest.raises(ServerGoneError) as error:
        _ = [told async for told in client.events("a" * 26)]
    assert error.value.code == "ANSWER_STRANGE"


async def test_a_silent_service_is_asked_again(service, client, monkeypatch):
    monkeypatch.setattr("framewright.client.listening.SILENT_SECONDS", 0.1)
    monkeypatch.setattr("framewright.client.patience._FIRST_SECONDS", 0.01)
    job = await client.submit(_PAGE)
    never = asyncio.Event()

    async def silent(request):
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await never.wait()

    service.fault("GET events", silent)
    assert [told async for told in client.events(job.id)] == service.told[job.id]
    never.set()


async def test_a_service_that_only_greets_is_given_up(service, base, monkeypatch):
    monkeypatch.setattr("framewright.client.patience._FIRST_SECONDS", 0.01)
    service.held = True

    async def greets(request):
        return web.Response(body=b"retry: 1000\n\n", content_type="text/event-stream")

    service.fault("GET events", *[greets] * 1000)
    async with AsyncClient(base, patience=0.5) as client:
        job = await client.submit(_PAGE)
        with pytest.raises(ServerGoneError):
            _ = [told async for told in client.events(job.id, after=100)]


async def test_leaving_off_leaves_the_job_alone(service, client):
    service.held = True
    job = await client.submit(_PAGE)
    async with aclosing(client.events(job.id)) as story:
        async for _ in story:
            break
    assert service.jobs[job.id].state is JobState.RUNNING


async def test_a_job_that_is_unknown_has_no_story():
    service = PretendService()
    async with service.serving() as base, AsyncClient(base, patience=5) as client:
        service.fault("GET events", lambda request: _empty())
        with pytest.raises(UnknownError):
            _ = [told async for told in client.events("a" * 26)]


async def _empty():
    return web.Response(content_type="text/event-stream")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"data: a\n\n", [("", "message", "a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [("", "message", "a")]),
        (b"id: 1\nevent: x\ndata: a\ndata: b\n\ndata: c\n\n", [("1", "x", "a\nb"), ("1", "message", "c")]),
        (b":\n\n: hello\nretry: 3\nid: 2\n\ndata\n\n", [("2", "message", "")]),
        (b"data:a\r\n\r\ndata: b\r\rdata:  c\n\n", [("", "message", "a"), ("", "message", "b"), ("", "message", " c")]),
        (b"data: a\n", []),
        (b"id: 1\0\ndata: \xff\n\n", [("", "message", "\ufffd")]),
    ],
)  # fmt: skip
def test_events_are_read_by_the_standard(written, read):
    expected = [ServerEvent(*one) for one in read]
    assert EventReader().feed(written) == expected
    by_byte = EventReader()
    assert [event for at in range(len(written)) for event in by_byte.feed(written[at : at + 1])] == expected


@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_bytes_are_read_the_same_in_any_pieces(written, at):
    written += b"\n\n"
    pieces = EventReader()
    assert EventReader().feed(written) == [*pieces.feed(written[:at]), *pieces.feed(written[at:])]


def test_an_event_has_an_end():
    reader = EventReader()
    with pytest.raises(EndlessEventError):
        for _ in range(100):
            reader.feed(b"data: " + b"x" * 2**17 + b"\n")


class _Counting:
    """Finds ends of lines, and counts the bytes that it looked through for them."""

    def __init__(self, pattern):
        self._pattern = pattern
        self.looked = 0

    def __getattr__(self, name):
        def look(where):
            self.looked += len(where)
            return getattr(self._pattern, name)(where)

        return look


@pytest.mark.parametrize(
    ("written", "piece"),
    [(b"data: " + b"x" * 200_000 + b"\n\n", 1000), (b"data: x\n\n" * 2000, 20_000)],
    ids=["one long", "many short"],
)
def test_no_byte_is_looked_at_again_with_each_read_or_each_line(written, piece, monkeypatch):
    counting = _Counting(sse._LINE_END)
    monkeypatch.setattr(sse, "_LINE_END", counting)
    reader = EventReader()
    found = [event for at in range(0, len(written), piece) for event in reader.feed(written[at : at + piece])]
    assert found == [ServerEvent("", "message", line[6:].decode()) for line in written.split(b"\n\n")[:-1]]
    assert counting.looked <= 2 * len(written)


def test_many_events_in_one_read_are_no_endless_one():
    written = b"data: " + b"x" * 2**20 + b"\n\n"
    reader = EventReader()
    assert [len(event.data) for event in reader.feed(written * 9)] == [2**20] * 9
    with pytest.raises(EndlessEventError):
        for _ in range(9):
            reader.feed(written.replace(b"\n\n", b"\n"))


def test_an_event_is_there_with_its_last_byte():
    reader = EventReader()
    assert reader.feed(b"data: a\r\n\r") == [ServerEvent("", "message", "a")]
    assert reader.feed(b"") == []
    assert reader.feed(b"\ndata: b\n\n") == [ServerEvent("", "message", "b")]
