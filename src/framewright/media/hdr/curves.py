"""How light becomes numbers, and how colours of one set of primaries are those of another.

- PQ: SMPTE ST 2084. HLG: ITU-R BT.2100, for a screen of 1000 cd/m².
- sRGB: IEC 61966-2-1. Matrices: ITU-R BT.2087; P3 by the same method.

Arrays of colours are n × 3, red first; codes run from 0 to 1, light is cd/m² on the screen where nothing else is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PEAK = 1000.0
"""cd/m² of the screen that HLG is made for here, and of the brightest that is not made darker."""
WHITE = 203.0
"""cd/m² of the white of graphics, ITU-R BT.2408."""

# From linear light to linear light, same white.
BT2020_TO_709 = np.array(
    (
        (1.660491, -0.587641, -0.072850),
        (-0.124550, 1.132900, -0.008349),
        (-0.018151, -0.100579, 1.118730),
    )
)
P3_TO_709 = np.array(
    ((1.224940, -0.224940, 0.0), (-0.042057, 1.042057, 0.0), (-0.019638, -0.078636, 1.098274))
)
BT709_TO_2020 = np.array(
    ((0.627404, 0.329283, 0.043313), (0.069097, 0.919541, 0.011362), (0.016391, 0.088013, 0.895596))
)
LUMA_2020 = np.array((0.2627, 0.6780, 0.0593))

_HLG_A, _HLG_B, _HLG_C = 0.17883277, 0.28466892, 0.55991073
_HLG_GAMMA = 1.2


def pq_light(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """cd/m² of PQ codes."""
    root = np.power(code, 1 / 78.84375)
    light = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return np.asarray(10_000 * np.power(light, 1 / 0.1593017578125))


def pq_code(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """PQ codes of cd/m²."""
    power = np.power(np.clip(light / 10_000, 0, 1), 0.1593017578125)
    return np.power((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power), 78.84375)


def hlg_scene(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light of the scene, 0 to 1, of HLG codes."""
    return np.where(code <= 0.5, code * code / 3, (np.exp((code - _HLG_C) / _HLG_A) + _HLG_B) / 12)


def hlg_code(scene: NDArray[np.float64]) -> NDArray[np.float64]:
    """HLG codes of light of the scene, 0 to 1."""
    bright = _HLG_A * np.log(np.maximum(12 * scene - _HLG_B, 1e-9)) + _HLG_C
    return np.where(scene <= 1 / 12, np.sqrt(3 * np.maximum(scene, 0)), bright)


def scene_gain(luminance: NDArray[np.float64]) -> NDArray[np.float64]:
    """By what light of the scene is multiplied, to be light on the screen, given the luminance of the scene."""
    return np.asarray(PEAK * np.power(np.maximum(luminance, 1e-9), _HLG_GAMMA - 1))


def screen_gain(luminance: NDArray[np.float64]) -> NDArray[np.float64]:
    """By what light on the screen is multiplied, to be light of the scene, given its luminance in cd/m²."""
    share = np.maximum(luminance / PEAK, 1e-9)
    return np.asarray(np.power(share, 1 / _HLG_GAMMA - 1) / PEAK)


def hlg_light(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """cd/m² of HLG codes, on the screen of 1000 cd/m²."""
    scene = hlg_scene(code)
    return np.asarray(scene * scene_gain(scene @ LUMA_2020)[:, None])


def srgb_light(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear light, 1 for white, of sRGB codes."""
    return np.where(code <= 0.04045, code / 12.92, np.power((code + 0.055) / 1.055, 2.4))


def srgb_code(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Codes of sRGB of linear light, 1 for white."""
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.power(light, 1 / 2.4) - 0.055)
