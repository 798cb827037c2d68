"""What the options of a cluster go together with, and what refuses them in one sentence."""

from __future__ import annotations

import subprocess
import sys

import pytest

from framewright.cli.cluster import ClusterWishes
from framewright.cli.entry import run
from framewright.cli.executing import ExecutorWishes
from framewright.executors.temporal.settings import TemporalSettings
from framewright.model.errors import FramewrightError, UsageError


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--detach"], "--detach is for renders on a cluster: add --executor temporal"),
        (["--address", "a:1"], "--address is for renders on a cluster"),
        (["--priority", "1"], "--priority is for renders on a cluster"),
        (["--no-keep-pieces"], "--no-keep-pieces is for renders on a cluster"),
        (["--plan-on", "worker"], "--plan-on is for renders on a cluster"),
        (["--executor", "temporal", "--plan-on", "moon"], "use client or worker"),
        (["--executor", "temporal", "--temporal-dev", "--detach"], "--temporal-dev ends with this command"),
        (
            ["--executor", "temporal", "--temporal-dev", "--store", "x", "--tls"],
            "leave out --tls, --store",
        ),
        (["--executor", "temporal", "--workers", "2"], "give it to framewright worker"),
        (["--executor", "temporal", "--detach", "--explain"], "leave out --detach"),
        (["--executor", "temporal", "--detach", "--batch", "rows.json"], "leave out --batch"),
        (["--executor", "temporal", "--plan-on", "worker", "--batch", "rows.json"], "leave out --plan-on worker"),
        (["--executor", "cloud"], "use local or temporal"),
    ],
)  # fmt: skip
def test_what_does_not_go_together(capsys, arguments, sentence):
    assert run(["render", "page", *arguments]) == 2
    assert sentence in " ".join(capsys.readouterr().err.split())


def test_the_number_of_browsers_may_stand_in_the_environment_of_a_machine(monkeypatch, capsys):
    monkeypatch.setenv("FRAMEWRIGHT_WORKERS", "2")
    monkeypatch.setenv("FRAMEWRIGHT_TEMPORAL_ADDRESS", "127.0.0.1:1")
    assert run(["render", "page", "--executor", "temporal"]) == 4
    assert "needs a store" in " ".join(capsys.readouterr().err.split())


def test_a_store_that_is_set_for_all_does_not_keep_from_rendering_here(monkeypatch):
    monkeypatch.setenv("FRAMEWRIGHT_STORE", "/nowhere")
    assert not ExecutorWishes().elsewhere


def test_the_key_is_read_from_its_file_and_never_shown(tmp_path):
    path = tmp_path / "key"
    path.write_text("sk-secret\n")
    settings = ClusterWishes(api_key_file=path, namespace="films").read()
    assert isinstance(settings, TemporalSettings)
    assert settings.api_key.get_secret_value() == "sk-secret"
    assert settings.encrypted
    assert "sk-secret" not in repr(settings)


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), (" \n", "is empty")])
def test_a_key_that_is_none(tmp_path, content, said):
    path = tmp_path / "key"
    if content is not None:
        path.write_text(content)
    with pytest.raises(FramewrightError) as raised:
        ClusterWishes(api_key_file=path).read()
    assert raised.value.code == "SETTING_INVALID"
    assert said in raised.value.message


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "temporalio", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run(["jobs", "list"]) == 4
    assert "pip install 'framewright[temporal]'" in " ".join(capsys.readouterr().err.split())


def test_whoever_does_not_use_a_cluster_does_not_load_it():
    script = (
        "import sys, framewright, framewright.cli.app;"
        "assert 'TemporalExecutor' in dir(framewright);"
        "assert not [name for name in sys.modules if name.split('.')[0] in {'temporalio', 'obstore', 'aiohttp', 'fastapi'}];"
        "assert framewright.TemporalExecutor.__name__ == 'TemporalExecutor';"
        "assert framewright.Client.__name__ == 'Client' and framewright.AsyncClient.__name__ == 'AsyncClient'"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_an_unknown_name_is_no_attribute():
    import framewright

    with pytest.raises(AttributeError):
        framewright.NoSuchThing  # noqa: B018


def test_options_say_themselves_what_was_given():
    assert ClusterWishes(tls=False, queue="q").given == ("--queue", "--tls")
    with pytest.raises(UsageError):
        ExecutorWishes(cluster=ClusterWishes(queue="q"))
