"""A service that is killed while uploads come in: what was answered stays, and of the rest nothing is left."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import aiohttp
import pytest
from archives import PAGE, zipped
from serving import serving


def processes_in(folder):
    """Processes that were told of a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(folder) in words:
                found.append(int(entry.name))
    return found


async def until(what):
    async with asyncio.timeout(60):
        while not what():
            await asyncio.sleep(0.02)


async def slowly(content, part):
    yield content[:part]
    await asyncio.Event().wait()


@pytest.mark.thorough
async def test_a_kill_in_the_middle_of_uploads(tmp_path):
    data = tmp_path / "data"
    headers = {"content-type": "application/zip"}
    async with serving(data) as (process, _, web):
        async with web.post("/v1/uploads", data=zipped({"index.html": PAGE}), headers=headers) as answer:
            assert answer.status == 201
            kept = (await answer.json())["id"]

        async def send(path, ask):
            try:
                async with ask(path, data=slowly(os.urandom(3 << 20), 2 << 20), headers=headers):
                    pass
            except aiohttp.ClientError:
                pass

        sending = [
            asyncio.create_task(send("/v1/uploads", web.post)),
            asyncio.create_task(send(f"/v1/blobs/{'0' * 64}", web.put)),
        ]
        # A project of which most is unpacked already, and an archive that still is.
        many = zipped({f"{number}": os.urandom(4000) for number in range(5000)})
        sending.append(asyncio.create_task(web.post("/v1/uploads", data=many, headers=headers)))
        incoming = data / "incoming"
        await until(lambda: list(incoming.glob("*/files/*")) and list((data / "blobs").glob("*/.partial-*")))
        process.send_signal(signal.SIGKILL)
        await process.wait()
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
    await until(lambda: not processes_in(data))
    async with serving(data) as (_, _, web):
        async with web.get("/v1/uploads") as answer:
            assert [one["id"] for one in (await answer.json())["uploads"]] == [kept]
        assert list(incoming.iterdir()) == []
        assert [path.name for path in (data / "uploads").iterdir()] == [kept]
        assert [path for path in (data / "blobs").rglob("*") if path.is_file()] == []
