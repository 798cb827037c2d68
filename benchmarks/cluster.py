"""What a cluster costs besides the frames, and what it would give with a thousand workers.

    python benchmarks/cluster.py handing [--chunks 12 100 1000 2000]   # Temporal alone, with chunks that take no time
    python benchmarks/cluster.py render [--seconds 60] [--chunks 12]   # a real film, an object store, real workers
    python benchmarks/cluster.py paper                                 # the simulation, with what the other two have measured

Each writes its part of results/cluster-2-cores.json (--output).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from cluster_handing import hand_out
from cluster_paper import Costs, reckon
from cluster_render import render_film
from surroundings import describe_surroundings

# Seconds of a core for each GB that is put together (docs/distributed.md, "Assembling": 0.47 s for 86 MB out of 30 pieces).
JOIN = 0.47 / 0.086
RESULTS = Path(__file__).parent / "results/cluster-2-cores.json"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=["handing", "render", "paper"])
    parser.add_argument("--chunks", type=int, nargs="+")
    parser.add_argument("--slots", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--output", type=Path, default=RESULTS)
    wished = parser.parse_args()
    known: dict[str, Any] = json.loads(wished.output.read_text()) if wished.output.exists() else {}
    if wished.part == "paper":
        found: Any = reckon(costs_of(known))
    else:
        found = {"surroundings": describe_surroundings()}
        if wished.part == "handing":
            counts = wished.chunks or [1, 12, 100, 1000, 2000]
            found["renders"] = asyncio.run(hand_out(counts, slots=wished.slots))
        else:
            chunks = (wished.chunks or [12])[0]
            found["film"] = _render(wished.seconds, chunks, wished.workers)
    wished.output.write_text(f"{json.dumps({**known, wished.part: found}, indent=2)}\n")
    print(json.dumps(found, indent=2))


def _render(seconds: int, chunks: int, workers: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="framewright-cluster-") as folder:
        return asyncio.run(render_film(Path(folder), seconds=seconds, chunks=chunks, workers=workers))


def costs_of(known: dict[str, Any]) -> Costs:
    """What was measured, as the simulation wants it: seconds and bytes of one.

    What a core does is taken in processor time, which hardly depends on what else the machine did.
    """
    film, handed = known["render"]["film"], known["handing"]["renders"][-1]
    alone = json.loads((RESULTS.parent / "chunks-2-cores.json").read_text())
    chunk = film["a chunk, ms"]
    return Costs(
        frame=alone["one chunk"]["cpu"] / (alone["seconds"] * 30),
        # A command that starts a browser, opens the page and ends.
        opening=alone["probe"]["cpu"],
        before=alone["plan"]["cpu"] + film["seconds"]["publishing"],
        chunk=(chunk["from one's last frame to the next one's turn"] + chunk["opening, warm"]) / 1000,
        files=film["bytes"]["plan's files"],
        frame_bytes=film["bytes"]["file"] / (film["seconds of film"] * 30),
        join=JOIN,
        rate=handed["chunks a second"],
        events=handed["events a chunk"],
    )


if __name__ == "__main__":
    main()
