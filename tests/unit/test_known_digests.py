import os
import threading
import time

import pytest

from framewright.stores import digest_of
from framewright.stores.known_digests import ChangedFileError, KnownDigests, StoppedReadingError


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"film" * 10_000)
    os.utime(path, (time.time() - 100, time.time() - 100))
    return path


def read(folder, path, **how):
    """The digest, and how many bytes had to be read for it."""
    with KnownDigests(folder) as known:
        found = known.of(path, **how)
        return found.digest, known.bytes_read


def settle(path, monkeypatch):
    """Let the clock go on: what was just written is not remembered."""
    later = time.time() + 10
    monkeypatch.setattr("framewright.stores.known_digests.time.time", lambda: later)


def test_a_file_is_read_once_and_again_when_it_was_touched(tmp_path, film, monkeypatch):
    settle(film, monkeypatch)
    digest = digest_of(film.read_bytes())
    assert read(tmp_path, film) == (digest, 40_000)
    assert read(tmp_path, film) == (digest, 0)
    # The same size and the same time, and yet other bytes: the disk tells that it was changed.
    times = film.stat()
    film.write_bytes(b"FILM" * 10_000)
    os.utime(film, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert read(tmp_path, film) == (digest_of(b"FILM" * 10_000), 40_000)


def test_what_was_written_just_now_may_be_written_again_unseen(tmp_path, film):
    film.write_bytes(b"new")
    assert read(tmp_path, film)[1] == read(tmp_path, film)[1] == 3


def test_other_names_of_a_file_change_nothing_in_it(tmp_path, film, monkeypatch):
    settle(film, monkeypatch)
    read(tmp_path, film, linked=True)
    os.link(film, tmp_path / "other name")
    assert read(tmp_path, film, linked=True)[1] == 0


def test_names_may_be_any_bytes(tmp_path, film, monkeypatch):
    settle(film, monkeypatch)
    odd = film.rename(tmp_path / os.fsdecode(b'\xff\n"odd'))
    assert read(tmp_path, odd)[1] == 40_000
    assert read(tmp_path, odd)[1] == 0


@pytest.mark.parametrize("notes", [b"", b"[]", b"{", b'{"a": 1}', b'{"a": []}', b"\xff"])
def test_notes_that_cannot_be_read_are_none(tmp_path, film, notes):
    (tmp_path / "digests-1.json").write_bytes(notes)
    assert read(tmp_path, film)[1] == 40_000


def test_a_note_of_a_wrong_kind_is_none(tmp_path, film, monkeypatch):
    settle(film, monkeypatch)
    read(tmp_path, film)
    notes = tmp_path / "digests-1.json"
    notes.write_text(notes.read_text().replace(digest_of(film.read_bytes()), ""))
    assert read(tmp_path, film)[1] == 40_000


def test_where_nothing_can_be_written_nothing_is_remembered(tmp_path, film):
    (tmp_path / "file").write_text("x")
    assert read(tmp_path / "file" / "below", film)[1] == 40_000


def test_the_notes_do_not_grow_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("framewright.stores.known_digests._MOST_ENTRIES", 3)
    paths = [tmp_path / name for name in "abcde"]
    for path in paths:
        path.write_text(path.name)
    settle(None, monkeypatch)
    for path in paths:
        read(tmp_path / "notes", path)
    assert [read(tmp_path / "notes", path)[1] for path in reversed(paths)] == [0, 0, 0, 1, 1]


def test_a_file_that_is_written_while_it_is_read_has_no_digest(tmp_path, monkeypatch):
    path = tmp_path / "growing"
    path.write_bytes(b"x")
    seen = os.fstat

    def grow(descriptor):
        facts = seen(descriptor)
        with path.open("ab") as file:
            file.write(b"y")
        return facts

    monkeypatch.setattr("framewright.stores.known_digests.os.fstat", grow)
    with pytest.raises(ChangedFileError):
        read(tmp_path, path)


def test_two_that_keep_notes_at_a_time_harm_nobody(tmp_path, film, monkeypatch):
    settle(film, monkeypatch)
    files = [tmp_path / f"{number}" for number in range(8)]
    for path in files:
        path.write_text(path.name)
    workers = [threading.Thread(target=read, args=(tmp_path / "notes", path)) for path in files]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(read(tmp_path / "notes", path)[0] == digest_of(path.name.encode()) for path in files)
    assert [path.name for path in (tmp_path / "notes").iterdir()] == ["digests-1.json"]


def test_reading_ends_when_it_is_not_wanted_any_more(tmp_path, film):
    with KnownDigests(tmp_path) as known:
        known.stop()
        with pytest.raises(StoppedReadingError):
            known.of(film)
