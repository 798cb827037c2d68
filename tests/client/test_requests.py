"""What a client makes of a service that is away, busy, broken, or none at all; and where its token goes."""

import asyncio
import logging
import socket

import pytest
from aiohttp import web
from pretend import PretendService, problem

from framewright.client import AsyncClient
from framewright.client.address import Address
from framewright.model.errors import FramewrightError, SetupError, UsageError
from framewright.model.job_request import CompositionSource, Webhook
from framewright.model.service_errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    RequestError,
    ServerGoneError,
    TooLargeError,
    UnauthorizedError,
    UnknownError,
)

_PAGE = CompositionSource(html="<p>hello</p>")
_TOKEN = "fw_someone_secret"


def _answer(**made):
    async def instead(request):
        return web.Response(**made)

    return instead


def _refuse(*told, headers=None, **more):
    async def instead(request):
        answer = problem(*told, **more)
        answer.headers.update(headers or {})
        return answer

    return instead


async def _vanish(request):
    request.transport.abort()


async def test_what_is_lost_on_the_way_is_asked_again_and_counts_once(service, client):
    async def done_but_lost(request):
        await service.start(request)
        request.transport.abort()

    service.fault("POST renders", _vanish, done_but_lost)
    job = await client.submit(_PAGE)
    assert service.asked("POST renders") == 3
    assert list(service.jobs) == [job.id]


async def test_a_key_of_the_callers_own_is_kept(service, client):
    first = await client.submit(_PAGE, key="mine")
    assert (await client.submit(_PAGE, key="mine")).id == first.id
    assert (await client.submit(_PAGE)).id != first.id


async def test_a_webhook_is_asked_for(service, client):
    hook = Webhook(url="https://hooks.example.org/x", events=("done",))
    job = await client.submit(_PAGE, webhook=hook)
    assert service.requests[job.id].webhook == hook


async def test_a_retry_is_not_asked_twice(service, client):
    job = await client.submit(_PAGE)
    service.fault("POST retry", _vanish)
    with pytest.raises(ServerGoneError):
        await client.retry(job.id)
    assert service.asked("POST retry") == 1


async def test_a_busy_service_is_asked_again_when_it_says_so(service, client, monkeypatch):
    slept = []
    sleep = asyncio.sleep

    async def note(seconds):
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr("framewright.client.patience.asyncio.sleep", note)
    busy = _refuse(429, "QUEUE_FULL", "BusyError", headers={"Retry-After": "7"})
    service.fault("POST renders", busy, busy)
    await client.submit(_PAGE)
    assert slept == [7.0, 7.0]


async def test_patience_has_an_end(service, base):
    busy = _refuse(429, "QUEUE_FULL", "BusyError", headers={"Retry-After": "30"})
    async with AsyncClient(base, patience=20) as client:
        service.fault("POST renders", busy)
        with pytest.raises(BusyError) as error:
            await client.submit(_PAGE)
    assert (error.value.code, error.value.seconds) == ("QUEUE_FULL", 30.0)
    assert service.asked("POST renders") == 1


async def test_nobody_there_is_said_in_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with AsyncClient(f"http://127.0.0.1:{port}", patience=0.3) as client:
        with pytest.raises(ServerGoneError) as error:
            await client.job("a" * 26)
        assert not await client.healthy()
    assert error.value.code == "SERVER_GONE"
    assert str(port) in error.value.message
    assert error.value.retryable


async def test_a_service_that_says_nothing_is_not_waited_for_without_end(service, base, monkeypatch):
    monkeypatch.setattr("framewright.client.patience._FIRST_SECONDS", 0.01)
    never = asyncio.Event()

    async def hang(request):
        await never.wait()

    service.fault("GET job", *[hang] * 9)
    async with AsyncClient(base, timeout=0.2, patience=0.2) as client:
        with pytest.raises(ServerGoneError) as error:
            await client.job("a" * 26)
    never.set()
    assert error.value.code == "SERVER_GONE"
    assert service.asked("GET job") > 1


@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [
        (401, "UnauthorizedError", UnauthorizedError),
        (403, "ForbiddenError", ForbiddenError),
        (404, "UnknownError", UnknownError),
        (409, "ConflictError", ConflictError),
        (413, "TooLargeError", TooLargeError),
        (422, "RequestError", RequestError),
        (422, "LaterError", RequestError),
        (404, "LaterError", UnknownError),
        (503, "SetupError", SetupError),
    ],
)
async def test_a_refusal_is_raised_as_what_it_is(service, client, status, name, kind):
    service.fault("GET job", _refuse(status, "SO", name))
    with pytest.raises(FramewrightError) as error:
        await client.job("a" * 26)
    assert type(error.value) is kind
    assert (error.value.code, error.value.message) == ("SO", "It is SO.")
    assert service.asked("GET job") == 1


@pytest.mark.parametrize(
    ("made", "kind", "code"),
    [
        ({"text": "{"}, ServerGoneError, "ANSWER_STRANGE"),
        ({"text": "<html>hello</html>", "content_type": "text/html"}, ServerGoneError, "ANSWER_STRANGE"),
        ({"text": '{"id": 1}', "content_type": "application/json"}, ServerGoneError, "ANSWER_STRANGE"),
        ({"status": 500, "text": "<html>oh</html>", "content_type": "text/html"}, ServerGoneError, "ANSWER_STRANGE"),
        ({"status": 404, "text": "<html>no</html>", "content_type": "text/html"}, ServerGoneError, "ANSWER_STRANGE"),
        ({"status": 422, "text": "{", "content_type": "application/problem+json"}, ServerGoneError, "ANSWER_STRANGE"),
        ({"status": 401, "text": "no"}, UnauthorizedError, "REFUSED"),
        ({"status": 403, "text": "no"}, ForbiddenError, "REFUSED"),
        ({"status": 413, "text": "no"}, TooLargeError, "REFUSED"),
        ({"status": 302, "headers": {"Location": "/login?next=1"}}, UsageError, "SERVER_REDIRECTS"),
        ({"status": 307}, UsageError, "SERVER_REDIRECTS"),
    ],
)  # fmt: skip
async def test_what_is_no_service_is_told_so_at_once(service, client, made, kind, code):
    service.fault("GET job", _answer(**made))
    with pytest.raises(FramewrightError) as error:
        await client.job("a" * 26)
    assert (type(error.value), error.value.code) == (kind, code)
    assert service.asked("GET job") == 1


async def test_a_proxy_that_has_lost_the_service_is_asked_again(service, client):
    job = await client.submit(_PAGE)
    service.fault("GET job", _answer(status=502, text="<html>"), _answer(status=504, text="<html>"))
    assert (await client.job(job.id)).id == job.id


async def test_an_answer_without_an_end_is_not_read_to_its_end(service, client, monkeypatch):
    monkeypatch.setattr("framewright.client.transport._LARGEST_ANSWER", 2**20)
    service.fault("GET job", _answer(body=b" " * 2**21))
    with pytest.raises(ServerGoneError) as error:
        await client.job("a" * 26)
    assert error.value.code == "ANSWER_STRANGE"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_token_goes_nowhere_else(service, client, status):
    other = PretendService()
    async with other.serving() as elsewhere:
        for route in ("GET job", "POST renders", "GET events", "GET output"):
            service.fault(
                route, _answer(status=status, headers={"Location": f"{elsewhere}/v1/renders/x?token=1"})
            )
        with pytest.raises(UsageError) as error:
            await client.job("a" * 26)
        with pytest.raises(UsageError):
            await client.submit(_PAGE)
        with pytest.raises(UsageError):
            _ = [told async for told in client.events("a" * 26)]
    assert other.seen == []
    assert elsewhere in error.value.message
    assert "token=1" not in error.value.message


async def test_the_token_is_sent_and_never_shown(service, base, caplog):
    caplog.set_level(logging.DEBUG)
    service.fault("GET job", _refuse(401, "TOKEN_UNKNOWN", "UnauthorizedError"))
    async with AsyncClient(base, _TOKEN) as client:
        with pytest.raises(UnauthorizedError) as error:
            await client.job("a" * 26)
        told = [
            repr(client),
            repr(vars(client)),
            repr(client._transport._address),
            str(error.value),
            caplog.text,
        ]
    assert service.headers[0]["Authorization"] == f"Bearer {_TOKEN}"
    assert not [one for one in told if "secret" in one]


async def test_whoever_has_no_token_is_told_where_to_put_one(service, base):
    service.fault("GET job", _refuse(401, "TOKEN_NEEDED", "UnauthorizedError"))
    async with AsyncClient(base) as client:
        with pytest.raises(UnauthorizedError) as error:
            await client.job("a" * 26)
    assert error.value.code == "TOKEN_NEEDED"
    assert "--token-file" in error.value.message


async def test_without_a_token_none_is_sent(service, base, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    async with AsyncClient(base) as client:
        assert await client.healthy()
    assert "Authorization" not in service.headers[0]


@pytest.mark.parametrize(
    "written",
    ["", "localhost:8080", "ftp://x", "http://", "http://a b", "http://me:pw@host", "http://host/?x=1", "http://h/#x",
     "http://[::1", "http://host:99999", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_its_password(written):
    with pytest.raises(UsageError) as error:
        Address.read(written)
    assert error.value.code == "SERVER_INVALID"
    assert "pw" not in error.value.message


@pytest.mark.parametrize("token", ["", "two words", "naïve", "line\nbreak"])
def test_a_token_that_cannot_be_sent_is_refused_unseen(token):
    with pytest.raises(UsageError) as error:
        AsyncClient("http://host", token)
    assert error.value.code == "TOKEN_INVALID"
    assert not token or token not in error.value.message


def test_an_address_may_lie_below_a_path():
    assert Address.read(" https://example.org/films/ ").base == "https://example.org/films"


@pytest.mark.parametrize("job", ["../uploads", "a/b", "", "a?b", "ä"])
async def test_an_id_leads_nowhere_else(service, client, job):
    for asking in (client.job(job), client.cancel(job), client.frame(job), client.report(job)):
        with pytest.raises(UsageError) as error:
            await asking
        assert error.value.code == "JOB_UNKNOWN"
    assert service.seen == []


async def test_lists_are_read_page_by_page(service, client, project):
    for _ in range(5):
        await client.submit(_PAGE)
    assert [line.id async for line in client.jobs()] == list(reversed(service.jobs))
    assert [line async for line in client.jobs("failed")] == []
    upload = await client.upload(project)
    assert [one.id async for one in client.uploads()] == [upload.id]


async def test_single_answers(service, client):
    job = await client.submit(_PAGE, name="mine")
    assert (await client.probe(_PAGE, fps=25, strict=True)).frames == 60
    assert service.probes[0].given() == {"fps": "25", "strict": True}
    assert await client.frame(job.id, 7) == b"frame 7"
    assert await client.frame(job.id) == b"frame latest"
    assert (await client.report(job.id)).frames == 60
    assert (await client.wait(job.id)).state == "done"
    assert await client.healthy()
    with pytest.raises(ConflictError):
        await client.cancel(job.id)
    assert (await client.retry(job.id)).attempt == 2
