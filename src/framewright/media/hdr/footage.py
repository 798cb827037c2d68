"""Frames of HDR footage, cut in two for a browser that knows 8 bits: the high bytes of their codes, and the low ones."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from framewright.media.hdr.curves import (
    LUMA_2020,
    PEAK,
    hlg_code,
    hlg_scene,
    pq_code,
    pq_light,
    scene_gain,
    screen_gain,
)
from framewright.media.hdr.matrix import FULL, to_rgb
from framewright.media.hdr.tables import look_up, table_of_light
from framewright.model.media import Transfer

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

PLANES = {True: "gbrp16le", False: "yuv444p16le"}
"""Pixels that a frame must have: of RGB, and of all else."""

_STRIPE_PIXELS = 1 << 16


def two_pictures(
    frame: VideoFrame, *, bits: int, full_range: bool, given: Transfer, wanted: Transfer
) -> memoryview:
    """Two pictures in RGBX, one behind the other: the high bytes of R'G'B' in 16 bits, and the low ones.

    Args:
        frame: upright, in the size that is wanted, in :data:`PLANES`. Of Y'CbCr the matrix is that of BT.2020.
        bits: of its numbers, before they became the upper ones of 16.
        full_range: of its numbers; that of RGB always is.
        given: PQ or HLG, as the file says.
        wanted: PQ or HLG, as the output needs it.
    """
    width, height = frame.width, frame.height
    highest = ((1 << bits) - 1) << (16 - bits)
    planes = [
        np.frombuffer(memoryview(plane), "<u2").reshape(-1, plane.line_size // 2)[:height, :width]
        for plane in frame.planes
    ]
    pictures = np.full((2, height, width, 4), 255, np.uint8)
    rows = max(1, _STRIPE_PIXELS // width)
    for start in range(0, height, rows):
        part = slice(start, start + rows)
        stripe = np.stack([plane[part] for plane in planes])
        if frame.format.is_rgb:
            codes = stripe[[2, 0, 1]] * np.float32(FULL / highest)
        else:
            codes = to_rgb(stripe, highest if full_range else None)
        numbers = (_converted(codes, given, wanted) + np.float32(0.5)).astype("<u2")
        low_and_high = numbers.view(np.uint8).reshape(*numbers.shape, 2)
        for colour in range(3):
            pictures[0, part, :, colour] = low_and_high[colour, :, :, 1]
            pictures[1, part, :, colour] = low_and_high[colour, :, :, 0]
    return pictures.data.cast("B").toreadonly()


def _converted(codes: NDArray[np.float32], given: Transfer, wanted: Transfer) -> NDArray[np.float32]:
    """From PQ to HLG and back, by what a screen of 1000 cd/m² shows. What is brighter is made as bright as that."""
    if given is wanted:
        return codes
    light = _shares(given)[(codes + np.float32(0.5)).astype(np.uint16)]
    red, green, blue = LUMA_2020.astype(np.float32)
    if wanted is Transfer.HLG:
        light /= np.maximum(light.max(axis=0), np.float32(1))
    luminance = light[0] * red + light[1] * green + light[2] * blue
    light *= look_up(_gains(wanted), luminance)
    return look_up(_codes(wanted), light)


@cache
def _shares(given: Transfer) -> NDArray[np.float32]:
    """Light of each code: of PQ that on the screen, in shares of 1000 cd/m²; of HLG that of the scene."""
    codes = np.arange(FULL + 1) / FULL
    return (pq_light(codes) / PEAK if given is Transfer.PQ else hlg_scene(codes)).astype(np.float32)


@cache
def _gains(wanted: Transfer) -> NDArray[np.float32]:
    """From the scene to the screen, or back."""
    if wanted is Transfer.HLG:
        return table_of_light(lambda luminance: PEAK * screen_gain(luminance * PEAK))
    return table_of_light(lambda luminance: scene_gain(luminance) / PEAK)


@cache
def _codes(wanted: Transfer) -> NDArray[np.float32]:
    if wanted is Transfer.HLG:
        return table_of_light(lambda scene: FULL * hlg_code(scene))
    return table_of_light(lambda light: FULL * pq_code(light * PEAK))
