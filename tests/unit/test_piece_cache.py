"""The cache of pieces: whole or not there, bounded, shared, and never needed."""

from __future__ import annotations

import multiprocessing
import os
import time

import pytest

from framewright.executors.piece_cache import PieceCache
from framewright.executors.shelf import LOCK, lock_folder
from framewright.model.frames import FrameRange
from framewright.model.piece import ChunkResult
from framewright.model.report import TimeSpent
from framewright.model.settings import Settings
from framewright.render.committing import sidecar_of
from framewright.render.workbench import piece_name
from framewright.stores.blobs import digest_of

SHELF = "ab" * 32
_TIME = TimeSpent(opening=0, rendering=0, finishing=0, encoder_busy=0, waiting_for_pictures=0)


def put(shelf, start=0, stop=10, data=b"packets", key=None):
    """A piece as whoever renders it commits it: the sidecar last."""
    frames = FrameRange(start, stop)
    key = key or digest_of(f"{start} {stop}".encode())
    path = shelf.place(piece_name(frames, key), ".mp4")
    path.write_bytes(data)
    result = ChunkResult(
        key=key,
        start=start,
        stop=stop,
        digest=digest_of(data),
        bytes=len(data),
        fingerprints=("00" * 8,) * len(frames),
        parameters="0" * 64,
        unchanged=0,
        workers=1,
        capture="stream",
        time=_TIME,
    )
    sidecar_of(path).write_text(result.model_dump_json())
    return path


@pytest.fixture
def cache(tmp_path):
    return PieceCache(tmp_path / "pieces", largest=100_000, oldest=3600.0)


def names(shelf):
    return [(one.frames.start, one.frames.stop) for one in shelf.stored()]


def test_a_piece_is_found_by_its_frames_and_its_key(cache):
    with cache.shelf(SHELF) as shelf:
        path = put(shelf, 12, 40)
        (stored,) = shelf.stored()
        assert (stored.frames, stored.path) == (FrameRange(12, 40), path)
        result = shelf.chunk(stored)
        assert result is not None and result.range == FrameRange(12, 40)


@pytest.mark.parametrize("harm", ["flip", "cut", "other sidecar", "cut sidecar", "no piece"])
def test_a_piece_that_is_not_whole_is_removed_and_not_there(cache, harm):
    with cache.shelf(SHELF) as shelf:
        path = put(shelf, data=bytes(1000))
        (stored,) = shelf.stored()
        if harm == "flip":
            path.write_bytes(bytes(500) + b"\x01" + bytes(499))
        elif harm == "cut":
            path.write_bytes(bytes(999))
        elif harm == "other sidecar":
            other = put(shelf, 10, 20)
            sidecar_of(other).replace(sidecar_of(path))
        elif harm == "cut sidecar":
            sidecar_of(path).write_bytes(sidecar_of(path).read_bytes()[:-9])
        else:
            path.unlink()
        assert shelf.chunk(stored) is None
        assert not path.exists() and not sidecar_of(path).exists()


def test_without_a_sidecar_there_is_no_piece(cache):
    with cache.shelf(SHELF) as shelf:
        sidecar_of(put(shelf)).unlink()
        assert shelf.stored() == ()


def test_what_was_not_used_for_longest_goes_first_and_nothing_in_use(cache):
    with cache.shelf(SHELF) as shelf:
        for number in range(20):
            path = put(shelf, number, number + 1, data=bytes(10_000))
            os.utime(sidecar_of(path), (time.time() - 1000 + number,) * 2)
        shelf.chunk(shelf.stored()[0])  # used this moment
        assert cache.sweep() == 0, "a render uses the shelf"
        assert len(shelf.stored()) == 20
    assert cache.sweep() > 100_000
    with cache.shelf(SHELF) as shelf:
        assert (0, 1) in names(shelf) and (19, 20) in names(shelf) and (1, 2) not in names(shelf)
        assert sum(one.bytes for one in cache.kept()) <= 100_000


def test_what_is_old_goes_and_empty_shelves_with_it(cache):
    with cache.shelf(SHELF) as shelf:
        old = put(shelf)
        os.utime(sidecar_of(old), (time.time() - 7200,) * 2)
        (shelf.folder / ".attempt-of-a-dead-writer").write_bytes(b"x")
    cache.sweep()
    assert [path.name for path in cache.folder.rglob("*") if path.is_file()] == [LOCK]
    assert not shelf.folder.exists()


def test_cleaning_takes_all_but_what_is_in_use(cache):
    with cache.shelf("cd" * 32) as idle:
        put(idle)
    with cache.shelf(SHELF) as used:
        put(used)
        assert cache.clean(older_than=60) == 0
        assert cache.clean() > 0
        assert names(used) and not idle.folder.exists()
    assert cache.clean() > 0
    assert cache.kept() == ()


def test_a_folder_that_cannot_be_written_is_no_hindrance(tmp_path):
    (tmp_path / "pieces").write_text("no folder")
    cache = PieceCache(tmp_path / "pieces", largest=1000, oldest=10)
    with cache.shelf(SHELF) as shelf:
        assert not shelf.writable
        assert shelf.stored() == () and shelf.sound(shelf.place("0" * 64, ".sound"), "0" * 64) is None
    assert cache.sweep() == 0


def test_a_lock_is_not_taken_of_a_folder_that_was_cleared_away(cache, tmp_path):
    folder = tmp_path / "shelf"
    first = lock_folder(folder, exclusive=True, seconds=0)
    (folder / LOCK).unlink()
    folder.rmdir()
    with first, lock_folder(folder, exclusive=True, seconds=0) as second:
        assert os.path.samestat(os.fstat(second.fileno()), os.stat(folder / LOCK))


def test_it_is_switched_off_by_a_size_or_an_age_of_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("FRAMEWRIGHT_PIECE_CACHE_SIZE")
    assert PieceCache.of(Settings(cache=tmp_path)) is not None
    assert PieceCache.of(Settings(cache=tmp_path, piece_cache_size=0)) is None
    assert PieceCache.of(Settings(cache=tmp_path, piece_cache_age=0)) is None


def _hammer(folder, number):
    cache = PieceCache(folder, largest=20_000, oldest=3600)
    for step in range(30):
        with cache.shelf(digest_of(bytes([step % 3]))) as shelf:
            path = put(shelf, step % 5, 9, data=bytes(1000 + number))
            # Another writer of the same piece may stand between file and sidecar, but never a broom.
            assert path.exists() and sidecar_of(path).exists()
        cache.sweep()


def test_several_processes_share_it(tmp_path):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_hammer, args=(tmp_path / "pieces", number)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 4
