"""What the service costs and how quickly it answers: the same render as a command and as a job, and its manners meanwhile.

    python benchmarks/service.py [--seconds 20] [--runs 3] [--many 20] [--output results/service-2-cores.json]

- *overhead*: whole commands ``framewright render`` against jobs, from the request until the file is there, turn by turn, without
  finished pieces of earlier renders; the bytes must be the same.
- *answers*: while such a job runs, ``/healthz`` is asked every 20 ms; when the first progress is told after the start, the longest
  time without an event, and how long after a cancel no process of the job is left.
- *many*: so many small renders asked for at once: all done, in order.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from chunks import PAGE, run, write_song
from framewright.browser.proc import process_tree
from surroundings import describe_surroundings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_PROGRAM = str(Path(sys.executable).with_name("framewright"))
_ANSWERS_SECONDS = 60.0
_ASKED_EVERY = 0.02
_SMALL = PAGE.format(seconds=1)
_ENDS = {"done", "failed", "cancelled"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="of the film")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--many", type=int, default=20)
    parser.add_argument("--output", type=Path)
    wished = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="framewright-service-") as name:
        found = asyncio.run(measure(Path(name), wished))
    print(json.dumps(found, indent=2))
    if wished.output is not None:
        wished.output.write_text(f"{json.dumps(found, indent=2)}\n")


async def measure(folder: Path, wished: argparse.Namespace) -> dict[str, Any]:
    projects = folder / "projects"
    for name, page in (("film", PAGE.format(seconds=wished.seconds)), ("small", _SMALL)):
        (projects / name).mkdir(parents=True)
        (projects / name / "index.html").write_text(page)
        write_song(projects / name, wished.seconds if name == "film" else 1, 220)
    command = (
        f"python benchmarks/service.py --seconds {wished.seconds} --runs {wished.runs} --many {wished.many}"
    )
    found: dict[str, Any] = {"command": command, "surroundings": describe_surroundings()}
    cache = folder / "cache"
    run("probe", projects / "film", "--json", cache=cache)
    async with serving(folder / "data", projects) as (client, process):
        # What is remembered of the machine is learnt once, before anything counts.
        await finished(client, await asked(client, "small"))
        found["overhead"] = await overhead(client, projects / "film", folder, cache, wished.runs)
        found["answers"] = await answers(client, process)
        found["many"] = await many(client, wished.many)
    return found


@asynccontextmanager
async def serving(data: Path, projects: Path) -> AsyncIterator[tuple[aiohttp.ClientSession, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [_PROGRAM, "serve", "--port", str(port), "--data", str(data), "--root", str(projects), "--quiet"]
    process = await asyncio.create_subprocess_exec(*words, stdin=subprocess.DEVNULL)
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            await ready(client)
            yield client, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(_ANSWERS_SECONDS):
            assert await process.wait() == 0, "the service did not end well"


async def ready(client: aiohttp.ClientSession) -> None:
    until = time.monotonic() + _ANSWERS_SECONDS
    while not await is_ready(client):
        assert time.monotonic() < until, "the service does not answer"
        await asyncio.sleep(0.1)


async def is_ready(client: aiohttp.ClientSession) -> bool:
    try:
        async with client.get("/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def asked(client: aiohttp.ClientSession, path: str, **options: object) -> str:
    body = {"composition": {"path": path}, "resume": False, **options}
    async with client.post("/v1/renders", json=body) as answer:
        assert answer.status == 202, await answer.text()
        return str((await answer.json())["id"])


async def events(client: aiohttp.ClientSession, job: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """The events of a job until its end."""
    waits = aiohttp.ClientTimeout(total=None)
    async with client.get(f"/v1/renders/{job}/events", timeout=waits) as answer:
        assert answer.status == 200, await answer.text()
        name = ""
        while line := (await answer.content.readline()).decode():
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)
                if name in _ENDS:
                    return


async def finished(client: aiohttp.ClientSession, job: str) -> None:
    async for name, told in events(client, job):
        assert name not in {"failed", "cancelled"}, told
        if name == "done":
            return
    raise AssertionError("the events of a job broke off")


async def overhead(
    client: aiohttp.ClientSession, film: Path, folder: Path, cache: Path, runs: int
) -> dict[str, Any]:
    commands, jobs = [], []
    for turn in range(runs):
        output = folder / f"command-{turn}.mp4"
        words = ("render", film, "-o", output, "--quiet", "--no-resume")
        commands.append((await asyncio.to_thread(run, *words, cache=cache)).wall)
        begin = time.monotonic()
        job = await asked(client, film.name)
        await finished(client, job)
        jobs.append(time.monotonic() - begin)
        async with client.get(f"/v1/renders/{job}/output") as answer:
            assert await answer.read() == output.read_bytes(), "the bytes differ"
        print(f"command {commands[-1]:.2f} s, job {jobs[-1]:.2f} s, the same bytes", file=sys.stderr)
    return {
        "command": [round(wall, 2) for wall in commands],
        "job": [round(wall, 2) for wall in jobs],
        "the job's over the command's": round(statistics.median(jobs) / statistics.median(commands), 3),
    }


async def answers(client: aiohttp.ClientSession, process: int) -> dict[str, Any]:
    job = await asked(client, "film")
    times = asyncio.create_task(healths(client))
    started = first = heard = None
    longest = 0.0
    async for name, _ in events(client, job):
        now = time.monotonic()
        if heard is not None:
            longest = max(longest, now - heard)
        heard = now
        if name == "started":
            started = now
        elif name == "progress" and first is None:
            first = now
    times.cancel()
    taken = sorted(await times)
    assert started is not None
    assert first is not None
    return {
        "healthz ms": {
            "asked": len(taken),
            "median": round(1000 * statistics.median(taken), 2),
            "p99": round(1000 * taken[int(len(taken) * 0.99)], 2),
            "longest": round(1000 * taken[-1], 2),
        },
        "first progress s": round(first - started, 3),
        "longest without an event s": round(longest, 3),
        "cancelled within s": round(await cancelled(client, process), 3),
    }


async def healths(client: aiohttp.ClientSession) -> list[float]:
    found: list[float] = []
    try:
        while True:
            begin = time.monotonic()
            async with client.get("/healthz") as answer:
                assert answer.status == 200
                await answer.read()
            found.append(time.monotonic() - begin)
            await asyncio.sleep(_ASKED_EVERY)
    except asyncio.CancelledError:
        return found


async def cancelled(client: aiohttp.ClientSession, process: int) -> float:
    """Seconds from the cancel of a job that draws until its browsers are gone."""
    job = await asked(client, "film")
    async for name, told in events(client, job):
        if name == "progress" and told["frames"] > 0:
            break
    begin = time.monotonic()
    async with client.delete(f"/v1/renders/{job}") as answer:
        assert answer.status in {200, 202}, await answer.text()
    while browsers(process):
        assert time.monotonic() - begin < _ANSWERS_SECONDS, "browsers are left"
        await asyncio.sleep(0.01)
    return time.monotonic() - begin


def browsers(process: int) -> list[int]:
    names = {facts.pid: Path(f"/proc/{facts.pid}/comm") for facts in process_tree(process)}
    found = []
    for pid, comm in names.items():
        try:
            if "chrom" in comm.read_text():
                found.append(pid)
        except OSError:
            continue
    return found


async def many(client: aiohttp.ClientSession, count: int) -> dict[str, Any]:
    begin = time.monotonic()
    jobs = await asyncio.gather(*(asked(client, "small", fps=30) for _ in range(count)))
    await asyncio.gather(*(finished(client, job) for job in jobs))
    wall = time.monotonic() - begin
    found = []
    for job in jobs:
        async with client.get(f"/v1/renders/{job}") as answer:
            found.append(await answer.json())
    assert {one["state"] for one in found} == {"done"}
    by_creation = sorted(found, key=lambda one: one["created"])
    starts = [one["started"] for one in by_creation]
    return {"renders": count, "seconds": round(wall, 1), "in order": starts == sorted(starts)}


if __name__ == "__main__":
    main()
