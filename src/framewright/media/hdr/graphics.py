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
from framewright.media.hdr.tables import look_up, table_of_light
from framewright.model.media import Transfer

if TYPE_CHECKING:
    from numpy.typing import NDArray


def codes_of_graphics(colours: NDArray[np.uint8], transfer: Transfer) -> NDArray[np.float32]:
    """Codes from 0 to :data:`~framewright.media.hdr.matrix.FULL` of colours in sRGB: arrays of three rows, red first."""
    light = _light()[colours]
    wide = np.empty_like(light)
    for row, factors in enumerate(BT709_TO_2020.astype(np.float32)):
        wide[row] = light[0] * factors[0] + light[1] * factors[1] + light[2] * factors[2]
    if transfer is Transfer.HLG:
        red, green, blue = LUMA_2020.astype(np.float32)
        luminance = wide[0] * red + wide[1] * green + wide[2] * blue
        wide *= look_up(_gains(), luminance)
    return look_up(_codes(transfer), wide)


@cache
def _light() -> NDArray[np.float32]:
    """Linear light of each value of sRGB, 1 for white."""
    return srgb_light(np.arange(256) / 255).astype(np.float32)


@cache
def _codes(transfer: Transfer) -> NDArray[np.float32]:
    if transfer is Transfer.PQ:
        return table_of_light(lambda light: FULL * pq_code(light * WHITE))
    return table_of_light(lambda scene: FULL * hlg_code(scene))


@cache
def _gains() -> NDArray[np.float32]:
    """By what light of graphics is multiplied, to be light of the scene."""
    return table_of_light(lambda luminance: WHITE * screen_gain(luminance * WHITE))
