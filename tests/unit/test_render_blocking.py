"""Blocking calls: in a script, in a thread, inside a running loop, and interrupted."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from framewright.model.errors import RenderCancelledError
from framewright.render import blocking
from framewright.render.blocking import run_blocking


async def double(value):
    await asyncio.sleep(0)
    return 2 * value


async def fail():
    await asyncio.sleep(0)
    raise ValueError("mine")


def test_in_a_script():
    assert run_blocking(lambda: double(21)) == 42
    with pytest.raises(ValueError, match="mine"):
        run_blocking(fail)


def test_in_a_thread():
    results = []
    thread = threading.Thread(target=lambda: results.append(run_blocking(lambda: double(4))))
    thread.start()
    thread.join(60)
    assert results == [8]


async def test_inside_a_running_loop_as_in_a_notebook():
    assert run_blocking(lambda: double(21)) == 42
    with pytest.raises(ValueError, match="mine"):
        run_blocking(fail)


INTERRUPTED = """
import asyncio, sys
from framewright.model.errors import RenderCancelledError
from framewright.render import blocking
from framewright.render.blocking import run_blocking

async def work():
    print("begun", flush=True)
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.05)
        print("cleaned", flush=True)

def call():
    try:
        run_blocking(work)
    except RenderCancelledError:
        print("cancelled", flush=True)

async def notebook():
    call()

if sys.argv[1] == "notebook":
    # A notebook's loop leaves Ctrl-C to Python, unlike asyncio.run.
    asyncio.new_event_loop().run_until_complete(notebook())
else:
    call()
"""


@pytest.mark.parametrize("place", ["script", "notebook"])
def test_ctrl_c_waits_for_the_clean_up(place):
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, place],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout.readline() == "begun\n"
        os.kill(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert said.split() == ["cleaned", "cancelled"]
    assert process.returncode == 0


def test_ctrl_c_while_the_thread_starts(monkeypatch):
    """The signal may find the caller still waiting for the thread that runs already."""
    steps = []

    async def work():
        steps.append("begun")
        try:
            await asyncio.sleep(60)
        finally:
            steps.append("cleaned")

    start = threading.Thread.start

    def interrupted_start(thread):
        start(thread)
        while not steps:
            time.sleep(0.001)
        raise KeyboardInterrupt

    async def notebook():
        run_blocking(work)

    monkeypatch.setattr(threading.Thread, "start", interrupted_start)
    with pytest.raises(RenderCancelledError):
        asyncio.run(notebook())
    assert steps == ["begun", "cleaned"]


def test_ctrl_c_before_the_thread_starts(monkeypatch):
    def interrupted_start(thread):
        raise KeyboardInterrupt

    async def notebook():
        run_blocking(lambda: double(1))

    monkeypatch.setattr(blocking, "_START_SECONDS", 0.01)
    monkeypatch.setattr(threading.Thread, "start", interrupted_start)
    with pytest.raises(RenderCancelledError):
        asyncio.run(notebook())


def test_it_is_an_error_of_ours():
    assert RenderCancelledError.exit_code == 5
