"""A real service, the command line, and the same bytes as here."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from framewright.cli.entry import run

_PAGE = """<!doctype html>
<style>body { margin: 0; background: #14202b } h1 { color: #ffd23e; animation: rise 1s both }
@keyframes rise { from { opacity: 0 } }</style>
<div data-composition-id="hello" data-width="160" data-height="90" data-duration="1" data-fps="20" data-no-timeline>
<h1>Hello</h1><img src="gone.png"></div>
"""


@pytest.fixture
def server(tmp_path):
    pytest.importorskip("fastapi")
    command = [
        sys.executable,
        "-m",
        "framewright",
        "serve",
        "--port",
        "0",
        "--json",
        "--data",
        str(tmp_path / "data"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
    assert process.returncode == 0


def _events(capsys, *arguments: str) -> list[dict]:
    assert run([*arguments, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_there_and_here_are_told_alike_and_give_the_same_bytes(server, tmp_path, capsys):
    project = tmp_path / "hello"
    project.mkdir()
    (project / "index.html").write_text(_PAGE)
    (project / "de.srt").write_text("1\n00:00:00,200 --> 00:00:00,600\nHallo\n")
    options = ["--subtitles", str(project / "de.srt"), "--quality", "draft", "--workers", "1"]
    here, there = tmp_path / "here.mp4", tmp_path / "there.mp4"
    local = _events(capsys, "render", str(project), "-o", str(here), *options)
    remote = _events(capsys, "render", str(project), "-o", str(there), *options, "--server", server)
    assert there.read_bytes() == here.read_bytes()
    assert {event["event"] for event in remote} == {event["event"] for event in local}
    subjects = [
        {event["subject"] for event in told if event["event"] == "decided"} for told in (remote, local)
    ]
    assert subjects[0] - subjects[1] == {"upload", "job"}
    assert subjects[1] <= subjects[0]
    assert remote[-1]["report"]["output"] == local[-1]["report"]["output"] | {"path": str(there)}
    assert remote[-1]["report"]["subtitles"][0]["path"] == str(project / "de.srt")
    notices = [
        {event["notice"]["code"] for event in told if event["event"] == "warning"} for told in (remote, local)
    ]
    assert notices[0] == notices[1]
    assert run(["probe", str(project), "--server", server]) == 0
    assert "160×90" in capsys.readouterr().out
