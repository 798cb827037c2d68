"""The sources of a render: one shelf for all of its pages."""

from __future__ import annotations

import asyncio
import os
from fractions import Fraction
from typing import TYPE_CHECKING

from framewright.media.sources.errors import SourceFault
from framewright.media.sources.facts import look
from framewright.media.sources.film import Film, Room
from framewright.media.sources.frames import Counters
from framewright.media.sources.readers import Readers
from framewright.media.sources.store import Store
from framewright.media.sources.threads import Threads
from framewright.model.media import Transfer

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from framewright.media.sources.frames import SourceFrame
    from framewright.model.media import MediaFacts
    from framewright.model.size import Size

_PATIENCE = 60.0
_MOST_THREADS = 4


class SourceShelf:
    """Files of video and pictures, opened when they are first asked for and shared by everybody who asks.

    An async context manager; used from one event loop.

    Args:
        budget: bytes of frames that are kept for others who may want them.
        patience: seconds that a decoder may take for a few frames before it counts as stalled.

    Attributes:
        counters: what was done so far.
    """

    def __init__(self, budget: int, *, patience: float = _PATIENCE) -> None:
        self.counters = Counters()
        self._store = Store(budget)
        self._threads = Threads(min(_MOST_THREADS, os.cpu_count() or 1), patience)
        self._room = Room(self._store, self._threads, Readers(), self.counters)
        self._films: dict[Path, asyncio.Task[Film]] = {}

    @property
    def held_bytes(self) -> int:
        """Bytes of frames that are kept now."""
        return self._store.held_bytes

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for film in await asyncio.gather(*self._films.values(), return_exceptions=True):
            if isinstance(film, Film):
                await film.close()
        self._films.clear()
        self._threads.__exit__(None, None, None)
        await self._threads.join()

    async def facts(self, path: Path, *, shown: str | None = None) -> MediaFacts:
        """What a file holds.

        Args:
            path: the file.
            shown: how its author calls it, for the sentence of an error; the name of the file if None.

        Raises:
            SourceError: it cannot be read.
        """
        try:
            return (await self._film(path)).reading.facts
        except SourceFault as fault:
            raise fault.named(shown or path.name) from fault

    async def frame(
        self,
        path: Path,
        seconds: Fraction | float,
        *,
        box: Size | None = None,
        light: Transfer = Transfer.SDR,
        shown: str | None = None,
    ) -> SourceFrame:
        """The frame of a file that is shown at a time.

        Args:
            path: the file.
            seconds: of the source; before its first frame that one is the answer, past its end the last one.
            box: the pixels that are needed at most; the frame may come scaled down, to no less than that.
            light: what the frame of an HDR source that is opaque comes in; all others, and for SDR all, come in SDR.
            shown: as in :meth:`facts`.

        Raises:
            SourceError: the file cannot be read, has no pictures, or is damaged there.
        """
        try:
            film = await self._film(path)
            return await film.frame(Fraction(seconds), box, light)
        except SourceFault as fault:
            raise fault.named(shown or path.name) from fault

    async def _film(self, path: Path) -> Film:
        task = self._films.get(path)
        if task is None:
            task = self._films[path] = asyncio.create_task(self._opened(path))
        return await asyncio.shield(task)

    async def _opened(self, path: Path) -> Film:
        reading = await self._threads.run(lambda: look(path))
        return Film(path, reading, self._room)
