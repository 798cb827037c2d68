"""A picture on its way from the browser to the encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import xxhash

if TYPE_CHECKING:
    from framewright.model.output import Layout
    from framewright.model.size import Size


Layer = Literal["black", "white", "high", "low"]
"""What stands in the place of HDR footage when a page is drawn: see :mod:`framewright.media.hdr.compositing`."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One drawn picture.

    Attributes:
        layout: how ``data`` lies; see :class:`~framewright.model.output.Layout`.
        size: in device pixels. I420 planes of an odd size round their chroma up.
        data: the bytes, never written to again.
    """

    layout: Layout
    size: Size
    data: bytes | memoryview

    @property
    def nbytes(self) -> int:
        """Bytes that it takes in memory."""
        return memoryview(self.data).nbytes

    def fingerprint(self) -> int:
        """64 bits that are equal for equal bytes (0.2 ms for a 1080p frame)."""
        return xxhash.xxh3_64_intdigest(self.data)
