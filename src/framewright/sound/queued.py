"""Samples that were made ahead of their time."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Queued:
    """A line of samples that grows at its end and is forgotten at its beginning.

    Attributes:
        first: the place of the oldest one that is kept.
        end: the place behind the newest one.
    """

    def __init__(self, first: int = 0) -> None:
        self.first = self.end = first
        self._parts: deque[NDArray[np.float32]] = deque()

    def add(self, sound: NDArray[np.float32]) -> None:
        """Put ``n`` × 2 samples at the end."""
        if sound.shape[0]:
            self._parts.append(sound)
            self.end += sound.shape[0]

    def peek(self, first: int, count: int) -> NDArray[np.float32]:
        """Samples that are kept; the caller must not change them."""
        if len(self._parts) > 1:
            self._parts = deque([np.concatenate(self._parts)])
        return self._parts[0][first - self.first :][:count] if self._parts else np.zeros((0, 2), np.float32)

    def take(self, first: int, count: int) -> NDArray[np.float32]:
        """Samples that are kept, as the caller's own, and forget those up to their end."""
        self.forget(first)
        taken = self.peek(first, count).copy(order="F")
        self.forget(first + count)
        return taken

    def forget(self, before: int) -> None:
        """Keep nothing that lies before this place, but for the rest of a part."""
        while self._parts and self.first + self._parts[0].shape[0] <= before:
            self.first += self._parts.popleft().shape[0]
        if not self._parts:
            self.first = self.end
