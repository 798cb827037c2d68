"""The latest frame of a render that runs: the last one of the piece that was put into the store last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.executors.temporal.keeping import kept_chunk
from framewright.model.frames import FrameRange
from framewright.render.threads import in_thread
from framewright.service.runner.frames import frame_as_jpeg

if TYPE_CHECKING:
    from framewright.service.temporal.cluster import Cluster
    from framewright.service.temporal.watching import Watch

LARGEST_PIECE = 64 * 2**20
"""Bytes. To fetch more than that for a look is not worth it."""
WIDEST = 640
"""Pixels, as a render on one machine shows it."""
_DONE = frozenset({"done", "reused"})


async def latest_frame(cluster: Cluster, watch: Watch) -> bytes | None:
    """A JPEG; None: no piece is there, or none that is small enough.

    Raises:
        StoreError: as :class:`~framewright.stores.store.BlobStore`. OutputError: ``FRAME_UNREADABLE``.
    """
    ended = [one for one in watch.board.chunks if one.state in _DONE]
    if not ended or watch.plan is None:
        return None
    last = max(ended, key=lambda one: (one.ended_at or 0.0, one.start))
    plan = await cluster.shelf.plan_of(watch.plan)
    frames = FrameRange(last.start, last.stop)
    place = await in_thread(lambda: kept_chunk(plan, frames))
    piece = await place.read(cluster.store)
    if piece is None or piece.bytes > LARGEST_PIECE:
        return None
    file = await cluster.store.get(piece.digest)
    return await frame_as_jpeg(file, len(frames) - 1, fps=plan.picture.rate, widest=WIDEST)
