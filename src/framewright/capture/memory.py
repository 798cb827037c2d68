"""Memory for pictures, used again and again.

Pictures of some megabytes come and go in the thousands, each time in another order, and an allocator that serves them
beside all that is small leaves more and more holes: renders grew by a tenth within two minutes. Blocks that are given
back only in the end keep a render at what was alive at once, and none of their pages has to be zeroed twice.
"""

from __future__ import annotations

import mmap
import weakref

import numpy as np

# Else the system takes the pages for such as are shared, and whoever bounds our memory may not count them.
_OF_THIS_PROCESS = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS


class PictureMemory:
    """Blocks of one length, each free again once nobody holds what was copied into it. Any thread may let go."""

    def __init__(self) -> None:
        self._length = 0
        self._free: list[mmap.mmap] = []

    def copy(self, data: memoryview) -> memoryview:
        """The same bytes, in a block that is theirs for as long as this view, or one made of it, is held."""
        if data.nbytes != self._length:
            self._length, self._free = data.nbytes, []
        block = self._free.pop() if self._free else mmap.mmap(-1, data.nbytes, flags=_OF_THIS_PROCESS)
        block[:] = data
        # Views of a view share its exporter, not the view itself: it is this array that all of them hold.
        exporter = np.frombuffer(block, np.uint8)
        exporter.flags.writeable = False
        weakref.finalize(exporter, self._take_back, block).atexit = False
        return exporter.data

    def _take_back(self, block: mmap.mmap) -> None:
        if len(block) == self._length:
            self._free.append(block)
