"""Blocks go out to whoever is free and come back in any order; frames leave in theirs, within a bounded window."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from framewright.model.frames import FrameRange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence

    from framewright.model.picture import Picture


class FrameOrder:
    """A shared cursor over blocks, and the window in which their pictures wait for their turn.

    The window counts distinct pictures: those that wait, and those that the blocks in work may still bring. Frames
    that hold take no room. The block whose turn it is may always be taken, so that nothing can wait for itself.

    Args:
        frames: all of them.
        block: frames that go out together.
        window: distinct pictures that may be in work or waiting.

    Attributes:
        fingerprint: of the picture that the frame given out last shows.
    """

    def __init__(self, frames: FrameRange, *, block: int, window: int) -> None:
        # Cut as they are taken: a day of video has a million blocks.
        self._block = block
        self._uncut = frames.blocks(block)
        self._free: list[FrameRange] = []
        self._window = window
        self._next = frames.start
        self._stop = frames.stop
        self._reached = frames.start
        self.fingerprint = 0
        self._in_work: dict[int, FrameRange] = {}
        self._waiting: dict[int, Sequence[Picture | None]] = {}
        self._held_back = 0
        self._changed = asyncio.Condition()
        self._failure: BaseException | None = None
        self._stopped = False

    async def take(self) -> FrameRange | None:
        """The next block, once there is room for its pictures; None when all are done.

        While others work, this waits: their blocks may yet come back.
        """
        async with self._changed:
            await self._changed.wait_for(
                lambda: self._failure or self._stopped or self._may_take() or self._all_done()
            )
            block = self._first_free()
            if self._failure or self._stopped or block is None:
                return None
            self._free.remove(block)
            self._in_work[block.start] = block
            self._reached = max(self._reached, block.stop)
            return block

    async def shrink(self, stop: int) -> bool:
        """End before this frame, if neither it nor one behind it went out yet."""
        async with self._changed:
            if not self._reached <= stop < self._stop:
                return False
            self._stop = stop
            # What went out and came back lies before it; the one that was cut ahead may not.
            self._free = [block for block in self._free if block.start < self._reached]
            self._uncut = FrameRange(self._reached, stop).blocks(self._block)
            self._changed.notify_all()
            return True

    def _first_free(self) -> FrameRange | None:
        """The block that is next in line: one that came back, or else the next one cut."""
        if not self._free and (block := next(self._uncut, None)) is not None:
            self._free.append(block)
        return min(self._free, key=lambda block: block.start, default=None)

    def _may_take(self) -> bool:
        block = self._first_free()
        if block is None:
            return False
        in_work = sum(len(other) for other in self._in_work.values())
        return block.start == self._next or in_work + self._held_back + len(block) <= self._window

    def _all_done(self) -> bool:
        return self._first_free() is None and not self._in_work

    async def give_back(self, block: FrameRange) -> None:
        """A block that could not be done: the next free hands get it."""
        async with self._changed:
            del self._in_work[block.start]
            self._free.append(block)
            self._changed.notify_all()

    async def deliver(self, block: FrameRange, pictures: Sequence[Picture | None]) -> None:
        """A block's pictures, one a frame."""
        if len(pictures) != len(block):
            raise ValueError(f"{len(pictures)} pictures for the {len(block)} frames {block}")
        async with self._changed:
            del self._in_work[block.start]
            self._waiting[block.start] = pictures
            self._held_back += _distinct(pictures)
            self._changed.notify_all()

    async def stop(self) -> None:
        """Nobody reads any more: whoever asks for a block gets none."""
        async with self._changed:
            self._stopped = True
            self._changed.notify_all()

    async def fail(self, error: BaseException) -> None:
        """Nothing more will come: whoever reads the frames gets this error."""
        async with self._changed:
            self._failure = self._failure or error
            self._changed.notify_all()

    async def frames(self) -> AsyncIterator[tuple[int, Picture | None]]:
        """All frames in order. None: its picture equals the one before it, byte by byte."""
        shown: int | None = None
        while self._next < self._stop:
            async with self._changed:
                await self._changed.wait_for(lambda: self._failure or self._next in self._waiting)
                if self._failure:
                    raise self._failure
                start = self._next
                # Each is let go of when it is given out, not when its block is done.
                pictures = deque(self._waiting.pop(start))
            distinct = _distinct(pictures)
            for frame in range(start, start + len(pictures)):
                picture = pictures.popleft()
                # A block's first picture, or a draw that damaged without changing a pixel, may repeat what is shown.
                # Found here, what is encoded does not depend on where blocks met.
                before = shown
                if picture is not None:
                    shown = self.fingerprint = picture.fingerprint()
                yield frame, None if shown == before else picture
            async with self._changed:
                self._next = frame + 1
                self._held_back -= distinct
                self._changed.notify_all()


def _distinct(pictures: Collection[Picture | None]) -> int:
    return sum(picture is not None for picture in pictures)
