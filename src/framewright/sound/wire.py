"""What a mix and the processes that read for it say to each other.

A process finds in one shared memory what to read, as JSON, and fills another one with samples. On its output it says which
slot holds what: slots are filled in turn. On its input it gets a byte for each slot that it may fill again.
"""

from __future__ import annotations

import json
import mmap
import struct
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from framewright.model.sound import SoundPlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

HEAD = struct.Struct("<BqIqI")
"""What follows, the first sample of its block, the track, the first sample of its part, and how many samples; or bytes."""

_PAGE = 4096


class Kind(IntEnum):
    """What a head speaks of. The first one only says that the process is there."""

    READY = 0
    PART = 1
    END = 2
    FAILURE = 3


@dataclass(frozen=True, slots=True)
class Order:
    """What one process reads.

    Attributes:
        plan: with its own tracks only.
        numbers: those that they have in the whole plan.
        first, stop: samples of the composition.
        block: samples of a slot.
    """

    plan: SoundPlan
    numbers: tuple[int, ...]
    files: Mapping[str, Path]
    first: int
    stop: int
    block: int
    slots: int

    def written(self) -> bytes:
        """As it is sent."""
        told = {
            "plan": self.plan.model_dump(mode="json"),
            "numbers": self.numbers,
            "files": {track.source: str(self.files[track.source].absolute()) for track in self.plan.tracks},
            "first": self.first,
            "stop": self.stop,
            "block": self.block,
            "slots": self.slots,
        }
        return json.dumps(told).encode()

    @classmethod
    def read(cls, written: bytes) -> Order:
        """As it was sent."""
        told = json.loads(written)
        return cls(
            SoundPlan.model_validate(told["plan"]),
            tuple(told["numbers"]),
            {name: Path(path) for name, path in told["files"].items()},
            told["first"],
            told["stop"],
            told["block"],
            told["slots"],
        )


class Slots:
    """The memory that a process fills and the mix reads: in front the track at work, then slots of two channels each."""

    def __init__(self, descriptor: int, order: Order) -> None:
        self._map = mmap.mmap(descriptor, self.bytes_of(order))
        self._working = np.frombuffer(self._map, np.int64, 1)
        samples = np.frombuffer(self._map, np.float32, order.slots * 2 * order.block, _PAGE)
        self._slots = samples.reshape(order.slots, 2, order.block)
        self._next = 0

    @staticmethod
    def bytes_of(order: Order) -> int:
        """How much memory is shared."""
        return _PAGE + order.slots * 2 * order.block * 4

    @property
    def working_on(self) -> int:
        """The track that was begun last, also of a process that is no more."""
        return int(self._working[0])

    @working_on.setter
    def working_on(self, track: int) -> None:
        self._working[0] = track

    def next(self, count: int) -> NDArray[np.float32]:
        """The next slot in turn, as samples × 2."""
        slot = self._slots[self._next]
        self._next = (self._next + 1) % self._slots.shape[0]
        sound: NDArray[np.float32] = slot[:, :count].T
        return sound
