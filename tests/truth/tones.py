"""Sources whose sound tells where it is: sweeps at known samples, and tones of known level; and how they are found again.

A sweep answers a matched filter with one sharp peak, also after a lossy codec; a tone's level is read with a window.
FFmpeg's own program writes the files, so that a mistake of ours in the reading cannot hide behind the same mistake
in the writing.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import av
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RATE = 48_000
SWEEP_SECONDS = 0.04

_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
_ENCODERS = {
    ".wav": ["-c:a", "pcm_f32le"],
    ".flac": ["-c:a", "flac", "-sample_fmt", "s32"],
    ".mp3": ["-c:a", "libmp3lame", "-b:a", "192k"],
    ".m4a": ["-c:a", "aac", "-b:a", "192k"],
    ".mp4": ["-c:a", "aac", "-b:a", "192k"],
    ".mov": ["-c:a", "pcm_s24le"],
    ".aac": ["-c:a", "aac", "-b:a", "192k"],
    ".ts": ["-c:a", "aac", "-b:a", "192k"],
    ".opus": ["-c:a", "libopus", "-b:a", "160k"],
    ".webm": ["-c:a", "libopus", "-b:a", "160k"],
    ".ogg": ["-c:a", "libvorbis", "-q:a", "6"],
    ".mka": ["-c:a", "libvorbis", "-q:a", "6"],
    ".mkv": ["-c:a", "flac"],
    ".aiff": ["-c:a", "pcm_s16be"],
}


def sweep(rate: int = RATE, *, db: float = -12.0) -> np.ndarray:
    """What stands at each known sample: a short sweep, soft at both ends, that fits any rate from 8 kHz up."""
    count = round(SWEEP_SECONDS * rate)
    moments = np.arange(count) / rate
    low, high = 300.0, 3400.0
    phase = 2 * np.pi * (low * moments + (high - low) * moments**2 / (2 * SWEEP_SECONDS))
    return 10 ** (db / 20) * np.sin(phase) * np.sin(np.pi * moments / SWEEP_SECONDS) ** 0.5


def sweeps(moments: Sequence[float], seconds: float, *, rate: int = RATE, db: float = -12.0) -> np.ndarray:
    """A mono sound with a sweep at each of these seconds, which must fall on samples of the rate."""
    sound = np.zeros(round(seconds * rate))
    shape = sweep(rate, db=db)
    for moment in moments:
        first = round(moment * rate)
        part = sound[first : first + shape.size]
        part += shape[: part.size]
    return sound


def tone(seconds: float, frequency: float, *, rate: int = RATE, db: float = -12.0) -> np.ndarray:
    """A mono sine of this peak level."""
    return 10 ** (db / 20) * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)


def write(
    path: Path,
    sound: np.ndarray,
    *,
    rate: int = RATE,
    before: Sequence[str] = (),
    options: Sequence[str] = (),
) -> Path:
    """Write a sound into a file; the suffix chooses container and codec.

    Args:
        sound: samples, or samples × channels, from -1 to 1.
        before: options of FFmpeg for the input, such as ``-itsoffset 0.3``.
        options: for the output; they come after the suffix's own.
    """
    frames = np.ascontiguousarray(sound.reshape(sound.shape[0], -1), dtype="<f4")
    channels = frames.shape[1]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "f32le", "-ar", str(rate), "-ac", str(channels)]
        + ["-channel_layout", _LAYOUTS[channels], *before, "-i", "pipe:0", "-vn"]
        + [*_ENCODERS[path.suffix], "-map_metadata", "-1", "-fflags", "+bitexact", *options, str(path)],
        input=frames.tobytes(),
        check=True,
        timeout=60,
    )
    return path


def decoded(path: Path) -> tuple[np.ndarray, int]:
    """What a player hears of the first sound stream: samples × channels, and the rate. Priming is skipped as the file says."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        parts = []
        for frame in container.decode(stream):
            planes = frame.to_ndarray()
            if not frame.format.is_planar:
                planes = planes.reshape(-1, frame.layout.nb_channels).T
            if planes.dtype.kind == "i":
                planes = planes / float(-np.iinfo(planes.dtype).min)
            parts.append(planes.T.astype(np.float64))
        return np.concatenate(parts), stream.rate


def onsets(sound: np.ndarray, count: int, *, rate: int = RATE) -> list[float]:
    """Where the sweeps begin, in samples with a fraction, in order.

    Args:
        sound: one channel.
        count: as many as must be there.

    Raises:
        AssertionError: fewer are there.
    """
    shape = sweep(rate, db=0.0)
    size = 1 << int(np.ceil(np.log2(sound.size + 2 * shape.size)))
    padded = np.concatenate([np.zeros(shape.size), np.asarray(sound, dtype=np.float64)])
    found = np.fft.irfft(np.fft.rfft(padded, size) * np.conj(np.fft.rfft(shape, size)), size)
    found = found[: sound.size + shape.size]
    strength, places = np.abs(found), []
    limit = strength.max(initial=0.0) * 0.2
    for _ in range(count):
        peak = int(strength.argmax())
        assert strength[peak] > max(limit, 1e-9), f"only {len(places)} of {count} sweeps are there"
        places.append(_summit(found, peak) - shape.size)
        strength[max(0, peak - shape.size // 2) : peak + shape.size // 2] = 0
    return sorted(places)


def level(sound: np.ndarray, frequency: float, *, rate: int = RATE) -> float:
    """The peak level in dB of a sine of this frequency in one channel."""
    window = np.hanning(sound.size)
    turning = np.exp(-2j * np.pi * frequency * np.arange(sound.size) / rate)
    return float(20 * np.log10(abs(np.sum(sound * window * turning)) * 2 / window.sum() + 1e-15))


def _summit(values: np.ndarray, peak: int) -> float:
    """The top of the parabola through a peak and its neighbours."""
    if not 0 < peak < values.size - 1:
        return float(peak)
    left, middle, right = values[peak - 1 : peak + 2]
    bend = left - 2 * middle + right
    return peak + (0.0 if bend == 0 else 0.5 * (left - right) / bend)
