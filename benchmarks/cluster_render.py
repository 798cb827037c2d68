"""What a real render costs on a cluster, stage by stage: workers, Temporal's server and an object store on this machine."""

from __future__ import annotations

import asyncio
import os
import secrets
import statistics
import time
from contextlib import AsyncExitStack, contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from chunks import PAGE
from cluster_handing import read_history
from cluster_store import BUCKET, counting_server
from framewright.executors.temporal.connecting import connect, part_safely
from framewright.executors.temporal.dev_server import DevServer
from framewright.executors.temporal.flow import RenderWorkflow
from framewright.executors.temporal.metrics import Metrics
from framewright.executors.temporal.names import piece_document
from framewright.executors.temporal.publishing import publish_plan
from framewright.executors.temporal.values import RenderOrder
from framewright.executors.temporal.worker import Outfit, running_worker
from framewright.model.piece import ChunkResult
from framewright.model.settings import Settings
from framewright.render.options import RenderOptions
from framewright.render.output_choice import choose_kind
from framewright.render.planning.digests import chunk_key
from framewright.render.planning.planner import plan_composition
from framewright.render.telling import Teller
from framewright.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from framewright.model.plan import Plan
    from framewright.render.bundle import Bundle
    from framewright.stores.store import BlobStore


class Stages(Metrics):
    """Notes when each stage of one worker began and ended."""

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[tuple[str, float, float]] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        with super().stage(name):
            yield
        self.spans.append((name, began, time.monotonic()))


async def render_film(folder: Path, *, seconds: int, chunks: int, workers: int) -> dict[str, Any]:
    """Plan, publish and render a film by workers of one browser each; each has a cache of its own."""
    page = folder / "page"
    page.mkdir()
    (page / "index.html").write_text(PAGE.format(seconds=seconds).replace(_SONG.format(seconds=seconds), ""))
    settings = Settings(cache=folder / "cache", piece_cache_size=0)
    began = time.monotonic()
    bundle = await _plan(page, folder, settings, chunks)
    planned = time.monotonic() - began
    with counting_server(folder) as asked:
        store = open_store(f"s3://{BUCKET}", settings)
        began = time.monotonic()
        reference = await publish_plan(bundle, store)
        published, to_publish = time.monotonic() - began, asked.since()
        async with DevServer.start() as server, AsyncExitStack() as stack:
            queue, stages = f"film-{secrets.token_hex(4)}", [Stages() for _ in range(workers)]
            outfit = Outfit(queue=queue, environment=reference.environment, slots=1, workers=1)
            client = await connect(server.settings)
            for number, noted in enumerate(stages):
                own = settings.model_copy(update={"cache": folder / f"cache-{number}"})
                theirs = open_store(f"s3://{BUCKET}", own)
                stack.push_async_callback(theirs.close)
                listening = await connect(server.settings, identity=f"worker-{number}")
                await stack.enter_async_context(running_worker(listening, theirs, own, outfit, metrics=noted))
            began = time.monotonic()
            handle = await client.start_workflow(
                RenderWorkflow.run, RenderOrder(plan=reference, queue=queue), id=queue, task_queue=queue
            )
            async with asyncio.timeout(1800):
                done = await handle.result()
            rendered = time.monotonic() - began
            history = await read_history(handle)
        accounts = await _accounts(bundle.plan, store)
        things = await store.list("")
        found = {
            "seconds of film": seconds,
            "chunks": chunks,
            "workers": workers,
            "seconds": {
                "planning": round(planned, 2),
                "publishing": round(published, 3),
                "workflow": round(rendered, 2),
            },
            "bytes": {
                "plan's files": sum(file.bytes for file in bundle.plan.files),
                "pieces": sum(result.bytes for result in accounts),
                "file": done.bytes,
                "documents": sum(t.bytes for t in things if not t.name.startswith("blobs/")),
            },
            "history": history,
            "store": {"to publish": dict(to_publish), "to render": dict(asked.since())},
            "a chunk, ms": _each_chunk(stages, accounts),
            "last step, ms": _last_step(stages),
            "a frame, ms": round(1000 * sum(r.time.rendering for r in accounts) / (seconds * 30), 2),
            "load": [round(load, 1) for load in os.getloadavg()],
        }
        await store.close()
        del client
    await part_safely()
    return found


_SONG = '<audio src="song.wav" data-start="0" data-duration="{seconds}"></audio>\n'


async def _plan(page: Path, folder: Path, settings: Settings, chunks: int) -> Bundle:
    options = RenderOptions.parse(fps="30", chunks=chunks, workers=1, format="mp4")
    kind = choose_kind(folder / "out.mp4", options)
    async with plan_composition(str(page), kind, options, settings, Teller(None)) as found:
        return await found.settle()


async def _accounts(plan: Plan, store: BlobStore) -> list[ChunkResult]:
    found = []
    for chunk in plan.chunks:
        data = await store.read(piece_document(chunk_key(plan, chunk.range)))
        assert data is not None
        found.append(ChunkResult.model_validate_json(data))
    return found


def _each_chunk(stages: list[Stages], accounts: list[ChunkResult]) -> dict[str, float]:
    """Medians, but for what is told of a worker's first chunk."""
    drawn = [[span for span in one.spans if span[0] == "rendering"] for one in stages]
    held = sum(end - began for spans in drawn for _, began, end in spans)
    at_work = sum(r.time.opening + r.time.rendering + r.time.finishing for r in accounts)
    gaps = [after[1] - before[2] for spans in drawn for before, after in pairwise(spans)]
    # The first chunk of a worker opens its browser; the dearest openings are those.
    openings = sorted((result.time.opening for result in accounts), reverse=True)
    first, warm = openings[: len(stages)], openings[len(stages) :]
    told = {
        "fetching": [b - a for one in stages for name, a, b in one.spans if name == "fetching"],
        "opening, first": first,
        "opening, warm": warm,
        "finishing": [result.time.finishing for result in accounts],
        "sending": [b - a for one in stages for name, a, b in one.spans if name == "sending"],
        # Of the process; Python and its libraries are loaded in it.
        "starting, first": [(held - at_work) / len(stages)],
        "from one's last frame to the next one's turn": gaps,
    }
    return {name: round(1000 * statistics.median(values), 1) for name, values in told.items() if values}


def _last_step(stages: list[Stages]) -> dict[str, float]:
    """Of the worker that put the file together: what it did after the last frame of all."""
    for one in stages:
        joining = [(a, b) for name, a, b in one.spans if name == "joining"]
        if joining:
            spans = one.spans[[name for name, _, _ in one.spans].index("joining") - 1 :]
            return {name: round(1000 * (b - a), 1) for name, a, b in spans[:3]}
    return {}
