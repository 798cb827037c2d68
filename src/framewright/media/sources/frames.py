"""What the shelf hands out, and what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from fractions import Fraction

    from framewright.model.size import Size

Pixels = Literal["I420", "RGBA", "PQ", "HLG"]


@dataclass(frozen=True, slots=True)
class SourceFrame:
    """One frame of a source, upright and with square pixels.

    Attributes:
        data: tightly packed. I420: BT.709, full range, 8 bits; of odd sizes the chroma planes are rounded up.
            RGBA: sRGB, straight alpha. PQ, HLG: codes of 16 bits, as two pictures in RGBX, one behind the other: of the
            high bytes and of the low ones.
        size: of the picture in ``data``; smaller than the source where less was asked for.
        start, stop: the seconds of the source, ``start`` included, for which this same frame is the answer; None: for
            ever. ``start`` is also the frame's name: equal for equal frames of a file.
    """

    data: bytes | memoryview
    layout: Pixels
    size: Size
    start: Fraction
    stop: Fraction | None


@dataclass(slots=True)
class Counters:
    """What a shelf did so far.

    Attributes:
        decoded: frames that came out of a decoder, also those that nobody asked for.
        delivered: frames that were handed out.
        seeks: how often a decoder was put somewhere else.
        opened: how often a file was opened to be decoded.
        converted: frames that were scaled or turned, or whose colours took more than a change of range.
        bridged: frames that were held over a damaged part of a file.
    """

    decoded: int = 0
    delivered: int = 0
    seeks: int = 0
    opened: int = 0
    converted: int = 0
    bridged: int = 0
