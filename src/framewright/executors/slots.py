"""Where frames are rendered, one run at a time: in this process, or in one beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from framewright.executors.messages import RenderFrames, written_path
from framewright.executors.process import ChildProcess
from framewright.render.chunk import render_chunk
from framewright.render.piece_accounts import read_chunk
from framewright.render.planning.digests import chunk_key
from framewright.render.stall import patience_for
from framewright.render.threads import in_thread
from framewright.render.workbench import piece_name, suffix_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from framewright.executors.messages import OpenPlan
    from framewright.model.events import FellBack, RenderEvent
    from framewright.model.frames import FrameRange
    from framewright.model.piece import ChunkResult
    from framewright.model.settings import Settings
    from framewright.render.chunk_limit import ChunkLimit, ChunkProgress
    from framewright.render.studio import Studio


class Slot(Protocol):
    """Renders frames, one run at a time.

    Attributes:
        name: for people.
    """

    @property
    def name(self) -> str:
        """See the class."""
        ...

    async def render(
        self,
        run: int,
        frames: FrameRange,
        folder: Path,
        on_progress: Callable[[ChunkProgress], None],
        limit: ChunkLimit,
    ) -> tuple[Path, ChunkResult]:
        """Render frames into a piece in a folder; see :func:`framewright.render.chunk.render_chunk`."""
        ...

    async def close(self) -> None:
        """Let go of everything. May be called again."""
        ...


class OwnSlot:
    """In this process, with the browsers of a studio.

    Args:
        workers: browsers side by side.
    """

    name = "here"

    def __init__(
        self,
        studio: Studio,
        settings: Settings,
        workers: int,
        *,
        on_fallback: Callable[[FellBack], None],
    ) -> None:
        self._studio = studio
        self._settings = settings
        self._workers = workers
        self._on_fallback = on_fallback

    async def render(
        self,
        run: int,
        frames: FrameRange,
        folder: Path,
        on_progress: Callable[[ChunkProgress], None],
        limit: ChunkLimit,
    ) -> tuple[Path, ChunkResult]:
        """See :class:`Slot`."""
        del run
        plan = self._studio.plan

        def place(part: FrameRange) -> Path:
            return folder / f"{piece_name(part, chunk_key(plan, part))}{suffix_of(plan.output.format)}"

        return await render_chunk(
            self._studio,
            frames,
            place,
            workers=self._workers,
            stall_seconds=patience_for(self._settings),
            on_progress=on_progress,
            on_fallback=self._on_fallback,
            limit=limit,
        )

    async def close(self) -> None:
        """The studio is its owner's."""


class ProcessSlot:
    """In a child process, which is started when there is something to do, and anew when it has died.

    Args:
        opening: what a child is told first.
        workers: browsers side by side.
        on_event: called with what children tell of a render.
    """

    def __init__(
        self, name: str, opening: OpenPlan, workers: int, on_event: Callable[[RenderEvent], None]
    ) -> None:
        self.name = name
        self._opening = opening
        self._workers = workers
        self._on_event = on_event
        self._child: ChildProcess | None = None

    @property
    def pid(self) -> int | None:
        """Of the child, while there is one."""
        return None if self._child is None else self._child.pid

    async def render(
        self,
        run: int,
        frames: FrameRange,
        folder: Path,
        on_progress: Callable[[ChunkProgress], None],
        limit: ChunkLimit,
    ) -> tuple[Path, ChunkResult]:
        """See :class:`Slot`.

        Raises:
            WorkerError: the child died. StalledError: it gave no sign of life.
        """
        child = await self._living()
        order = RenderFrames(
            run=run, start=frames.start, stop=frames.stop, folder=written_path(folder), workers=self._workers
        )
        limit.begin(lambda stop: child.shrink(run, stop))
        try:
            piece = await child.render(order, on_progress)
        finally:
            limit.end()
        return piece, (await in_thread(lambda: read_chunk(piece))).result

    async def _living(self) -> ChildProcess:
        if self._child is not None and not self._child.alive:
            await self.close()
        if self._child is None:
            self._child = await ChildProcess.start(self._opening, self._on_event)
        return self._child

    async def close(self) -> None:
        """End the child, and all that is its."""
        child, self._child = self._child, None
        if child is not None:
            await child.close()
