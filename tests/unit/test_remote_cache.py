"""The cache on disk: whole or absent, bounded, shared, and never needed."""

import multiprocessing
import os
import time

import pytest

from framewright.composition.remote import BlobFolder, CacheEntry, RemoteCache
from framewright.model.settings import Settings


def entry(name, blob, size, **changes):
    facts = {"status": 200, "headers": (("content-type", "text/plain"),), "fetched": 1.0, "forever": False}
    return CacheEntry(name=name, blob=blob, bytes=size, **(facts | changes))


def remember(cache, bundle, name, data):
    blob = bundle.put(data)
    cache.remember(entry(name, blob, len(data)), bundle)
    return blob


@pytest.fixture
def bundle(tmp_path):
    return BlobFolder(tmp_path / "bundle")


@pytest.fixture
def cache(tmp_path):
    return RemoteCache(tmp_path / "cache", largest=10_000)


def test_what_was_remembered_is_found_with_its_body(cache, bundle, tmp_path):
    blob = remember(cache, bundle, "https://far.example/a", b"body")
    other = BlobFolder(tmp_path / "other")
    assert cache.find("https://far.example/a", other) == entry("https://far.example/a", blob, 4)
    assert other.read(blob) == b"body"
    assert cache.find("https://far.example/b", other) is None


def test_corrupted_blobs_and_entries_are_not_found(cache, bundle, tmp_path):
    blob = remember(cache, bundle, "a", b"body")
    path = cache.blobs.path(blob)
    path.unlink()
    path.write_bytes(b"bodx")  # not through the link, which the bundle shares
    other = BlobFolder(tmp_path / "other")
    assert cache.find("a", other) is None
    assert not path.exists()
    assert remember(cache, bundle, "a", b"body") == blob
    assert cache.find("a", other) is not None
    (written,) = tmp_path.glob("cache/*/entries/*.json")
    written.write_bytes(written.read_bytes()[:-5])
    assert cache.find("a", other) is None


def test_a_blob_cut_short_is_never_seen(bundle):
    blob = bundle.put(b"whole")
    bundle.path(blob).write_bytes(b"who")
    assert bundle.read(blob) is None


def test_what_was_not_used_for_longest_goes_first(cache, bundle, tmp_path):
    for number in range(30):
        blob = remember(cache, bundle, str(number), bytes([number]) * 1000)
        os.utime(cache.blobs.path(blob), (number, number))
        cache.find("3", BlobFolder(tmp_path / "other"))  # used again and again
    cache.sweep()
    left = [name for name in map(str, range(30)) if cache.find(name, BlobFolder(tmp_path / "third"))]
    assert "3" in left
    assert "29" in left
    assert "4" not in left
    assert 1 < len(left) <= 10
    assert len(list(tmp_path.glob("cache/*/entries/*.json"))) <= 10


def test_a_folder_that_cannot_be_written_is_no_hindrance(bundle, tmp_path):
    (tmp_path / "file").write_text("no folder")
    cache = RemoteCache(tmp_path / "file", largest=10_000)
    remember(cache, bundle, "a", b"body")
    assert cache.find("a", bundle) is None


def test_a_blob_larger_than_the_cache_is_not_kept(cache, bundle):
    remember(cache, bundle, "a", bytes(20_000))
    assert cache.find("a", bundle) is None


def _hammer(folder, number):
    cache, bundle = RemoteCache(folder / "cache", largest=30_000), BlobFolder(folder / f"bundle{number}")
    for step in range(60):
        data = f"{step % 20}".encode() * 500
        blob = bundle.put(data)
        cache.remember(entry(f"url{step % 20}", blob, len(data)), bundle)
        found = cache.find(f"url{(step * 7) % 20}", bundle)
        assert found is None or bundle.read(found.blob) is not None


def test_several_processes_share_it(tmp_path):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_hammer, args=(tmp_path, number)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert not list(tmp_path.glob("cache/*/*/.partial*"))


def test_pieces_of_killed_writers_are_swept(cache, bundle):
    remember(cache, bundle, "a", b"body")
    piece = cache.blobs.root / ".partial-1-dead"
    piece.write_bytes(b"x")
    cache.sweep()
    assert piece.exists()  # its writer may live
    os.utime(piece, (time.time() - 7200,) * 2)
    cache.sweep()
    assert not piece.exists()


def test_the_folder_follows_setting_and_desktop(monkeypatch, tmp_path):
    assert Settings(cache=tmp_path).cache_folder == tmp_path
    monkeypatch.delenv("FRAMEWRIGHT_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Settings().cache_folder == tmp_path / "framewright"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings().cache_folder == tmp_path / ".cache" / "framewright"
