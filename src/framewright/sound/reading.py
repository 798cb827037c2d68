"""The tracks of a mix, read block after block in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from framewright.sound.groups import Groups
from framewright.sound.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from framewright.model.sound import SoundPlan

BLOCK = 32_768
"""Samples that are mixed at once: 256 KiB a track."""


class Part(NamedTuple):
    """What one track gives to one block.

    Attributes:
        track: its number in the plan.
        low: the sample of the composition at which it begins.
        sound: n × 2, ready to be added; right until the next part is asked for.
    """

    track: int
    low: int
    sound: NDArray[np.float32]


class Reading(Protocol):
    """Tracks that are read from the beginning of a mix to its end."""

    def between(self, first: int, stop: int) -> Iterator[Part]:
        """What is heard between two samples of the composition, in the order of the tracks. Blocks follow each other.

        Raises:
            SoundError: a track cannot be read.
        """
        ...

    def close(self) -> None:
        """Let go of all files."""
        ...


class ReadingHere:
    """Reads in the thread that asks.

    Threads would not get on: each step is so short that they wait for Python's lock longer than they work.

    Args:
        plan: all of its tracks are read.

    Attributes:
        track: the number of the one that was read last.

    Raises:
        SoundError: the groups do not fit together.
    """

    def __init__(self, plan: SoundPlan, files: Mapping[str, Path]) -> None:
        self.track = 0
        self._groups = Groups(plan)
        self._voices = [(Voice(track, files[track.source]), track.group) for track in plan.tracks]

    def between(self, first: int, stop: int) -> Iterator[Part]:
        """See :meth:`Reading.between`."""
        for number, (voice, group) in enumerate(self._voices):
            self.track = number
            if voice.heard(first, stop):
                part = voice.over(first, stop, self._groups.over(group, first, stop - first))
                if part is not None:
                    yield Part(number, *part)
            elif voice.first < first:
                voice.close()

    def close(self) -> None:
        """Let go of all files."""
        for voice, _ in self._voices:
            voice.close()
