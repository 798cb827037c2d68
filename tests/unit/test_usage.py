"""What the benchmarks measure with must itself be right."""

import subprocess
import sys
import time

import pytest

from usage import CommandFailedError, descendants, measure

BURN = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass\n"


def python(source):
    return [sys.executable, "-c", source]


def test_cpu_of_the_command_itself_counts():
    usage = measure(python(BURN.format(0.4)))
    assert 0.4 <= usage.cpu < 1.5
    assert usage.wall >= 0.4
    assert usage.status == 0
    assert usage.peak_memory == 0


def test_cpu_of_orphans_counts_and_is_waited_for():
    orphan = BURN.format(0.3)
    # The parent ends at once and leaves its child behind in a session of its own, as Chromium does.
    parent = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {orphan!r}], start_new_session=True)"
    usage = measure(python(parent))
    assert usage.cpu >= 0.3
    assert usage.left_over == 0


def test_memory_of_all_processes_is_summed():
    hold = "held = bytearray(b'x') * (96 << 20)\nprint('held', flush=True)\ninput()\n"
    parent = (
        "import subprocess, sys, time\n"
        f"start = lambda: subprocess.Popen([sys.executable, '-c', {hold!r}], stdin=-1, stdout=-1)\n"
        "both = [start(), start()]\n"
        "for one in both: one.stdout.readline()\n"
        "time.sleep(0.8)\n"
        "for one in both: one.communicate(b'\\n', timeout=60)"
    )
    usage = measure(python(parent), memory=True)
    assert 2 * (96 << 20) < usage.peak_memory < 2 * (96 << 20) + (120 << 20)


def test_memory_that_processes_share_counts_once():
    shared = (
        "import os, time\nheld = bytearray(b'x') * (96 << 20)\n"
        "children = [os.fork() for _ in range(1)]\ntime.sleep(1.0)\n"
    )
    usage = measure(python(shared), memory=True)
    assert (96 << 20) < usage.peak_memory < (160 << 20)


def test_who_does_not_end_is_killed():
    began = time.monotonic()
    with pytest.raises(CommandFailedError, match="ended with -9"):
        measure(python("import time; time.sleep(600)"), timeout=0.5)
    assert time.monotonic() - began < 60


def test_a_failure_tells_what_was_written():
    with pytest.raises(CommandFailedError, match="no such cheese"):
        measure(python("raise SystemExit('no such cheese')"))


def test_descendants_are_found_below_children():
    child = subprocess.Popen(
        python("import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'input()'])\n"),
        stdin=subprocess.PIPE,
    )
    try:
        end = time.monotonic() + 30
        while len(descendants(child.pid)) < 1 and time.monotonic() < end:
            time.sleep(0.05)
        assert len(descendants(child.pid)) == 1
    finally:
        child.communicate(b"\n", timeout=30)
