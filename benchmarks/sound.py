"""What a mix costs: seconds, processor seconds and memory, files read and decoded included.

    python benchmarks/sound.py [--tracks 20] [--minutes 10] [--together]

Half of the tracks are WAV at 48 kHz and half AAC in MP4, all heard from beginning to end, each with a lane and a pan, in
one group. `--together` is another case: 200 short tracks that overlap.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import tempfile
import time
import wave
from pathlib import Path

import numpy as np

from framewright.model.sound import SAMPLE_RATE, Point, SoundGroup, SoundPlan, SoundTrack
from framewright.sound import mix
from surroundings import describe_surroundings


def make_sources(folder: Path, count: int, seconds: int) -> list[Path]:
    """A minute of noise and a tone again and again, as WAV and as M4A; each track has a name of its own for one of them."""
    moments = np.arange(60 * SAMPLE_RATE) / SAMPLE_RATE
    noise = np.random.default_rng(1).normal(0, 400, (moments.size, 2))
    minute = (noise + 1500 * np.sin(2 * np.pi * 330 * moments)[:, None]).astype("<i2")
    sources = [folder / "source.wav", folder / "source.m4a"]
    with wave.open(str(sources[0]), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for begin in range(0, seconds, 60):
            file.writeframes(minute[: min(60, seconds - begin) * SAMPLE_RATE].tobytes())
    encode = ["ffmpeg", "-v", "error", "-i", str(sources[0]), "-c:a", "aac", "-b:a", "128k", str(sources[1])]
    subprocess.run(encode, check=True)
    paths = [folder / f"track{index}{sources[index % 2].suffix}" for index in range(count)]
    for index, path in enumerate(paths):
        path.hardlink_to(sources[index % 2])
    return paths


def long_plan(paths: list[Path], seconds: int) -> SoundPlan:
    lane = (Point(t=0, v=0), Point(t=2, v=1), Point(t=seconds - 2, v=1), Point(t=seconds, v=0))
    tracks = tuple(
        SoundTrack(name=path.name, source=path.name, duration=seconds, lane=lane, pan=0.2, group="music")
        for path in paths
    )
    group = SoundGroup(id="music", volume=0.9)
    return SoundPlan(tracks=tracks, groups=(group,), samples=seconds * SAMPLE_RATE)


def together_plan(paths: list[Path]) -> SoundPlan:
    tracks = tuple(
        SoundTrack(name=f"{index}", source=paths[index % len(paths)].name, start=index * 0.01, duration=10)
        for index in range(200)
    )
    return SoundPlan(tracks=tracks, samples=14 * SAMPLE_RATE)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what a mix costs.")
    parser.add_argument("--tracks", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--together", action="store_true", help="200 tracks that overlap, instead")
    asked = parser.parse_args()
    seconds = round(asked.minutes * 60)
    with tempfile.TemporaryDirectory(prefix="sound-") as folder:
        paths = make_sources(Path(folder), asked.tracks, seconds)
        plan = together_plan(paths) if asked.together else long_plan(paths, seconds)
        files = {path.name: path for path in paths}
        began, worked = time.perf_counter(), time.process_time()
        samples = sum(block.shape[0] for block in mix(plan, files))
        wall, spent = time.perf_counter() - began, time.process_time() - worked
    result = {
        "command": f"python benchmarks/sound.py --tracks {asked.tracks} --minutes {asked.minutes:g}"
        + (" --together" if asked.together else ""),
        **describe_surroundings(),
        "tracks": len(plan.tracks),
        "mixed_seconds": samples / SAMPLE_RATE,
        "seconds": round(wall, 2),
        "cpu_seconds": round(spent, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
