"""What Temporal and the store cost a whole render: the same film by this machine's executor and by a cluster on this machine.

    python benchmarks/cluster_against.py [--seconds 60] [--chunks 12] [--workers 3] [--runs 2] [--output results/cluster-against-local.json]

Whole commands, turn by turn: ``framewright render --chunks 12 --workers 3``, and ``--executor temporal`` with three worker processes of
one browser each, which listen before the clock runs and have rendered nothing yet; the development server and a folder as the store.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chunks import PAGE, run, write_song
from framewright.executors.temporal.dev_server import DevServer
from surroundings import describe_surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PROGRAM = str(Path(sys.executable).with_name("framewright"))
_LISTEN_SECONDS = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--chunks", type=int, default=12)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--output", type=Path)
    wished = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="framewright-against-") as name:
        found = asyncio.run(compare(Path(name), wished))
    print(json.dumps(found, indent=2))
    if wished.output is not None:
        wished.output.write_text(f"{json.dumps(found, indent=2)}\n")


async def compare(folder: Path, wished: argparse.Namespace) -> dict[str, object]:
    found: dict[str, object] = {
        "surroundings": describe_surroundings(),
        **{name: getattr(wished, name) for name in ("seconds", "chunks", "workers", "runs")},
    }
    project, cache = folder / "project", folder / "cache"
    project.mkdir()
    (project / "index.html").write_text(PAGE.format(seconds=wished.seconds))
    write_song(project, wished.seconds, 220)
    # What is remembered of the machine is learnt once, before anything counts.
    run("probe", project, "--json", cache=cache)
    here, there = [], []
    cut = ("--quiet", "--no-resume", "--chunks", wished.chunks)
    for turn in range(wished.runs):
        local, far = folder / f"local-{turn}.mp4", folder / f"far-{turn}.mp4"
        here.append(run("render", project, "-o", local, *cut, "--workers", wished.workers, cache=cache).wall)
        async with DevServer.start() as server:
            where = ("--address", server.address, "--store", str(folder / f"store-{turn}"))
            with listening(wished.workers, where, folder):
                far_words = ("render", project, "-o", far, *cut, "--executor", "temporal", *where)
                there.append((await asyncio.to_thread(run, *far_words, cache=cache)).wall)
        assert local.read_bytes() == far.read_bytes(), "the bytes differ"
        print(f"here {here[-1]:.1f} s, on the cluster {there[-1]:.1f} s, the same bytes", file=sys.stderr)
    found["wall here"] = [round(wall, 2) for wall in here]
    found["wall on the cluster"] = [round(wall, 2) for wall in there]
    found["the cluster's over this machine's"] = round(statistics.median(there) / statistics.median(here), 3)
    return found


@contextmanager
def listening(workers: int, where: Sequence[str], folder: Path) -> Iterator[None]:
    """Worker processes that listen, and are gone afterwards. They share the digests that are known of the machine, as its own executor does."""
    environment = {**os.environ, "FRAMEWRIGHT_CACHE": str(folder / "cache")}
    words = [_PROGRAM, "worker", *where, "--slots", "1", "--workers", "1", "--json"]
    processes = [
        subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(workers)
    ]
    try:
        for process in processes:
            _wait_until_it_listens(process)
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.communicate(timeout=_LISTEN_SECONDS)


def _wait_until_it_listens(process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + _LISTEN_SECONDS
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "ready":
            return
        assert time.monotonic() < until, "a worker does not listen"
    raise AssertionError(f"a worker ended with {process.wait()}")


if __name__ == "__main__":
    main()
