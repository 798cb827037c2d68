"""Pictures for brighter or more colourful screens become ones for an SDR screen: one table of colours, computed here.

FFmpeg's ``haldclut`` looks colours up in a picture, so that the table needs no file. Along each axis of the table lie
the code values of R'G'B' as the source writes them; what stands there are those of sRGB.

- PQ: SMPTE ST 2084. HLG: ITU-R BT.2100, for a screen of 1000 cd/m².
- Brightness: the curve of ITU-R BT.2390 (EETF) brings 1000 cd/m² down to the 203 cd/m² that BT.2408 calls the white
  of graphics: what is dark or of middle brightness stays as it is. It is applied to the largest of the three, so that
  hues stay.
- Colours that BT.709 cannot show are made paler until it can, at the same luminance.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from av.video.frame import VideoFrame

from framewright.media.hdr.curves import (
    BT2020_TO_709,
    P3_TO_709,
    PEAK,
    WHITE,
    hlg_light,
    pq_code,
    pq_light,
    srgb_code,
    srgb_light,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 7
"""Of the Hald picture: 49 steps an axis, 343 × 343 pixels."""

_PQ, _HLG = 16, 18  # transfers, ITU-T H.273
_BT2020, _P3 = frozenset({9}), frozenset({11, 12})  # primaries
_LUMA_709 = np.array([0.2126, 0.7152, 0.0722])


class Light(StrEnum):
    """What has to be brought to an SDR screen of BT.709 primaries."""

    PQ = "pq"
    HLG = "hlg"
    BT2020 = "bt2020"
    P3 = "p3"


def light_of(transfer: int, primaries: int) -> Light | None:
    """Which table a picture needs by its tags; None: it is one for such a screen already."""
    if transfer == _PQ:
        return Light.PQ
    if transfer == _HLG:
        return Light.HLG
    if primaries in _BT2020:
        return Light.BT2020
    return Light.P3 if primaries in _P3 else None


@cache
def table(light: Light) -> NDArray[np.uint16]:
    """The Hald picture of a table: 343 × 343 × 3 (R, G, B), 16 bits."""
    steps = LEVEL * LEVEL
    axis = np.linspace(0, 1, steps)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")  # red runs fastest
    colours = to_srgb(np.stack([red, green, blue], axis=-1).reshape(-1, 3), light)
    side = LEVEL**3
    return np.round(colours * 65535).astype(np.uint16).reshape(side, side, 3)


def hald_frame(light: Light) -> VideoFrame:
    """The table as a frame of ``rgb48le``: in planar pixels ``haldclut`` of FFmpeg 8.1 mixes the channels up."""
    frame = VideoFrame.from_ndarray(table(light), format="rgb48le")
    frame.colorspace, frame.color_range, frame.pts = 0, 2, 0
    return frame


def to_srgb(colours: NDArray[np.float64], light: Light) -> NDArray[np.float64]:
    """R'G'B' of a source, n × 3 from 0 to 1, as R'G'B' of sRGB."""
    if light is Light.PQ:
        linear = _toned(pq_light(colours))
    elif light is Light.HLG:
        linear = _toned(hlg_light(colours))
    else:
        linear = srgb_light(colours)
    matrix = P3_TO_709 if light is Light.P3 else BT2020_TO_709
    return srgb_code(_in_gamut(linear @ matrix.T))


def _toned(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear light of 0 to 1, where 1 is the white of the SDR picture."""
    largest = np.maximum(light.max(axis=1), 1e-9)
    whole = pq_code(np.array([PEAK]))[0]
    target = pq_code(np.array([WHITE]))[0] / whole
    knee = 1.5 * target - 0.5
    code = np.clip(pq_code(largest) / whole, 0, 1)
    t = np.maximum(code - knee, 0) / (1 - knee)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * target
    )
    toned = pq_light(np.where(code < knee, code, spline) * whole)
    return np.asarray(light * (toned / largest)[:, None] / WHITE)


def _in_gamut(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours moved towards the grey of their luminance until each part is in 0 to 1."""
    grey = np.clip(linear @ _LUMA_709, 0, 1)[:, None]
    away = linear - grey
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(away > 0, (1 - grey) / away, np.where(away < 0, -grey / away, 1.0))
    share = np.clip(np.nanmin(room, axis=1), 0, 1)[:, None]
    return np.asarray(np.clip(grey + away * share, 0, 1))
