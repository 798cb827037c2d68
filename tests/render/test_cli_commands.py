"""The commands with a real browser: what they print, how they stop, and what they leave."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from typing import NamedTuple

import pytest

from framewright.cli.entry import run
from truth import remains

PROGRAM = [sys.executable, "-c", "from framewright.cli import main; main()"]
LIMIT = 120
PAGE = """<!doctype html><title>A small intro</title>
<style>body{margin:0;background:#123}p{position:absolute;color:#fff;animation:move 2s linear infinite}
@keyframes move{from{left:0}to{left:200px}}</style>
<div data-composition-id="intro" data-width="320" data-height="180" data-duration="%s">
<p class="clip" id="hello" data-start="0" data-duration="0.25">Hello</p></div>"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of our own with a short and an hour-long composition, in which the commands run."""
    for name, seconds in (("short", "0.4"), ("long", "3600")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(PAGE % seconds)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Done(NamedTuple):
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def framewright(capsys):
    """Runs a command in this process; what only a process can show has one of its own."""

    def done(*arguments):
        capsys.readouterr()
        code = run(list(arguments))
        return Done(code, *capsys.readouterr())

    return done


def test_machines_get_events_and_a_report(place):
    command = [*PROGRAM, "render", "short", "--json", "--workers", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[0] == "stage" and kinds[-1] == "finished" and "decided" in kinds
    assert [event["stage"] for event in events if event["event"] == "stage"] == [
        "opening",
        "rendering",
        "finishing",
    ]
    progress = [event["frames"] for event in events if event["event"] == "progress"]
    assert progress == sorted(progress) and progress[-1] == 12
    output = events[-1]["report"]["output"]
    assert (output["frames"], output["width"], output["height"], output["codec"]) == (12, 320, 180, "h264")
    assert output["bytes"] == os.path.getsize("short.mp4")


def test_a_log_gets_plain_lines_and_stdout_stays_empty(place, framewright):
    done = framewright("render", "short", "-o", "out.webm", "--end-frame", "4", "--workers", "1")
    assert (done.returncode, done.stdout) == (0, "")
    lines = done.stderr.splitlines()
    assert lines[0] == "short → out.webm"
    assert {"opening", "rendering", "finishing", "✓ out.webm"} <= set(lines)
    assert "320×180, 30 fps, 0.133 s, 4 frames, vp9" in done.stderr
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", done.stderr)


def test_the_quiet_one_is_quiet(place, framewright):
    done = framewright("render", "short", "--quiet", "--end-frame", "2", "--workers", "1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert os.path.getsize("short.mp4") > 0


@pytest.mark.thorough
def test_a_terminal_of_80_columns(place):
    controller, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "30"}
    process = subprocess.Popen(
        [*PROGRAM, "render", "short", "--workers", "1"], stdin=terminal, stdout=terminal, stderr=terminal, env=environment
    )  # fmt: skip
    os.close(terminal)
    told = b""
    try:
        while chunk := os.read(controller, 65536):
            told += chunk
    except OSError:  # Linux says so when the other side has been closed
        pass
    assert process.wait(LIMIT) == 0
    os.close(controller)
    text = told.decode()
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    bare = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "\n")
    assert max(map(len, bare.splitlines())) <= 80
    assert "✓ rendering  12 frames in" in bare and "✓ short.mp4" in bare


@pytest.fixture
def started():
    """Begins a long render and returns once it draws. Whatever the test does to it, it ends with the test."""
    processes = []

    def start(*arguments):
        process = subprocess.Popen(
            [*PROGRAM, "render", "long", "--json", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        for line in process.stdout:
            if json.loads(line)["event"] == "progress":
                return process
        raise AssertionError(process.communicate()[1])

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.communicate(timeout=LIMIT)


@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_render_in_order(place, browser_files, number, started):
    process = started("--workers", "2")
    process.send_signal(number)
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 5
    last = json.loads(out.splitlines()[-1])
    assert (last["event"], last["code"], last["exit_code"]) == ("error", "CANCELLED", 5)
    assert err == ""
    assert sorted(os.listdir(place)) == ["long", "short"]
    remains.assert_gone(browser_files)


@pytest.mark.thorough
def test_the_second_signal_ends_it_at_once(place, browser_files, started, framewright):
    process = started("--workers", "1")
    # Stopped, it cannot end in order before the second signal comes: both wait for it.
    process.send_signal(signal.SIGSTOP)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=LIMIT)
    assert process.returncode == 5
    assert sorted(os.listdir(place)) == ["long", "short"]
    # The next browser's start sweeps the profiles of the dead.
    assert framewright("render", "short", "--quiet", "--end-frame", "1", "--workers", "1").returncode == 0
    remains.assert_gone(browser_files)


@pytest.mark.thorough
def test_a_reader_that_leaves_ends_the_render(place, browser_files, started):
    process = started("--workers", "1")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(LIMIT) == 5
    assert sorted(os.listdir(place)) == ["long", "short"]
    remains.assert_gone(browser_files)


@pytest.mark.parametrize("output", ["missing/a.mp4", "/proc/a.mp4", "short/index.html/a.mp4"])
def test_an_output_that_cannot_be_written(place, output, framewright):
    done = framewright("render", "short", "-o", output)
    assert (done.returncode, done.stdout) == (6, "")
    assert len([line for line in done.stderr.splitlines() if line.startswith("✗ ")]) == 1
    assert sorted(os.listdir(place)) == ["long", "short"]


def test_probe_tells_people_and_machines(place, framewright):
    done = framewright("probe", "short", "--fps", "30000/1001")
    assert (done.returncode, done.stderr) == (0, "")
    for words in (
        "A small intro",
        "320×180",
        "0.4 s, from data-duration",
        "12 at 30000/1001 fps (about 29.970)",
        "#hello",
    ):
        assert words in done.stdout
    done = framewright("probe", "short", "--json", "--start-frame", "3")
    found = json.loads(done.stdout)
    assert (done.returncode, found["frames"], found["start_frame"], found["fps"]) == (0, 12, 3, "30")


def test_doctor_finds_what_this_test_runs_on(framewright):
    done = framewright("doctor", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ready"], done.stderr) == (0, True, "")
    names = {check["name"] for check in found["checks"]}
    assert {"browser", "frame-control", "webgl", "codecs", "fonts", "cores", "memory"} <= names


def test_doctor_says_what_mends_a_missing_browser(monkeypatch, framewright):
    monkeypatch.setenv("FRAMEWRIGHT_BROWSER", "/nowhere/chromium")
    done = framewright("doctor")
    assert done.returncode == 4
    assert "✗ browser" in done.stdout and "apt-get install" in done.stdout
