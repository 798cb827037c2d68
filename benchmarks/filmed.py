"""What footage costs: a composition with one full-screen clip, an overlay and sound, against the same without the clip.

    python benchmarks/filmed.py [--seconds 8] [--pairs 3]

The bound is twice the processor time of the composition without the clip, plus that of decoding the clip once. The clip
is made here, from noise that drifts over moving shapes: like a camera's picture it has something new in every pixel.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from surroundings import describe_surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH, HEIGHT, FPS = 1280, 720, 30
SAMPLES = 48_000
_PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Footage</title>
<style>
  body {{ margin: 0 }}
  #page {{ background: #10212b; color: #fff; font: 600 40px Inter, sans-serif; overflow: hidden }}
  video {{ position: absolute; left: 0; top: 0; width: 100%; height: 100%; object-fit: cover }}
  .band {{ position: absolute; left: 0; bottom: 72px; width: 560px; height: 96px; background: #0b1a22cc }}
  .name {{ position: absolute; left: 48px; bottom: 96px }}
  .time {{ position: absolute; right: 48px; top: 40px; font-variant-numeric: tabular-nums }}
</style>
<div id="page" data-composition-id="footage" data-width="{width}" data-height="{height}" data-duration="{seconds}" data-no-timeline>
  {clip}
  <audio src="music.wav" data-start="0" data-volume="0.5"></audio>
  <div class="band"></div><div class="name">A name and a place</div><div class="time"></div>
</div>
<script>
  const [band, time] = [".band", ".time"].map((name) => document.querySelector(name));
  requestAnimationFrame(function draw(now) {{
    band.style.transform = `translateX(${{-560 * Math.max(0, 1 - now / 1000)}}px)`;
    time.textContent = (now / 1000).toFixed(3);
    requestAnimationFrame(draw);
  }});
</script>
"""
_CLIP = '<video src="clip.mp4" data-start="0" data-has-audio="true"></video>'


def write_project(folder: Path, *, seconds: float, clip: bool) -> None:
    """The composition, with its clip or without it; the sound is there in both."""
    folder.mkdir(parents=True)
    page = _PAGE.format(width=WIDTH, height=HEIGHT, seconds=seconds, clip=_CLIP if clip else "")
    (folder / "index.html").write_text(page, encoding="utf-8")
    with av.open(str(folder / "music.wav"), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=SAMPLES, layout="stereo")
        for frame in _tone(seconds):
            file.mux(stream.encode(frame))
    if clip:
        _write_clip(folder / "clip.mp4", seconds)


def _write_clip(path: Path, seconds: float) -> None:
    with av.open(str(path), "w") as file:
        video = file.add_stream("libx264", rate=FPS, options={"preset": "medium", "crf": "20"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio = file.add_stream("aac", rate=SAMPLES, layout="stereo")
        for picture in _pictures(round(seconds * FPS)):
            file.mux(video.encode(picture))
        file.mux(video.encode(None))
        for frame in _tone(seconds):
            file.mux(audio.encode(frame))
        file.mux(audio.encode(None))


def _pictures(count: int) -> Iterator[av.VideoFrame]:
    rng = np.random.default_rng(7)
    grain = rng.normal(0, 2.6, (HEIGHT * 2, WIDTH * 2)).astype(np.float32)
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    for number in range(count):
        waves = 110 + 50 * np.sin(across / 90 + number / 9) + 40 * np.cos(down / 70 - number / 13)
        top, left = rng.integers(0, HEIGHT), rng.integers(0, WIDTH)
        luma = waves + grain[top : top + HEIGHT, left : left + WIDTH]
        planes = np.full((HEIGHT * 3 // 2, WIDTH), 128, dtype=np.uint8)
        planes[:HEIGHT] = luma.clip(16, 235).astype(np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        yield frame


def _tone(seconds: float) -> Iterator[av.AudioFrame]:
    total, block = round(seconds * SAMPLES), 1024
    for first in range(0, total, block):
        times = np.arange(first, min(first + block, total)) / SAMPLES
        wave = (8000 * np.sin(2 * np.pi * 440 * times)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2)[None], format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLES, first, Fraction(1, SAMPLES)
        yield frame


def decode(path: Path) -> float:
    """Processor seconds of decoding every picture once, and doing nothing with it."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    with av.open(str(path)) as file:
        file.streams.video[0].thread_type = "AUTO"
        for _ in file.decode(video=0):
            pass
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def footage(*, seconds: float = 8.0, pairs: int = 3) -> dict[str, Any]:
    """Processor time with the clip, over twice that without it plus decoding."""
    from figures import run_part

    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        plain, filmed = Path(folder, "plain"), Path(folder, "filmed")
        write_project(plain, seconds=seconds, clip=False)
        write_project(filmed, seconds=seconds, clip=True)
        decoding = statistics.median(decode(filmed / "clip.mp4") for _ in range(pairs))
        runs = [(run_part("render", plain), run_part("render", filmed)) for _ in range(pairs)]
    without = statistics.median(one["tree"]["cpu"] for one, _ in runs)
    with_clip = statistics.median(other["tree"]["cpu"] for _, other in runs)
    return {
        "what": f"CPU of {seconds:g} s at 720p30 with a full-screen clip, over twice that without it plus decoding",
        "value": with_clip / (2 * without + decoding),
        "at_most": 1.0,
        "cpu_seconds": {"with": with_clip, "without": without, "decoding": decoding},
        "runs": [
            {"without": one["tree"], "with": other["tree"], "workers": other["workers"]}
            for one, other in runs
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what footage costs.")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--pairs", type=int, default=3)
    asked = parser.parse_args()
    told = {"command": "python benchmarks/filmed.py", **describe_surroundings()}
    print(json.dumps(told | footage(seconds=asked.seconds, pairs=asked.pairs), indent=2))


if __name__ == "__main__":
    main()
