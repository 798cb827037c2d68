"""One worker: one browser with one page, which captures runs of frames."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from framewright.capture.running import RunningScene
from framewright.capture.source import PicturesLostError
from framewright.model.events import FellBack
from framewright.model.frames import FrameRange
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from framewright.capture.source import FrameSource, Run, Scene
    from framewright.model.frames import FrameRate
    from framewright.model.picture import Picture

_log = get_logger(__name__)


class CaptureWorker:
    """Captures blocks of frames from its scene, again where pictures were lost, then by its second source.

    Args:
        scene: the page's clock and cover.
        rate: frames a second.
        source: takes the pictures.
        spare: takes them where ``source`` has failed twice in a row; None: nothing does.
        release: ends the browser.
        run: the scene was just opened, and goes through every frame: for pages whose state grows. It cannot go back,
            so pictures that were lost end the worker.
    """

    def __init__(
        self,
        scene: Scene,
        rate: FrameRate,
        source: FrameSource,
        *,
        spare: FrameSource | None,
        release: Callable[[], Awaitable[None]],
        run: bool = False,
    ) -> None:
        self._running = RunningScene(scene, rate) if run else None
        self._scene = self._running or scene
        self._rate = rate
        self._source = source
        self._spare = spare
        self._release = release
        self._next_frame = -1
        self._still_until = Fraction(0)

    def reaches(self, block: FrameRange) -> bool:
        """Whether this worker can still capture a block. One that runs cannot go back."""
        return self._running is None or self._running.frame <= block.start

    async def capture(
        self, block: FrameRange, on_incident: Callable[[FellBack], None]
    ) -> tuple[Picture | None, ...]:
        """One picture a frame; None where it equals the frame before.

        The first is None only if this worker captured the frame before it, and the page foretold that its picture holds.

        Raises:
            PicturesLostError, BrowserError, CompositionError: see :class:`~framewright.capture.source.FrameSource`.
        """
        held = self._frames_held(block)
        self._next_frame = -1
        pictures: tuple[Picture | None, ...] = (None,) * held
        if held < len(block):
            rest = FrameRange(block.start + held, block.stop)
            run = await self._run(rest, on_incident)
            pictures += tuple(run.pictures)
            self._still_until = run.still_until or Fraction(0)
        self._next_frame = block.stop
        return pictures

    def _frames_held(self, block: FrameRange) -> int:
        """How many frames of the block still show what this worker captured last."""
        if block.start != self._next_frame:
            return 0
        return sum(1 for frame in block if self._rate.time_of(frame) < self._still_until)

    async def _run(self, frames: FrameRange, on_incident: Callable[[FellBack], None]) -> Run:
        if self._running is not None:
            await self._running.run_up(frames.start, self._source)
            return await self._source.capture(self._running, frames, self._rate)
        try:
            return await self._source.capture(self._scene, frames, self._rate)
        except PicturesLostError as error:
            _report(on_incident, "RUN_REPEATED", f"Frames {frames} are captured again: {error.message}")
        try:
            return await self._source.capture(self._scene, frames, self._rate)
        except PicturesLostError as error:
            if self._spare is None:
                raise
            _report(
                on_incident,
                "RUN_BY_SCREENSHOT",
                f"Frames {frames} are captured by screenshots: {error.message}",
            )
        try:
            return await self._spare.capture(self._scene, frames, self._rate)
        finally:
            self._source.disturbed()  # every draw for the spare was seen by it as well

    def rest(self) -> None:
        """Nobody remembers what it captured last: its next block begins with a picture."""
        self._next_frame = -1

    async def close(self) -> None:
        """End the browser and all that belongs to it."""
        try:
            await self._source.close()
        finally:
            await self._release()


def _report(on_incident: Callable[[FellBack], None], code: str, message: str) -> None:
    _log.warning(code.lower(), message=message)
    on_incident(FellBack(code=code, message=message))
