"""Connections: settings from the environment, secrets that stay secret, and errors that say what to do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from framewright.executors.temporal.connecting import connect, translated
from framewright.executors.temporal.settings import TemporalSettings
from framewright.model.errors import FramewrightError, SetupError, TemporalError

if TYPE_CHECKING:
    from pathlib import Path

_SECRET = "sk-do-not-tell"


def test_the_environment_names_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMEWRIGHT_TEMPORAL_ADDRESS", "temporal.example:7233")
    monkeypatch.setenv("FRAMEWRIGHT_TEMPORAL_API_KEY", _SECRET)
    monkeypatch.setenv("FRAMEWRIGHT_TEMPORAL_TLS_CA", "")
    settings = TemporalSettings.read(namespace="films", queue=None)
    assert settings.address == "temporal.example:7233"
    assert settings.namespace == "films"
    assert settings.queue == "framewright"
    assert settings.tls_ca is None
    assert settings.encrypted, "a key never travels in the open"
    assert _SECRET not in f"{settings!r} {settings} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"ADDRESS": "http://temporal.example"}, "FRAMEWRIGHT_TEMPORAL_ADDRESS"),
        ({"QUEUE": "two words"}, "FRAMEWRIGHT_TEMPORAL_QUEUE"),
        ({"TLS_CERT": "/tmp/cert.pem"}, "tls_key"),
        ({"API_KEY": _SECRET, "TLS": "false"}, "in the open"),
    ],
)
def test_what_cannot_be_used_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"FRAMEWRIGHT_TEMPORAL_{name}", value)
    with pytest.raises(SetupError) as caught:
        TemporalSettings.read()
    assert caught.value.code == "SETTING_INVALID"
    assert named in caught.value.message
    assert _SECRET not in caught.value.message
    assert caught.value.__cause__ is None, "whose text would show what was given"


def test_what_an_option_says_wrongly_is_not_blamed_on_the_environment() -> None:
    with pytest.raises(SetupError) as caught:
        TemporalSettings.read(address="nonsense")
    assert "'address'" in caught.value.message
    assert "FRAMEWRIGHT_TEMPORAL_" not in caught.value.message


async def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        await connect(TemporalSettings(tls_ca=tmp_path / "ca.pem"))
    assert caught.value.code == "SETTING_INVALID"
    assert "ca.pem" in caught.value.message


async def test_nobody_there_is_retryable_and_quickly_told() -> None:
    with pytest.raises(TemporalError) as caught:
        await connect(TemporalSettings(address="127.0.0.1:1"), seconds=20.0)
    assert caught.value.code == "TEMPORAL_UNREACHABLE"
    assert "127.0.0.1:1" in caught.value.message


async def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sys.modules.copy()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SetupError) as caught:
        await connect(TemporalSettings())
    assert caught.value.code == "EXTRA_MISSING"
    assert "pip install 'framewright[temporal]'" in caught.value.message
    assert sys.modules.keys() == real.keys()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("UNAVAILABLE", "TEMPORAL_UNREACHABLE"),
        ("DEADLINE_EXCEEDED", "TEMPORAL_UNREACHABLE"),
        ("UNAUTHENTICATED", "TEMPORAL_REFUSED"),
        ("PERMISSION_DENIED", "TEMPORAL_REFUSED"),
    ],
)
def test_what_the_server_does_to_a_call_becomes_an_error_of_ours(status: str, code: str) -> None:
    from temporalio.service import RPCError, RPCStatusCode

    with pytest.raises(FramewrightError) as caught, translated("here:1"):
        raise RPCError("no", RPCStatusCode[status], b"")
    assert caught.value.code == code
    assert caught.value.retryable == (code == "TEMPORAL_UNREACHABLE")


def test_an_answer_that_means_something_passes() -> None:
    from temporalio.service import RPCError, RPCStatusCode

    with pytest.raises(RPCError), translated("here:1"):
        raise RPCError("no such workflow", RPCStatusCode.NOT_FOUND, b"")
