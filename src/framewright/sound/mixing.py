"""All tracks of a plan, summed: block after block, while threads read the next one."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from framewright.sound.groups import Groups
from framewright.sound.planes import silent
from framewright.sound.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from framewright.model.sound import SoundPlan

BLOCK = 32_768
"""Samples that are mixed at once: 256 KiB a track, twice."""

# Decoders let go of Python's lock, but only while they decode.
_THREADS = 4

_Heard = tuple[int, "NDArray[np.float32]"] | None


def summed(
    plan: SoundPlan, files: Mapping[str, Path], first: int, stop: int
) -> Generator[NDArray[np.float32], None, None]:
    """The sum of all tracks from one sample of the composition to another, in blocks of n × 2.

    Tracks are added in the order of the plan, whatever thread was quicker.

    Raises:
        SoundError: a track cannot be read, or the groups do not fit together.
    """
    groups = Groups(plan)
    voices = [(Voice(track, files[track.source]), track.group) for track in plan.tracks]
    places = range(first, stop, BLOCK)
    with _reading(voices) as pool:

        def ask(voice: Voice, group: str | None, place: int) -> Future[_Heard] | None:
            end = min(place + BLOCK, stop)
            if place < end and voice.heard(place, end):
                return pool.submit(voice.over, place, end, groups.over(group, place, end - place))
            if voice.first < place:
                voice.close()
            return None

        coming = [ask(voice, group, first) for voice, group in voices]
        for place in places:
            block = silent(min(BLOCK, stop - place))
            for index, (voice, group) in enumerate(voices):
                reading = coming[index]
                part = None if reading is None else reading.result()
                if part is not None:
                    low, sound = part
                    block[low - place : low - place + sound.shape[0]] += sound
                # Each goes on as soon as it was added: of many tracks, one block is held, and not two.
                coming[index] = ask(voice, group, place + BLOCK)
            yield block


@contextmanager
def _reading(voices: list[tuple[Voice, str | None]]) -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1), thread_name_prefix="sound")
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for voice, _ in voices:
            voice.close()
