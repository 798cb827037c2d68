"""Many workers, one ordered row of frames."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from framewright.capture.order import FrameOrder
from framewright.capture.source import PicturesLostError
from framewright.model.errors import FramewrightError
from framewright.model.events import FellBack
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from framewright.capture.worker import CaptureWorker
    from framewright.model.frames import FrameRange
    from framewright.model.picture import Picture

ATTEMPTS = 3
"""Times that one block is tried before its error ends the render."""

_log = get_logger(__name__)


class CapturePool:
    """Workers that share one cursor over the blocks.

    Args:
        open_worker: opens the browser of the worker with this number; called again when one has died, with the error
            of which it died, or cannot go back to a block that another one gave back.
        frames: what is to be captured.
        workers: how many at once, at most; none is opened that would find no block.
        block: frames that a worker takes at a time, cut at multiples of it.
        window: distinct pictures that may be in work or wait for their turn.
        on_incident: told of everything that had to be done again.
        on_block: told of each block and the wall seconds that it took.
        park: takes over a worker that has nothing more to do, for a pool to come; None: it is closed.
    """

    def __init__(
        self,
        open_worker: Callable[[int, FramewrightError | None], Awaitable[CaptureWorker]],
        frames: FrameRange,
        *,
        workers: int,
        block: int,
        window: int,
        on_incident: Callable[[FellBack], None],
        on_block: Callable[[FrameRange, float], None],
        park: Callable[[CaptureWorker], None] | None = None,
    ) -> None:
        self._open_worker = open_worker
        self._order = FrameOrder(frames, block=block, window=window)
        self._workers = workers
        self._alive = workers
        self._on_incident = on_incident
        self._on_block = on_block
        self._park = park
        self._tries: dict[int, int] = {}

    @property
    def fingerprint(self) -> int:
        """Of the picture that the frame given out last shows: 64 bits."""
        return self._order.fingerprint

    async def shrink(self, stop: int) -> bool:
        """End before this frame, if no worker has got so far; whether that is so."""
        return await self._order.shrink(stop)

    async def frames(self) -> AsyncGenerator[tuple[int, Picture | None], None]:
        """All frames in order; None where a frame equals the one before. Close the iterator, whatever happens.

        Raises:
            BrowserError, PageCrashedError: a block failed :data:`ATTEMPTS` times.
            CompositionError: the page cannot be rendered.
        """
        tasks = [asyncio.create_task(self._work(number)) for number in range(self._workers)]
        try:
            async for item in self._order.frames():
                yield item
        finally:
            # Before anything that waits: a second cancellation may strike there.
            for task in tasks:
                task.cancel()
            await self._order.stop()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, number: int) -> None:
        worker: CaptureWorker | None = None
        deaths = 0
        idle = True
        lost: FramewrightError | None = None
        try:
            while (block := await self._order.take()) is not None:
                began, idle = time.monotonic(), False
                try:
                    # Also of those that waited for this pool some may be too far; a new one never is.
                    while worker is None or not worker.reaches(block):
                        if worker is not None:
                            _log.info("worker_cannot_go_back", worker=number, block=str(block))
                        gone, worker = worker, None
                        await _close(gone)
                        worker, lost = await self._open_worker(number, lost), None
                    pictures = await worker.capture(block, self._on_incident)
                except FramewrightError as error:
                    self._count_try(block, error)
                    dead, worker = worker, None
                    await _close(dead)
                    await self._order.give_back(block)
                    lost = error
                    # Pictures get lost in browsers that have all the memory they want.
                    deaths += not isinstance(error, PicturesLostError)
                    if deaths > 1 and self._alive > 1:
                        self._retire(number, error)
                        return
                else:
                    idle = True
                    await self._order.deliver(block, pictures)
                    # Else this name would hold them for as long as the next block takes.
                    del pictures
                    self._on_block(block, time.monotonic() - began)
        except Exception as error:  # noqa: BLE001 -- handed on to whoever reads the frames
            await self._order.fail(error)
        finally:
            if worker is not None and idle and self._park is not None:
                worker.rest()
                self._park(worker)
            else:
                await _close(worker)

    def _count_try(self, block: FrameRange, error: FramewrightError) -> None:
        tries = self._tries[block.start] = self._tries.get(block.start, 0) + 1
        if tries >= ATTEMPTS or not error.retryable:
            raise error
        self._tell("WORKER_RESTARTED", f"Frames {block} go to another browser: {error.message}")

    def _retire(self, number: int, error: FramewrightError) -> None:
        # The machine may have too little memory for so many browsers.
        self._alive -= 1
        self._tell(
            "WORKER_RETIRED", f"Worker {number} has lost two browsers, {self._alive} go on: {error.message}"
        )

    def _tell(self, code: str, message: str) -> None:
        _log.warning(code.lower(), message=message)
        self._on_incident(FellBack(code=code, message=message))


async def _close(worker: CaptureWorker | None) -> None:
    if worker is not None:
        # What is wrong with a browser that is thrown away was told already.
        with suppress(FramewrightError, OSError):
            await worker.close()
