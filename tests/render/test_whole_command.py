"""The command line ends with the exit codes that it promises, one sentence, and nothing left behind."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time

import pytest

from framewright.cli.entry import run
from truth import decoding, remains
from truth.grids import thorough
from truth.pages import Film, document, write
from truth.runtimes import write_runtime

FILM = Film(frames=20)


@pytest.fixture
def page(tmp_path):
    return write_runtime(tmp_path / "page", "raf", FILM)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def command(*arguments):
    return [sys.executable, "-c", "from framewright.cli import main; main()", *map(str, arguments)]


def ran(*arguments):
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=90, check=False)


@pytest.fixture
def refused(capsys, folder):
    """Run a command here that is refused: its last words, one sentence, with no traceback and no file."""

    def done(status, *arguments):
        assert run([str(argument) for argument in arguments]) == status
        told = capsys.readouterr().err
        assert "Traceback" not in told
        assert told.strip().endswith(".")
        assert remains.files(folder) == []
        return " ".join(told.split())

    return done


def test_a_render_by_the_command(page, folder):
    done = ran("render", page, "-o", folder / "a.mp4", "--quality", "draft", "--workers", 1)
    assert done.returncode == 0, done.stderr
    assert decoding.numbers(folder / "a.mp4") == list(range(FILM.frames))
    assert remains.files(folder) == ["a.mp4"]


@pytest.mark.thorough
def test_events_for_machines(page, folder):
    done = ran("render", page, "-o", folder / "a.mp4", "--json", "--quality", "draft")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[-1]["event"] == "finished"
    assert events[-1]["report"]["frames"] == FILM.frames
    assert {"stage", "decided", "progress"} <= {event["event"] for event in events}


@pytest.mark.parametrize("options", [["--fps", "30000/0"], *thorough(["--start-frame", "90"])], ids=" ".join)
def test_wishes_that_cannot_be_met(page, folder, options, refused):
    refused(2, "render", page, "-o", folder / "a.mp4", *options)


def test_a_page_that_throws(folder, tmp_path, refused):
    page = write(tmp_path / "page", document(FILM, script="throw new Error('the sky falls')"))
    told = refused(3, "render", page, "-o", folder / "a.mp4")
    assert "the sky falls" in told


def test_a_page_that_is_not_there(folder, tmp_path, refused):
    told = refused(2, "render", tmp_path / "nowhere", "-o", folder / "a.mp4")
    assert "nowhere" in told


def test_no_browser(page, folder, monkeypatch, refused):
    monkeypatch.setenv("FRAMEWRIGHT_BROWSER", "/nowhere/chromium")
    refused(4, "render", page, "-o", folder / "a.mp4")


def test_an_output_in_a_missing_folder(page, folder, refused):
    refused(6, "render", page, "-o", folder / "missing" / "a.mp4")


def test_an_interrupted_command_leaves_nothing(tmp_path, folder, browser_files):
    page = write_runtime(tmp_path / "page", "raf", Film(frames=250))
    process = subprocess.Popen(
        command("render", page, "-o", folder / "a.mp4", "--json", "--workers", 1),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        for line in process.stdout:
            if json.loads(line)["event"] == "progress":
                process.send_signal(signal.SIGINT)
                break
        process.stdout.read()
        assert process.wait(timeout=60) == 5
    assert remains.files(folder) == []
    remains.assert_gone(browser_files)


def test_a_killed_command_takes_its_browsers_along(tmp_path, folder, browser_files):
    page = write_runtime(tmp_path / "page", "raf", Film(frames=250))
    process = subprocess.Popen(
        command("render", page, "-o", folder / "a.mp4", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        for line in process.stdout:
            if json.loads(line)["event"] == "progress":
                process.kill()
                break
    remains.assert_no_browsers(browser_files)
    # A killed process cannot tidy up; what it kept for its browsers is all that it may leave.
    assert not (folder / "a.mp4").exists()
    # A process that is being killed may write once more.
    quiet = 0
    while quiet < 4:
        left = list(browser_files.iterdir())
        for profile in left:
            shutil.rmtree(profile, ignore_errors=True)
        quiet = 0 if left else quiet + 1
        time.sleep(0.25)
