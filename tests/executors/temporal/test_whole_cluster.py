"""The one command that tries a cluster: the bytes of this machine alone, and nothing is left of it, however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import framewright
from truth import counter, pages, remains
from truth.pages import Film

# At 5 frames a second the encoder begins anew every tenth frame.
FILM = Film(frames=20, fps="5", width=128, height=72)
SCRIPT = counter.SHOW + (
    f"addEventListener('hf-seek', event => show(Math.floor(event.detail.time * {FILM.fps} + 0.25)));"
)
CUT = ("--chunk-frames", "10", "--quality", "draft")
GONE_SECONDS = 60
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def page(tmp_path):
    return pages.write(tmp_path / "page", pages.document(FILM, counter.CELLS, script=SCRIPT))


class Command:
    """The command, with a folder of its own for whatever is temporary, by which its processes are known."""

    def __init__(self, page: Path, folder: Path) -> None:
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.output = folder / "cluster.mp4"
        wishes = ("--executor", "temporal", "--temporal-dev", "--json", *CUT)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "framewright", "render", str(page), "-o", str(self.output), *wishes],
            env={**os.environ, "TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            text=True,
        )

    def until(self, event: str) -> dict[str, object]:
        """Read what it tells, to the first of these, or to its end."""
        told: dict[str, object] = {}
        for line in self.process.stdout:
            told = json.loads(line)
            if told["event"] == event:
                break
        return told

    def end(self) -> tuple[dict[str, object], int]:
        last = self.until("nothing")
        self.process.stdout.close()
        return last, self.process.wait()

    def processes(self) -> list[str]:
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.fsencode(self.temporary) in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ")[:80].decode())
            except OSError:
                continue
        return found

    def assert_gone(self) -> None:
        deadline = time.monotonic() + GONE_SECONDS
        while left := [*self.processes(), *self.temporary.iterdir()]:
            assert time.monotonic() < deadline, f"left behind: {left}"
            time.sleep(0.1)


def test_one_command_gives_the_bytes_of_this_machine_and_leaves_nothing(page, tmp_path, browser_files):
    command = Command(page, tmp_path)
    here = tmp_path / "here.mp4"
    framewright.render(page, here, chunk_frames=10, quality="draft")
    last, status = command.end()
    assert status == 0
    assert last["event"] == "finished"
    assert command.output.read_bytes() == here.read_bytes()
    command.assert_gone()
    remains.assert_gone(browser_files)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_one_that_is_broken_off(page, tmp_path, browser_files, number):
    command = Command(page, tmp_path)
    assert command.until("chunk")["event"] == "chunk"
    command.process.send_signal(number)
    last, status = command.end()
    if number is signal.SIGINT:
        assert status == 5
        assert last["code"] == "CANCELLED"
    assert not command.output.exists()
    command.assert_gone()
    remains.assert_no_browsers(browser_files)
