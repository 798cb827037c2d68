"""Stores by their URIs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from framewright.model.errors import SetupError, UsageError
from framewright.model.settings import Settings
from framewright.stores import open_store
from framewright.stores.directory import DirectoryStore


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("/mnt/films", "/mnt/films"),
        ("file:/mnt/films", "/mnt/films"),
        ("file:///mnt/fi%20lms", "/mnt/fi lms"),
        ("file://localhost/mnt", "/mnt"),
        ("a:folder", str(Path("a:folder").absolute())),
        ("~/films", str(Path.home() / "films")),
    ],
)
def test_folders_have_paths_and_uris(uri, path, tmp_path):
    store = open_store(uri, Settings(cache=tmp_path))
    assert isinstance(store, DirectoryStore)
    assert str(store.root) == path
    assert open_store(store.uri, Settings(cache=tmp_path)).root == store.root


@pytest.mark.parametrize(
    "uri",
    [
        "", "ftp://far/films", "http://far/films", "s3://", "s3:///films", "s3://films/../x", "s3://films/a//b", "s3://fil ms",
        "file://far/films", "s3://key:secret@films", "s3://films?region=x", "gs://films#a", "s3://[", "s3://films/a%00",
    ],
)  # fmt: skip
def test_what_names_no_store_is_told_in_one_sentence(uri, tmp_path):
    with pytest.raises(UsageError) as told:
        open_store(uri, Settings(cache=tmp_path))
    assert told.value.code == "STORE_INVALID"
    assert "secret" not in told.value.message
    assert told.value.message.endswith(".")
    assert ". " not in told.value.message


def test_buckets_need_the_extra(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SetupError, match=r"pip install 'framewright\[stores\]'") as told:
        open_store("s3://films", Settings(cache=tmp_path))
    assert told.value.code == "EXTRA_MISSING"


def test_an_account_that_is_not_named_is_told(monkeypatch, tmp_path):
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(UsageError, match="Account must be specified") as told:
        open_store("az://films", Settings(cache=tmp_path))
    assert told.value.code == "STORE_INVALID"


@pytest.mark.thorough
def test_folders_load_no_client_of_buckets():
    code = "import sys, framewright.stores, framewright.cli.app; sys.exit('obstore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0
