"""Two service processes that share a Temporal server, a store and nothing else, and a worker that draws for both."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import sys
import tarfile
from contextlib import asynccontextmanager

import aiohttp
import pytest
from films import FILM, SCRIPT
from real_cluster import cluster

import framewright
from truth import counter, pages

WISHES = {"fps": "5", "quality": "draft", "chunk_frames": FILM.frames // 3}
TAR = {"content-type": "application/x-tar"}
PATIENCE = 150.0
pytestmark = [pytest.mark.thorough, pytest.mark.timeout(300)]


@asynccontextmanager
async def service(data, *options):
    """One ``framewright serve``, and a session with it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "framewright", "serve", "--port", "0", "--data", str(data), "--json",
        "--executor", "temporal", *options,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"FRAMEWRIGHT_CACHE": str(data.with_name(f"{data.name}-cache"))},
    )  # fmt: skip
    words = asyncio.create_task(process.stderr.read())
    try:
        async with asyncio.timeout(PATIENCE):
            first = await process.stdout.readline()
        assert first, (await words).decode()
        limits = aiohttp.ClientTimeout(PATIENCE)
        async with aiohttp.ClientSession(json.loads(first)["url"], timeout=limits) as web:
            yield process, web
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            await process.wait()
            await words


async def get(web, link, status=200):
    async with web.get(link) as answer:
        assert answer.status == status, await answer.text()
        return await (answer.json() if "json" in answer.content_type else answer.read())


async def unready(web, words):
    """Until it says that it is not ready, and why."""
    async with asyncio.timeout(PATIENCE):
        while words not in (await get(web, "/readyz", status=503))["why_not"]:
            await asyncio.sleep(0.2)


def packed(folder):
    """A folder as an archive."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        archive.add(folder, arcname=".")
    return written.getvalue()


async def test_asked_of_one_watched_at_the_other_and_the_bytes_of_one_machine(
    tmp_path, dev_server, queue, browser_files
):
    html = pages.document(FILM, counter.CELLS, script=SCRIPT)
    page = pages.write(tmp_path / "page", html)
    alone = tmp_path / "alone.mp4"
    (tmp_path / "cluster").mkdir()
    rendering = asyncio.create_task(framewright.render_async(page, alone, **WISHES))
    async with cluster(dev_server, queue, tmp_path / "cluster", browser_files) as workers:
        options = ("--address", dev_server.address, "--queue", queue, "--store", workers.store.uri)
        async with (
            service(tmp_path / "one", *options) as (first, one),
            service(tmp_path / "two", *options) as (_, two),
        ):
            # Nobody draws yet: jobs are taken all the same, and who asks is told.
            await unready(one, "No worker listens")
            # What one was sent the other has, too.
            async with two.post("/v1/uploads", data=packed(page), headers=TAR) as answer:
                assert answer.status == 201, await answer.text()
                upload = (await answer.json())["id"]
            job = {"composition": {"upload": upload}, "name": "film", **WISHES}
            async with one.post("/v1/renders", json=job, headers={"Idempotency-Key": "k"}) as answer:
                assert answer.status == 202, await answer.text()
                made = await answer.json()
            async with two.post("/v1/renders", json=job, headers={"Idempotency-Key": "k"}) as answer:
                again = await answer.json()
            assert (again["id"], again["state"]) == (made["id"], "queued")
            await workers.start_workers(1, slots=2)
            events = await two.get(made["links"]["events"])
            # Who took it is killed; nothing of it is needed any more.
            first.kill()
            told = []
            async for line in events.content:
                if line.startswith(b"data: "):
                    told.append(json.loads(line[6:]))
            events.close()
            assert told[-1]["event"] == "done", told[-1]
            assert {"queued", "started", "planned", "chunk", "progress"} <= {one["event"] for one in told}
            found = await get(two, made["links"]["self"])
            assert (found["state"], found["progress"]["fraction"]) == ("done", 1.0)
            assert [chunk["state"] for chunk in found["chunks"]] == ["done"] * 3
            await rendering
            assert await get(two, found["links"]["output"]) == alone.read_bytes()
            async with two.get(found["links"]["output"], headers={"Range": "bytes=0-9"}) as answer:
                assert (answer.status, await answer.read()) == (206, alone.read_bytes()[:10])
            picture = await get(two, found["links"]["frame"].replace("{n}", "7"))
            assert picture.startswith(b"\xff\xd8")
            report = await get(two, found["links"]["report"])
            assert (report["frames"], report["output"]["path"]) == (FILM.frames, "film.mp4")
            async with two.post("/v1/probe", json={"composition": {"html": html}, "fps": "5"}) as answer:
                assert (answer.status, (await answer.json())["frames"]) == (200, FILM.frames)
            (listed,) = (await get(two, "/v1/renders"))["jobs"]
            assert listed["id"] == made["id"]
