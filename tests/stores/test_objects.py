"""A store in a bucket, on a server that speaks S3."""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import resource
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

import obstore
import pytest
from obstore.store import S3Store

from framewright.model.errors import StoreError, StoreRefusedError, UsageError
from framewright.model.settings import Settings
from framewright.stores import objects, open_store
from stores.conformance import Conformance, file, files
from truth.object_server import PAGE, Door, ask, object_server

_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def endpoint():
    with object_server() as endpoint:
        yield endpoint


@pytest.fixture(autouse=True)
def _credentials(endpoint, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")


@pytest.fixture
def prefix():
    return f"run-{next(_NUMBERS)}/ö %41"


@pytest.fixture
def uri(prefix):
    return f"s3://films/{quote(prefix)}"


@pytest.fixture
def store_at(uri):
    return lambda cache: open_store(uri, Settings(cache=cache))


@pytest.fixture
def place(endpoint, prefix):
    return f"{endpoint}/films/{quote(prefix)}"


@pytest.fixture
def bucket(endpoint, prefix):
    return S3Store("films", prefix=prefix, endpoint=endpoint, client_options={"allow_http": True})


class TestObjects(Conformance):
    names = 2 * PAGE + 3

    @pytest.fixture
    def spoil(self, bucket):
        return lambda digest, data: obstore.put(bucket, f"blobs/{digest[:2]}/{digest}", data)

    @pytest.fixture
    def many(self, place):
        def many(name, count):
            with ThreadPoolExecutor(4) as pool:
                list(
                    pool.map(
                        lambda number: ask(f"{place}/{name}/{number:05}", method="PUT", data=b"1"),
                        range(count),
                    )
                )

        return many

    @pytest.fixture
    def unfinished(self, endpoint):
        """Nobody shall pay for parts that nobody sees."""
        return lambda: re.findall(r"<UploadId>", ask(f"{endpoint}/films?uploads").decode())


async def test_a_store_that_is_away_for_a_while_is_waited_for(store_at, tmp_path, endpoint, monkeypatch):
    async with Door(endpoint) as door:
        monkeypatch.setenv("AWS_ENDPOINT_URL", door.endpoint)
        store = store_at(tmp_path / "cache")
        digest = await store.put(file(tmp_path, b"before"))
        await door.shut()
        waiting = [
            asyncio.ensure_future(call)
            for call in (
                store.get(digest),
                store.put(file(tmp_path, b"meanwhile")),
                store.commit("a.json", b"1"),
                store.list(""),
                store.read("b"),
            )
        ]
        await asyncio.sleep(0.6)
        assert not any(call.done() for call in waiting)
        await door.open()
        found, other, won, listed, nothing = await asyncio.gather(*waiting)
        assert (found.read_bytes(), won, nothing) == (b"before", True, None)
        assert (await store.get(other)).read_bytes() == b"meanwhile"


async def test_a_store_that_stays_away_is_told(store_at, tmp_path, endpoint, monkeypatch):
    monkeypatch.setattr("framewright.stores.patience.SECONDS", 0.5)
    async with Door(endpoint) as door:
        monkeypatch.setenv("AWS_ENDPOINT_URL", door.endpoint)
        store = store_at(tmp_path / "cache")
        await door.shut()
        said = await asyncio.gather(
            store.read("a"), store.get("ab" * 32), store.commit("a", b"1"), return_exceptions=True
        )
    for error in said:
        assert isinstance(error, StoreError)
        assert (error.code, error.retryable) == ("STORE_UNAVAILABLE", True)
        assert error.message.count(". ") == 0
        assert "Debug" not in error.message
        assert "<" not in error.message
    assert files(tmp_path / "cache") == []


@pytest.mark.parametrize("clients", ["_bulk", pytest.param("_calls", marks=pytest.mark.thorough)])
async def test_a_download_that_breaks_goes_on_where_it_was(
    store_at, tmp_path, endpoint, monkeypatch, clients
):
    """For a while the client sees to that by itself; later, and for one that does not, we do."""
    data = random.Random(7).randbytes(12 << 20)
    digest = await store_at(tmp_path / "cache").put(file(tmp_path, data))
    async with Door(endpoint) as door:
        monkeypatch.setenv("AWS_ENDPOINT_URL", door.endpoint)
        door.most = 5 << 20
        store = store_at(tmp_path / "elsewhere")
        store._bulk = getattr(store, clients)
        assert (await store.get(digest)).read_bytes() == data
        assert door.opened >= 3
        assert door.bytes < 2 * len(data)


async def test_a_download_that_stands_still_is_given_up(store_at, tmp_path, endpoint, monkeypatch):
    monkeypatch.setattr("framewright.stores.patience.SECONDS", 0.2)
    monkeypatch.setattr(objects, "_QUIET_SECONDS", 1.0)
    digest = await store_at(tmp_path / "cache").put(file(tmp_path, random.Random(9).randbytes(8 << 20)))
    async with Door(endpoint) as door:
        monkeypatch.setenv("AWS_ENDPOINT_URL", door.endpoint)
        door.silent = True
        with pytest.raises(StoreError, match="it takes too long") as told:
            await store_at(tmp_path / "elsewhere").get(digest)
    assert told.value.code == "STORE_UNAVAILABLE"
    assert files(tmp_path / "elsewhere") == []


async def test_what_has_come_through_nonetheless_is_ours(store_at, tmp_path, endpoint, monkeypatch):
    async with Door(endpoint) as door:
        monkeypatch.setenv("AWS_ENDPOINT_URL", door.endpoint)
        store = store_at(tmp_path / "cache")
        door.most = 0  # the server hears and answers, and nobody hears that

        async def mend():
            while not await open_elsewhere.read("a.json"):
                await asyncio.sleep(0.05)
            door.most = None

        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        open_elsewhere = store_at(tmp_path / "elsewhere")
        won, _ = await asyncio.gather(store.commit("a.json", b"mine"), mend())
        assert won


async def test_what_is_old_is_sent_anew(store_at, tmp_path, bucket, monkeypatch):
    store = store_at(tmp_path / "cache")
    digest = await store.put(file(tmp_path, b"as it was"))
    name = f"blobs/{digest[:2]}/{digest}"
    obstore.put(bucket, name, b"as it is ")
    await store.put(file(tmp_path, b"as it was"))
    assert obstore.get(bucket, name).bytes() == b"as it is "
    monkeypatch.setattr(objects, "_REFRESH", timedelta(0))
    await store.put(file(tmp_path, b"as it was"))
    assert obstore.get(bucket, name).bytes() == b"as it was"


async def test_large_files_pass_in_little_memory(store_at, tmp_path):
    path = tmp_path / "large"
    piece = random.Random(8).randbytes(1 << 20)
    with path.open("wb") as out:
        for _ in range(64):
            out.write(piece)
    store = store_at(tmp_path / "cache")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    digest = await store.put(path)
    found = await store.get(digest)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert found.stat().st_size == 64 << 20
    assert grown < 56 << 10  # kilobytes


async def test_who_is_not_let_in_is_told_at_once(store_at, tmp_path, endpoint):
    ask(f"{endpoint}/moto-api/reset-auth", method="POST", data=b"0")
    try:
        store = store_at(tmp_path / "cache")
        calls = (
            store.put(file(tmp_path, b"1")),
            store.get("ab" * 32),
            store.commit("a", b"1"),
            store.read("a"),
            store.list(""),
        )
        for error in await asyncio.gather(*calls, return_exceptions=True):
            assert isinstance(error, StoreRefusedError), error
            assert (error.code, error.retryable) == ("STORE_REFUSED", False)
            assert "a-secret" not in error.message
            assert "<" not in error.message
    finally:
        ask(f"{endpoint}/moto-api/reset-auth", method="POST", data=b"inf")


async def test_a_bucket_that_is_not_there_is_told(tmp_path):
    store = open_store("s3://no-such-bucket", Settings(cache=tmp_path / "cache"))
    for call in (store.put(file(tmp_path, b"1")), store.commit("a", b"1"), store.list("")):
        with pytest.raises(StoreRefusedError) as told:
            await call
        assert told.value.code == "STORE_MISSING"


def test_plain_http_is_for_loopback_or_on_demand(monkeypatch, tmp_path):
    settings = Settings(cache=tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://store.example:9000")
    with pytest.raises(UsageError, match="plain http") as told:
        open_store("s3://films", settings)
    assert told.value.code == "STORE_INVALID"
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    assert open_store("s3://films", settings).uri == "s3://films"
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    for endpoint in ("http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://store.example"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        assert open_store("s3://films/a/", settings).uri == "s3://films/a"
