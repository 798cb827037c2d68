"""Frames that were decoded or converted, over all files of a render, within a budget of bytes.

Frames that were handed out go first, the oldest of them first: most are never asked for again, while those that were
decoded on the way are waited for by somebody.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from av.video.frame import VideoFrame

    from framewright.media.sources.frames import SourceFrame
    from framewright.media.sources.pictures import Form


@dataclass(slots=True, eq=False)
class Held:
    """What is kept of one frame.

    Attributes:
        picture: as it was decoded; None: it had to go, or nobody needs it.
        made: by form.
        damaged: see ``cursor.Decoded``.
    """

    start: Fraction
    stop: Fraction | None
    picture: VideoFrame | None = None
    damaged: bool = False
    made: dict[Form, SourceFrame] = field(default_factory=dict)

    def answers(self, form: Form) -> bool:
        """Whether a form of it can be had without decoding."""
        return self.picture is not None or form in self.made

    def holds(self, seconds: Fraction) -> bool:
        """Whether this is what is shown at a time."""
        return self.start <= seconds and (self.stop is None or seconds < self.stop)


class Shelved:
    """The frames that are kept of one file, by time."""

    def __init__(self) -> None:
        self._starts: list[Fraction] = []
        self._held: dict[Fraction, Held] = {}

    def at(self, seconds: Fraction) -> Held | None:
        """The frame that is shown at a time, if it is kept."""
        index = bisect_right(self._starts, seconds) - 1
        if index < 0:
            return None
        held = self._held[self._starts[index]]
        return held if held.holds(seconds) else None

    def slot(self, start: Fraction, stop: Fraction | None) -> Held:
        """The place for a frame."""
        held = self._held.get(start)
        if held is None:
            held = self._held[start] = Held(start, stop)
            insort(self._starts, start)
        return held

    def drop(self, held: Held) -> None:
        """Forget a frame of which nothing is left."""
        if held.picture is None and not held.made and self._held.get(held.start) is held:
            del self._held[held.start]
            del self._starts[bisect_right(self._starts, held.start) - 1]


class Store:
    """Counts bytes and lets go what is too much.

    Args:
        budget: bytes of pictures that are kept at most; what is being handed out comes on top.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._bytes = 0
        self._taken = 0
        self._waiting: OrderedDict[tuple[Fraction, int, Form | None], _Item] = OrderedDict()
        self._used: OrderedDict[tuple[Fraction, int, Form | None], _Item] = OrderedDict()

    @property
    def held_bytes(self) -> int:
        """Bytes that are kept now."""
        return self._bytes

    @property
    def taken_bytes(self) -> int:
        """Bytes that were ever kept."""
        return self._taken

    @property
    def budget(self) -> int:
        """Bytes that are kept at most."""
        return self._budget

    def keep(self, shelved: Shelved, held: Held, form: Form | None, size: int) -> None:
        """Count a picture that was put into a slot: ``form`` None means the decoded one."""
        key = (held.start, id(shelved), form)
        if key not in self._waiting and key not in self._used:
            self._waiting[key] = _Item(shelved, held, size)
            self._bytes += size
            self._taken += size
        self._trim()

    def used(self, shelved: Shelved, held: Held) -> None:
        """A frame was handed out."""
        for form in (None, *held.made):
            key = (held.start, id(shelved), form)
            item = self._waiting.pop(key, None) or self._used.pop(key, None)
            if item is not None:
                self._used[key] = item

    def _trim(self) -> None:
        while self._bytes > self._budget and (self._used or self._waiting):
            (_, _, form), item = (self._used or self._waiting).popitem(last=False)
            self._bytes -= item.size
            if form is None:
                item.held.picture = None
            else:
                item.held.made.pop(form, None)
            item.shelved.drop(item.held)


@dataclass(frozen=True, slots=True)
class _Item:
    shelved: Shelved
    held: Held
    size: int
