"""``framewright cache``: what it tells and removes."""

from __future__ import annotations

import json
import os
import time

import pytest

from framewright.cli.cache import parse_age
from framewright.cli.entry import run
from framewright.composition.remote import BlobFolder, CacheEntry, RemoteCache
from framewright.executors.piece_cache import PieceCache
from framewright.model.errors import UsageError
from framewright.model.settings import Settings
from framewright.render.committing import sidecar_of


@pytest.fixture
def filled(tmp_path, monkeypatch):
    monkeypatch.setenv("FRAMEWRIGHT_CACHE", str(tmp_path / "kept"))
    monkeypatch.delenv("FRAMEWRIGHT_PIECE_CACHE_SIZE")
    settings = Settings.read()
    bundle = BlobFolder(tmp_path / "bundle")
    entry = CacheEntry(
        name="https://far.example/a",
        status=200,
        headers=(),
        blob=bundle.put(bytes(700)),
        bytes=700,
        fetched=1.0,
        forever=True,
    )
    RemoteCache(settings.cache_folder, largest=10_000).remember(entry, bundle)
    with PieceCache.at(settings).shelf("ab" * 32) as shelf:
        for number, age in enumerate((0, 3 * 24 * 3600)):
            path = shelf.folder / f"{number}.piece"
            path.write_bytes(bytes(1000))
            sidecar_of(path).write_text("{}")
            os.utime(sidecar_of(path), (time.time() - age,) * 2)


def told(capsys, *arguments):
    assert run(["cache", *arguments, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    return {one["name"]: one for one in report["caches"]}, report["freed"]


def test_list_tells_both_caches(filled, capsys):
    caches, freed = told(capsys, "list")
    assert (caches["pieces"]["items"], caches["pieces"]["bytes"], freed) == (2, 2004, 0)
    assert 2.9 < caches["pieces"]["idle_days"] < 3.1
    assert (caches["remote"]["items"], caches["remote"]["bytes"]) == (1, 700)
    assert run(["cache", "list"]) == 0
    assert "2, 2.0 kB of at most 8.6 GB; the oldest was last used 72 h 00 min ago" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "pieces", "remote"),
    [([], 2, 1), (["--older-than", "2d"], 1, 1), (["--older-than", "7d"], 2, 1), (["--all"], 0, 0)],
)
def test_clean_removes_what_is_meant(filled, capsys, arguments, pieces, remote):
    caches, freed = told(capsys, "clean", *arguments)
    assert (caches["pieces"]["items"], caches["remote"]["items"]) == (pieces, remote)
    assert freed == (2 - pieces) * 1002 + (1 - remote) * 700


def test_clean_without_options_keeps_the_limits(filled, capsys, monkeypatch):
    monkeypatch.setenv("FRAMEWRIGHT_PIECE_CACHE_AGE", "1")
    caches, freed = told(capsys, "clean")
    assert (caches["pieces"]["items"], freed) == (1, 1002)


def test_ages_are_read():
    assert [parse_age(text) for text in ("90s", "2 m", "1.5h", "7D")] == [90, 120, 5400, 604800]
    for text in ("", "7", "d", "-1d", "7 weeks"):
        with pytest.raises(UsageError, match="no length of time"):
            parse_age(text)
    assert run(["cache", "clean", "--all", "--older-than", "1d"]) == 2
