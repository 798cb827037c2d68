"""What routes do is counted: probes by what came of them, bytes of uploads, streams that are open."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from fake_server import serving_fakes

from framewright.service.app import create_app
from framewright.service.metrics import Metrics

ASKED = {"composition": {"html": "<p>hi</p>"}}


@pytest.fixture
async def web(rooms):
    rooms = replace(rooms, metrics=Metrics())
    async with serving_fakes(create_app(rooms), rooms) as address, aiohttp.ClientSession(address) as session:
        yield session


async def counted(web, name: str) -> float:
    async with web.get("/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain")
        lines = (await answer.text()).splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


async def until(web, name: str, value: float) -> None:
    async with asyncio.timeout(20):
        while await counted(web, name) != value:
            await asyncio.sleep(0.02)


async def test_probes(web, desk) -> None:
    async with web.post("/v1/probe", json=ASKED) as answer:
        assert answer.status == 200

    async def fails(request, source, caller):
        raise RuntimeError("of ours")

    async def lasts(request, source, caller):
        await asyncio.Event().wait()

    desk.probe = fails
    async with web.post("/v1/probe", json=ASKED) as answer:
        assert answer.status == 500
    desk.probe = lasts
    with pytest.raises(TimeoutError):
        async with web.post("/v1/probe", json=ASKED, timeout=aiohttp.ClientTimeout(0.2)):
            pass
    for outcome in ("done", "failed", "cancelled"):
        await until(web, f'framewright_probes_total{{outcome="{outcome}"}}', 1)


async def test_bytes_of_uploads_also_of_those_that_are_refused(web) -> None:
    async with web.post(
        "/v1/uploads", data=b"no archive", headers={"Content-Type": "application/zip"}
    ) as answer:
        assert answer.status == 422
    assert await counted(web, "framewright_upload_bytes_total") == 10


async def test_streams_that_are_open(web, desk) -> None:
    async with web.post("/v1/renders", json=ASKED) as answer:
        job = await answer.json()
    async with web.get(job["links"]["events"]) as stream:
        await stream.content.readline()
        assert await counted(web, "framewright_event_listeners") == 1
    await until(web, "framewright_event_listeners", 0)
