"""A child process seen from its parent: what is said, what becomes of one that dies, hangs or talks nonsense."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from framewright.executors import process as process_room
from framewright.executors.failures import error_of, failure_of
from framewright.executors.messages import (
    Beat,
    OpenPlan,
    RenderFrames,
    RunDone,
    read_order,
    read_path,
    written_path,
)
from framewright.executors.process import ChildProcess
from framewright.model.errors import (
    BrowserError,
    CompositionError,
    FramewrightError,
    StalledError,
    WorkerError,
)

OPENING = OpenPlan(plan="/plan.json", root=None, blobs="/blobs", settings={}, allow_drift=False)
ORDER = RenderFrames(run=7, start=0, stop=20, folder="/out", workers=1)

# A child that does as the test says, once it was told to render.
STAND_IN = """
import json, os, sys, time
def say(**message): print(json.dumps(message), flush=True)
def hear(): return json.loads(sys.stdin.readline() or '{{"kind": "close"}}')
assert hear()["kind"] == "open"
say(kind="beat")
while (order := hear())["kind"] != "close":
    run = order["run"]
{body}
"""


async def start(body, on_event=print):
    script = STAND_IN.format(body=textwrap.indent(textwrap.dedent(body), "    "))
    return await ChildProcess.start(OPENING, on_event, program=("-c", script))


def is_alive(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


async def test_progress_and_the_piece_come_back():
    child = await start(
        """
        for frames in (0, 12): say(kind="beat", run=run, frames=frames, total=20, steps=frames)
        say(kind="done", run=run, piece="/out/a%FFb.mp4")
        """
    )
    told = []
    try:
        piece = await child.render(ORDER, told.append)
        again = await child.render(ORDER, told.append)
    finally:
        await child.close()
    assert os.fsencode(piece) == b"/out/a\xffb.mp4"
    assert again == piece
    assert [(one.frames, one.total) for one in told] == [(0, 20), (12, 20)] * 2
    assert not is_alive(child.pid)


async def test_errors_keep_their_class():
    child = await start(
        'say(kind="failed", run=run, error="StalledError", code="CAPTURE_STALLED", message="No frame came.")'
    )
    try:
        with pytest.raises(StalledError, match="No frame came") as caught:
            await child.render(ORDER, print)
        assert caught.value.code == "CAPTURE_STALLED" and caught.value.retryable
    finally:
        await child.close()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("os.kill(os.getpid(), 9)", "by signal 9, Killed"),
        ("sys.exit('Out of luck')", "with exit status 1: Out of luck"),
        ("print('nonsense', flush=True); time.sleep(60)", "by signal 9"),
        ("os.close(1); time.sleep(60)", "it closed its pipe"),
    ],
)
async def test_one_that_dies_or_talks_nonsense_is_a_reason_to_try_again(body, message):
    child = await start(body)
    try:
        async with asyncio.timeout(30):
            with pytest.raises(WorkerError, match=message) as caught:
                await child.render(ORDER, print)
        assert caught.value.retryable and not child.alive
        with pytest.raises(WorkerError):
            await child.render(ORDER, print)
    finally:
        await child.close()
    assert not is_alive(child.pid)


async def test_one_that_gives_no_sign_of_life_is_killed(monkeypatch):
    monkeypatch.setattr(process_room, "SILENCE_SECONDS", 0.5)
    child = await start("time.sleep(60)")
    try:
        with pytest.raises(StalledError, match="no sign of life"):
            await child.render(ORDER, print)
    finally:
        await child.close()
    assert not is_alive(child.pid)


@pytest.mark.parametrize("deaf", [False, True])
async def test_a_cancelled_run_is_left_off_or_its_child_is_killed(deaf, monkeypatch):
    monkeypatch.setattr(process_room, "CANCEL_SECONDS", 0.5 if deaf else 20.0)
    child = await start(
        'say(kind="beat", run=run)\n'
        + (
            "time.sleep(60)"
            if deaf
            else 'hear(); say(kind="failed", run=run, error="RenderCancelledError", code="CANCELLED", message="So.")'
        )
    )
    try:
        begun = asyncio.Event()
        run = asyncio.create_task(child.render(ORDER, lambda _: begun.set()))
        await begun.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        if deaf:
            async with asyncio.timeout(20):
                while child.alive:
                    await asyncio.sleep(0.01)
        else:
            assert child.alive
    finally:
        await child.close()
    assert not is_alive(child.pid)


async def test_a_run_is_asked_to_end_earlier():
    child = await start(
        """
        say(kind="beat", run=run)
        asked = hear()
        say(kind="shrunk", run=run, stop=asked["stop"], agreed=asked["stop"] == 12)
        asked = hear()
        say(kind="shrunk", run=run, stop=asked["stop"], agreed=asked["stop"] == 12)
        say(kind="done", run=run, piece="/a")
        """
    )
    try:
        begun = asyncio.Event()
        run = asyncio.create_task(child.render(ORDER, lambda _: begun.set()))
        await begun.wait()
        assert not await child.shrink(8, 12), "another run"
        assert await child.shrink(7, 12)
        assert not await child.shrink(7, 6)
        await run
        assert not await child.shrink(7, 12), "it is over"
    finally:
        await child.close()


async def test_what_listens_and_fails_ends_the_run():
    def fail(_event):
        raise ZeroDivisionError

    child = await start(
        'say(kind="told", told=dict(event="fallback", code="A", message="B")); time.sleep(60)', on_event=fail
    )
    try:
        with pytest.raises(ZeroDivisionError):
            await child.render(ORDER, print)
    finally:
        await child.close()


async def test_whatever_a_child_has_started_dies_with_it():
    child = await start(
        """
        import subprocess
        pid = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True).pid
        say(kind="beat", run=run, frames=pid)
        time.sleep(60)
        """
    )
    grandchild = asyncio.get_running_loop().create_future()
    run = asyncio.create_task(child.render(ORDER, lambda now: grandchild.set_result(now.frames)))
    pid = await grandchild
    assert is_alive(pid)
    child.kill()
    with pytest.raises(WorkerError):
        await run
    await child.close()
    _wait_for_end(pid)


def _wait_for_end(pid):
    until = time.monotonic() + 20
    while is_alive(pid):
        assert time.monotonic() < until, f"process {pid} lives on"
        time.sleep(0.02)


def test_the_real_child_dies_with_its_parent(tmp_path):
    """Its stdin stays open in somebody else's hands, so that only the parent's death can tell it."""
    script = """
import os, subprocess, sys
kept = os.pipe()
child = subprocess.Popen([sys.executable, "-P", "-m", "framewright.executors.child", str(os.getpid())],
                         stdin=kept[0], stdout=subprocess.PIPE, start_new_session=True)
child.stdout.readline()
holder = subprocess.Popen(["sleep", "60"], pass_fds=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(child.pid, holder.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    child, holder = map(int, done.stdout.split())
    try:
        _wait_for_end(child)
    finally:
        os.kill(holder, signal.SIGKILL)


def test_messages_are_lines_and_refuse_what_they_do_not_know():
    assert read_order(ORDER.line) == ORDER
    assert Beat(run=1).line.endswith(b"}\n") and Beat(run=1).line.count(b"\n") == 1
    with pytest.raises(ValueError):
        read_order(b'{"kind": "render", "run": 1, "start": 0, "stop": 5, "folder": "a", "workers": 0}\n')
    with pytest.raises(ValueError):
        read_order(RunDone(run=1, piece="a").line)
    for path in (Path("/a b/ü%20"), Path(os.fsdecode(b"/\xff\n"))):
        assert read_path(written_path(path)) == path


def test_an_error_of_any_class_crosses():
    for error in (CompositionError("A.", code="B"), BrowserError("C.", code="D")):
        back = error_of(failure_of(1, error))
        assert (type(back), back.message, back.code) == (type(error), error.message, error.code)
    strange = error_of(failure_of(1, ZeroDivisionError("division")))
    assert type(strange) is FramewrightError and strange.code == "UNEXPECTED" and not strange.retryable
