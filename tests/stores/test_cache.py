"""The cache of blobs: what stays, and what goes."""

from __future__ import annotations

import os
import threading
import time

import pytest

from framewright.stores.blobs import BlobFolder
from framewright.stores.cache import BlobCache, WrongBytesError


@pytest.fixture
def source(tmp_path):
    return BlobFolder(tmp_path / "source")


def take(cache, source, data):
    digest = source.put(data)
    return cache.take(source.path(digest), digest, threading.Event())


def unwanted(path, hours):
    os.utime(path, (time.time() - hours * 3600, path.stat().st_mtime))


def test_what_was_not_wanted_for_longest_goes_first(tmp_path, source):
    cache = BlobCache(tmp_path / "cache", largest=1000)
    paths = [take(cache, source, bytes([number]) * 300) for number in range(5)]
    assert all(path.exists() for path in paths)  # too much, but somebody may be about to open them
    for number, path in enumerate(paths):
        unwanted(path, 10 - number)
    assert cache.find(paths[0].name, threading.Event()) == paths[0]
    assert cache.sweep() == 600
    assert [path.exists() for path in paths] == [True, False, False, True, True]
    assert all(source.path(path.name).exists() for path in paths)
    assert cache.clean() == 600
    assert paths[0].exists()


def test_it_sweeps_by_itself_and_removes_what_the_dead_left(tmp_path, source):
    cache = BlobCache(tmp_path / "cache", largest=1000)
    first = take(cache, source, bytes(600))
    unwanted(first, 2)
    dead = tmp_path / "cache" / ".partial-1-dead"
    dead.write_bytes(b"half")
    os.utime(dead, (0, 0))
    take(cache, source, b"1" * 600)
    assert not first.exists()
    assert not dead.exists()


def test_what_is_wrong_does_not_come_in(tmp_path, source):
    cache = BlobCache(tmp_path / "cache", largest=1000)
    digest = source.put(b"right")
    source.path(digest).write_bytes(b"wrong")
    with pytest.raises(WrongBytesError):
        cache.take(source.path(digest), digest, threading.Event())
    assert cache.kept() == ()
    with pytest.raises(FileNotFoundError):
        cache.take(source.path("ab" * 32), "ab" * 32, threading.Event())
