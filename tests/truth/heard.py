"""What is heard in a finished file: its samples as two decoders give them, and where its bursts begin."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import av
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

RATE = 48_000


def samples(path: Path) -> np.ndarray:
    """Every sample that PyAV decodes, shape (n, 2), lead and padding dropped as the file says."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
        parts = [
            made.to_ndarray().reshape(-1, 2)
            for frame in [*container.decode(audio=0), None]
            for made in resampler.resample(frame)
        ]
    return np.concatenate(parts)


def samples_by_ffmpeg(path: Path) -> np.ndarray:
    """The same by the ``ffmpeg`` program, which must not say a word."""
    command = [
        "ffmpeg",
        "-v",
        "warning",
        "-i",
        path,
        "-map",
        "0:a",
        "-f",
        "f32le",
        "-ac",
        "2",
        "-ar",
        str(RATE),
        "-",
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, np.float32).reshape(-1, 2)


def onsets(heard: np.ndarray, *, threshold: float = 0.1, quiet: int = 2400) -> list[int]:
    """Samples at which the left channel becomes loud after it was quiet for ``quiet`` samples."""
    loud = np.flatnonzero(np.abs(heard[:, 0]) > threshold)
    if not len(loud):
        return []
    return [
        int(loud[0]),
        *(int(now) for before, now in zip(loud[:-1], loud[1:], strict=True) if now - before > quiet),
    ]


def level(heard: np.ndarray) -> float:
    """Decibels below full scale, of the root of the mean square over both channels."""
    return float(20 * np.log10(np.sqrt(np.mean(np.square(heard, dtype=np.float64))) + 1e-12))
