"""``framewright store``: what it tells and removes."""

from __future__ import annotations

import asyncio
import json
import os
import time

import pytest

from framewright.cli.entry import run
from framewright.model.settings import Settings
from framewright.stores import open_store


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "renders"
    (tmp_path / "film").write_bytes(bytes(1500))

    async def fill():
        async with open_store(str(root), Settings()) as store:
            await store.put(tmp_path / "film")
            for name in ("pieces/aa/1.json", "pieces/bb/2.json", "outputs/cc/3.json"):
                await store.commit(name, b"{}")

    asyncio.run(fill())
    age(root / "pieces/aa/1.json", days=3)
    return root


def age(path, *, days):
    os.utime(path, (time.time() - days * 24 * 3600,) * 2)


def told(capsys, *arguments):
    assert run(["store", *arguments, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    return {kind["name"]: (kind["items"], kind["bytes"]) for kind in report["kinds"]}


def test_list_tells_each_kind(root, capsys, monkeypatch):
    assert told(capsys, "list", "--store", str(root)) == {
        "blobs": (1, 1500),
        "outputs": (1, 2),
        "pieces": (2, 4),
    }
    monkeypatch.setenv("FRAMEWRIGHT_STORE", root.as_uri())
    assert run(["store", "list"]) == 0
    said = capsys.readouterr().out
    assert root.as_uri() in said
    assert "2, 4 bytes; the oldest is 72 h 00 min old" in said


def test_clean_removes_what_is_old(root, capsys):
    at = ["--store", str(root)]
    assert told(capsys, "clean", *at) == {}
    assert told(capsys, "clean", *at, "--older-than", "2d", "--dry-run") == {"pieces": (1, 2)}
    assert run(["store", "clean", *at, "--older-than", "2d", "--dry-run"]) == 0
    assert "Would be removed:" in capsys.readouterr().out
    assert told(capsys, "clean", *at, "--older-than", "2d") == {"pieces": (1, 2)}
    assert told(capsys, "list", *at) == {"blobs": (1, 1500), "outputs": (1, 2), "pieces": (1, 2)}
    assert sum(count for count, _ in told(capsys, "clean", *at, "--older-than", "0s").values()) == 3
    assert run(["store", "list", *at]) == 0
    assert "It is empty." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["list"], "STORE_UNSET", 4),
        (["list", "--store", "ftp://far/away"], "STORE_INVALID", 2),
        (["clean", "--store", "/tmp", "--older-than", "long"], "OPTION_INVALID", 2),
    ],
)
def test_what_cannot_be_meant_is_told(arguments, code, exit_code, capsys):
    assert run(["store", *arguments, "--json"]) == exit_code
    assert json.loads(capsys.readouterr().out)["code"] == code
