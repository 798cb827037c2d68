"""How samples lie in memory: ``n`` × 2 as everywhere, but each channel in one row.

NumPy is several times quicker with two long rows than with many pairs, and planar decoders, the resampler and AAC's
encoder have them like that anyway. Nothing depends on it but time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def silent(count: int) -> NDArray[np.float32]:
    """``count`` × 2 zeros."""
    return np.zeros((2, count), dtype=np.float32).T


def blank(count: int) -> NDArray[np.float32]:
    """``count`` × 2 samples that are still to be written."""
    return np.empty((2, count), dtype=np.float32).T
