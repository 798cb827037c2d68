"""``framewright worker``, as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from films import CHUNKS, planned
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.service import RPCError, RPCStatusCode

from framewright.cli.entry import run
from framewright.executors.temporal.flow import RenderWorkflow
from framewright.executors.temporal.publishing import publish_plan
from framewright.executors.temporal.values import RenderOrder
from framewright.model.settings import Settings
from framewright.stores.opening import open_store
from truth import remains

if TYPE_CHECKING:
    from temporalio.client import Client


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def command(*options: str, **variables: str):
    """The process, told to stop and waited for in the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "framewright", "worker", *options,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | variables,
        preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL),
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until(process, event: str, lines: list[bytes]) -> dict:
    """The first event of this name; ``lines`` gets all that was said until then."""
    async with asyncio.timeout(90):
        while line := await process.stdout.readline():
            lines.append(line)
            # Spans are printed, too.
            if line.startswith(b'{"event"') and (told := json.loads(line))["event"] == event:
                return told
    raise AssertionError(f"no {event}: {(await process.stderr.read()).decode()}")


async def make_current(client: Client, deployment: str, build: str) -> None:
    """Let new workflows go to a version of the workers. It may take a moment until the server has heard of the version."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=deployment,
        build_id=build,
        ignore_missing_task_queues=True,
    )
    async with asyncio.timeout(60):
        while True:
            try:
                await client.workflow_service.set_worker_deployment_current_version(request)
            except RPCError as error:
                if error.status not in {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION}:
                    raise
                await asyncio.sleep(0.2)
            else:
                return


@pytest.mark.thorough
async def test_a_worker_works_is_measured_and_stops_in_order(
    client, dev_server, queue, tmp_path, browser_files
) -> None:
    settings, port, lines = Settings.read(), free_port(), []
    found = await planned(tmp_path, settings)
    store = open_store(str(tmp_path / "store"), settings)
    plan = await publish_plan(found.bundle, store)
    async with command(
        *("--address", dev_server.address, "--queue", queue, "--store", str(tmp_path / "store"), "--json"),
        *("--slots", "2", "--workers", "1", "--metrics", f"127.0.0.1:{port}", "--otel"),
        *("--deployment", queue, "--build-id", "one"),
        OTEL_TRACES_EXPORTER="console",
    ) as process:
        ready = await until(process, "ready", lines)
        assert (ready["environment"], ready["slots"], ready["workers"]) == (plan.environment, 2, 1)
        await make_current(client, queue, "one")
        await client.execute_workflow(
            RenderWorkflow.run,
            RenderOrder(plan=plan, queue=queue),
            id=f"render-{secrets.token_hex(8)}",
            task_queue=queue,
        )
        assert remains.browsers(browser_files)  # kept for the next one
        address = f"http://127.0.0.1:{port}/metrics"
        text = (await asyncio.to_thread(lambda: urllib.request.urlopen(address).read())).decode()
        counted = [line for line in text.splitlines() if line.startswith("framewright_chunks_total")]
        assert [line.rpartition(" ")[2] for line in counted if 'outcome="rendered"' in line] == [str(CHUNKS)]
        process.send_signal(signal.SIGTERM)
        assert (await until(process, "stopping", lines))["busy"] == 0
        async with asyncio.timeout(60):
            rest, _ = await process.communicate()
        assert process.returncode == 0
        said = b"".join([*lines, rest])
        assert said.count(b'"name": "RunActivity:render_chunk"') == CHUNKS
    assert remains.browsers(browser_files) == {}


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("--dev", "--address", "127.0.0.1:1"), 2, "--dev starts a server of its own"),
        (("--deployment", "films"), 2, "--build-id"),
        (("--slots", "many"), 2, "--slots 'many'"),
        (("--slots", "0", "--store", "store"), 2, "--slots 0"),
        (("--json", "--quiet"), 2, "not both"),
        (("--api-key-file", "/nowhere/key"), 4, "/nowhere/key"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(options, status, said, capsys) -> None:
    assert run(["worker", *options]) == status
    assert said in "".join(capsys.readouterr())


def test_a_machine_without_a_browser_is_refused(dev_server, monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setenv("FRAMEWRIGHT_BROWSER", str(tmp_path / "nothing"))
    assert run(["worker", "--store", str(tmp_path), "--address", dev_server.address]) == 4
    assert "framewright doctor" in capsys.readouterr().err


def test_a_worker_needs_a_store(monkeypatch, capsys) -> None:
    monkeypatch.delenv("FRAMEWRIGHT_STORE", raising=False)
    assert run(["worker"]) == 4
    assert "--store" in capsys.readouterr().err
