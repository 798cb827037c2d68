"""A process that reads some tracks of a mix into shared memory; its arguments are descriptors of its order and of that.

It ends when nobody hears it any more, and when a track keeps it busy for too long without giving anything.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from framewright.model.errors import FramewrightError
from framewright.sound.reading import ReadingHere
from framewright.sound.wire import HEAD, Kind, Order, Slots

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 120
"""Seconds for one block of one track."""


def main() -> None:
    """Read what is ordered, until all of it was taken."""
    with open(int(sys.argv[1]), "rb") as written:
        order = Order.read(written.read())
    slots = Slots(int(sys.argv[2]), order)
    gc.freeze()  # what was imported stays: nobody needs to look through it again and again
    told = _Told()
    try:
        told.add(HEAD.pack(Kind.READY, 0, 0, 0, 0))
        told.send()
        _read(order, slots, told, _Room(order.slots, told.send).wait)
    except BrokenPipeError:
        os._exit(0)  # nobody hears it: nothing is to be flushed
    # No need to tear down what the system takes back at once.
    os._exit(0)


def _read(order: Order, slots: Slots, told: _Told, wait_for_room: Callable[[], None]) -> None:
    place = order.first
    reading = ReadingHere(order.plan, order.files)
    try:
        with closing(reading):
            for place in range(order.first, order.stop, order.block):
                signal.alarm(PATIENCE)
                slots.working_on = order.numbers[0]
                for track, low, sound in reading.between(place, min(place + order.block, order.stop)):
                    wait_for_room()
                    signal.alarm(PATIENCE)
                    slots.next(sound.shape[0])[:] = sound
                    told.add(HEAD.pack(Kind.PART, place, order.numbers[track], low, sound.shape[0]))
                    slots.working_on = order.numbers[min(track + 1, len(order.numbers) - 1)]
                told.send()
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 -- raised again where the part is asked for
        code = error.code if isinstance(error, FramewrightError) else ""
        message = json.dumps({"code": code, "message": str(error) or type(error).__name__}).encode()
        told.add(HEAD.pack(Kind.FAILURE, place, order.numbers[reading.track], 0, len(message)) + message)
        told.send()
    else:
        told.add(HEAD.pack(Kind.END, order.stop, 0, 0, 0))
        told.send()


class _Told:
    """What is said once a block, or before a wait: each message wakes the mix up."""

    def __init__(self) -> None:
        self._unsent = b""

    def add(self, message: bytes) -> None:
        """Say something, a little later."""
        self._unsent += message

    def send(self) -> None:
        """Say it now.

        Raises:
            BrokenPipeError: nobody hears it any more.
        """
        while self._unsent:
            self._unsent = self._unsent[os.write(1, self._unsent) :]


class _Room:
    """How many slots may be filled.

    Args:
        before_waiting: called where the wait is for somebody who may wait for us.
    """

    def __init__(self, slots: int, before_waiting: Callable[[], None]) -> None:
        self._free = slots
        self._before_waiting = before_waiting

    def wait(self) -> None:
        """Take one.

        Raises:
            BrokenPipeError: nobody reads them any more.
        """
        while self._free == 0:
            self._before_waiting()
            signal.alarm(0)  # whoever reads may take his time
            freed = os.read(0, 4096)
            if not freed:
                raise BrokenPipeError
            self._free += len(freed)
        self._free -= 1
