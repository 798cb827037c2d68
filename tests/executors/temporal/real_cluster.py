"""A cluster of real processes on this machine: a server, a store in a folder, workers; and renders on it, looked at from outside."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError
from worker_process import PATIENCE, WorkerProcess, until

from framewright.executors.temporal import names
from framewright.executors.temporal.connecting import connect
from framewright.executors.temporal.errors import framewright_error
from framewright.executors.temporal.looking import _doing, look_at
from framewright.executors.temporal.names import blob_of, output_document, piece_document
from framewright.executors.temporal.publishing import publish_plan
from framewright.executors.temporal.starting import memo_of, start
from framewright.executors.temporal.values import Limits, Output, RenderOrder
from framewright.model.piece import ChunkResult
from framewright.model.settings import Settings
from framewright.render.planning.digests import chunk_key
from framewright.stores.opening import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from temporalio.api.history.v1 import HistoryEvent
    from temporalio.client import Client

    from framewright.executors.temporal.dev_server import DevServer
    from framewright.executors.temporal.looking import Doing
    from framewright.executors.temporal.values import PlanReference, RenderDone
    from framewright.model.errors import FramewrightError
    from framewright.render.bundle import Bundle
    from framewright.stores.store import BlobStore

HEARTBEAT = 5.0
"""Seconds of silence after which a chunk is given to somebody else. Workers beat every second."""


class Cluster:
    """Make it with :func:`cluster`.

    Attributes:
        place: where the store and what workers tell lie.
    """

    def __init__(
        self, server: DevServer, client: Client, store: BlobStore, queue: str, place: Path, browsers: Path
    ) -> None:
        self.server = server
        self.client = client
        self.store = store
        self.place = place
        self._queue = queue
        self._browsers = browsers
        self.workers: list[WorkerProcess] = []
        self.renders: list[Render] = []

    def begin_worker(
        self,
        *,
        slots: int = 1,
        address: str | None = None,
        before: Sequence[str] = (),
        **environment: str,
    ) -> WorkerProcess:
        """Start a worker without waiting for it.

        Args:
            address: of the server, as this worker sees it.
            environment: variables without their prefix.
        """
        number = len(self.workers) + 1
        options = (
            *("--address", address or self.server.address, "--queue", self._queue),
            *("--store", self.store.uri, "--slots", str(slots), "--workers", "1"),
        )
        own = {f"FRAMEWRIGHT_{name}": value for name, value in environment.items()}
        worker = WorkerProcess(
            self._browsers / f"worker-{number}", self.place / f"worker-{number}.jsonl", options, own, before
        )
        self.workers.append(worker)
        return worker

    async def start_workers(self, count: int, *, slots: int = 1, **environment: str) -> list[WorkerProcess]:
        """Workers that listen."""
        begun = [self.begin_worker(slots=slots, **environment) for _ in range(count)]
        for worker in begun:
            await worker.ready()
        return begun

    async def render(self, bundle: Bundle, *, window: int = 500) -> Render:
        """Have a plan rendered; returns when the workflow has been started.

        Args:
            window: chunks at a time, however many slots there are.
        """
        reference = await publish_plan(bundle, self.store)
        order = RenderOrder(
            plan=reference, queue=self._queue, limits=Limits(window=window, heartbeat=HEARTBEAT)
        )
        running = await start(self.client, order, memo_of(bundle.plan, "film"), self.server.address)
        assert not running.joined
        render = Render(self, bundle, reference, running.handle)
        self.renders.append(render)
        return render

    def of(self, name: str) -> WorkerProcess:
        """The worker of this name."""
        return next(worker for worker in self.workers if worker.name == name)

    @property
    def rendering(self) -> list[int]:
        """All processes that draw or encode."""
        return [process for worker in self.workers for process in worker.rendering]

    async def close(self) -> None:
        for render in self.renders:
            with suppress(RPCError):
                await render.handle.terminate()
        for worker in self.workers:
            await worker.stop()


@asynccontextmanager
async def cluster(
    server: DevServer, queue: str, place: Path, browsers: Path, *, store: str | None = None
) -> AsyncIterator[Cluster]:
    """A cluster without workers. All of it but the server is gone in the end.

    Args:
        place: an empty folder.
        browsers: the folder below which all browsers of the tests live.
        store: a URI; None: a folder.
    """
    opened = open_store(store or str(place / "store"), Settings.read())
    made = Cluster(server, await connect(server.settings, identity="test"), opened, queue, place, browsers)
    try:
        yield made
    except BaseException:
        for worker in made.workers:
            print(f"--- worker {worker.pid}, exit status {worker.process.poll()}\n{worker.words}")
        raise
    finally:
        await made.close()
        await opened.close()


class Beginning(NamedTuple):
    """Of an attempt: by whom, the which, and the time of the machine's clock."""

    worker: str
    attempt: int
    at: float


@dataclass
class Render:
    """One render on the cluster."""

    cluster: Cluster
    bundle: Bundle
    plan: PlanReference
    handle: object

    async def look(self):
        """What the server and the workflow tell now."""
        return await look_at(self.cluster.client, self.handle, self.cluster.server.address)

    async def chunks(self) -> list[Doing]:
        """Chunks that somebody has at this moment."""
        # Without asking the workflow: as long as the worker that runs it is dead, nobody answers.
        described = await self.handle.describe()
        doing = [_doing(one, self.cluster.client) for one in described.raw_description.pending_activities]
        return [one for one in doing if one.started and names.chunk_of(one.name) is not None]

    async def drawing(self, *, by: WorkerProcess | None = None) -> tuple[Doing, WorkerProcess]:
        """A chunk, and the worker that has it and has its browsers open."""

        async def look() -> tuple[Doing, WorkerProcess] | None:
            for one in await self.chunks():
                worker = self.cluster.of(one.worker)
                if by in {None, worker} and worker.children and worker.browsers:
                    return one, worker
            return None

        found = await until(look, "a chunk is being drawn")
        assert found is not None
        return found

    async def caught(self) -> tuple[Doing, WorkerProcess]:
        """The same, of which the worker stands still, so that it cannot finish the chunk while it is looked at."""
        while True:
            chunk, worker = await self.drawing()
            worker.send(signal.SIGSTOP)
            # What it had on its tongue when it was stopped has been heard by now.
            if any(
                (one.name, one.attempt, one.worker) == (chunk.name, chunk.attempt, worker.name)
                for one in await self.chunks()
            ):
                return chunk, worker
            worker.send(signal.SIGCONT)

    async def until_states(self, wanted: Callable[[str], bool], what: str) -> str:
        """Until the letters of the chunks are as they should be."""

        async def look() -> str | None:
            states = (await self.look()).states
            return states if states and wanted(states) else None

        found = await until(look, what)
        assert found is not None
        return found

    async def done(self) -> RenderDone:
        """Its end."""
        async with asyncio.timeout(PATIENCE):
            return await self.handle.result()

    async def error(self) -> FramewrightError:
        """What it ends with."""
        try:
            await self.done()
        except WorkflowFailureError as error:
            return framewright_error(error)
        raise AssertionError("it ended well")

    async def file(self) -> bytes:
        """The finished file."""
        written = await self.cluster.store.read(output_document(self.plan.digest))
        assert written is not None
        (file,) = Output.model_validate_json(written).files
        return (await self.cluster.store.get(file.digest)).read_bytes()

    async def piece(self, index: int) -> ChunkResult | None:
        """The account of a chunk, if it is there."""
        plan = self.bundle.plan
        written = await self.cluster.store.read(piece_document(chunk_key(plan, plan.chunks[index].range)))
        return None if written is None else ChunkResult.model_validate_json(written)

    def blob(self, digest: str) -> Path:
        """Where a blob of a store in a folder lies."""
        return self.cluster.place / "store" / blob_of(digest)

    async def history(self) -> list[HistoryEvent]:
        """All that has happened to the workflow."""
        return [event async for event in self.handle.fetch_history_events()]

    async def began(self) -> dict[str, Beginning]:
        """Who took each chunk in its last attempt, and when; told when it is done."""
        events = await self.history()
        chunks = {
            event.event_id: event.activity_task_scheduled_event_attributes.activity_id
            for event in events
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
            and names.chunk_of(event.activity_task_scheduled_event_attributes.activity_id) is not None
        }
        return {
            chunks[begun.scheduled_event_id]: Beginning(
                begun.identity, begun.attempt, event.event_time.ToNanoseconds() / 1e9
            )
            for event in events
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
            and (begun := event.activity_task_started_event_attributes).scheduled_event_id in chunks
        }


def flip_a_bit(file: Path) -> None:
    """In the middle of a file, as a failing disk does."""
    with file.open("r+b") as opened:
        opened.seek(os.stat(file).st_size // 2)
        (byte,) = opened.read(1)
        opened.seek(-1, os.SEEK_CUR)
        opened.write(bytes([byte ^ 1]))


class Clock:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._began, 2)


def fairly(seconds: float) -> float:
    """What something may take here that may take this on a machine which has nothing else to do."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
