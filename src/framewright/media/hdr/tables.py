"""Functions of light as tables: looked up, every processor gets the same numbers, and fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

# A table has as many steps an octave as its index takes bits of a float's fraction: 0.03 codes of 10 bits.
_FRACTION_BITS = 10
_DROPPED_BITS = 23 - _FRACTION_BITS
_OCTAVES = 24
_FIRST = (127 - _OCTAVES) << _FRACTION_BITS  # below 2 ** -24 all are 0
_LAST = 127 << _FRACTION_BITS


def table_of_light(function: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> NDArray[np.float32]:
    """A function of light of 0 to 1, in steps that are as fine as its floats are."""
    bits = (np.arange(_FIRST, _LAST + 1, dtype=np.int64) << _DROPPED_BITS) + (1 << (_DROPPED_BITS - 1))
    middles = bits.astype(np.int32).view(np.float32).astype(np.float64)
    middles[0], middles[-1] = 0.0, 1.0
    return rounded(function(middles))


def look_up(table: NDArray[np.float32], light: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a table of light says of light; above 1 as of 1."""
    places = light.view(np.int32) >> _DROPPED_BITS
    places -= _FIRST
    return table.take(places, mode="clip")


def rounded(numbers: NDArray[np.float64]) -> NDArray[np.float32]:
    """To what no processor's library of powers and logarithms disagrees about."""
    return np.round(numbers, 6).astype(np.float32)
