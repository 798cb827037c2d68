"""Make the footage and the sounds of examples/long-tide, from nothing: a sea at dusk, waves, two chimes.

    python scripts/make_example_media.py examples/long-tide

The files are committed; run it to change them.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE = 24
SECONDS = 6
WIDTH, HEIGHT = 960, 540
HORIZON = 0.52
SAMPLES = 48_000


def sea(seconds: float) -> np.ndarray:
    """One picture: a low sun, its way over the water, rows of waves that come nearer; RGB from 0 to 1. A loop of 6 s."""
    turn = 2 * np.pi * seconds / SECONDS
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = x / WIDTH - 0.5, y / HEIGHT
    sky = np.clip(y / HORIZON, 0, 1)[..., None]
    colour = (1 - sky) * np.array([0.10, 0.16, 0.30]) + sky * np.array([0.98, 0.58, 0.36])
    away = np.hypot(x * 1.78, (y - HORIZON + 0.055) * 1.0)
    colour += np.exp(-(away**2) / 0.035)[..., None] * np.array([0.35, 0.20, 0.05])
    disc = np.clip((0.085 - away) * 220, 0, 1)[..., None]
    colour = colour * (1 - disc) + disc * np.array([1.0, 0.90, 0.66])
    depth = 1 / np.clip(y - HORIZON, 0.004, None)
    across = x * depth
    wave = np.zeros_like(x)
    for number, (length, lean) in enumerate([(2.1, 0.2), (3.7, -0.5), (6.1, 0.35), (9.5, -0.15)]):
        wave += np.sin(depth * length + across * lean * length + turn * (number + 2) + number) / (
            number + 1.4
        )
    near = np.clip((y - HORIZON) / (1 - HORIZON), 0, 1)
    water = np.array([0.055, 0.13, 0.20]) + (1 - near)[..., None] * np.array([0.42, 0.24, 0.20])
    water = water * (1 + 0.16 * wave[..., None])
    path = (
        np.exp(-((x / (0.05 + 0.16 * near)) ** 2)) * np.clip(wave * 0.75 + 0.35, 0, 1.2) * (1.05 - 0.7 * near)
    )
    water += path[..., None] * np.array([1.0, 0.66, 0.40])
    shore = np.clip((y - HORIZON) * 400, 0, 1)[..., None]
    return np.clip(colour * (1 - shore) + water * shore, 0, 1)


def footage(path: Path) -> None:
    """Write six seconds of it."""
    with av.open(str(path), "w", container_options={"movflags": "+faststart", "fflags": "+bitexact"}) as out:
        stream = out.add_stream(
            "libx264", rate=RATE, options={"crf": "25", "preset": "slow", "x264-params": "threads=1"}
        )
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.flags |= 1 << 23
        for number in range(RATE * SECONDS):
            picture = np.rint(sea(number / RATE) * 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            frame.colorspace = frame.color_primaries = frame.color_trc = 1
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def waves(seconds: float = 9.0) -> np.ndarray:
    """Surf that comes and goes over a low fifth; stereo."""
    chance = np.random.default_rng(7)
    count = round(seconds * SAMPLES)
    clock = np.arange(count) / SAMPLES
    sides = []
    for side in range(2):
        spectrum = np.fft.rfft(chance.standard_normal(count))
        pitch = np.fft.rfftfreq(count, 1 / SAMPLES)
        noise = np.fft.irfft(spectrum / (1 + (pitch / 420) ** 1.6), count)
        noise /= np.abs(noise).max()
        swell = 0.25 + 0.75 * np.sin(np.pi * (clock / 3.1 + 0.13 * side)) ** 4
        tone = sum(
            np.sin(2 * np.pi * hertz * clock + side) / rank
            for rank, hertz in enumerate((110, 164.81, 220.3), 1)
        )
        sides.append(0.34 * noise * swell + 0.07 * tone * (0.7 + 0.3 * np.sin(2 * np.pi * clock / 4)))
    return np.stack(sides, axis=1)


def chime(seconds: float = 2.4) -> np.ndarray:
    """A small bell; mono."""
    clock = np.arange(round(seconds * SAMPLES)) / SAMPLES
    parts = [(659.26, 1.0, 1.6), (1318.5, 0.5, 2.6), (1975.5, 0.28, 4.0), (3520.7, 0.12, 7.0)]
    sound = sum(
        loud * np.exp(-fall * clock) * np.sin(2 * np.pi * hertz * clock) for hertz, loud, fall in parts
    )
    return 0.4 * (sound * np.clip(clock / 0.004, 0, 1) * np.clip((seconds - clock) / 0.2, 0, 1))[:, None]


def sound(path: Path, samples: np.ndarray, bitrate: int) -> None:
    """Write AAC in mp4."""
    layout = "stereo" if samples.shape[1] == 2 else "mono"
    with av.open(
        str(path), "w", format="mp4", container_options={"movflags": "+faststart", "fflags": "+bitexact"}
    ) as out:
        stream = out.add_stream("aac", rate=SAMPLES, layout=layout)
        stream.bit_rate = bitrate
        stream.codec_context.flags |= 1 << 23
        for start in range(0, len(samples), 1024):
            part = np.ascontiguousarray(samples[start : start + 1024].T.astype(np.float32))
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=layout)
            frame.sample_rate, frame.pts = SAMPLES, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def main() -> None:
    folder = Path(sys.argv[1])
    footage(folder / "sea.mp4")
    sound(folder / "waves.m4a", waves(), 96_000)
    sound(folder / "chime.m4a", chime(), 64_000)


if __name__ == "__main__":
    main()
