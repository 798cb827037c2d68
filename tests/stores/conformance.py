"""What every store has to do, whatever it is made of. Subclass :class:`Conformance` and give it yours."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from framewright.model.errors import StoreError
from framewright.model.settings import Settings
from framewright.stores import digest_of, open_store, survey, sweep
from framewright.stores.cache import _CHECKED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from framewright.stores import BlobStore

ODD_NAMES = (
    "plain.json",
    "pieces/aa/ü b%#?+&=.json",
    "日本/🎬",
    "a/*",
    "a/\\",
    "a/~",
    "x/" + "l" * 200,
    "a b/ c",
    "%2e%2e/x",
)
NO_NAMES = (
    "",
    "/a",
    "a/",
    "a//b",
    "..",
    "a/../b",
    "./a",
    "a\nb",
    "a\0b",
    "x" * 201,
    "blobs/aa/x",
    "a/.partial-1",
    "a\ud800",
)


class Conformance:
    """The suite. Fixtures that a subclass brings: ``store_at(cache) -> BlobStore``, all of one place; ``spoil(digest, bytes)``,
    which changes a blob behind its back; ``many(folder, count)``, which fills a folder; ``unfinished()``, which tells what is not whole.

    Attributes:
        names: of a list that does not come in one answer.
    """

    names = 1203

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(cache=tmp_path / "cache")

    @pytest.fixture
    def store(self, store_at: Callable[[Path], BlobStore], tmp_path: Path) -> BlobStore:
        return store_at(tmp_path / "cache")

    @pytest.fixture
    def elsewhere(self, store_at: Callable[[Path], BlobStore], tmp_path: Path) -> BlobStore:
        """The same store on another machine: its cache is empty."""
        return store_at(tmp_path / "elsewhere")

    async def test_a_blob_comes_back_on_another_machine(self, store, elsewhere, tmp_path):
        for data in (b"", b"some bytes", random.Random(1).randbytes(100_000)):
            path = file(tmp_path, data)
            digest = await store.put(path)
            assert digest == digest_of(data)
            assert await store.put(path, digest) == digest
            found = await elsewhere.get(digest)
            assert found.read_bytes() == data
            assert await elsewhere.get(digest) == found
            assert [thing.bytes for thing in await store.list(f"blobs/{digest[:2]}/{digest}")] == [len(data)]

    async def test_its_uri_opens_it_again(self, store, settings):
        await store.commit("a.json", b"1")
        again = open_store(store.uri, settings)
        assert again.uri == store.uri
        assert await again.read("a.json") == b"1"
        assert "obstore" not in repr(again)

    async def test_a_blob_that_nobody_put_is_told(self, store):
        with pytest.raises(StoreError) as told:
            await store.get("ab" * 32)
        assert told.value.code == "BLOB_MISSING"
        with pytest.raises(ValueError):
            await store.get("../../etc/passwd")

    async def test_a_file_that_is_not_what_was_said_does_not_come_in(self, store, tmp_path):
        for data in (b"written since", bytes(9 << 20)):
            with pytest.raises(StoreError) as told:
                await store.put(file(tmp_path, data), "cd" * 32)
            assert told.value.code == "BLOB_CHANGED"
            assert await store.list("") == ()

    async def test_a_file_that_is_not_there_is_the_callers_error(self, store, tmp_path):
        with pytest.raises(FileNotFoundError):
            await store.put(tmp_path / "nowhere")
        with pytest.raises(FileNotFoundError):
            await store.put(tmp_path / "nowhere", "ab" * 32)

    async def test_what_is_there_is_not_sent_again(self, store, tmp_path, spoil):
        data = b"twice the same"
        digest = await store.put(file(tmp_path, data))
        spoil(digest, b"TWICE the same")
        await store.put(file(tmp_path, data), digest)
        with pytest.raises(StoreError) as told:
            await store.get(digest)
        assert told.value.code == "BLOB_CHANGED"

    async def test_what_was_cut_off_is_sent_again(self, store, tmp_path, spoil):
        data = b"an upload that was broken off"
        digest = await store.put(file(tmp_path, data))
        spoil(digest, data[:-1])
        await store.put(file(tmp_path, data), digest)
        assert (await store.get(digest)).read_bytes() == data

    @pytest.mark.parametrize(
        "change",
        [lambda data: data[:-1], lambda data: bytes([data[0] ^ 1]) + data[1:], lambda data: data + b"!"],
    )
    async def test_a_changed_blob_is_an_error_until_it_is_dropped(
        self, store, elsewhere, tmp_path, spoil, change
    ):
        data = random.Random(2).randbytes(5000)
        digest = await store.put(file(tmp_path, data))
        spoil(digest, change(data))
        for reader in (store, elsewhere):
            with pytest.raises(StoreError) as told:
                await reader.get(digest)
            assert told.value.code == "BLOB_CHANGED"
            assert told.value.retryable
        assert files(tmp_path / "elsewhere") == []
        await store.drop(digest)
        await store.drop(digest)
        await store.put(file(tmp_path, data))
        assert (await elsewhere.get(digest)).read_bytes() == data

    async def test_a_cached_blob_that_was_damaged_is_fetched_again(self, store, elsewhere, tmp_path):
        data = random.Random(3).randbytes(5000)
        digest = await store.put(file(tmp_path, data))
        path = await elsewhere.get(digest)
        path.unlink()
        path.write_bytes(bytes(5000))
        assert (await elsewhere.get(digest)).read_bytes() == data
        path.unlink()
        assert (await elsewhere.get(digest)).read_bytes() == data
        _CHECKED.clear()  # another process reads it through once more
        if path.stat().st_nlink == 1:  # else it is the store's own
            os.truncate(path, 17)
        assert (await elsewhere.get(digest)).read_bytes() == data

    async def test_of_many_who_commit_one_name_one_wins(self, store, elsewhere):
        documents = [f'{{"by":{number}}}'.encode() for number in range(12)]
        won = await asyncio.gather(
            *(
                (store if number % 2 else elsewhere).commit("pieces/aa/k.json", document)
                for number, document in enumerate(documents)
            )
        )
        assert won.count(True) == 1
        assert await store.read("pieces/aa/k.json") == documents[won.index(True)]
        assert not await store.commit("pieces/aa/k.json", documents[won.index(True)])
        await store.delete("pieces/aa/k.json")
        assert await store.read("pieces/aa/k.json") is None
        assert await store.commit("pieces/aa/k.json", b"anew")

    async def test_odd_names_are_names(self, store, elsewhere):
        for name in ODD_NAMES:
            assert await store.read(name) is None
            assert await store.commit(name, name.encode())
        assert [thing.name for thing in await elsewhere.list("")] == sorted(ODD_NAMES)
        for name in ODD_NAMES:
            assert await elsewhere.read(name) == name.encode()
            assert [thing.name for thing in await elsewhere.list(name)] == [name]
        await store.remove([*ODD_NAMES, "was/never"])
        assert await store.list("") == ()

    @pytest.mark.parametrize("name", NO_NAMES)
    async def test_what_cannot_be_a_name_everywhere_is_one_nowhere(self, store, name):
        with pytest.raises(ValueError):
            await store.commit(name, b"1")
        with pytest.raises(ValueError):
            await store.read(name)
        with pytest.raises(ValueError):
            await store.commit("fine", b"")

    async def test_lists_are_whole_and_by_beginning(self, store, many):
        many("many", self.names)
        await store.commit("manx", b"1")
        found = await store.list("many/")
        assert [thing.name for thing in found] == [f"many/{number:05}" for number in range(self.names)]
        assert all(
            thing.bytes == 1 and datetime.now(UTC) - thing.modified < timedelta(hours=1) for thing in found
        )
        assert len(await store.list("man")) == self.names + 1
        assert [thing.name for thing in await store.list("many/0001")] == [
            f"many/0001{one}" for one in range(10)
        ]
        assert await store.list("none/") == await store.list("../") == ()
        assert await store.delete("many/") == self.names
        assert [thing.name for thing in await store.list("")] == ["manx"]

    async def test_sweeping_removes_what_is_old_enough(self, store, tmp_path):
        digest = await store.put(file(tmp_path, b"1234"))
        await store.commit("pieces/k.json", b"12")
        assert (await sweep(store, timedelta(hours=1))).kinds == ()
        told = await sweep(store, timedelta(0), dry_run=True)
        assert [(kind.name, kind.items, kind.bytes) for kind in told.kinds] == [
            ("blobs", 1, 4),
            ("pieces", 1, 2),
        ]
        assert (await survey(store)).model_dump(
            exclude={"kinds": {"__all__": {"oldest_days"}}}
        ) == told.model_dump(exclude={"kinds": {"__all__": {"oldest_days"}}})
        assert len((await sweep(store, timedelta(0))).kinds) == 2
        assert await store.list("") == ()
        with pytest.raises(StoreError):
            await store.get(digest)

    async def test_a_cancelled_put_leaves_nothing(self, store, tmp_path, unfinished):
        path = file(tmp_path, random.Random(4).randbytes(17 << 20))
        for seconds in (0.0, 0.05, 0.3):
            put = asyncio.ensure_future(store.put(path))
            await asyncio.sleep(seconds)
            put.cancel()
            await asyncio.gather(put, return_exceptions=True)
            assert unfinished() == [], seconds
            # The last of it may have been on its way already.
            assert [thing.bytes for thing in await store.list("")] in ([], [17 << 20])
        await store.put(path)
        assert [thing.bytes for thing in await store.list("")] == [17 << 20]

    async def test_a_cancelled_get_leaves_nothing(self, store, elsewhere, tmp_path):
        data = random.Random(5).randbytes(17 << 20)
        digest = await store.put(file(tmp_path, data))
        for seconds in (0.0, 0.02, 0.1):
            get = asyncio.ensure_future(elsewhere.get(digest))
            await asyncio.sleep(seconds)
            get.cancel()
            await asyncio.gather(get, return_exceptions=True)
            assert set(files(tmp_path / "elsewhere")) <= {digest}
        assert (await elsewhere.get(digest)).read_bytes() == data

    async def test_many_who_want_one_blob_get_it(self, store, elsewhere, tmp_path):
        data = random.Random(6).randbytes(200_000)
        digest = await store.put(file(tmp_path, data))
        found = await asyncio.gather(*(elsewhere.get(digest) for _ in range(8)))
        assert {path.read_bytes() for path in found} == {data}
        assert files(tmp_path / "elsewhere") == [digest]

    async def test_a_cache_that_cannot_be_written_is_told(self, store_at, tmp_path, store):
        digest = await store.put(file(tmp_path, b"for nobody"))
        (tmp_path / "stone").write_bytes(b"")
        with pytest.raises(StoreError) as told:
            await store_at(tmp_path / "stone").get(digest)
        assert told.value.code == "CACHE_FAILED"
        assert told.value.retryable


def file(folder: Path, data: bytes) -> Path:
    """A file that holds this."""
    path = folder / "source"
    path.write_bytes(data)
    return path


def files(folder: Path) -> list[str]:
    """The names of all files below a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
