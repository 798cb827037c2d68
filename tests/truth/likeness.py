"""How alike two renders are, and whether one is late against the other."""

from __future__ import annotations

import math

import numpy as np


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Peak signal to noise in dB between pictures of equal shape, 255 being the peak; ``inf`` when equal."""
    difference = (one.astype(np.float32) - other).ravel()
    error = float(np.dot(difference, difference)) / difference.size
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def best_match(picture: np.ndarray, candidates: list[np.ndarray]) -> int:
    """Which candidate is most like the picture. Of equals, the first."""
    return max(range(len(candidates)), key=lambda index: (psnr(picture, candidates[index]), -index))
