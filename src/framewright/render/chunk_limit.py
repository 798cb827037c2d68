"""How far a chunk goes, and how far it is: what whoever runs it may change, and what it tells meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@dataclass(frozen=True, slots=True)
class ChunkProgress:
    """How far a chunk is. Told at least every other second while it is alive.

    Attributes:
        frames: that reached the encoder.
        total: of the chunk, as it is by now.
        steps: grows whenever a page did anything; a chunk whose steps stand still for long has stalled.
    """

    frames: int
    total: int
    steps: int


class ChunkLimit:
    """Lets somebody else take over the tail of a chunk that is being rendered."""

    def __init__(self) -> None:
        self._shrink: Callable[[int], Awaitable[bool]] | None = None

    async def shrink(self, stop: int) -> bool:
        """Let the chunk end before this frame.

        Returns:
            False when it has not begun, has ended, or a worker has got there already: then it goes on to its end.
        """
        return self._shrink is not None and await self._shrink(stop)

    def begin(self, shrink: Callable[[int], Awaitable[bool]]) -> None:
        """The chunk begins, and can be shrunk by this."""
        self._shrink = shrink

    def end(self) -> None:
        """It is as long as it will be."""
        self._shrink = None
