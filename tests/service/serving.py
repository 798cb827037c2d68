"""``framewright serve`` as a process of its own, and those who ask it for renders."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import asynccontextmanager

import aiohttp

_PATIENCE = 120.0


@asynccontextmanager
async def serving(data, *arguments, **environment):
    """A service that is ready: its process, its first event, and a session with it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "framewright", "serve", "--port", "0", "--data", str(data), "--json", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=os.environ | environment,
    )  # fmt: skip
    talking = asyncio.create_task(process.stderr.read())
    try:
        async with asyncio.timeout(_PATIENCE):
            first = await process.stdout.readline()
        assert first, (await talking).decode()
        ready = json.loads(first)
        limit = aiohttp.ClientTimeout(total=None, sock_read=_PATIENCE)
        # As many listen as there are jobs, and whoever asks for one comes beside them.
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(ready["url"], timeout=limit, connector=connector) as web:
            yield process, ready, web
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(_PATIENCE):
            await process.wait()
            process.said = (await talking).decode()


async def started(web, **request):
    """A job that was taken."""
    async with web.post("/v1/renders", json=request) as answer:
        assert answer.status == 202, await answer.text()
        return await answer.json()


async def story_of(web, job, *, after=0, until=lambda _: False):
    """What is told of a job after an id, each thing with the moment at which it was heard."""
    heard = []
    async with web.get(job["links"]["events"], headers={"Last-Event-ID": str(after)}) as answer:
        assert answer.status == 200, await answer.text()
        name = None
        async for line in answer.content:
            if line.startswith(b"id:"):
                name = int(line[3:])
            elif line.startswith(b"data:"):
                heard.append({**json.loads(line[5:]), "id": name, "heard": time.monotonic()})
                if until(heard[-1]):
                    break
    return heard
