"""Messages about jobs: to whom, in what order, how often, and what survives."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from framewright.model.errors import SetupError
from framewright.model.job import (
    CancelledTold,
    Failed,
    Job,
    JobError,
    JobLinks,
    JobState,
    Queued,
    Started,
    Told,
)
from framewright.model.job_request import CompositionSource, RenderRequest, Webhook
from framewright.model.webhook import verify_webhook
from framewright.service.database import Database
from framewright.service.errors import ForbiddenError, RequestError
from framewright.service.settings import ServiceSettings
from framewright.service.webhooks import Allowed, Webhooks

SECRET = "a secret of sixteen letters"


class Receiver:
    """Answers as it is told, and keeps what it got."""

    def __init__(self):
        self.got = []
        self.answers = []
        self.at_once = self.most_at_once = 0
        self.hold = asyncio.Event()
        self.hold.set()
        self.news = asyncio.Event()

    async def answer(self, request):
        body = await request.read()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.got.append((dict(request.headers), body, request.path))
        self.news.set()
        try:
            await self.hold.wait()
            status = self.answers.pop(0) if self.answers else 200
            headers = {"Location": "/elsewhere"} if 300 <= status < 400 else {}
            return web.Response(status=status, text="thank you\n" * 1000, headers=headers)
        finally:
            self.at_once -= 1

    def told(self):
        return [json.loads(body)["event"] for _, body, _ in self.got]

    async def until(self, count):
        async with asyncio.timeout(30):
            while len(self.got) < count:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
async def receiver():
    found = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", found.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.host = f"127.0.0.1:{runner.addresses[0][1]}"
    yield found
    found.hold.set()
    await runner.cleanup()


@asynccontextmanager
async def sending(folder, *, hosts, pauses=(0.01,) * 5, seconds=15.0, outcomes=None, **more):
    secret = folder / "given-secret"
    secret.write_text(f"{SECRET}\nmore\n")
    settings = ServiceSettings(
        data=folder, webhook_hosts=hosts, webhook_secret_file=secret, **({"webhook_insecure": True} | more)
    )
    noted = [] if outcomes is None else outcomes
    async with (
        Database(folder / "service.sqlite3") as database,
        Webhooks(settings, database, on_attempt=noted.append, pauses=pauses, seconds=seconds) as webhooks,
    ):
        yield webhooks


def job(url, *, name="a" * 26, events=("done", "failed", "cancelled")):
    return Job(
        id=name,
        name="film",
        by="me",
        state=JobState.RUNNING,
        created=datetime.now(UTC),
        request=RenderRequest(
            composition=CompositionSource(html="<p>"), webhook=Webhook(url=url, events=events)
        ),
        links=JobLinks(self="/v1/renders/a", events="/v1/renders/a/events"),
    )


def told(number, event=None):
    return Told(id=number, at=datetime.now(UTC), told=event or CancelledTold())


async def over(webhooks, name="a" * 26):
    """The deliveries of a job, once none waits."""
    async with asyncio.timeout(30):
        while True:
            found = await webhooks.deliveries_of(name)
            if found and all(one.next is None for one in found):
                return found
            await asyncio.sleep(0.01)


async def test_a_message_that_arrives(tmp_path, receiver):
    outcomes = []
    async with sending(tmp_path, hosts=(receiver.host,), outcomes=outcomes) as webhooks:
        asked = job(f"http://{receiver.host}/hook?key=1")
        failure = JobError(
            error="X", code="PAGE_FAILED", message="It failed.", retryable=False, owner="author"
        )
        await webhooks.tell(asked, told(1, Started(attempt=1)))
        for _ in range(3):
            await webhooks.tell(asked, told(7, Failed(error=failure)))
        (delivery,) = await over(webhooks)
    ((headers, body, _),) = receiver.got
    assert headers["Framewright-Event"] == "failed"
    assert headers["Framewright-Delivery"] == delivery.id
    assert headers["Content-Type"] == "application/json"
    message = verify_webhook(body, headers["Framewright-Signature"], SECRET)
    assert (message["event"], message["job"]["id"], message["job"]["name"]) == ("failed", asked.id, "film")
    assert (delivery.attempts, delivery.event, delivery.host) == (1, "failed", receiver.host)
    assert delivery.delivered is not None
    assert delivery.answer.startswith("200 thank you thank you")
    assert len(delivery.answer) < 300
    assert outcomes == ["delivered"]


async def test_it_is_tried_again_with_the_same_name(tmp_path, receiver):
    receiver.answers = [500, 302, 404, 429]
    outcomes = []
    async with sending(tmp_path, hosts=(receiver.host,), outcomes=outcomes) as webhooks:
        await webhooks.tell(job(f"http://{receiver.host}/"), told(1))
        (delivery,) = await over(webhooks)
    assert (delivery.attempts, delivery.answer[:3]) == (5, "200")
    assert len({headers["Framewright-Delivery"] for headers, _, _ in receiver.got}) == 1
    assert {path for _, _, path in receiver.got} == {"/"}  # where the redirection led nobody went
    assert outcomes == ["retried"] * 4 + ["delivered"]


async def test_it_is_given_up_after_six_attempts(tmp_path, receiver):
    receiver.answers = [503] * 50
    outcomes = []
    async with sending(tmp_path, hosts=(receiver.host,), outcomes=outcomes) as webhooks:
        await webhooks.tell(job(f"http://{receiver.host}/"), told(1))
        (delivery,) = await over(webhooks)
    assert (delivery.attempts, delivery.delivered, len(receiver.got)) == (6, None, 6)
    assert outcomes == ["retried"] * 5 + ["failed"]


async def test_a_receiver_that_wants_no_more_is_left_alone(tmp_path, receiver):
    receiver.answers = [410]
    async with sending(tmp_path, hosts=(receiver.host,)) as webhooks:
        await webhooks.tell(job(f"http://{receiver.host}/"), told(1))
        (delivery,) = await over(webhooks)
    assert (delivery.attempts, delivery.delivered, delivery.answer[:3]) == (1, None, "410")


async def test_a_slow_receiver_and_one_that_is_not_there(tmp_path, receiver):
    receiver.hold.clear()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        absent = f"127.0.0.1:{nobody.getsockname()[1]}"
        async with sending(tmp_path, hosts=(receiver.host, absent), seconds=0.1, pauses=(0.01,)) as webhooks:
            await webhooks.tell(job(f"http://{receiver.host}/"), told(1))
            await webhooks.tell(job(f"http://{absent}/", name="b" * 26), told(1))
            (slow,) = await over(webhooks)
            (gone,) = await over(webhooks, "b" * 26)
    assert (slow.attempts, slow.answer) == (2, "no answer within 0.1 s")
    assert (gone.attempts, gone.answer) == (2, "its host cannot be reached")


async def test_messages_of_a_job_come_in_their_order(tmp_path, receiver):
    receiver.answers = [500, 500]
    async with sending(tmp_path, hosts=(receiver.host,)) as webhooks:
        asked = job(f"http://{receiver.host}/", events=("queued", "started", "cancelled"))
        for number, event in enumerate((Queued(position=0), Started(attempt=1), CancelledTold()), 1):
            await webhooks.tell(asked, told(number, event))
        found = await over(webhooks)
    assert receiver.told() == ["queued", "queued", "queued", "started", "cancelled"]
    assert [one.event for one in found] == ["queued", "started", "cancelled"]


async def test_one_receiver_is_not_asked_by_all_at_once(tmp_path, receiver):
    receiver.hold.clear()
    async with sending(tmp_path, hosts=(receiver.host,)) as webhooks:
        names = [letter * 26 for letter in "abcdefghij"]
        for name in names:
            await webhooks.tell(job(f"http://{receiver.host}/", name=name), told(1))
        await receiver.until(4)
        receiver.hold.set()
        for name in names:
            await over(webhooks, name)
    assert receiver.most_at_once == 4


async def test_what_did_not_arrive_is_sent_after_a_restart(tmp_path, receiver):
    receiver.answers = [500]
    async with sending(tmp_path, hosts=(receiver.host,), pauses=(3600.0,) * 5) as webhooks:
        await webhooks.tell(job(f"http://{receiver.host}/"), told(1))
        await receiver.until(1)
        async with asyncio.timeout(30):
            while (await webhooks.deliveries_of("a" * 26))[0].attempts == 0:
                await asyncio.sleep(0.01)
    # In the middle of being sent, it counts as not tried.
    receiver.hold.clear()
    async with Database(tmp_path / "service.sqlite3") as database:
        await database.run(lambda db: db.execute("UPDATE deliveries SET next_at = 1"))
    async with sending(tmp_path, hosts=(receiver.host,)):
        await receiver.until(2)
    receiver.hold.set()
    async with sending(tmp_path, hosts=(receiver.host,)) as webhooks:
        (delivery,) = await over(webhooks)
    assert (delivery.attempts, delivery.answer[:3]) == (2, "200")
    assert len({headers["Framewright-Delivery"] for headers, _, _ in receiver.got}) == 1


async def test_what_was_allowed_once_and_is_no_more(tmp_path, receiver):
    async with sending(tmp_path, hosts=("hooks.example.org",)) as webhooks:
        await webhooks.tell(job(f"http://{receiver.host}/"), told(1))
        (delivery,) = await over(webhooks)
    assert delivery.answer.startswith("Webhooks do not go to 127.0.0.1")
    assert receiver.got == []


async def test_a_name_that_stands_for_a_private_address_is_not_connected_to(tmp_path, receiver, monkeypatch):
    known = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *a, **k: known("127.0.0.1" if "example" in str(host) else host, *a, **k),
    )
    name = receiver.host.replace("127.0.0.1", "hooks.example.org")
    async with sending(tmp_path, hosts=(name,), pauses=(), webhook_insecure=False) as webhooks:
        await webhooks.tell(job(f"https://{name}/"), told(1))
        (delivery,) = await over(webhooks)
    assert (delivery.attempts, delivery.delivered) == (1, None)
    assert delivery.answer in {"its host is not known here", "its host cannot be reached"}
    assert receiver.got == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://other.example.org/", "WEBHOOK_FORBIDDEN"),
        ("https://hooks.example.org.evil.com/", "WEBHOOK_FORBIDDEN"),
        ("https://evilhooks.example.org/", "WEBHOOK_FORBIDDEN"),
        ("https://hooks.example.org:8443/", "WEBHOOK_FORBIDDEN"),
        ("https://alt.example.org/", "WEBHOOK_FORBIDDEN"),
        ("https://wild.org/", "WEBHOOK_FORBIDDEN"),
        ("http://hooks.example.org/", "WEBHOOK_FORBIDDEN"),
        ("https://127.0.0.1/", "WEBHOOK_FORBIDDEN"),
        ("https://169.254.169.254/", "WEBHOOK_FORBIDDEN"),
        ("https://me:pw@hooks.example.org/", "WEBHOOK_INVALID"),
        ("ftp://hooks.example.org/", "WEBHOOK_INVALID"),
        ("hooks.example.org", "WEBHOOK_INVALID"),
        ("https://hooks.example.org:x/", "WEBHOOK_INVALID"),
    ],
)
def test_to_whom_nothing_is_sent(url, code):
    hosts = ("Hooks.Example.org", "alt.example.org:8443", "*.wild.org", "127.0.0.1", "169.254.169.254")
    with pytest.raises((ForbiddenError, RequestError)) as refused:
        Allowed(ServiceSettings(webhook_hosts=hosts)).check(url)
    assert refused.value.code == code
    assert "pw" not in refused.value.message


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/a?b",
        "https://HOOKS.example.org./",
        "https://hooks.example.org:443/",
        "https://alt.example.org:8443/",
        "https://a.b.wild.org/",
    ],
)
def test_to_whom_it_is(url):
    Allowed(ServiceSettings(webhook_hosts=("hooks.example.org", "alt.example.org:8443", "*.wild.org"))).check(
        url
    )


def test_nothing_is_sent_where_no_host_is_named():
    with pytest.raises(ForbiddenError) as refused:
        Allowed(ServiceSettings()).check("https://hooks.example.org/")
    assert refused.value.code == "WEBHOOKS_CLOSED"


async def test_a_secret_is_made_once_and_for_us_alone(tmp_path):
    settings = ServiceSettings(data=tmp_path)
    for _ in range(2):
        async with Database(tmp_path / "service.sqlite3") as database, Webhooks(settings, database):
            made = (tmp_path / "webhook-secret").read_text()
    assert len(made.strip()) >= 40
    assert (tmp_path / "webhook-secret").stat().st_mode & 0o077 == 0
    assert made == (tmp_path / "webhook-secret").read_text()


@pytest.mark.parametrize("written", [None, "", "short\n", "\nlong enough to be a secret\n", b"\xff" * 30])
async def test_a_secret_that_is_none(tmp_path, written):
    path = tmp_path / "given"
    if written is not None:
        path.write_bytes(written if isinstance(written, bytes) else written.encode())
    settings = ServiceSettings(data=tmp_path, webhook_secret_file=path)
    async with Database(tmp_path / "service.sqlite3") as database:
        with pytest.raises(SetupError) as refused:
            async with Webhooks(settings, database):
                pass
    assert refused.value.code == "WEBHOOK_SECRET"
