"""``--server``: the command line renders, looks and fails as it does here."""

import json
import signal
import subprocess
import sys
import time

import pytest
from fakes import usual_script
from pretend import FILM

from framewright.cli.entry import run
from framewright.model.job import Failed, JobError, JobState


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in (
        "FRAMEWRIGHT_SERVER",
        "FRAMEWRIGHT_SERVER_TOKEN",
        "FRAMEWRIGHT_WORKERS",
        "FRAMEWRIGHT_CAPTURE",
    ):
        monkeypatch.delenv(name, raising=False)


def _said(captured: str) -> str:
    return " ".join(captured.split())


def test_people_are_told_as_ever(served, project, tmp_path, capsys):
    _, base = served
    output = tmp_path / "out.mp4"
    assert run(["render", str(project), "-o", str(output), "--server", base, "--explain"]) == 0
    assert output.read_bytes() == FILM
    said = _said(capsys.readouterr().err)
    assert f"has begun, on {base}." in said
    assert str(output) in said
    assert "Where the time went" in said
    assert "logo.png" in said


def test_machines_are_told_as_ever(served, project, tmp_path, capsys, monkeypatch):
    service, base = served
    monkeypatch.setenv("FRAMEWRIGHT_SERVER", base)
    monkeypatch.setenv("FRAMEWRIGHT_WORKERS", "7")
    output = tmp_path / "out.webm"
    assert run(["render", str(project), "-o", str(output), "--json", "--page-timeout", "9"]) == 0
    captured = capsys.readouterr()
    lines = [json.loads(line) for line in captured.out.splitlines()]
    kinds = {line["event"] for line in lines}
    assert kinds == {"stage", "decided", "warning", "chunk", "progress", "fallback", "sound", "finished"}
    assert lines[-1]["report"]["output"]["path"] == str(output)
    assert captured.err == ""
    [request] = service.requests.values()
    assert request.given() == {"format": "webm", "page_timeout": 9.0}


def test_what_is_said_of_browsers_on_the_line_is_passed_on(served, project, tmp_path):
    service, base = served
    options = ["--workers", "2", "--capture", "screenshot", "--quiet"]
    assert run(["render", str(project), "-o", str(tmp_path / "out.mp4"), "--server", base, *options]) == 0
    [request] = service.requests.values()
    assert request.given() == {"format": "mp4", "workers": 2, "capture": "screenshot"}


def test_detached_only_the_id_is_told(served, project, tmp_path, capsys, monkeypatch):
    service, base = served
    monkeypatch.chdir(tmp_path)
    service.held = True
    assert run(["render", str(project), "--server", base, "--detach", "--quiet"]) == 0
    [job] = service.jobs
    assert capsys.readouterr().out == f"{job}\n"
    assert service.jobs[job].state is JobState.RUNNING
    assert service.requests[job].format == "mp4"
    assert run(["render", str(project), "--server", base, "--detach", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["event"] == "detached"
    assert list(tmp_path.iterdir()) == [project]


@pytest.mark.parametrize("way", ["file", "environment"])
def test_the_token_is_sent_and_never_shown(served, project, tmp_path, capsys, monkeypatch, way):
    service, base = served
    (tmp_path / "token").write_text("fw_me_secret\n")
    given = ["--token-file", str(tmp_path / "token")]
    if way == "environment":
        monkeypatch.setenv("FRAMEWRIGHT_SERVER_TOKEN", "fw_me_secret")
        given = []
    assert run(["probe", str(project), "--server", base, *given, "--debug"]) == 0
    captured = capsys.readouterr()
    assert service.headers[-1]["Authorization"] == "Bearer fw_me_secret"
    assert "fw_me_secret" not in captured.out + captured.err
    assert "A film" in captured.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--server", "{base}", "--executor", "local"], "--executor"),
        (["--server", "{base}", "--executor", "temporal"], "--executor"),
        (["--server", "{base}", "--page-memory", "1G"], "--page-memory"),
        (["--server", "{base}", "--batch", "rows.json"], "--batch"),
        (["--server", "{base}", "--store", "/tmp/store"], "--store"),
        (["--server", "{base}", "--priority", "1"], "--priority"),
        (["--server", "{base}", "--detach", "--explain"], "--detach"),
        (["--server", "nonsense"], "http"),
        (["--token-file", "{missing}"], "--token-file"),
        (["--detach"], "--detach"),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_sent(
    served, project, tmp_path, capsys, monkeypatch, options, words
):
    service, base = served
    monkeypatch.chdir(tmp_path)
    given = [option.format(base=base, missing=tmp_path / "missing") for option in options]
    assert run(["render", str(project), *given]) == 2
    assert words in _said(capsys.readouterr().err)
    assert service.seen == []


def test_a_token_file_that_cannot_be_read_is_named(served, project, tmp_path, capsys):
    _, base = served
    (tmp_path / "empty").write_text("")
    for name in ("missing", "empty"):
        options = ["--server", base, "--token-file", str(tmp_path / name)]
        assert run(["render", str(project), "-o", str(tmp_path / "out.mp4"), *options]) == 4
        assert name in _said(capsys.readouterr().err)


def test_who_is_named_on_the_line_comes_before_the_environment(project, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FRAMEWRIGHT_SERVER", "http://127.0.0.1:9")
    options = ["--executor", "temporal", "--workers", "2"]
    assert run(["render", str(project), "-o", str(tmp_path / "out.mp4"), *options]) == 2
    assert "workers of a cluster" in _said(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("error", "owner", "code"), [("CompositionError", "author", 3), ("EncoderError", "framewright", 1), ("OutputError", "operator", 6)]
)  # fmt: skip
def test_a_failure_ends_as_it_does_here(served, project, tmp_path, capsys, error, owner, code):
    service, base = served
    told = JobError(error=error, code="SO", message="It is so.", retryable=False, owner=owner)
    service.script = [*usual_script()[:3], Failed(error=told)]
    output = tmp_path / "out.mp4"
    assert run(["render", str(project), "-o", str(output), "--server", base, "--json"]) == code
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["event"], last["code"], last["message"], last["exit_code"]) == (
        "error",
        "SO",
        "It is so.",
        code,
    )
    assert not output.exists()


def test_ctrl_c_ends_the_job(served, project, tmp_path):
    service, base = served
    service.held = True
    command = [
        sys.executable,
        "-m",
        "framewright",
        "render",
        str(project),
        "-o",
        str(tmp_path / "out.mp4"),
        "--server",
        base,
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 60
        while not service.asked("GET events"):
            assert time.monotonic() < until
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 5
    assert "cancelled" in said
    [job] = service.jobs.values()
    assert job.state is JobState.CANCELLED
    assert list(tmp_path.iterdir()) == [project]


def test_jobs_are_listed_and_shown(served, project, capsys):
    service, base = served
    assert run(["jobs", "list", "--server", base]) == 0
    assert "no renders" in capsys.readouterr().out
    for _ in range(3):
        assert run(["render", str(project), "--server", base, "--detach", "--quiet"]) == 0
    ids = capsys.readouterr().out.split()
    assert run(["jobs", "list", "--server", base, "--limit", "2"]) == 0
    said = capsys.readouterr().out
    assert [job in said for job in ids] == [False, True, True]
    assert run(["jobs", "list", "--server", base, "--json"]) == 0
    assert [one["id"] for one in json.loads(capsys.readouterr().out)] == ids[::-1]
    assert run(["jobs", "show", ids[0], "--server", base]) == 0
    assert "by local" in capsys.readouterr().out
    assert run(["jobs", "show", ids[0], "--server", base, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "done"
    assert run(["jobs", "show", "a" * 26, "--server", base]) == 2
    assert service.asked("DELETE job") == 0


def test_a_job_is_waited_for_and_fetched(served, project, tmp_path, capsys, monkeypatch):
    service, base = served
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRAMEWRIGHT_SERVER", base)
    assert run(["render", str(project), "--format", "webm", "--detach", "--quiet"]) == 0
    job = capsys.readouterr().out.strip()
    assert run(["jobs", "wait", job, "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1]["report"]["output"]["path"] == "film.webm"
    assert (tmp_path / "film.webm").read_bytes() == FILM
    assert run(["jobs", "wait", job, "-o", "other.mp4"]) == 2
    assert "webm" in _said(capsys.readouterr().err)
    assert service.asked("POST renders") == 1


def test_a_job_is_cancelled_once(served, project, capsys):
    service, base = served
    service.held = True
    assert run(["render", str(project), "--server", base, "--detach", "--quiet"]) == 0
    job = capsys.readouterr().out.strip()
    assert run(["jobs", "cancel", job, "--server", base]) == 0
    assert "has ended" in capsys.readouterr().out
    assert service.jobs[job].state is JobState.CANCELLED
    assert run(["jobs", "cancel", job, "--server", base]) == 2
    assert run(["jobs", "wait", job, "--server", base, "--quiet"]) == 5


def test_jobs_of_a_cluster_are_not_those_of_a_service(capsys):
    assert run(["jobs", "list", "--server", "http://127.0.0.1:9", "--namespace", "films"]) == 2
    assert "--namespace" in _said(capsys.readouterr().err)
