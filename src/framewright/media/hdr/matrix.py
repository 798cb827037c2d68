"""R'G'B' and Y'CbCr of BT.2020, non-constant luminance (ITU-R BT.2020), to a fraction of a code.

libswscale's ways between 10 and 16 bits are off by up to 4 codes of 1023.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FULL = 65_535
"""The highest code of R'G'B'."""

_KR, _KG, _KB = (np.float32(factor) for factor in (0.2627, 0.6780, 0.0593))
_CR, _CB = np.float32(1.4746), np.float32(1.8814)
# Of 10 bits, limited range; half a code rounds.
_LUMA, _BLACK = np.float32(876 / FULL), np.float32(64.5)
_CHROMA, _MIDDLE = np.float32(896 / FULL), np.float32(512.5)


def to_ycc(
    colours: NDArray[np.float32],
) -> tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint16]]:
    """Y', Cb and Cr in 10 bits, limited range, 4:2:0.

    Args:
        colours: 3 × height × width, red first, 0 to :data:`FULL`; both sides even. Chroma stands where the codecs say it
            does that say nothing: left in its two columns, and in the middle of its two rows.
    """
    red, green, blue = colours
    luma = red * _KR + green * _KG + blue * _KB
    chroma = []
    for colour, factor in ((blue, _CHROMA / _CB), (red, _CHROMA / _CR)):
        away = colour - luma
        rows = away[::2] + away[1::2]
        columns = rows[:, ::2] * np.float32(2) + rows[:, 1::2]
        columns[:, 1:] += rows[:, 1:-1:2]
        columns[:, 0] += rows[:, 0]
        chroma.append((columns * (factor / np.float32(8)) + _MIDDLE).astype(np.uint16))
    return (luma * _LUMA + _BLACK).astype(np.uint16), chroma[0], chroma[1]


def to_rgb(planes: NDArray[np.uint16], highest: int | None) -> NDArray[np.float32]:
    """Red, green and blue, 0 to :data:`FULL`.

    Args:
        planes: Y', Cb and Cr, 3 × height × width, 16 bits: those of fewer bits are the upper ones.
        highest: of its codes in the full range; None: the range is limited.
    """
    lowest, range_of_luma, range_of_chroma = (
        (16 * 256, 219 * 256, 224 * 256) if highest is None else (0, highest, highest)
    )
    y = (planes[0].astype(np.float32) - np.float32(lowest)) * np.float32(FULL / range_of_luma)
    step = np.float32(FULL / range_of_chroma)
    cb, cr = ((plane.astype(np.float32) - np.float32(32768)) * step for plane in planes[1:])
    red, blue = y + cr * _CR, y + cb * _CB
    green = (y - red * _KR - blue * _KB) * (np.float32(1) / _KG)
    return np.asarray(np.clip(np.stack((red, green, blue)), 0, FULL))
