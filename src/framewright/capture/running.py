"""A scene that leaves out no frame: for pages whose state grows from frame to frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.composition import Step
from framewright.model.frames import FrameRange

if TYPE_CHECKING:
    from fractions import Fraction

    from framewright.capture.source import FrameSource, Scene
    from framewright.model.frames import FrameRate

# Between two of these the source forgets the pictures that such frames may have left behind.
_LOT = 32


class RunningScene:
    """Goes through every frame that lies before the one it is sent to, once and in order, and never back.

    A scene that was just opened stands at frame 0, so that it need not be moved there again.

    Args:
        scene: just opened.
        rate: frames a second.

    Attributes:
        frame: where it stands.
    """

    def __init__(self, scene: Scene, rate: FrameRate) -> None:
        self._scene = scene
        self._rate = rate
        self.frame = 0

    async def run_up(self, frame: int, source: FrameSource) -> None:
        """Go through the frames before this one without capturing them.

        A page that notices when it is drawn was drawn in all of them when they were captured, so it is drawn here too.
        """
        if frame <= self.frame:
            return
        await self._scene.cover(None)
        while self.frame + 1 < frame:
            await self._pass_to(min(frame, self.frame + 1 + _LOT), draw=True)
            source.disturbed()

    async def seek(self, seconds: Fraction) -> Step:
        """Move on to the frame of this time, and through those that were left out because they hold.

        Raises:
            ValueError: it lies behind.
        """
        frame = self._rate.frame_at(seconds)
        if frame < self.frame:
            raise ValueError(f"frame {frame} lies behind frame {self.frame}")
        if frame == self.frame:
            return Step()
        if frame > self.frame + 1:
            # They hold: nothing that is drawn would differ.
            await self._pass_to(frame, draw=False)
        step = await self._scene.seek(seconds)
        self.frame = frame
        return step

    async def pass_through(self, frames: FrameRange, rate: FrameRate, *, draw: bool) -> None:
        """See :class:`~framewright.capture.source.Scene`."""
        await self._scene.pass_through(frames, rate, draw=draw)
        self.frame = frames.stop - 1

    async def cover(self, grey: int | None) -> None:
        """See :class:`~framewright.capture.source.Scene`."""
        await self._scene.cover(grey)

    async def _pass_to(self, frame: int, *, draw: bool) -> None:
        """Up to the frame before this one."""
        await self.pass_through(FrameRange(self.frame + 1, frame), self._rate, draw=draw)
