"""A process that renders frames for a parent: ``python -m framewright.executors.child PARENT``.

Orders come on stdin, reports go to stdout. It ends with its parent, and its browsers with it; they stay warm from run to run.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from framewright.executors.failures import cancelled, failure_of
from framewright.executors.messages import (
    LONGEST_LINE,
    Beat,
    CancelRun,
    CloseDown,
    OpenPlan,
    RenderFrames,
    RunDone,
    RunShrunk,
    RunTold,
    ShrinkRun,
    read_order,
    read_path,
    written_path,
)
from framewright.executors.tied import ReportTo, serve_parent
from framewright.model.frames import FrameRange
from framewright.model.plan import Plan
from framewright.model.settings import Settings
from framewright.render.bundle import Bundle
from framewright.render.chunk import render_chunk
from framewright.render.chunk_limit import ChunkLimit
from framewright.render.planning.digests import chunk_key
from framewright.render.stall import patience_for
from framewright.render.studio import open_studio
from framewright.render.telling import Teller
from framewright.render.workbench import piece_name, suffix_of

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.executors.messages import Order, Report
    from framewright.render.chunk_limit import ChunkProgress
    from framewright.render.studio import Studio

_BEAT_SECONDS = 1.0
# Parent, encoder threads of others and the machine's owner come before a page that is drawn.
_NICE = 5


class Child:
    """Does what it is told.

    Args:
        report: sends a message to the parent.
    """

    def __init__(self, report: ReportTo[Report]) -> None:
        self._report = report
        self._studio: Studio | None = None
        self._refused: BaseException | None = None
        self._settings = Settings.read()
        self._teller = Teller(lambda event: report(RunTold(told=event)))
        self._task: asyncio.Task[None] | None = None
        self._run: int | None = None
        self._limit = ChunkLimit()
        self._asking: set[asyncio.Task[None]] = set()
        self._beat = Beat()

    async def serve(self, orders: asyncio.StreamReader) -> None:
        """Follow orders until there are no more."""
        async with AsyncExitStack() as stack:
            beating = asyncio.create_task(self._beat_on())
            try:
                while line := await orders.readline():
                    order = read_order(line)
                    if isinstance(order, CloseDown):
                        break
                    if isinstance(order, OpenPlan):
                        await self._open(order, stack)
                    else:
                        self._follow(order)
            finally:
                left = [task for task in (beating, self._task, *self._asking) if task is not None]
                for task in left:
                    task.cancel()
                await asyncio.gather(*left, return_exceptions=True)

    async def _open(self, order: OpenPlan, stack: AsyncExitStack) -> None:
        try:
            self._settings = Settings.read(**order.settings)
            plan = Plan.model_validate_json(read_path(order.plan).read_bytes())
            root = None if order.root is None else read_path(order.root)
            bundle = Bundle(plan, root, read_path(order.blobs))
            self._studio = await stack.enter_async_context(
                open_studio(
                    bundle, self._settings, self._teller, allow_drift=order.allow_drift, live=order.live
                )
            )
        except Exception as error:  # noqa: BLE001 -- told to whoever asks for frames
            self._refused = error

    def _follow(self, order: Order) -> None:
        match order:
            case RenderFrames():
                self._run, self._limit = order.run, ChunkLimit()
                self._beat = Beat(run=order.run, total=order.stop - order.start)
                self._task = asyncio.create_task(self._render(order, self._limit))
            case ShrinkRun():
                asking = asyncio.create_task(self._shrink(order))
                self._asking.add(asking)
                asking.add_done_callback(self._asking.discard)
            case CancelRun(run=run) if run == self._run and self._task is not None:
                self._task.cancel()
            case _:  # of a run that is over
                pass

    async def _render(self, order: RenderFrames, limit: ChunkLimit) -> None:
        try:
            piece = await self._render_frames(order, limit)
        except asyncio.CancelledError:
            self._report(cancelled(order.run))
        except Exception as error:  # noqa: BLE001 -- the parent decides what follows
            self._report(failure_of(order.run, error))
        else:
            self._report(RunDone(run=order.run, piece=written_path(piece)))
        finally:
            self._run, self._beat = None, Beat()

    async def _render_frames(self, order: RenderFrames, limit: ChunkLimit) -> Path:
        if self._refused is not None:
            raise self._refused
        assert self._studio is not None
        plan, folder = self._studio.plan, read_path(order.folder)

        def place(frames: FrameRange) -> Path:
            return folder / f"{piece_name(frames, chunk_key(plan, frames))}{suffix_of(plan.output.format)}"

        def told(now: ChunkProgress) -> None:
            self._beat = Beat(run=order.run, frames=now.frames, total=now.total, steps=now.steps)
            self._report(self._beat)

        piece, _ = await render_chunk(
            self._studio,
            FrameRange(order.start, order.stop),
            place,
            workers=order.workers,
            stall_seconds=patience_for(self._settings),
            on_progress=told,
            on_fallback=self._teller.fall_back,
            limit=limit,
        )
        return piece

    async def _shrink(self, order: ShrinkRun) -> None:
        agreed = order.run == self._run and await self._limit.shrink(order.stop)
        self._report(RunShrunk(run=order.run, stop=order.stop, agreed=agreed))

    async def _beat_on(self) -> None:
        while True:
            self._report(self._beat)
            await asyncio.sleep(_BEAT_SECONDS)


async def _serve(orders: asyncio.StreamReader, fd: int) -> None:
    await Child(ReportTo(fd)).serve(orders)


def main() -> None:
    """Serve the parent whose number is the only argument."""
    serve_parent(_serve, longest_line=LONGEST_LINE, nice=_NICE)


if __name__ == "__main__":
    main()
