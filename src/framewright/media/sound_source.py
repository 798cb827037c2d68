"""Where the sound of a file comes from, as the file sees it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray


class Pulse:
    """How a long work in a thread shows that it gets on, and hears that nobody waits for it any more.

    Attributes:
        beats: grows whenever anything was done.
    """

    def __init__(self) -> None:
        self.beats = 0
        self._stopped = threading.Event()

    def beat(self) -> None:
        """Say that something was done.

        Raises:
            StoppedError: nobody waits for the rest.
        """
        self.beats += 1
        self.look()

    def look(self) -> None:
        """Hear that nobody waits, without having done anything.

        Raises:
            StoppedError: nobody waits for the rest.
        """
        if self._stopped.is_set():
            raise StoppedError

    def stop(self) -> None:
        """Let the next :meth:`beat` end the work. From any thread."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether nobody waits any more."""
        return self._stopped.is_set()


class StoppedError(Exception):
    """The work was given up, and nobody is to be told."""


@dataclass(frozen=True, slots=True)
class SoundSource:
    """The sound of one file.

    Attributes:
        samples: the exact length, a channel, at 48 kHz.
        blocks: called once, in a thread of its own: gives float32 arrays of shape (n, 2), ``samples`` rows in all. Work
            that takes long without a block calls :meth:`Pulse.beat` meanwhile. What it raises ends the file.
    """

    samples: int
    blocks: Callable[[Pulse], Iterator[NDArray[np.float32]]]
