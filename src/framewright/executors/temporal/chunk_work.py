"""One chunk: its files are fetched, its frames rendered by a child process, its piece put into the store."""

from __future__ import annotations

import asyncio
import shutil
import time
from typing import TYPE_CHECKING

from framewright.executors.temporal.keeping import kept_chunk
from framewright.executors.temporal.values import ChunkMade
from framewright.model.errors import PlanError
from framewright.model.frames import FrameRange
from framewright.model.logs import get_logger
from framewright.render.chunk_limit import ChunkLimit
from framewright.render.threads import in_thread

if TYPE_CHECKING:
    from framewright.executors.temporal.beating import Heart
    from framewright.executors.temporal.keeping import Kept
    from framewright.executors.temporal.layout import Layout
    from framewright.executors.temporal.values import ChunkOrder
    from framewright.executors.temporal.workplace import Workplace
    from framewright.model.piece import ChunkResult
    from framewright.render.chunk_limit import ChunkProgress

_log = get_logger(__name__)


async def render_chunk(here: Workplace, order: ChunkOrder, heart: Heart, *, run: str) -> ChunkMade:
    """Render one chunk into the store, or find it there.

    Args:
        run: of the workflow.

    Raises:
        FramewrightError: as :func:`framewright.render.chunk.render_chunk`, and whatever the store raises.
    """
    began = time.monotonic()
    async with here.layouts.hold(order.plan) as layout:
        work = _Work(here, order, heart, layout, run)
        result, reused = await work.done()
    here.metrics.chunk("reused" if reused else "rendered", 0 if reused else len(result.range))
    return ChunkMade(
        index=order.index,
        key=result.key,
        bytes=result.bytes,
        reused=reused,
        seconds=round(time.monotonic() - began, 3),
        worker=here.worker,
    )


class _Work:
    def __init__(self, here: Workplace, order: ChunkOrder, heart: Heart, layout: Layout, run: str) -> None:
        self._here = here
        self._order = order
        self._heart = heart
        self._layout = layout
        self._run = run
        whole = layout.plan.picture.range
        if not whole.start <= order.start < order.stop <= whole.stop:
            raise PlanError(
                f"Frames {order.start} to {order.stop} are none of the plan's {whole.start} to {whole.stop}: plan again.",
                code="PLAN_INVALID",
            )
        self._frames = FrameRange(order.start, order.stop)

    async def done(self) -> tuple[ChunkResult, bool]:
        """The account that stands in the store, and whether it stood there before."""
        here, frames, resume = self._here, self._frames, self._order.resume
        place = await asyncio.to_thread(kept_chunk, self._layout.plan, frames)
        if (found := await place.find(here.store, run=self._run, resume=resume)) is not None:
            _log.info("chunk_found", frames=str(frames), key=found.key)
            return found, True
        return await self._render(place), False

    async def _render(self, place: Kept[ChunkResult]) -> ChunkResult:
        here, layout = self._here, self._layout
        with here.metrics.stage("fetching"):
            bundle = await layout.lay_frames(self._frames)
        folder = layout.folder()
        try:
            self._heart.tell(doing="opening", total=len(self._frames))
            with here.metrics.stage("rendering"):
                async with here.hands.take(self._order.plan, bundle) as slot:
                    here.metrics.note_busy(here.hands)
                    piece, result = await slot.render(
                        next(here.runs), self._frames, folder, self._got_on, ChunkLimit()
                    )
            self._heart.tell(doing="sending", frames=len(self._frames))
            with here.metrics.stage("sending"):
                result = await place.keep(here.store, piece, result, run=self._run, resume=self._order.resume)
            here.metrics.moved("sent", result.bytes)
            return result
        finally:
            here.metrics.note_busy(here.hands)
            await in_thread(lambda: shutil.rmtree(folder, ignore_errors=True))

    def _got_on(self, now: ChunkProgress) -> None:
        self._heart.tell(doing="rendering" if now.frames else "opening", frames=now.frames, total=now.total)
