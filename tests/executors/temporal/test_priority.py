"""A render that runs can be let before others, also those of its chunks that wait with the server already."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING

import pytest
from fake_workers import Fakes, order_of, working
from starting import start
from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError

from framewright.cli.cluster import ClusterWishes
from framewright.cli.jobs import run_jobs_priority
from framewright.executors.temporal.priority import set_priority
from framewright.executors.temporal.values import Standing
from framewright.model.errors import UsageError

if TYPE_CHECKING:
    from temporalio.client import Client

    from framewright.executors.temporal.dev_server import DevServer


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param({}, id="alone", marks=pytest.mark.thorough),
        pytest.param({"whole": 3, "part": 3}, id="with children"),
    ],
)
async def test_what_waits_with_the_server_is_changed_there(
    client: Client,
    dev_server: DevServer,
    queue: str,
    limits: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with working(client, queue, Fakes(), chunks=False):
        handle = await start(client, order_of(queue, 4, limits=limits))
        workflows: tuple[str, ...] = ()
        async with asyncio.timeout(60):
            while len(await waiting(client, workflows or (handle.id,))) < 4:
                await asyncio.sleep(0.1)
                workflows = (handle.id, *(await handle.query("standing", result_type=Standing)).parts)
        wishes = ClusterWishes(address=dev_server.address)
        tell = partial(run_jobs_priority, wishes, handle.id, 1, as_json=True, debug=False)
        assert await asyncio.to_thread(tell) == 0
        told = {"id": handle.id, "priority": 1, "waiting_changed": True}
        assert json.loads(capsys.readouterr().out) == told
        assert await waiting(client, workflows or (handle.id,)) == [1, 1, 1, 1]
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()


async def test_a_render_that_is_not_there_or_over_is_told(
    client: Client, dev_server: DevServer, queue: str
) -> None:
    with pytest.raises(UsageError) as caught:
        await set_priority(client, dev_server.settings, "nobody", 1)
    assert caught.value.code == "JOB_UNKNOWN"
    async with working(client, queue, Fakes()):
        handle = await start(client, order_of(queue, 1))
        await handle.result()
    with pytest.raises(UsageError) as caught:
        await set_priority(client, dev_server.settings, handle.id, 1)
    assert caught.value.code == "JOB_ENDED"


async def waiting(client: Client, workflows: tuple[str, ...]) -> list[int]:
    found: list[int] = []
    for workflow in workflows:
        try:
            description = await client.get_workflow_handle(workflow).describe()
        except RPCError:
            continue
        found += [
            one.priority.priority_key
            for one in description.raw_description.pending_activities
            if one.activity_type.name == "render_chunk"
        ]
    return found
