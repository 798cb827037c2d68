"""One file on the shelf: who reads it where, who waits for which frame, and what is kept of it.

Everything here runs in the event loop; only decoding and converting happen in threads. A decoder that is under way
serves all who wait for frames ahead of it. Who wants a frame for which no decoder is well placed gets one that jumps.
"""

from __future__ import annotations

import asyncio
import time
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from framewright.media.sources.cursor import Cursor, Decoded
from framewright.media.sources.damage import refuse_gap
from framewright.media.sources.errors import SourceFault
from framewright.media.sources.frames import SourceFrame
from framewright.media.sources.pictures import Darkroom, Form, form_of
from framewright.media.sources.store import Held, Shelved

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.media.sources.facts import Reading
    from framewright.media.sources.frames import Counters
    from framewright.media.sources.store import Store
    from framewright.media.sources.threads import Threads
    from framewright.model.size import Size

_SLICE = 8  # frames that are decoded before those who wait are looked after
_AHEAD = 3  # frames that are decoded behind the last one wanted, for who goes on forwards
_JUMP = 4  # what a jump costs in frames, besides those that must be decoded after it
_UNKNOWN_GOP = Fraction(2)
_MOST_READERS = 4


class Reader:
    """A decoder of a file and who waits for it."""

    def __init__(self) -> None:
        self.cursor: Cursor | None = None
        self.wanted: list[tuple[Fraction, asyncio.Future[Held | None]]] = []
        self.position: Fraction | None = None
        self.ahead = 0
        self.task: asyncio.Task[None] | None = None
        self.used = 0.0

    @property
    def busy(self) -> bool:
        """Whether somebody waits for it, or it reads ahead."""
        return self.task is not None and not self.task.done()


class Film:
    """The frames of one file.

    Args:
        readers: decoders that it may have at a time.
    """

    def __init__(
        self, path: Path, reading: Reading, store: Store, threads: Threads, counters: Counters
    ) -> None:
        self.reading = reading
        self._path = path
        self._store = store
        self._threads = threads
        self._counters = counters
        self._shelved = Shelved()
        self._readers: list[Reader] = []
        self._making: dict[tuple[int, Form], asyncio.Future[SourceFrame]] = {}
        self._darkrooms: list[Darkroom] = []
        self._freed = asyncio.Condition()
        self._last: Fraction | None = None
        self._most_readers = _readers_for(reading, store.budget)
        self._closing = False

    async def frame(self, seconds: Fraction, box: Size | None) -> SourceFrame:
        """The frame that is shown at a time.

        Raises:
            SourceFault: it cannot be decoded.
        """
        video = self.reading.facts.video
        if video is None:
            raise SourceFault("SOURCE_NO_VIDEO", "has sound but no pictures: use it in an <audio> element")
        form = form_of(self.reading.shape, alpha=video.alpha, box=box)
        while True:
            held = self._shelved.at(seconds)
            if held is None or not held.answers(form):
                held = await self._bring(seconds)
            if held is not None and held.answers(form):
                refuse_gap(held.start, held.stop, seconds, damaged=held.damaged)
                made = await self._made(held, form)
                self._store.used(held)
                self._counters.delivered += 1
                return made

    async def close(self) -> None:
        """End the decoders."""
        self._closing = True
        for reader in self._readers:
            if reader.task is not None:
                await asyncio.gather(reader.task, return_exceptions=True)
            self._end(reader)
        self._readers.clear()

    async def _bring(self, seconds: Fraction) -> Held | None:
        """Have a frame decoded. None: look again, it may be there by now."""
        reader = self._choose(seconds)
        while reader is None:
            async with self._freed:
                await self._freed.wait()
            if self._shelved.at(seconds) is not None:
                return None
            reader = self._choose(seconds)
        waiting: asyncio.Future[Held | None] = asyncio.get_running_loop().create_future()
        reader.wanted.append((seconds, waiting))
        last, self._last = self._last, seconds
        forwards = last is not None and 0 <= seconds - last <= 4 / self.reading.rate
        reader.ahead = _AHEAD if forwards else 0
        if not reader.busy:
            reader.task = asyncio.create_task(self._run(reader))
        return await waiting

    def _choose(self, seconds: Fraction) -> Reader | None:
        """The decoder that gets to a time with the least work; None: all are busy elsewhere."""
        best, least = None, self._cost_of_a_jump(seconds)
        for reader in self._readers:
            if reader.position is not None and reader.position <= seconds:
                cost = (seconds - reader.position) * self.reading.rate
                if cost < least:
                    best, least = reader, cost
        if best is not None:
            return best
        if len(self._readers) < self._most_readers:
            reader = Reader()
            self._readers.append(reader)
            return reader
        idle = [reader for reader in self._readers if not reader.busy]
        if not idle:
            return None
        oldest = min(idle, key=lambda reader: reader.used)
        oldest.position = None
        return oldest

    def _cost_of_a_jump(self, seconds: Fraction) -> Fraction:
        if not self.reading.jumps:
            return _JUMP + seconds * self.reading.rate
        gop = self.reading.gop if self.reading.gop is not None else _UNKNOWN_GOP
        return _JUMP + gop * self.reading.rate / 2

    async def _run(self, reader: Reader) -> None:
        """Decode until nobody waits, and a few frames on."""
        try:
            while not self._closing and (reader.wanted or reader.ahead > 0):
                if reader.wanted:
                    target = min(seconds for seconds, _ in reader.wanted)
                    most = _SLICE
                else:
                    assert reader.position is not None
                    target, most = reader.position, 1
                    reader.ahead -= 1
                decoded = await self._threads.run(partial(self._decode, reader, target, most))
                self._shelve(decoded)
                assert reader.cursor is not None
                reader.position = reader.cursor.position
                if reader.position is None:
                    reader.ahead = 0
                self._answer(reader, decoded)
        except BaseException as error:
            for _, waiting in reader.wanted:
                if not waiting.done():
                    waiting.set_exception(error)
            reader.wanted.clear()
            if reader in self._readers:
                self._readers.remove(reader)
            if not isinstance(error, Exception):
                raise
        finally:
            reader.used = time.monotonic()
            for _, waiting in reader.wanted:
                if not waiting.done():
                    waiting.cancel()
            async with self._freed:
                self._freed.notify_all()

    def _decode(self, reader: Reader, target: Fraction, most: int) -> list[Decoded]:
        """In a thread: go on to a time, by a jump if it lies behind."""
        if reader.cursor is None:
            reader.cursor = Cursor(self._path, self.reading, self._counters)
            if target * self.reading.rate > _SLICE:
                reader.cursor.put(target)
        elif reader.position is None or target < reader.position:
            reader.cursor.put(target)
        return reader.cursor.advance(target, most)

    def _shelve(self, decoded: list[Decoded]) -> None:
        for frame in decoded:
            held = self._shelved.slot(frame.start, frame.stop)
            held.damaged = frame.damaged
            if held.picture is None:
                held.picture = frame.picture
                self._store.keep(
                    self._shelved, held, None, sum(plane.buffer_size for plane in frame.picture.planes)
                )

    def _answer(self, reader: Reader, decoded: list[Decoded]) -> None:
        """Wake those whose frame is there, or lies behind."""
        left = []
        for seconds, waiting in reader.wanted:
            if waiting.done():
                continue
            found = next((frame for frame in decoded if _shows(frame, seconds)), None)
            if found is not None:
                held = Held(found.start, found.stop, found.picture, found.damaged)
                waiting.set_result(self._shelved.at(seconds) or held)
            elif reader.position is None or seconds < reader.position:
                waiting.set_result(None)
            else:
                left.append((seconds, waiting))
        reader.wanted = left

    async def _made(self, held: Held, form: Form) -> SourceFrame:
        """A form of a frame, made once for all who ask at the same time."""
        made = held.made.get(form)
        if made is not None:
            return made
        key = (id(held), form)
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.ensure_future(self._make(held, form))
            making.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(making)

    async def _make(self, held: Held, form: Form) -> SourceFrame:
        picture = held.picture
        assert picture is not None
        room = self._darkrooms.pop() if self._darkrooms else Darkroom(self.reading.shape)
        plain = room.is_plain(picture, form)
        data = await self._threads.run(lambda: room.develop(picture, form))
        self._darkrooms.append(room)
        made = SourceFrame(data, form.layout, form.size, held.start, held.stop)
        if not plain:
            self._counters.converted += 1
            held = self._shelved.slot(held.start, held.stop)
            held.made[form] = made
            self._store.keep(self._shelved, held, form, len(data))
        return made

    @staticmethod
    def _end(reader: Reader) -> None:
        if reader.cursor is not None:
            reader.cursor.close()
            reader.cursor = None


def _shows(frame: Decoded, seconds: Fraction) -> bool:
    return (frame.start <= seconds or frame.start < 0) and (frame.stop is None or seconds < frame.stop)


def _readers_for(reading: Reading, budget: int) -> int:
    """Decoders of a file: each holds some dozen frames of its own, which count little beside the budget."""
    pixels = reading.shape.width * reading.shape.height
    return max(1, min(_MOST_READERS, budget // (2 * 12 * 2 * max(1, pixels))))
