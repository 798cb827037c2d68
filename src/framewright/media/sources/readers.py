"""The decoders that are open over all files of a render, and how many there may be."""

from __future__ import annotations

import asyncio
import time
from fractions import Fraction
from typing import TYPE_CHECKING

from framewright.media.sources.pictures import Darkroom

if TYPE_CHECKING:
    from framewright.media.sources.cursor import Cursor
    from framewright.media.sources.geometry import Shape
    from framewright.media.sources.store import Held
    from framewright.media.sources.webp import WebpCursor

_MOST_PER_FILE = 4
_MOST = 16
_OWN_FRAMES = 24  # that a decoder holds for its own use, with two bytes a pixel at the worst


class Reader:
    """A decoder of a file and who waits for it.

    Attributes:
        cursor: None: not opened yet, or closed to make room.
        wanted: times of frames that somebody waits for.
        position: the start of the frame that comes next; None: it has to jump.
        last: the time that was asked for last.
        goal: the time that it goes on to when nobody waits.
        running: somebody waits for it, or it goes on by itself.
        taken: what the store had ever kept when this one came to rest.
    """

    def __init__(self, shape: Shape) -> None:
        self.cursor: Cursor | WebpCursor | None = None
        self.room = Darkroom(shape)
        self.wanted: list[tuple[Fraction, asyncio.Future[Held | None]]] = []
        self.position: Fraction | None = None
        self.last: Fraction | None = None
        self.goal = Fraction(0)
        self.running = False
        self.task: asyncio.Task[None] | None = None
        self.used = time.monotonic()
        self.taken = 0

    @property
    def place(self) -> Fraction | None:
        """Where it is, or will be when it has jumped."""
        if self.position is None and self.running:
            return min((seconds for seconds, _ in self.wanted), default=None)
        return self.position

    def close(self) -> None:
        """End the decoder. It must not be running."""
        if self.cursor is not None:
            self.cursor.close()
        self.cursor, self.position = None, None

    def fail(self, error: BaseException) -> None:
        """Tell all who wait."""
        for _, waiting in self.wanted:
            if not waiting.done():
                waiting.set_exception(error)
        self.wanted = []


class Readers:
    """All readers of a shelf, within a number.

    Attributes:
        freed: notified when a reader has nothing to do.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._all: list[Reader] = []
        self.freed = asyncio.Condition()

    def add(self, shape: Shape) -> Reader | None:
        """A new reader; one that is idle is closed for it if there are too many. None: all are busy."""
        if sum(reader.cursor is not None or reader.running for reader in self._all) >= self._most:
            idle = [reader for reader in self._all if not reader.running and reader.cursor is not None]
            if not idle:
                return None
            min(idle, key=lambda reader: reader.used).close()
        reader = Reader(shape)
        self._all.append(reader)
        return reader

    def release(self, taken: int) -> None:
        """Close those that rest since the store had kept so many bytes.

        A decoder keeps the memory of every frame that it has given as long as it is open: one for each clip of a long
        film, or for each round of a loop, would be the budget many times over.
        """
        for reader in self._all:
            if not reader.running and reader.cursor is not None and reader.taken < taken:
                reader.close()

    def remove(self, reader: Reader) -> None:
        """Forget a reader."""
        if reader in self._all:
            self._all.remove(reader)


def most_readers(shape: Shape, budget: int) -> int:
    """How many decoders one file may have, such that they take little beside the budget."""
    taken = _OWN_FRAMES * max(1, shape.width * shape.height)
    return max(1, min(_MOST_PER_FILE, budget // taken))
