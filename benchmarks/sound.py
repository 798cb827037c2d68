"""What a mix costs: seconds, processor seconds and memory, files read and decoded included.

    python benchmarks/sound.py [--tracks 20] [--minutes 10] [--runs 2] [--write FILE]

Half of the tracks are WAV at 48 kHz and half AAC in MP4, all heard from beginning to end, each with a lane and a pan, in
one group: once so quiet that the limiter has nothing to do, and once so loud that it is at work throughout. A third case
are 200 short tracks that overlap. Each run is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import usage
from framewright.model.sound import SAMPLE_RATE, Point, SoundGroup, SoundPlan, SoundTrack
from framewright.sound import Account, mix
from surroundings import describe_surroundings

if TYPE_CHECKING:
    from collections.abc import Callable


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


def long_plan(paths: list[Path], seconds: int, volume: float) -> SoundPlan:
    lane = (Point(t=0, v=0), Point(t=2, v=1), Point(t=seconds - 2, v=1), Point(t=seconds, v=0))
    tracks = tuple(
        SoundTrack(name=path.name, source=path.name, duration=seconds, lane=lane, pan=0.2, group="music")
        for path in paths
    )
    group = SoundGroup(id="music", volume=volume)
    return SoundPlan(tracks=tracks, groups=(group,), samples=seconds * SAMPLE_RATE)


def together_plan(paths: list[Path]) -> SoundPlan:
    tracks = tuple(
        SoundTrack(name=f"{index}", source=paths[index % len(paths)].name, start=index * 0.01, duration=10)
        for index in range(200)
    )
    return SoundPlan(tracks=tracks, samples=14 * SAMPLE_RATE)


PLANS: dict[str, Callable[[list[Path], int], SoundPlan]] = {
    "quiet": lambda paths, seconds: long_plan(paths, seconds, 0.3),
    "loud": lambda paths, seconds: long_plan(paths, seconds, 0.9),
    "together": lambda paths, _: together_plan(paths),
}


def processor_seconds() -> float:
    """Of this process and of those that read for it and have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def run(case: str, folder: Path, seconds: int) -> dict[str, Any]:
    """Mix one of the plans in this process."""
    paths = sorted(folder.glob("track*"), key=lambda path: int(path.stem.removeprefix("track")))
    plan = PLANS[case](paths, seconds)
    account, samples, files_open = Account(), 0, 0
    began, worked = time.perf_counter(), processor_seconds()
    for block in mix(plan, {path.name: path for path in paths}, account):
        samples += block.shape[0]
        files_open = max(files_open, len(os.listdir("/proc/self/fd")))
    return {
        "tracks": len(plan.tracks),
        "mixed_seconds": samples / SAMPLE_RATE,
        "limited_db": round(abs(account.limited), 2),
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(processor_seconds() - worked, 2),
        "files_open": files_open,
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what a mix costs.")
    parser.add_argument("--tracks", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--case", nargs=3, metavar=("CASE", "FOLDER", "RESULT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    seconds = round(asked.minutes * 60)
    if asked.case:
        found = run(asked.case[0], Path(asked.case[1]), seconds)
        Path(asked.case[2]).write_text(json.dumps(found), encoding="utf-8")
        return
    result: dict[str, Any] = {
        "command": f"python benchmarks/sound.py --tracks {asked.tracks} --minutes {asked.minutes:g} --runs {asked.runs}",
        **describe_surroundings(),
        "cases": {case: [] for case in PLANS},
    }
    with tempfile.TemporaryDirectory(prefix="sound-") as folder:
        make_sources(Path(folder), asked.tracks, seconds)
        for case in [case for case in PLANS for _ in range(asked.runs)]:
            told = Path(folder, "told.json")
            command = [sys.executable, __file__, "--minutes", f"{asked.minutes:g}"]
            used = usage.measure([*command, "--case", case, folder, str(told)], memory=True)
            run_told = json.loads(told.read_text(encoding="utf-8"))
            result["cases"][case].append(run_told | {"peak_mib": round(used.peak_memory / 2**20)})
    whole = json.dumps(result, indent=2)
    print(whole)
    if asked.write:
        asked.write.write_text(whole + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
