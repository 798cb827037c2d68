"""The machine fails: a browser dies, the disk is full, the folder is missing. The render survives, or leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import contextmanager

import pytest

import framewright
from framewright.model.errors import ExitCode, FramewrightError, RenderCancelledError
from truth import decoding, remains, scenes
from truth.grids import thorough
from truth.pages import Film, write
from truth.runtimes import write_runtime

FILM = Film(frames=50)


@pytest.fixture
def page(tmp_path):
    return write_runtime(tmp_path / "page", "css-animation", FILM)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


class AtFrame:
    """A listener that does something once, when some frames are done."""

    def __init__(self, frames, action):
        self.frames, self.action, self.done = frames, action, False

    def __call__(self, event):
        if event.event == "progress" and event.frames >= self.frames and not self.done:
            self.done = True
            self.action()


def kill(processes):
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass


@pytest.mark.parametrize(
    ("workers", "capture"),
    [
        *thorough((1, "stream")),
        (2, "screenshot"),
        pytest.param(1, "screenshot", marks=pytest.mark.long),
        pytest.param(2, "stream", marks=pytest.mark.long),
    ],
)
def test_a_killed_browser_is_replaced(render, page, browser_files, capture, workers):
    killer = AtFrame(1, lambda: kill(remains.browser_mains(browser_files)))
    path, report = render(page, workers=workers, capture=capture, quality="draft", on_event=killer)
    assert killer.done
    assert decoding.numbers(path) == list(range(FILM.frames))
    assert report.restarted_workers >= 1


def renderers(browser_files):
    """The processes that draw pages, of all our browsers."""
    sessions = {os.getsid(process) for process in remains.browser_mains(browser_files)}
    found = subprocess.run(
        ["ps", "-eo", "pid=,sid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(maxsplit=2) for line in found.splitlines()]
    return [int(pid) for pid, session, line in rows if int(session) in sessions and "--type=renderer" in line]


@pytest.mark.thorough
def test_a_killed_renderer_is_replaced(render, page, browser_files):
    killed = []

    def strike():
        killed.extend(renderers(browser_files))
        kill(killed)

    path, report = render(page, workers=1, quality="draft", on_event=AtFrame(1, strike))
    assert killed
    assert decoding.numbers(path) == list(range(FILM.frames))
    assert report.restarted_workers >= 1


@contextmanager
def reaper(browser_files):
    """Kills every browser of ours a little after it has appeared."""
    over = threading.Event()

    def strike():
        while not over.wait(0.4):
            kill(remains.browser_mains(browser_files))

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_browsers_killed_again_and_again_are_an_error(page, folder, browser_files):
    with reaper(browser_files), pytest.raises(FramewrightError) as caught:
        framewright.render(page, folder / "out.mp4", workers=1)
    assert (caught.value.code, caught.value.exit_code) == ("BROWSER_DIED", ExitCode.ENVIRONMENT)
    assert caught.value.message.endswith(".")
    assert remains.files(folder) == []
    remains.assert_gone(browser_files)


@pytest.mark.thorough
def test_a_cancelled_render_leaves_nothing(page, folder, browser_files):
    token = framewright.CancelToken()
    with pytest.raises(RenderCancelledError):
        framewright.render(
            page, folder / "out.mp4", workers=2, cancel=token, on_event=AtFrame(1, token.cancel)
        )
    assert remains.files(folder) == []
    remains.assert_gone(browser_files)


@pytest.mark.thorough
def test_a_listener_that_fails_ends_the_render(page, folder, browser_files):
    def fail():
        raise RuntimeError("the listener fell")

    with pytest.raises(RuntimeError, match="the listener fell"):
        framewright.render(page, folder / "out.mp4", on_event=AtFrame(1, fail))
    assert remains.files(folder) == []
    remains.assert_gone(browser_files)


def test_no_browser(page, folder, monkeypatch):
    monkeypatch.setenv("FRAMEWRIGHT_BROWSER", "/nowhere/chromium")
    with pytest.raises(FramewrightError) as caught:
        framewright.render(page, folder / "out.mp4")
    assert (caught.value.code, caught.value.exit_code) == ("BROWSER_MISSING", ExitCode.ENVIRONMENT)
    assert remains.files(folder) == []


@pytest.mark.parametrize("program", ["/bin/true", "/bin/cat"])
def test_a_program_that_is_no_browser(page, folder, monkeypatch, program):
    monkeypatch.setenv("FRAMEWRIGHT_BROWSER", program)
    with pytest.raises(FramewrightError) as caught:
        framewright.render(page, folder / "out.mp4")
    assert caught.value.exit_code == ExitCode.ENVIRONMENT
    assert remains.files(folder) == []


def test_an_output_in_a_missing_folder(page, tmp_path):
    with pytest.raises(FramewrightError) as caught:
        framewright.render(page, tmp_path / "missing" / "out.mp4")
    assert caught.value.exit_code == ExitCode.OUTPUT
    assert "missing" in caught.value.message
    assert not (tmp_path / "missing").exists()


def test_an_older_output_survives_a_failed_render(page, folder):
    (folder / "out.mp4").write_text("from yesterday")
    token = framewright.CancelToken()
    with pytest.raises(RenderCancelledError):
        framewright.render(
            page, folder / "out.mp4", workers=1, cancel=token, on_event=AtFrame(1, token.cancel)
        )
    assert remains.files(folder) == ["out.mp4"]
    assert (folder / "out.mp4").read_text() == "from yesterday"


@contextmanager
def mounted(folder, options):
    """A file system of its own in ``folder``; needs root, else the test is skipped."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(
            f"cannot mount a file system here, so a full or read-only disk is not tried: {done.stderr.strip()}"
        )
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_read_only_folder(page, folder):
    with mounted(folder, "ro"), pytest.raises(FramewrightError) as caught:
        framewright.render(page, folder / "out.mp4")
    assert caught.value.exit_code == ExitCode.OUTPUT
    assert str(folder) in caught.value.message


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("out.mp4", "mp4"),
        # Written by the same muxers and the same code as mp4.
        pytest.param("out.webm", "webm", marks=pytest.mark.long),
        pytest.param("out.mov", "mov", marks=pytest.mark.long),
        *thorough(("out", "png-sequence"), ("out.gif", "gif")),
    ],
)
def test_a_full_disk(tmp_path, folder, browser_files, name, format):  # noqa: A002 -- as the option is called
    page = write(tmp_path / "page", scenes.noisy(Film(frames=40)))
    with mounted(folder, "size=16k"):
        with pytest.raises(FramewrightError) as caught:
            framewright.render(page, folder / name, format=format, workers=1)
        assert caught.value.exit_code == ExitCode.OUTPUT
        assert caught.value.message.endswith(".")
        assert remains.files(folder) == []
    remains.assert_gone(browser_files)
