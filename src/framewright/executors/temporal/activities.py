"""The activities of a worker: each beats, does its work, and ends with errors that the workflow understands."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from temporalio import activity

from framewright.executors.temporal import activity_names
from framewright.executors.temporal.beating import Heart
from framewright.executors.temporal.chunk_work import render_chunk
from framewright.executors.temporal.errors import application_error
from framewright.executors.temporal.join_work import assemble
from framewright.executors.temporal.keeping import chunk_place, kept_sound
from framewright.executors.temporal.plan_work import plan_project
from framewright.executors.temporal.several import each
from framewright.executors.temporal.sound_work import mix_sound
from framewright.executors.temporal.values import (
    Assembled,
    AssembleOrder,
    ChunkMade,
    ChunkOrder,
    Cuts,
    CutsOrder,
    ForgetOrder,
    PlanReference,
    ProjectReference,
    SoundMade,
    SoundOrder,
)
from framewright.executors.temporal.worker_events import WorkTold
from framewright.model.errors import UsageError
from framewright.model.logs import get_logger
from framewright.render.planning.digests import chunk_keys

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from framewright.executors.temporal.workplace import Workplace

MOST_CUTS = 1000
_log = get_logger(__name__)


class WorkerActivities:
    """What this worker does for workflows; see :class:`~framewright.executors.temporal.activity_names.Activities`."""

    def __init__(self, here: Workplace) -> None:
        self._here = here

    @activity.defn(name=activity_names.PLAN)
    async def plan(self, order: ProjectReference) -> PlanReference:
        """See the class."""
        async with self._beating() as heart:
            return await plan_project(self._here, order, heart, run=_run())

    @activity.defn(name=activity_names.READ_CUTS)
    async def read_cuts(self, order: CutsOrder) -> Cuts:
        """See the class."""
        async with self._beating(), self._here.layouts.hold(order.plan) as layout:
            chunks = layout.plan.chunks[order.first : order.stop]
            if not chunks or len(chunks) > MOST_CUTS:
                raise UsageError(
                    f"Chunks {order.first} to {order.stop} cannot be told: ask for 1 to {MOST_CUTS} that exist.",
                    code="CHUNK_UNKNOWN",
                )
            return Cuts(
                starts=(*(chunk.start for chunk in chunks), chunks[-1].stop),
                costs=tuple(chunk.cost for chunk in chunks),
            )

    @activity.defn(name=activity_names.RENDER_CHUNK)
    async def render_chunk(self, order: ChunkOrder) -> ChunkMade:
        """See the class."""
        async with self._beating() as heart:
            try:
                return await render_chunk(self._here, order, heart, run=_run())
            except BaseException as error:
                cancelled = isinstance(error, asyncio.CancelledError)
                self._here.metrics.chunk("cancelled" if cancelled else "failed")
                raise

    @activity.defn(name=activity_names.MIX_SOUND)
    async def mix_sound(self, order: SoundOrder) -> SoundMade:
        """See the class."""
        async with self._beating() as heart:
            return await mix_sound(self._here, order, heart, run=_run())

    @activity.defn(name=activity_names.ASSEMBLE)
    async def assemble(self, order: AssembleOrder) -> Assembled:
        """See the class."""
        async with self._beating() as heart:
            return await assemble(self._here, order, heart)

    @activity.defn(name=activity_names.FORGET)
    async def forget(self, order: ForgetOrder) -> None:
        """See the class."""
        store = self._here.store
        async with self._beating(), self._here.layouts.hold(order.plan) as layout:
            plan = layout.plan
            chunks = [
                chunk for chunk in plan.chunks if order.indices is None or chunk.index in set(order.indices)
            ]
            ranges = [chunk.range for chunk in chunks]
            keys = await asyncio.to_thread(chunk_keys, plan, ranges)
            places = [chunk_place(plan, frames, key) for frames, key in zip(ranges, keys, strict=True)]
            await each(places, lambda place: place.forget(store))
            if (order.sound or order.indices is None) and plan.sound is not None:
                await kept_sound(plan).forget(store)

    @asynccontextmanager
    async def _beating(self) -> AsyncIterator[Heart]:
        began, outcome, message = time.monotonic(), "failed", None
        try:
            async with Heart(self._here.worker) as heart:
                yield heart
            outcome = "done"
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        except Exception as error:
            what = application_error(error, elsewhere=True)
            message = what.message
            if what is error:
                raise
            raise what from error
        finally:
            self._tell(outcome, began, message)

    def _tell(self, outcome: str, began: float, message: str | None) -> None:
        info = activity.info()
        told = WorkTold.model_validate(
            {
                "activity": info.activity_type,
                "workflow": info.workflow_id or "",
                "attempt": info.attempt,
                "outcome": outcome,
                "seconds": round(time.monotonic() - began, 3),
                "message": message,
            }
        )
        _log.info("work_done", **told.model_dump(exclude={"event"}, exclude_none=True))
        self._here.tell(told)


def _run() -> str:
    """Of the workflow: what it has made before, it may use, whatever it thinks of earlier renders."""
    return activity.info().workflow_run_id or "none"
