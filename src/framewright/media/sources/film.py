"""One file on the shelf: who reads it where, who waits for which frame, and what is kept of it.

Everything here runs in the event loop; only decoding and converting happen in threads. A decoder that is under way
serves all who wait for frames ahead of it. Who wants a frame for which no decoder is well placed gets one that jumps.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from framewright.media.sources.cursor import Cursor, Decoded
from framewright.media.sources.damage import bridges, refuse_gap
from framewright.media.sources.errors import SourceFault
from framewright.media.sources.frames import SourceFrame
from framewright.media.sources.pictures import Darkroom, Form, form_of
from framewright.media.sources.readers import most_readers
from framewright.media.sources.store import Held, Shelved
from framewright.media.sources.webp import WebpCursor
from framewright.model.media import Transfer

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.frame import VideoFrame

    from framewright.media.sources.facts import Reading
    from framewright.media.sources.frames import Counters
    from framewright.media.sources.readers import Reader, Readers
    from framewright.media.sources.store import Store
    from framewright.media.sources.threads import Threads
    from framewright.model.size import Size

_SLICE = 8  # frames that are decoded before those who wait are looked after
_AHEAD = 4  # frames that are decoded behind the last one wanted, for who goes on forwards
_AHEAD_PIXELS = 4_000_000  # of them in one go: who comes for the first one waits for all
_JUMP = 4  # what a jump costs in frames, besides those that must be decoded after it
_UNKNOWN_GOP = Fraction(2)
_PASSES = 8  # how often a decoder may go past a frame that somebody came to wait for
_FEW = 64  # decoded frames: where fewer fit into the budget, they are made smaller at once


@dataclass(frozen=True, slots=True)
class Room:
    """What all films of a shelf share."""

    store: Store
    threads: Threads
    readers: Readers
    counters: Counters


class Film:
    """The frames of one file."""

    def __init__(self, path: Path, reading: Reading, room: Room) -> None:
        self.reading = reading
        self._path = path
        self._room = room
        self._shelved = Shelved()
        self._readers: list[Reader] = []
        self._making: dict[tuple[Fraction, Form], asyncio.Task[SourceFrame]] = {}
        self._darkrooms: list[Darkroom] = []
        self._forms: set[Form] = set()
        self._most = most_readers(reading.shape, room.store.budget)
        # While others decode so much, a decoder may rest; with fewer frames, many clips at once would close each other's.
        pixels = reading.shape.width * reading.shape.height
        self._rest = max(room.store.budget // 2, _FEW * pixels * 3 // 2)
        self._closing = False

    async def frame(self, seconds: Fraction, box: Size | None, light: Transfer = Transfer.SDR) -> SourceFrame:
        """The frame that is shown at a time. One of HDR comes in this light.

        Raises:
            SourceFault: there is none, or it cannot be decoded.
        """
        video = self.reading.facts.video
        if video is None:
            raise SourceFault("SOURCE_NO_VIDEO", "has sound but no pictures: use it in an <audio> element")
        form = form_of(self.reading.shape, video, box, light)
        self._forms.add(form)
        seconds = max(seconds, -self.reading.slack)  # where the first frame begins
        for _ in range(_PASSES):
            held = self._shelved.at(seconds)
            if held is None or not held.answers(form):
                held = await self._bring(seconds)
            else:
                self._go_on(seconds)
            if held is not None and held.answers(form):
                refuse_gap(held.start, held.stop, seconds, damaged=held.damaged)
                made = await self._made(held, form)
                self._room.store.used(self._shelved, held)
                self._room.counters.delivered += 1
                self._room.counters.bridged += bridges(
                    held.start, seconds, self.reading.rate, damaged=held.damaged
                )
                return made
        raise SourceFault(
            "SOURCE_CORRUPT", f"has time stamps around {float(seconds):.3f} s that contradict each other"
        )

    async def close(self) -> None:
        """End the decoders, and whoever still waits for them."""
        self._closing = True
        for reader in self._readers:
            if reader.task is not None:
                await asyncio.gather(reader.task, return_exceptions=True)
            reader.close()
            self._room.readers.remove(reader)
        await asyncio.gather(*self._making.values(), return_exceptions=True)
        self._readers.clear()

    async def _bring(self, seconds: Fraction) -> Held | None:
        """Have a frame decoded. None: look again, it may be there by now."""
        async with self._room.readers.freed:
            while (reader := self._choose(seconds)) is None:
                await self._room.readers.freed.wait()
                if (held := self._shelved.at(seconds)) is not None:
                    return held
        waiting: asyncio.Future[Held | None] = asyncio.get_running_loop().create_future()
        reader.wanted.append((seconds, waiting))
        last, reader.last = reader.last, seconds
        forwards = last is not None and 0 <= seconds - last <= 2 * _AHEAD / self.reading.rate
        reader.goal = seconds + _AHEAD / self.reading.rate if forwards else seconds
        self._start(reader)
        return await waiting

    def _go_on(self, seconds: Fraction) -> None:
        """Have the decoder that is just ahead of a time stay ahead of it."""
        frame = 1 / self.reading.rate
        for reader in self._readers:
            if reader.position is not None and 0 < reader.position - seconds <= 2 * frame:
                reader.last, reader.goal = seconds, seconds + _AHEAD * frame
                self._start(reader)

    def _start(self, reader: Reader) -> None:
        if not reader.running:
            reader.running = True
            reader.task = asyncio.create_task(self._run(reader))

    def _choose(self, seconds: Fraction) -> Reader | None:
        """The decoder that gets to a time with the least work; None: all are busy elsewhere."""
        best, least = None, self._cost_of_a_jump(seconds)
        for reader in self._readers:
            place = reader.place
            if place is not None and place <= seconds:
                cost = (seconds - place) * self.reading.rate
                if cost < least:
                    best, least = reader, cost
        if best is not None:
            return best
        closed = next((one for one in self._readers if one.cursor is None and not one.running), None)
        if closed is not None:
            self._readers.remove(closed)
            self._room.readers.remove(closed)
        if (
            len(self._readers) < self._most
            and (new := self._room.readers.add(self.reading.shape)) is not None
        ):
            self._readers.append(new)
            return new
        idle = [reader for reader in self._readers if not reader.running]
        if not idle:
            return None
        oldest = min(idle, key=lambda reader: reader.used)
        oldest.position = None
        return oldest

    def _cost_of_a_jump(self, seconds: Fraction) -> Fraction:
        if not self.reading.jumps:
            return _JUMP + max(seconds, Fraction(0)) * self.reading.rate
        gop = self.reading.gop if self.reading.gop is not None else _UNKNOWN_GOP
        return _JUMP + gop * self.reading.rate / 2

    async def _run(self, reader: Reader) -> None:
        """Decode until nobody waits, and a few frames on."""
        try:
            while not self._closing:
                reader.wanted = [(seconds, one) for seconds, one in reader.wanted if not one.done()]
                if reader.wanted:
                    target, most = min(seconds for seconds, _ in reader.wanted), _SLICE
                elif reader.position is not None and reader.position < reader.goal:
                    pixels = self.reading.shape.width * self.reading.shape.height
                    target, most = reader.goal, max(1, min(_AHEAD, _AHEAD_PIXELS // pixels))
                else:
                    break
                decoded = await self._room.threads.run(partial(self._decode, reader, target, most))
                assert reader.cursor is not None
                reader.position = reader.cursor.position
                self._answer(reader, [self._shelve(frame, made) for frame, made in decoded])
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            self._readers.remove(reader)
            self._room.readers.remove(reader)
            reader.fail(error)
            if not (isinstance(error, SourceFault) and error.code == "SOURCE_STALLED"):
                reader.close()  # else a thread that never came back still has it
        finally:
            reader.running = False
            reader.used = time.monotonic()
            reader.taken = self._room.store.taken_bytes
            self._room.readers.release(reader.taken - self._rest)
            for _, waiting in reader.wanted:
                waiting.cancel()
        async with self._room.readers.freed:
            self._room.readers.freed.notify_all()

    def _decode(
        self, reader: Reader, target: Fraction, most: int
    ) -> list[tuple[Decoded, SourceFrame | None]]:
        """In a thread: go on to a time, by a jump if it lies behind."""
        if reader.cursor is None:
            if self.reading.facts.container == "webp":
                reader.cursor = WebpCursor(self._path, self.reading.slack, self._room.counters)
            else:
                reader.cursor = Cursor(self._path, self.reading, self._room.counters)
            if target * self.reading.rate > _SLICE:
                reader.cursor.put(target)
        elif reader.position is None or target < reader.position:
            reader.cursor.put(target)
        return [(frame, self._small(reader, frame)) for frame in reader.cursor.advance(target, most)]

    def _small(self, reader: Reader, frame: Decoded) -> SourceFrame | None:
        """The only form that anybody asks for, where decoded frames are too large to be kept."""
        picture = frame.picture
        if len(self._forms) != 1 or _size_of(frame) * _FEW < self._room.store.budget:
            return None
        (form,) = self._forms
        if 2 * form.size.area > picture.width * picture.height or reader.room.is_graded(picture, form):
            return None
        self._room.counters.converted += 1
        return SourceFrame(
            reader.room.develop(picture, form), form.layout, form.size, frame.start, frame.stop
        )

    def _shelve(self, frame: Decoded, small: SourceFrame | None) -> Held:
        held = self._shelved.slot(frame.start, frame.stop)
        held.damaged = frame.damaged
        if small is not None:
            form = Form(small.size, small.layout)
            held.made[form] = small
            self._room.store.keep(self._shelved, held, form, len(small.data))
        elif held.picture is None:
            held.picture = frame.picture
            self._room.store.keep(self._shelved, held, None, _size_of(frame))
        # What is waited for must outlast a budget that is too small for it.
        return Held(held.start, held.stop, held.picture or frame.picture, held.damaged, dict(held.made))

    @staticmethod
    def _answer(reader: Reader, brought: list[Held]) -> None:
        """Wake those whose frame is there, or lies behind."""
        left = []
        for seconds, waiting in reader.wanted:
            found = next((held for held in brought if held.holds(seconds)), None)
            if waiting.done():
                continue
            if found is not None or reader.position is None or seconds < reader.position:
                waiting.set_result(found)
            else:
                left.append((seconds, waiting))
        reader.wanted = left

    async def _made(self, held: Held, form: Form) -> SourceFrame:
        """A form of a frame, made once for all who ask at the same time."""
        made = held.made.get(form)
        if made is not None:
            return made
        key = (held.start, form)
        making = self._making.get(key)
        if making is None:
            assert held.picture is not None
            making = self._making[key] = asyncio.create_task(self._make(held, held.picture, form))
            making.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(making)

    async def _make(self, held: Held, picture: VideoFrame, form: Form) -> SourceFrame:
        room = self._darkrooms.pop() if self._darkrooms else Darkroom(self.reading.shape)
        data = await self._room.threads.run(partial(room.develop, picture, form))
        self._darkrooms.append(room)
        made = SourceFrame(data, form.layout, form.size, held.start, held.stop)
        if not room.is_cheap(picture, form):
            self._room.counters.converted += 1
            shelved = self._shelved.slot(held.start, held.stop)
            shelved.made[form] = made
            self._room.store.keep(self._shelved, shelved, form, len(data))
        return made


def _size_of(frame: Decoded) -> int:
    return sum(plane.buffer_size for plane in frame.picture.planes)
