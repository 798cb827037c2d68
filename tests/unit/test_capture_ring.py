"""The file of frames: what its slots hold arrives as it was, or is told to be lost."""

import asyncio
import errno
import struct
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect

from framewright.capture import PictureMemory, PicturesLostError
from framewright.capture.ring import SLOTS, Ring
from framewright.model.size import Size

SIZE = Size(64, 48)
LENGTH = SIZE.area * 3 // 2


class FullMemory(PictureMemory):
    """Has no room for another picture; the error keeps what was to be copied, as any traceback does."""

    def copy(self, data):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")


class Receiver:
    """The page's side: writes a slot, then says that it is full."""

    def __init__(self, ring, file, socket):
        self._settings = ring.settings
        self._file = file
        self._socket = socket

    async def send(self, count, *, fits=True):
        self._file.seek(count % SLOTS * self._settings["slotBytes"])
        self._file.write(bytes([count + 1]) * LENGTH)
        self._file.flush()
        await self._socket.send(struct.pack("<4I", count, fits, SIZE.width, SIZE.height))


@asynccontextmanager
async def receiving(profile, memory=None):
    """A ring whose file is mapped, and what fills it."""
    async with Ring(SIZE, profile, "127.0.0.1", memory or PictureMemory()) as ring:
        with (profile / "slots").open("w+b") as file:
            file.truncate(SLOTS * ring.settings["slotBytes"])
            ring.attach()
            async with connect(ring.settings["notes"]) as socket:
                yield ring, Receiver(ring, file, socket)


async def told(receiver, ring, *counts):
    """Send these, and wait until the ring has heard of the last one."""
    for count in counts:
        await receiver.send(count)
    while ring._newest != counts[-1]:
        await asyncio.sleep(0.01)


async def test_a_picture_stays_as_it_came_when_its_slot_is_written_again_and_when_the_file_is_gone(tmp_path):
    held = []
    async with receiving(tmp_path) as (ring, receiver):
        for count in range(3 * SLOTS):
            await receiver.send(count)
            held.append(await ring.receive(5))
            assert [set(picture.data) for picture in held] == [{place + 1} for place in range(count + 1)]
    assert [set(picture.data) for picture in held] == [{place + 1} for place in range(3 * SLOTS)]


async def test_a_slot_that_newer_pictures_may_stand_in_is_not_trusted_and_all_of_them_are_forgotten(tmp_path):
    async with receiving(tmp_path) as (ring, receiver):
        await told(receiver, ring, *range(SLOTS // 2 + 1))
        with pytest.raises(PicturesLostError, match="nobody asked for"):
            await ring.receive(5)
        with pytest.raises(PicturesLostError, match="no picture within"):
            await ring.receive(0.05)
        await receiver.send(SLOTS)
        assert set((await ring.receive(5)).data) == {SLOTS + 1}


async def test_as_many_as_may_wait_are_trusted(tmp_path):
    async with receiving(tmp_path) as (ring, receiver):
        await told(receiver, ring, *range(SLOTS // 2))
        assert [set((await ring.receive(5)).data) for _ in range(SLOTS // 2)] == [{1}, {2}, {3}, {4}]


async def test_what_fails_while_a_picture_is_copied_is_told_and_the_file_closed(tmp_path):
    with pytest.raises(OSError, match="Cannot allocate memory"):
        async with receiving(tmp_path, FullMemory()) as (ring, receiver):
            await receiver.send(0)
            await ring.receive(5)
