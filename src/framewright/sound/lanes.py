"""Gain over time: lanes, fades and what they make together. Pure; all over whole blocks at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from framewright.model.sound import SAMPLE_RATE, Curve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from framewright.model.sound import Point


class Lane:
    """The gain of a lane at any sample.

    Before its first point it holds that point's value, behind its last one that one's. Of points at one time the last
    counts from there on: a step. Points out of order are sorted. An exponential way from or to 0 goes straight, as
    there is none.

    Args:
        points: at least one.
    """

    def __init__(self, points: Sequence[Point]) -> None:
        kept = sorted(
            (point for point in points if np.isfinite(point.t + point.v)), key=lambda point: point.t
        )
        self._times = np.array([point.t for point in kept], dtype=np.float64)
        self._values = np.array([point.v for point in kept], dtype=np.float64)
        self._curves = [point.curve for point in kept]

    def over(self, first: int, count: int) -> NDArray[np.float32] | float:
        """The gains of ``count`` samples from ``first`` on, on the lane's own clock."""
        if self._times.size == 0:
            return 1.0
        low = int(np.searchsorted(self._times, first / SAMPLE_RATE, side="right"))
        high = int(np.searchsorted(self._times, (first + count - 1) / SAMPLE_RATE, side="right"))
        around = self._values[max(0, low - 1) : high + 1]
        if around.size == 0 or np.all(around == around[0]):
            return float(around[0]) if around.size else float(self._values[-1])
        moments = np.arange(first, first + count, dtype=np.float64) / SAMPLE_RATE
        gains = np.empty(count, dtype=np.float32)
        done = 0
        points = np.searchsorted(moments, self._times[low:high], side="left")
        for point, end in enumerate([*points.tolist(), count], start=low - 1):
            if end > done:
                gains[done:end] = self._behind(point, moments[done:end])
                done = end
        return gains

    def _behind(self, point: int, moments: NDArray[np.float64]) -> NDArray[np.float64] | float:
        """The gains at moments between one point and the next."""
        begin = float(self._values[max(0, point)])
        if point < 0 or point + 1 == self._values.size or self._curves[point] is Curve.HOLD:
            return begin
        end = float(self._values[point + 1])
        way = (moments - self._times[point]) / (self._times[point + 1] - self._times[point])
        match self._curves[point]:
            case Curve.EASE_IN:
                way = way * way
            case Curve.EASE_OUT:
                way = way * (2 - way)
            case Curve.EASE_IN_OUT:
                way = way * way * (3 - 2 * way)
            case Curve.EXPONENTIAL if begin > 0 and end > 0:
                steep: NDArray[np.float64] = begin * (end / begin) ** way
                return steep
            case _:
                pass
        gains: NDArray[np.float64] = begin + (end - begin) * way
        return gains


def multiplied(*gains: NDArray[np.float32] | float) -> NDArray[np.float32] | float:
    """The product of gains, each one for a whole block or one a sample.

    Rounded after each of them either way: where a block ends must not show in the last bits.
    """
    product = np.ones((), dtype=np.float32)
    for gain in gains:
        product = np.asarray(product * np.asarray(gain, dtype=np.float32))
    return product if product.ndim else float(product)


def faded(
    first: int, count: int, *, length: int | None, fade_in: int, fade_out: int
) -> NDArray[np.float32] | float:
    """The gains of linear fades at both ends of a track; where they overlap they are multiplied.

    Args:
        first: the first sample, counted from the track's start.
        length: samples of the whole track; None: it has no end, and fades in only.
        fade_in, fade_out: samples.
    """
    gains: NDArray[np.float32] | float = 1.0
    if fade_in > 0 and first < fade_in:
        gains = np.clip(np.arange(first, first + count) / fade_in, 0, 1).astype(np.float32)
    if fade_out > 0 and length is not None and first + count > length - fade_out:
        gains = gains * np.clip((length - np.arange(first, first + count)) / fade_out, 0, 1).astype(
            np.float32
        )
    return gains


def sides(pan: float) -> tuple[float, float]:
    """The gains of left and right.

    A balance: in the middle both are 1, and moving to one side only lowers the other, by a quarter of a cosine.
    Nothing ever moves from one channel to the other, and nothing gets louder.
    """
    other = float(np.cos(min(1.0, abs(pan)) * np.pi / 2)) if abs(pan) < 1 else 0.0
    return (other, 1.0) if pan > 0 else (1.0, other)
