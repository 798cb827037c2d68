"""All tracks of a plan, summed: block after block."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from framewright.sound.dividing import divided
from framewright.sound.planes import silent
from framewright.sound.processes import ReadingElsewhere
from framewright.sound.reading import BLOCK, ReadingHere

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from framewright.model.sound import SoundPlan
    from framewright.sound.reading import Reading


def summed(
    plan: SoundPlan, files: Mapping[str, Path], first: int, stop: int, look: Callable[[], None]
) -> Generator[NDArray[np.float32], None, None]:
    """The sum of all tracks from one sample of the composition to another, in blocks of n × 2.

    Tracks are added in the order of the plan, whoever reads them.

    Args:
        look: called while it waits for others; what it raises ends the mix.

    Raises:
        SoundError: a track cannot be read, or the groups do not fit together.
    """
    with closing(_reading(plan, files, first, stop, look)) as reading:
        for place in range(first, stop, BLOCK):
            end = min(place + BLOCK, stop)
            block = silent(end - place)
            for _, low, sound in reading.between(place, end):
                block[low - place : low - place + sound.shape[0]] += sound
            yield block


def _reading(
    plan: SoundPlan, files: Mapping[str, Path], first: int, stop: int, look: Callable[[], None]
) -> Reading:
    if shares := divided(plan, files):
        try:
            return ReadingElsewhere(plan, files, shares, first=first, stop=stop, block=BLOCK, look=look)
        except OSError as error:
            # Here, for the processes need it not, and it would take half of their beginning.
            from framewright.model.logs import get_logger

            get_logger(__name__).warning("sound_read_here", reason=str(error))
    return ReadingHere(plan, files)
