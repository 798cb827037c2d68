"""A store in a folder."""

from __future__ import annotations

import asyncio
import errno
import multiprocessing
import os
import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framewright.model.errors import StoreError, StoreRefusedError
from framewright.model.settings import Settings
from framewright.stores import folders, open_store, sweep
from stores.conformance import Conformance, file, files

DAY = 24 * 3600.0


@pytest.fixture
def root(tmp_path):
    return tmp_path / "störe %41"


@pytest.fixture
def store_at(root):
    return lambda cache: open_store(str(root), Settings(cache=cache))


@pytest.fixture
def store(store_at, tmp_path):
    return store_at(tmp_path / "cache")


def age(path, days):
    os.utime(path, (time.time() - days * DAY,) * 2)


class TestDirectory(Conformance):
    @pytest.fixture
    def spoil(self, root):
        def spoil(digest, data):
            path = root / "blobs" / digest[:2] / digest
            path.unlink()
            path.write_bytes(data)

        return spoil

    @pytest.fixture
    def many(self, root):
        def many(name, count):
            (root / name).mkdir(parents=True)
            for number in range(count):
                (root / name / f"{number:05}").write_bytes(b"1")

        return many

    @pytest.fixture
    def unfinished(self, root):
        return lambda: [name for name in files(root) if name.startswith(".")]


class TestDirectoryWithoutLinks(TestDirectory):
    """Some shares know no hard links; and a cache often lies on another disk."""

    @pytest.fixture(autouse=True)
    def _no_links(self, monkeypatch):
        def link(*_):
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", link)


async def test_what_lies_on_the_disk_of_the_cache_is_not_copied(store, tmp_path, root):
    digest = await store.put(file(tmp_path, b"once"))
    found = await store.get(digest)
    assert found.samefile(root / "blobs" / digest[:2] / digest)
    assert not found.samefile(tmp_path / "source")
    await store.delete("")
    assert (await store.get(digest)).read_bytes() == b"once"  # for whoever has it


async def test_a_share_that_is_away_for_a_while_is_waited_for(store, tmp_path, root):
    digest = await store.put(file(tmp_path, b"before"))
    root.rename(tmp_path / "away")
    calls = (
        store.get(digest),
        store.put(file(tmp_path, b"meanwhile")),
        store.commit("a", b"1"),
        store.list(""),
        store.read("b"),
    )
    waiting = [asyncio.ensure_future(call) for call in calls]
    await asyncio.sleep(0.5)
    assert not any(call.done() for call in waiting)
    assert not root.exists()
    (tmp_path / "away").rename(root)
    found, other, won, _, nothing = await asyncio.gather(*waiting)
    assert (found.read_bytes(), won, nothing) == (b"before", True, None)
    assert (await store.get(other)).read_bytes() == b"meanwhile"


async def test_a_share_that_stays_away_is_no_empty_store(tmp_path, monkeypatch):
    monkeypatch.setattr("framewright.stores.patience.SECONDS", 0.1)
    store = open_store(str(tmp_path / "not-mounted" / "store"), Settings(cache=tmp_path / "cache"))
    for call in (store.list(""), store.read("a"), store.commit("a", b"1"), store.get("ab" * 32)):
        with pytest.raises(StoreError, match="see that it is mounted") as told:
            await call
        assert (told.value.code, told.value.retryable) == ("STORE_UNAVAILABLE", True)
    assert not (tmp_path / "not-mounted").exists()


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.EACCES, "STORE_REFUSED"), (errno.EROFS, "STORE_REFUSED"), (errno.ENOSPC, "STORE_FULL")],
)
async def test_what_only_people_can_mend_is_told_at_once(store, tmp_path, monkeypatch, number, code):
    def commit(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(folders, "commit", commit)
    with pytest.raises(StoreRefusedError) as told:
        await store.commit("a", b"1")
    assert (told.value.code, told.value.retryable) == (code, False)


async def test_a_disk_of_the_cache_that_is_full_is_told(store_at, tmp_path, monkeypatch):
    digest = await store_at(tmp_path / "cache").put(file(tmp_path, bytes(9 << 20)))

    def link(*_):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    def write(writer, piece):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", link)
    monkeypatch.setattr("framewright.stores.blobs.BlobWriter.write", write)
    with pytest.raises(StoreError, match="The disk of the cache is full: free") as told:
        await store_at(tmp_path / "elsewhere").get(digest)
    assert (told.value.code, told.value.retryable) == ("CACHE_FAILED", True)
    assert files(tmp_path / "elsewhere") == []


async def test_what_is_wanted_again_is_young_again(store, tmp_path, root):
    digest = await store.put(file(tmp_path, b"old"))
    blob = root / "blobs" / digest[:2] / digest
    for days, fresh in ((0.5, False), (1.5, True)):
        age(blob, days)
        await store.put(file(tmp_path, b"old"), digest)
        assert (time.time() - blob.stat().st_mtime < 60) is fresh


async def test_blobs_stay_longer_than_documents(store, tmp_path, root):
    ages = (13, 15, 17)
    blobs = {days: await store.put(file(tmp_path, str(days).encode())) for days in ages}
    for days in ages:
        await store.commit(f"pieces/{days}.json", b"{}")
        age(root / f"pieces/{days}.json", days)
        age(root / "blobs" / blobs[days][:2] / blobs[days], days)
    (root / "pieces" / ".partial-1-dead").write_bytes(b"half")
    age(root / "pieces" / ".partial-1-dead", 15)
    (root / "pieces" / ".partial-1-alive").write_bytes(b"half")
    removed = await sweep(store, timedelta(days=14))
    assert [(kind.name, kind.items) for kind in removed.kinds] == [("blobs", 1), ("pieces", 2)]
    assert files(root) == sorted([".partial-1-alive", "13.json", blobs[13], blobs[15]])


async def test_the_documents_of_a_job_go_together(store, root):
    old, tried_again = "a" * 26, "b" * 26
    for job, last in ((old, 15), (tried_again, 1)):
        for name, days in (("order", 20), ("end-1", 15), ("begun-2", last)):
            await store.commit(f"service/jobs/{job}/{name}.json", b"{}")
            age(root / f"service/jobs/{job}/{name}.json", days)
    await store.commit("service/keys/aa/k.json", b"{}")
    removed = await sweep(store, timedelta(days=14))
    assert [(kind.name, kind.items) for kind in removed.kinds] == [("service", 3)]
    assert {thing.name.split("/")[2] for thing in await store.list("service/jobs/")} == {tried_again}


async def test_an_answer_that_was_lost_does_not_lose_the_name(store, root, monkeypatch):
    """NFS says that a link stands already when its first answer got lost; and a share may go away behind a commit."""
    real = os.link

    def lost(source, target):
        real(source, target)
        raise FileExistsError(errno.EEXIST, "File exists")

    monkeypatch.setattr(os, "link", lost)
    assert await store.commit("a.json", b"mine")
    tries = []

    def late(source, target):
        tries.append(source)
        real(source, target)
        if len(tries) == 1:
            raise OSError(errno.ESTALE, "Stale file handle")

    monkeypatch.setattr(os, "link", late)
    assert await store.commit("b.json", b"mine")
    assert not await store.commit("b.json", b"mine")
    assert len(tries) == 3


def test_a_writer_without_links_that_died_is_written_over(tmp_path, monkeypatch):
    target = tmp_path / "a.json"
    target.touch()
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(errno.EPERM, "no links")))
    assert not folders.commit(target, b"later")
    assert folders.read(target) is None
    age(target, 1)
    assert folders.commit(target, b"later")
    assert folders.read(target) == b"later"


def _race(root, start, documents, won):
    start.wait()
    for number, document in documents:
        if folders.commit(root / "pieces" / f"{number}.json", document):
            won.put((number, document))
    won.put(None)


def test_of_several_processes_each_name_has_one_winner(root):
    context = multiprocessing.get_context("fork")
    start, won = context.Barrier(4), context.Queue()
    names = range(100)
    processes = [
        context.Process(
            target=_race, args=(root, start, [(number, f"{who}".encode()) for number in names], won)
        )
        for who in range(4)
    ]
    for process in processes:
        process.start()
    found, open_ends = [], len(processes)
    while open_ends:
        said = won.get(timeout=60)
        if said is None:
            open_ends -= 1
        else:
            found.append(said)
    for process in processes:
        process.join(60)
    assert sorted(number for number, _ in found) == list(names)
    assert all(folders.read(root / "pieces" / f"{number}.json") == document for number, document in found)


@settings(max_examples=25, deadline=None)
@given(
    calls=st.lists(
        st.tuples(
            st.sampled_from(["commit", "delete", "read"]),
            st.sampled_from(["a", "b/c", "b/d"]),
            st.binary(min_size=1, max_size=4),
        ),
        max_size=25,
    )
)
def test_a_store_is_a_table_of_first_words(tmp_path_factory, calls):
    root = tmp_path_factory.mktemp("table") / "store"

    async def go():
        told: dict[str, bytes] = {}
        async with open_store(str(root), Settings(cache=root.parent / "cache")) as store:
            for call, name, document in calls:
                if call == "commit":
                    assert await store.commit(name, document) is (name not in told)
                    told.setdefault(name, document)
                elif call == "delete":
                    gone = [one for one in told if one.startswith(name)]
                    assert await store.delete(name) == len(gone)
                    told = {one: said for one, said in told.items() if one not in gone}
                else:
                    assert await store.read(name) == told.get(name)
            assert {thing.name: thing.bytes for thing in await store.list("")} == {
                name: len(said) for name, said in told.items()
            }

    asyncio.run(go())
