"""Tokens and tickets: who gets in, how far, and for how long."""

from __future__ import annotations

import dataclasses

import aiohttp
import pytest
from fake_server import serving_fakes

from framewright.service.app import create_app
from framewright.service.database import Database
from framewright.service.errors import ConflictError, RequestError, UnauthorizedError, UnknownError
from framewright.service.secret import derived, read_secret
from framewright.service.tickets import TICKET_SECONDS, SignedTickets
from framewright.service.tokens import TokenBook

ASKED = {"composition": {"html": "<p>hi</p>"}, "name": "film"}


class Clock:
    def __init__(self):
        self.at = 1_800_000_000.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def book(tmp_path, clock):
    async with Database(tmp_path / "service.sqlite3") as database:
        yield TokenBook(database, now=clock)


def bearer(token):
    return {"Authorization": f"Bearer {token.token}"}


async def test_a_token_is_known_until_it_is_revoked(book):
    made = await book.create("ci", ["write", "read"])
    caller = await book.caller(made.token)
    assert (caller.name, caller.scopes, caller.sees_all) == ("ci", frozenset({"read", "write"}), False)
    assert [(one.name, one.scopes) for one in await book.all()] == [("ci", ("read", "write"))]
    assert (await book.revoke("ci")).id == made.id
    with pytest.raises(UnauthorizedError, match="not known"):
        await book.caller(made.token)
    with pytest.raises(UnknownError):
        await book.revoke("ci")


async def test_a_token_of_another_service_is_known_too(book, tmp_path):
    made = await book.create("ci", ["read"])
    async with Database(tmp_path / "other.sqlite3") as database:
        other = TokenBook(database)
        await other.create("ci", ["read"], token=made.token)
        assert (await other.caller(made.token)).name == "ci"
        with pytest.raises(RequestError, match="no token"):
            await other.create("x", ["read"], token=made.token + "0")
    with pytest.raises(ConflictError):
        await book.create("again", ["read"], token=made.token)


async def test_the_secret_is_kept_nowhere(book, tmp_path):
    made = await book.create("ci", ["read"])
    secret = made.token.rpartition("_")[2].encode()
    for file in tmp_path.iterdir():
        assert secret not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0 or not file.name.endswith("sqlite3")


async def test_a_database_that_takes_nothing_keeps_nobody_out(book, tmp_path, clock):
    made = await book.create("ci", ["read"])
    full = "CREATE TRIGGER full BEFORE UPDATE ON tokens BEGIN SELECT RAISE(FAIL, 'disk is full'); END"
    await book._database.run(lambda db: db.execute(full))
    assert (await book.caller(made.token)).name == "ci"
    await book._database.run(lambda db: db.execute("DROP TRIGGER full"))
    assert (await book.all())[0].used is None
    await book.caller(made.token)
    assert (await book.all())[0].used.timestamp() == clock.at


async def test_a_token_ends(book, clock):
    made = await book.create("ci", ["read"], days=2)
    clock.at += 2 * 24 * 3600 - 1
    await book.caller(made.token)
    clock.at += 1
    with pytest.raises(UnauthorizedError) as refused:
        await book.caller(made.token)
    assert refused.value.code == "TOKEN_EXPIRED"


@pytest.mark.parametrize("change", [lambda t: t[:-1] + ("0" if t[-1] != "0" else "1"), lambda t: "fw_x_y", lambda t: "",
                                    lambda t: t + "0", lambda t: t.upper(), lambda t: "fw_" + "0" * 12 + t[15:]])  # fmt: skip
async def test_nothing_but_the_token_opens(book, change):
    made = await book.create("ci", ["read"])
    with pytest.raises(UnauthorizedError):
        await book.caller(change(made.token))


async def test_what_cannot_be_a_token_is_refused(book):
    for name in ("", "a b", "-x", "ä", "x" * 65, "a\n"):
        with pytest.raises(RequestError, match="no name"):
            await book.create(name, ["read"])
    for scopes in ([], ["root"], ["read", "all"]):
        with pytest.raises(RequestError, match="scope"):
            await book.create("ci", scopes)
    for days in (0, -1, float("nan"), float("inf")):
        with pytest.raises(RequestError, match="good for"):
            await book.create("ci", ["read"], days=days)
    await book.create("ci", ["read"])
    with pytest.raises(ConflictError, match="already"):
        await book.create("ci", ["read"])


def test_tickets_open_one_job_for_a_while(clock):
    tickets = SignedTickets(b"key", now=clock)
    ticket = tickets.issue("job", "ci@host")
    caller = tickets.caller("job", ticket)
    assert (caller.name, caller.scopes) == ("ci@host", frozenset({"read"}))
    assert SignedTickets(b"key", now=clock).issue("job", "ci@host") == ticket
    until, name, mark = ticket.split(".")
    for job, wrong in (
        ("other", ticket),
        ("job", f"{int(until) + 600}.{name}.{mark}"),
        ("job", f"{until}.{name}x.{mark}"),
        ("job", f"{until}.{name}.{'0' * 64}"),
        ("job", ""),
        ("job", "a.b.c"),
    ):
        with pytest.raises(UnauthorizedError):
            tickets.caller(job, wrong)
    with pytest.raises(UnauthorizedError):
        SignedTickets(b"another", now=clock).caller("job", ticket)
    clock.at += TICKET_SECONDS
    tickets.caller("job", ticket)
    clock.at += 600
    with pytest.raises(UnauthorizedError):
        tickets.caller("job", ticket)


def test_the_secret_stays_the_same(tmp_path):
    path = tmp_path / "secret"
    first = read_secret(path)
    assert (read_secret(path), len(first), path.stat().st_mode & 0o777) == (first, 32, 0o600)
    assert derived(first, "tickets") != derived(first, "webhooks") != first
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
async def guarded(rooms, book):
    """The address of a service that needs tokens."""
    closed = dataclasses.replace(rooms, tokens=book, tickets=SignedTickets(b"key"))
    async with serving_fakes(create_app(closed), closed) as address, aiohttp.ClientSession(address) as web:
        yield web


async def test_a_service_with_tokens_lets_nobody_else_in(guarded, book, clock):
    reader, writer = await book.create("reader", ["read"]), await book.create("writer", ["read", "write"])
    for headers in (
        {},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer fw_0_0"},
        {"Authorization": "Bearer"},
    ):
        async with guarded.get("/v1/renders", headers=headers) as answer:
            assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
            assert answer.content_type == "application/problem+json"
    async with guarded.get("/v1/renders", headers=bearer(reader)) as answer:
        assert answer.status == 200
    async with guarded.post("/v1/renders", json=ASKED, headers=bearer(reader)) as answer:
        assert (answer.status, (await answer.json(content_type=None))["code"]) == (403, "SCOPE_MISSING")
    async with guarded.post("/v1/renders", json=ASKED, headers=bearer(writer)) as answer:
        assert answer.status == 202
    for path in ("/healthz", "/readyz", "/openapi.json"):
        async with guarded.get(path) as answer:
            assert answer.status == 200
    async with guarded.get("/readyz") as answer:
        told = await answer.json()
    assert told.pop("ready") is True
    assert set(told.values()) == {None}, "how much others render is not for everybody"
    async with guarded.get("/readyz", headers=bearer(reader)) as answer:
        assert (await answer.json())["states"]["queued"] == 1


async def test_what_belongs_to_others_is_not_there(guarded, book, desk):
    mine, other, admin = [
        await book.create(name, scopes)
        for name, scopes in (("me", ["read", "write"]), ("other", ["read", "write"]), ("boss", ["admin"]))
    ]
    async with guarded.post("/v1/renders", json=ASKED, headers=bearer(mine)) as answer:
        job = (await answer.json())["id"]
    await desk.finish(job)
    paths = [f"/v1/renders/{job}{rest}" for rest in ("", "/events", "/output", "/report", "/frames/0.jpg")]
    for path in paths:
        async with guarded.get(path, headers=bearer(other)) as answer:
            assert (answer.status, (await answer.json(content_type=None))["code"]) == (404, "JOB_UNKNOWN")
        async with guarded.get(path, headers=bearer(admin)) as answer:
            assert answer.status == 200
    async with guarded.delete(paths[0], headers=bearer(other)) as answer:
        assert answer.status == 404
    async with guarded.post(f"{paths[0]}/retry", headers=bearer(other)) as answer:
        assert answer.status == 404
    async with guarded.get("/v1/renders", headers=bearer(other)) as answer:
        assert (await answer.json())["jobs"] == []
    async with guarded.get("/v1/renders", headers=bearer(admin)) as answer:
        assert len((await answer.json())["jobs"]) == 1


async def test_links_open_without_a_token(guarded, book, desk):
    mine = await book.create("me", ["read", "write"])
    async with guarded.post("/v1/renders", json=ASKED, headers=bearer(mine)) as answer:
        job = (await answer.json())["id"]
    await desk.finish(job)
    async with guarded.get(f"/v1/renders/{job}", headers=bearer(mine)) as answer:
        links = (await answer.json())["links"]
    for link in (links["output"], links["report"], links["frame"].replace("{n}", "latest")):
        async with guarded.get(link) as answer:
            assert answer.status == 200, link
    ticket = links["output"].partition("?")[2]
    for path in ("", "/events"):
        async with guarded.get(f"/v1/renders/{job}{path}?{ticket}") as answer:
            assert answer.status == 401
    async with guarded.delete(f"/v1/renders/{job}?{ticket}") as answer:
        assert answer.status == 401
