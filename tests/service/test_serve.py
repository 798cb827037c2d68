"""``framewright serve``: as a process of its own, from its first word to its end."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from framewright.cli.entry import run
from framewright.service.settings import ServiceSettings
from truth import remains

PAGE = '<!doctype html><body data-composition-id="x" data-width="64" data-height="36" data-duration="{}"><h1>hi</h1></body>'


@asynccontextmanager
async def serving(data, *arguments, **environment):
    """A service that is ready: its process, its first event, and a session with it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "framewright", "serve", "--port", "0", "--data", str(data), "--json", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=os.environ | environment,
    )  # fmt: skip
    talking = asyncio.create_task(process.stderr.read())
    try:
        async with asyncio.timeout(90):
            first = await process.stdout.readline()
        assert first, (await talking).decode()
        ready = json.loads(first)
        async with aiohttp.ClientSession(ready["url"], timeout=aiohttp.ClientTimeout(90)) as web:
            yield process, ready, web
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(90):
            await process.wait()
            process.said = (await talking).decode()


async def ended(process):
    async with asyncio.timeout(60):
        await process.wait()


def refused(data, *arguments):
    """How a service ends that cannot start."""
    done = subprocess.run(
        [sys.executable, "-m", "framewright", "serve", "--port", "0", "--data", str(data), *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.stderr.startswith("✗"), done.stderr
    return done.returncode, " ".join(done.stderr.split())


async def started(web, seconds=1):
    async with web.post(
        "/v1/renders", json={"composition": {"html": PAGE.format(seconds)}, "name": "film"}
    ) as answer:
        assert answer.status == 202, await answer.text()
        return (await answer.json())["links"]


async def last_event(web, links):
    async with web.get(links["events"]) as answer:
        text = await answer.text()
    return json.loads(text.rpartition("data: ")[2])


async def test_a_service_renders_and_goes_when_it_is_told_to(tmp_path):
    data = tmp_path / "data"
    async with serving(data) as (process, ready, web):
        assert (ready["event"], ready["slots"], ready["tokens"]) == ("ready", 1, None)
        assert data.stat().st_mode & 0o077 == 0
        done = await last_event(web, await started(web, seconds=0.2))
        assert done["event"] == "done", done
        async with web.get("/readyz") as answer:
            assert (answer.status, (await answer.json())["states"]["done"]) == (200, 1)
        # No second one in the same folder, nor at the same port.
        port = ready["url"].rpartition(":")[2]
        (status, said), (status_of_other, said_of_other) = await asyncio.gather(
            asyncio.to_thread(refused, data), asyncio.to_thread(refused, tmp_path / "other", "--port", port)
        )
        assert (status, "Another service works in" in said) == (4, True)
        assert (status_of_other, f"port {port}: Address already in use" in said_of_other) == (4, True)
        process.send_signal(signal.SIGTERM)
        stopping = json.loads(await process.stdout.readline())
        assert stopping == {"event": "stopping", "running": 0, "seconds": 10.0}
        await ended(process)
    assert process.returncode == 0
    assert "Traceback" not in process.said
    assert '"event": "request", "method": "POST", "route": "/v1/renders", "status": 202' in process.said


async def test_what_renders_when_it_stops_goes_on_with_the_next_one(tmp_path):
    data = tmp_path / "data"
    environment = {"FRAMEWRIGHT_SERVICE_STOP_SECONDS": "0"}
    async with serving(data, **environment) as (process, _, web):
        links = await started(web, seconds=600)
        async with web.get(links["events"]) as answer:
            async for line in answer.content:
                if b'"stage":"rendering"' in line:
                    break
            process.send_signal(signal.SIGINT)
            async with asyncio.timeout(60):
                await answer.read()
        await ended(process)
    assert process.returncode == 0, process.said
    assert not list((data / "work").iterdir())
    async with serving(data, **environment) as (process, _, web):
        async with web.get(links["self"]) as answer:
            assert (await answer.json())["state"] in {"queued", "running"}
        async with web.delete(links["self"]) as answer:
            assert answer.status == 200
        assert (await last_event(web, links))["event"] == "cancelled"


@pytest.mark.thorough
async def test_a_second_signal_ends_it_at_once(tmp_path):
    async with serving(tmp_path / "data") as (process, _, web):
        links = await started(web, seconds=600)
        async with web.get(links["events"]) as answer:
            async for line in answer.content:
                if b'"stage":"rendering"' in line:
                    break
            process.send_signal(signal.SIGINT)
            assert json.loads(await process.stdout.readline())["running"] == 1
            process.send_signal(signal.SIGINT)
            async with asyncio.timeout(30):
                await process.wait()
    assert process.returncode == 5


async def test_beyond_this_machine_every_request_needs_a_token(tmp_path, capsys):
    data = tmp_path / "data"
    assert await asyncio.to_thread(run, ["tokens", "create", "me", "--data", str(data)]) == 0
    token = capsys.readouterr().out.strip()
    async with serving(data, "--host", "0.0.0.0") as (_, ready, web):
        assert (ready["tokens"], ready["exposed"]) == (1, False)
        async with web.get("/v1/renders") as answer:
            assert answer.status == 401
        async with web.get("/v1/renders", headers={"Authorization": f"Bearer {token}"}) as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--host", "nowhere.invalid"), 4, "--host 'nowhere.invalid' is no address"),
        (("--executor", "cloud"), 4, "--executor is 'cloud'"),
        (("--root", "/nowhere"), 4, "--root '/nowhere' is no folder"),
        (("--store", "/tmp"), 2, "--store is for renders on a cluster"),
        (("--executor", "temporal", "--slots", "2"), 2, "--slots is for renders on this machine"),
        (("--json", "--quiet"), 2, "not both"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path, capsys, arguments, status, said):
    code = run(["serve", "--port", "0", "--data", str(tmp_path / "data"), *arguments])
    heard = capsys.readouterr()
    if "--json" in arguments:
        assert (code, said in heard.out) == (status, True)
        return
    assert heard.err.startswith("✗"), heard.err
    told = " ".join(heard.err.split())
    assert (code, said in told) == (status, True), told


def test_every_setting_has_its_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("FRAMEWRIGHT_SERVICE_ROOTS", f"{tmp_path}:/srv")
    monkeypatch.setenv("FRAMEWRIGHT_SERVICE_HOSTS", "a.example, b.example")
    monkeypatch.setenv("FRAMEWRIGHT_SERVICE_RUN_MEMORY", "2G")
    read = ServiceSettings.read(host=None, queue=3)
    assert ([str(root) for root in read.roots], read.hosts) == (
        [str(tmp_path), "/srv"],
        ("a.example", "b.example"),
    )
    assert (read.run_memory, read.queue) == (2 * 2**30, 3)


@pytest.mark.parametrize(
    ("host", "tokens", "needed"),
    [("127.0.0.1", None, False), ("::1", None, False), ("0.0.0.0", None, True), ("127.0.0.1", True, True)],
)
def test_beyond_this_machine_tokens_are_needed(host, tokens, needed):
    assert ServiceSettings(host=host, tokens=tokens).needs_tokens is needed


def test_every_setting_is_told_of():
    page = (Path(__file__).parents[2] / "docs/service.md").read_text(encoding="utf-8")
    section = page.partition("\n## Settings")[2].partition("\n## ")[0]
    missing = [name for name in ServiceSettings.model_fields if f"`{name.upper()}`" not in section]
    assert not missing


@pytest.fixture(autouse=True)
def _logging_as_before():
    """A command that serves sends log lines to the stderr of the moment, for good."""
    root, ours = logging.getLogger(), logging.getLogger("framewright")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.fixture(autouse=True)
def _nothing_runs_on(browser_files):
    yield
    remains.assert_gone(browser_files)
