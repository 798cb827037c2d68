"""Signals, in a process of their own."""

import os
import signal
import subprocess
import sys
import time

import pytest

from framewright.cli.stop import descendants
from framewright.media import OutputFile, remove_partials
from truth.grids import ordinary

LIMIT = 60

# Starts a child that has a child, says their numbers, then waits; the first signal is told, and the wait goes on.
STUBBORN = """
import subprocess, sys, time
from framewright.cli.stop import stop_on_signals, descendants
import os
with stop_on_signals(lambda: print("stopping", flush=True), at_once=lambda: print("at once", flush=True)):
    child = subprocess.Popen(["sh", "-c", "sleep 300 & wait"])
    while len(descendants(os.getpid())) < 2:
        time.sleep(0.01)
    print(*descendants(os.getpid()), flush=True)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        time.sleep(0.05)
"""


def hear_signals():
    """In the child, before it runs: what is ignored here would be ignored there."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("first", ordinary([signal.SIGINT, signal.SIGTERM, signal.SIGHUP], signal.SIGINT))
def test_the_second_signal_kills_children_and_leaves(first):
    process = subprocess.Popen(
        [sys.executable, "-c", STUBBORN],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,  # noqa: PLW1509 -- nothing else runs here
    )
    try:
        children = [int(number) for number in process.stdout.readline().split()]
        assert len(children) == 2
        process.send_signal(first)
        assert process.stdout.readline() == "stopping\n"
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "at once\n"
        assert process.wait(LIMIT) == 5
        end = time.monotonic() + LIMIT
        while any(map(is_alive, children)) and time.monotonic() < end:
            time.sleep(0.02)
        assert not any(map(is_alive, children))
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def test_a_signal_that_is_ignored_stays_ignored():
    program = (
        "import os, signal\n"
        "from framewright.cli.stop import stop_on_signals\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "with stop_on_signals(lambda: print('stopping')):\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=LIMIT, check=True
    )
    assert done.stdout == "True\n"


def test_descendants_come_parents_first():
    child = subprocess.Popen(["sh", "-c", "sleep 300 & wait"])
    try:
        end = time.monotonic() + LIMIT
        while len(found := descendants(child.pid)) < 1 and time.monotonic() < end:
            time.sleep(0.01)
        mine = descendants(os.getpid())
        assert mine.index(child.pid) < mine.index(found[0])
    finally:
        for pid in (*descendants(child.pid), child.pid):
            os.kill(pid, signal.SIGKILL)
        child.wait()


@pytest.mark.parametrize("folder", [False, True])
def test_what_was_begun_for_an_output_can_be_removed_in_one_call(tmp_path, folder):
    (tmp_path / ".a.mp4.1-00.part").touch()
    output, other = OutputFile(tmp_path / "a.mp4", folder=folder), OutputFile(tmp_path / "b.mp4")
    assert output.partial.exists()
    remove_partials(tmp_path / "a.mp4")
    assert not output.partial.exists()
    assert other.partial.exists() and (tmp_path / ".a.mp4.1-00.part").exists()
    output.discard()
    other.discard()
