"""Graphics among HDR: sRGB of 8 bits becomes PQ or HLG of BT.2020, with its white at 203 cd/m² (ITU-R BT.2408).

All by tables and single additions and multiplications, so that every processor gets the same numbers.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from framewright.media.hdr.curves import (
    BT709_TO_2020,
    LUMA_2020,
    WHITE,
    hlg_code,
    pq_code,
    screen_gain,
    srgb_light,
)
from framewright.media.hdr.matrix import FULL
from framewright.model.media import Transfer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

# A table over light has as many steps an octave as its index takes bits of a float's fraction: 0.03 codes of 10 bits.
_FRACTION_BITS = 10
_DROPPED_BITS = 23 - _FRACTION_BITS
_OCTAVES = 24
_FIRST = (127 - _OCTAVES) << _FRACTION_BITS  # of 2 ** -24 of white, which every code is the lowest of
_LAST = 127 << _FRACTION_BITS


def codes_of_graphics(colours: NDArray[np.uint8], transfer: Transfer) -> NDArray[np.float32]:
    """Codes from 0 to :data:`~framewright.media.hdr.matrix.FULL` of colours in sRGB: arrays of three rows, red first."""
    light = _light()[colours]
    wide = np.empty_like(light)
    for row, factors in enumerate(BT709_TO_2020.astype(np.float32)):
        wide[row] = light[0] * factors[0] + light[1] * factors[1] + light[2] * factors[2]
    if transfer is Transfer.HLG:
        red, green, blue = LUMA_2020.astype(np.float32)
        luminance = wide[0] * red + wide[1] * green + wide[2] * blue
        wide *= _look_up(_gains(), luminance)
    return _look_up(_codes(transfer), wide)


@cache
def _light() -> NDArray[np.float32]:
    """Linear light of each value of sRGB, 1 for white."""
    return srgb_light(np.arange(256) / 255).astype(np.float32)


@cache
def _codes(transfer: Transfer) -> NDArray[np.float32]:
    if transfer is Transfer.PQ:
        return _table(lambda light: FULL * pq_code(light * WHITE))
    return _table(lambda scene: FULL * hlg_code(scene))


@cache
def _gains() -> NDArray[np.float32]:
    """By what light of graphics is multiplied, to be light of the scene."""
    return _table(lambda luminance: WHITE * screen_gain(luminance * WHITE))


def _table(function: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> NDArray[np.float32]:
    """A function over light of 0 to 1, in steps that are as fine as its floats are."""
    bits = (np.arange(_FIRST, _LAST + 1, dtype=np.int64) << _DROPPED_BITS) + (1 << (_DROPPED_BITS - 1))
    middles = bits.astype(np.int32).view(np.float32).astype(np.float64)
    middles[0], middles[-1] = 0.0, 1.0
    # Rounded to what no processor's library disagrees about.
    return np.round(function(middles), 6).astype(np.float32)


def _look_up(table: NDArray[np.float32], light: NDArray[np.float32]) -> NDArray[np.float32]:
    places = light.view(np.int32) >> _DROPPED_BITS
    places -= _FIRST
    return table.take(places, mode="clip")
