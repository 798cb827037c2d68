"""Workers that render nothing: they note what they are told to do, and fail when a test says so."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import activity
from temporalio.worker import Worker

from framewright.executors.temporal import activity_names as names
from framewright.executors.temporal.errors import application_error, corrupt_pieces
from framewright.executors.temporal.flow import RenderWorkflow
from framewright.executors.temporal.names import chunk_queue, join_queue
from framewright.executors.temporal.part import PartWorkflow
from framewright.executors.temporal.sandbox import workflow_runner
from framewright.executors.temporal.values import (
    Assembled,
    AssembleOrder,
    Beat,
    ChunkMade,
    ChunkOrder,
    Cuts,
    CutsOrder,
    ForgetOrder,
    PlanReference,
    ProjectReference,
    RenderOrder,
    SoundMade,
    SoundOrder,
)
from framewright.model.errors import PieceError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from temporalio.client import Client

    from framewright.model.errors import FramewrightError

ENVIRONMENT = "e" * 64
FRAMES_EACH = 10


def plan_of(chunks: int, *, sound: bool = False, letter: str = "a") -> PlanReference:
    return PlanReference(
        store="file:///store",
        document="d" * 64,
        digest=letter * 64,
        environment=ENVIRONMENT,
        chunks=chunks,
        frames=chunks * FRAMES_EACH,
        sound=sound,
        seconds=1.0,
    )


def order_of(queue: str, chunks: int, *, sound: bool = False, **wishes: object) -> RenderOrder:
    return RenderOrder.model_validate(
        {"plan": plan_of(chunks, sound=sound).model_dump(), "queue": queue, **wishes}
    )


def cost_of(index: int) -> float:
    return float((index * 7) % 13)


@dataclass
class Fakes:
    """What workers do.

    Attributes:
        fails: what an attempt of a chunk raises, by its index and the attempt's number from 1; None: nothing.
        holds: chunks that go on until they are cancelled.
        corrupt: the chunks that each attempt to assemble finds corrupt, one after the other.
        corrupt_sound: likewise, whether the sound is.
        reused: chunks that were there before.
        silent: attempts of chunks, by their index, that give no sign of life and never end by themselves.
        letting_go: seconds that it takes when it is cancelled.
    """

    fails: Callable[[int, int], FramewrightError | None] = lambda index, attempt: None
    holds: frozenset[int] = frozenset()
    corrupt: list[tuple[int, ...]] = field(default_factory=list)
    corrupt_sound: list[bool] = field(default_factory=list)
    reused: frozenset[int] = frozenset()
    silent: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0
    letting_go: float = 0.0
    forget_fails: FramewrightError | None = None
    planned: PlanReference | None = None

    began: list[int] = field(default_factory=list)
    made: Counter[int] = field(default_factory=Counter)
    let_go: list[int] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    orders: list[object] = field(default_factory=list)
    priorities: list[int | None] = field(default_factory=list)
    cuts_read: list[tuple[int, int]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @activity.defn(name=names.PLAN)
    async def plan(self, order: ProjectReference) -> PlanReference:
        self.done.append("plan")
        assert self.planned is not None
        return self.planned

    @activity.defn(name=names.READ_CUTS)
    async def read_cuts(self, order: CutsOrder) -> Cuts:
        self.cuts_read.append((order.first, order.stop))
        return Cuts(
            starts=tuple(index * FRAMES_EACH for index in range(order.first, order.stop + 1)),
            costs=tuple(cost_of(index) for index in range(order.first, order.stop)),
        )

    @activity.defn(name=names.RENDER_CHUNK)
    async def render_chunk(self, order: ChunkOrder) -> ChunkMade:
        info = activity.info()
        self.orders.append(order)
        self.priorities.append(info.priority.priority_key)
        self.began.append(order.index)
        assert (order.start, order.stop) == (order.index * FRAMES_EACH, (order.index + 1) * FRAMES_EACH)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await self._work(order, info.attempt)
        except asyncio.CancelledError:
            await asyncio.sleep(self.letting_go)
            self.let_go.append(order.index)
            raise
        finally:
            self.at_once -= 1
        self.made[order.index] += 1
        return ChunkMade(
            index=order.index,
            key=f"{order.index:064x}",
            bytes=1000,
            reused=order.index in self.reused,
            seconds=1.0,
            worker="fake",
        )

    async def _work(self, order: ChunkOrder, attempt: int) -> None:
        if (error := self.fails(order.index, attempt)) is not None:
            raise application_error(error)
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if attempt <= self.silent.get(order.index, 0):
            await asyncio.sleep(600)
        while order.index in self.holds:
            activity.heartbeat(Beat(doing="rendering", worker="fake", frames=1, total=FRAMES_EACH))
            await asyncio.sleep(0.1)

    @activity.defn(name=names.MIX_SOUND)
    async def mix_sound(self, order: SoundOrder) -> SoundMade:
        self.done.append("sound")
        return SoundMade(key="5" * 64, bytes=10, reused=False, seconds=0.5, worker="fake")

    @activity.defn(name=names.ASSEMBLE)
    async def assemble(self, order: AssembleOrder) -> Assembled:
        self.done.append("assemble")
        chunks = self.corrupt.pop(0) if self.corrupt else ()
        sound = self.corrupt_sound.pop(0) if self.corrupt_sound else False
        if chunks or sound:
            raise corrupt_pieces(PieceError("Pieces are corrupt.", code="PIECE_CORRUPT"), chunks, sound=sound)
        return Assembled(bytes=12345, seconds=0.5, worker="fake")

    @activity.defn(name=names.FORGET)
    async def forget(self, order: ForgetOrder) -> None:
        self.done.append("forget")
        self.orders.append(order)
        if self.forget_fails is not None:
            raise application_error(self.forget_fails)


@asynccontextmanager
async def working(
    client: Client,
    queue: str,
    fakes: Fakes,
    *,
    slots: int = 50,
    chunks: bool = True,
) -> AsyncIterator[None]:
    """Workers of all queues of one base, in this process, with their workflows in the sandbox."""
    base = Worker(
        client,
        task_queue=queue,
        workflows=[RenderWorkflow, PartWorkflow],
        activities=[fakes.plan, fakes.read_cuts, fakes.forget],
        workflow_runner=workflow_runner(),
    )
    workers = [base]
    if chunks:
        render = Worker(
            client,
            task_queue=chunk_queue(queue, ENVIRONMENT),
            activities=[fakes.render_chunk],
            max_concurrent_activities=slots,
            # A cancellation arrives with the answer to a heartbeat that is sent, and by default few are.
            max_heartbeat_throttle_interval=timedelta(seconds=0.5),
        )
        workers.append(render)
    joins = [fakes.mix_sound, fakes.assemble]
    workers.append(Worker(client, task_queue=join_queue(queue, ENVIRONMENT), activities=joins))
    async with AsyncExitStack() as stack:
        for worker in workers:
            await stack.enter_async_context(worker)
        yield
