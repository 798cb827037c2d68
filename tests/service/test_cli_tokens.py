"""Tokens from the command line."""

from __future__ import annotations

import json

import pytest

from framewright.cli.entry import run


@pytest.fixture
def command(capsys):
    """The status, the output and the words of a command."""

    def command(*arguments, data):
        status = run(["tokens", *arguments, "--data", str(data)])
        return status, *capsys.readouterr()

    return command


def test_a_token_is_made_listed_and_revoked(tmp_path, command):
    data = tmp_path / "data"
    status, token, said = command("create", "ci", "--days", "30", data=data)
    assert (status, token[:3], token.count("\n")) == (0, "fw_", 1)
    assert "read and write" in said
    assert token.strip() not in said
    status, listed, _ = command("list", "--json", data=data)
    assert [(one["name"], one["scopes"]) for one in json.loads(listed)] == [("ci", ["read", "write"])]
    assert "fw_" not in listed
    status, _, said = command("create", "ci", data=data)
    assert (status, said.count("\n")) == (2, 1)
    assert "already" in said
    status, said, _ = command("revoke", "ci", data=data)
    assert (status, "'ci'" in said) == (0, True)
    assert data.stat().st_mode & 0o077 == 0


def test_another_service_may_know_a_token_too(tmp_path, command):
    _, token, _ = command("create", "ci", data=tmp_path / "one")
    file = tmp_path / "token"
    file.write_text(token)
    status, out, said = command("create", "ci", "--token-file", str(file), data=tmp_path / "two")
    assert (status, out) == (0, ""), said
    ids = [json.loads(command("list", "--json", data=tmp_path / name)[1])[0]["id"] for name in ("one", "two")]
    assert ids[0] == ids[1] == token.split("_")[1]
    file.write_text("no token")
    status, _, said = command("create", "x", "--token-file", str(file), data=tmp_path / "two")
    assert (status, "is no token" in said, "no token" in out) == (2, True, False)


def test_a_folder_that_cannot_be_one_is_named(tmp_path, command):
    file = tmp_path / "file"
    file.write_text("x")
    status, out, said = command("list", data=file)
    assert (status, out) == (4, "")
    assert str(file) in said.replace("\n  ", "")
