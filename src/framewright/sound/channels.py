"""Any layout of channels to two.

The middle and the surrounds are added at -3 dB to the fronts, as ITU-R BS.775 says; the channel for low frequencies is
left out, as it says too. Nothing is divided afterwards: the fronts keep their level, and the limiter of the mix takes
what is too much. One channel goes to both sides as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from framewright.sound.planes import silent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_THIRD_LOUDER = float(np.sqrt(0.5))
_LEFT, _RIGHT = (1.0, 0.0), (0.0, 1.0)
_TO_LEFT, _TO_RIGHT = (_THIRD_LOUDER, 0.0), (0.0, _THIRD_LOUDER)
_BETWEEN = (_THIRD_LOUDER, _THIRD_LOUDER)
_BEHIND = (0.5, 0.5)
_PLAIN = [[1, 0], [0, 1]]
_SHARES = {
    "FL": _LEFT, "FR": _RIGHT, "DL": _LEFT, "DR": _RIGHT,
    "FC": _BETWEEN, "TFC": _BETWEEN, "BFC": _BETWEEN, "LFE": (0.0, 0.0), "LFE2": (0.0, 0.0),
    "BL": _TO_LEFT, "BR": _TO_RIGHT, "SL": _TO_LEFT, "SR": _TO_RIGHT, "FLC": _TO_LEFT, "FRC": _TO_RIGHT,
    "BC": _BEHIND, "TC": _BEHIND, "TBC": _BEHIND,
    "WL": _TO_LEFT, "WR": _TO_RIGHT, "SDL": _TO_LEFT, "SDR": _TO_RIGHT, "SSL": _TO_LEFT, "SSR": _TO_RIGHT,
    "TFL": _TO_LEFT, "TFR": _TO_RIGHT, "TBL": _TO_LEFT, "TBR": _TO_RIGHT, "TSL": _TO_LEFT, "TSR": _TO_RIGHT,
    "TTL": _TO_LEFT, "TTR": _TO_RIGHT, "BFL": _TO_LEFT, "BFR": _TO_RIGHT,
}  # fmt: skip


def shares(channels: Sequence[str]) -> NDArray[np.float32]:
    """What each channel gives to left and right: an array of channels × 2.

    Args:
        channels: FFmpeg's short names, such as ``FL``. A pair of unknown ones is left and right; of more unknown ones
            every second goes to the right.
    """
    if len(channels) == 1:
        return np.ones((1, 2), dtype=np.float32)
    if len(channels) == 2 and not set(channels) & {"DL", "FL"}:
        return np.eye(2, dtype=np.float32)
    rows = [
        _SHARES.get(name, (_TO_LEFT, _TO_RIGHT)[index % 2] if len(channels) > 2 else (_LEFT, _RIGHT)[index])
        for index, name in enumerate(channels)
    ]
    return np.array(rows, dtype=np.float32)


def to_stereo(sound: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples × channels to samples × 2, not to be written to. Two plain channels come back untouched, bit for bit."""
    if weights.shape[0] == 1:
        return np.broadcast_to(sound, (sound.shape[0], 2))
    if weights.tolist() == _PLAIN:
        return sound
    mixed = silent(sound.shape[0])
    # One channel after the other: a matrix product may add in another order on another machine.
    for channel, (left, right) in enumerate(weights):
        if left:
            mixed[:, 0] += sound[:, channel] * left
        if right:
            mixed[:, 1] += sound[:, channel] * right
    return mixed
