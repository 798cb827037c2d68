"""What could not be decoded on the way, and when that is too much."""

from __future__ import annotations

from fractions import Fraction

from framewright.media.codec_log import complaint
from framewright.media.sources.errors import SourceFault

BRIDGE = Fraction(1, 2)
"""Seconds for which a frame is held over a damaged part: shorter ones are hardly seen, longer ones would be a lie."""

_MOST_PACKETS = 3000
_MOST_BYTES = 512 * 1024 * 1024


class Damage:
    """Counts packets that gave nothing since the last frame, so that a decoder which never gives any ends."""

    def __init__(self) -> None:
        self._met = False
        self._packets = 0
        self._bytes = 0
        self._last = ""

    @property
    def told(self) -> str:
        """The last complaint of the decoder, to go behind a sentence."""
        return f": {self._last}" if self._last else ""

    def met(self, error: BaseException) -> None:
        """Something could not be read or decoded."""
        self._met = True
        self._packets += 1
        self._last = complaint(error)

    def passed(self, size: int, frames: int) -> None:
        """A packet was decoded.

        Raises:
            SourceFault: ``SOURCE_STALLED``: thousands of packets gave no frame.
        """
        if frames:
            self._packets = self._bytes = 0
        else:
            self._packets += 1
            self._bytes += size
            self.bounded()

    def bounded(self) -> None:
        """End when nothing comes out any more.

        Raises:
            SourceFault: ``SOURCE_CORRUPT``.
        """
        if self._packets > _MOST_PACKETS or self._bytes > _MOST_BYTES:
            raise SourceFault(
                "SOURCE_CORRUPT", f"gave no picture over {self._packets} packets of data{self.told}"
            )

    def forget(self) -> bool:
        """Whether something was met since the last time."""
        met, self._met = self._met, False
        return met


def refuse_gap(start: Fraction, stop: Fraction | None, seconds: Fraction, *, damaged: bool) -> None:
    """A frame may stand for a damaged part behind it for a short while, and no longer.

    Args:
        start, stop: of the frame.
        seconds: the time that is asked for.
        damaged: something between this frame and the next one, or the end, could not be decoded.

    Raises:
        SourceFault: ``SOURCE_CORRUPT``.
    """
    if damaged and seconds >= start + BRIDGE:
        end = "its end" if stop is None else f"{float(stop):.3f} s"
        raise SourceFault(
            "SOURCE_CORRUPT",
            f"is damaged between {float(start):.3f} s and {end}: no picture there can be decoded",
        )


def bridges(start: Fraction, seconds: Fraction, rate: Fraction, *, damaged: bool) -> bool:
    """Whether a frame stands for one that was lost."""
    return damaged and seconds >= start + 1 / rate
