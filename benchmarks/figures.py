"""The figures that Framewright promises, measured side by side on this machine, with nothing else running.

    python benchmarks/figures.py [light] [whole] [slides] [memory] [footage] [examples] --output benchmarks/results/NAME.json

Without names, all of them: about ten minutes on two cores. Every part runs in a process of its own; CPU seconds and
memory are those of its whole process tree.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filmed import footage
from likeness import compare
from surroundings import cores, describe_surroundings
from usage import measure

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
PAGES = Path(__file__).parent / "pages"
PARTS = Path(__file__).parent / "parts.py"
FPS = 30


def run_part(
    part: str, page: Path | None = None, *, memory: bool = False, **options: object
) -> dict[str, Any]:
    """Run one program of parts.py: its own report, and what its process tree cost."""
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        report = Path(folder, "report.json")
        command = [sys.executable, str(PARTS), part, *([str(page)] if page else []), "--report", str(report)]
        for name, value in options.items():
            if value is not None:
                command += [f"--{name}", str(value)]
        usage = measure(command, memory=memory, timeout=1800)
        told = json.loads(report.read_text(encoding="utf-8"))
    tree: dict[str, Any] = {"wall": round(usage.wall, 2), "cpu": round(usage.cpu, 2)}
    if memory:
        tree["peak_memory_mib"] = round(usage.peak_memory / 2**20)
    return {**told, "tree": tree}


def light(*, frames: int = 600, pairs: int = 3) -> dict[str, Any]:
    """Frames a second of one worker, by the frame stream and by JPEG screenshots, turn by turn; both encode."""
    page = PAGES / "light"
    streams, screenshots = [], []
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        ours, theirs = Path(folder, "stream.mp4"), Path(folder, "jpeg.mp4")
        for _ in range(pairs):
            streams.append(run_part("render", page, frames=frames, workers=1, video=ours))
            screenshots.append(run_part("jpeg", page, frames=frames, video=theirs))
        likeness = compare(ours, theirs)
    fallen_back = [run["report"]["capture"] for run in streams if run["report"]["capture"] != "stream"]
    if fallen_back:
        raise RuntimeError(f"the stream was not to be had: {len(fallen_back)} runs took {fallen_back[0]}")
    stream = statistics.median(run["rate"] for run in streams)
    screenshot = statistics.median(run["rate"] for run in screenshots)
    return {
        "what": f"frames a second, stream over JPEG screenshots, one worker, {frames} frames, {pairs} runs each",
        "value": stream / screenshot,
        "at_least": 1.6,
        "stream_rate": stream,
        "jpeg_rate": screenshot,
        "worst_psnr": likeness,
        "stream_runs": [_short(run) for run in streams],
        "jpeg_runs": [_short(run) for run in screenshots],
    }


def whole(*, frames: int = 600) -> dict[str, Any]:
    """A whole render against the sum of its parts: capture without encoding, and encoding alone."""
    page = PAGES / "shapes"
    render = run_part("render", page, frames=frames)
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        pictures = Path(folder, "pictures.i420")
        # Once to fetch pictures for the encoder, once to be measured without keeping any.
        run_part("stream", page, frames=120, pictures=pictures)
        stream = run_part("stream", page, frames=frames, workers=render["workers"])
        encode = run_part("encode", frames=frames, pictures=pictures)
    parts = stream["tree"]["cpu"] + encode["cpu"]
    return {
        "what": f"CPU of a whole render over capture plus encoder alone, {frames} frames of shapes",
        "value": render["tree"]["cpu"] / parts,
        "at_most": 1.25,
        "wall_over_parts": render["tree"]["wall"] / (parts / cores()),
        "wall_over_parts_at_most": 1.35,
        "cpu_ms_a_frame": {
            "render": 1000 * render["tree"]["cpu"] / frames,
            "stream": 1000 * stream["tree"]["cpu"] / frames,
            "encoder": 1000 * encode["cpu"] / frames,
        },
        "render": _short(render),
        "stream": _short(stream),
        "encode": _short(encode),
    }


def slides(*, frames: int = 600, pairs: int = 2, workers: tuple[int, ...] = (1, 2)) -> dict[str, Any]:
    """A deck that holds four fifths of its time against the same deck in motion, by number of workers.

    The value is that of the first number. With more workers, the start of their browsers, which costs the same in both,
    is a larger part of the shorter render.
    """
    rows = {str(number): _slides(frames, pairs, number) for number in workers}
    return {
        "what": f"seconds to render {frames} frames once the page is open, in motion over holding",
        "value": rows[str(workers[0])]["ratio"],
        "at_least": 4.0,
        "by_workers": rows,
    }


def _slides(frames: int, pairs: int, workers: int) -> dict[str, Any]:
    held, moving = [], []
    for _ in range(pairs):
        held.append(run_part("render", PAGES / "slides", frames=frames, workers=workers))
        moving.append(run_part("render", PAGES / "slides-moving", frames=frames, workers=workers))
    seconds = [statistics.median(run["seconds"] for run in runs) for runs in (held, moving)]
    walls = [statistics.median(run["tree"]["wall"] for run in runs) for runs in (held, moving)]
    return {
        "ratio": seconds[1] / seconds[0],
        "ratio_with_start": walls[1] / walls[0],
        "unchanged": held[0]["report"]["unchanged"],
        "slides_runs": [_short(run) for run in held],
        "moving_runs": [_short(run) for run in moving],
    }


def memory(*, short: int = 10 * FPS, long: int = 120 * FPS, page: str = "shapes") -> dict[str, Any]:
    """The peak of the process tree, and whether it grows with the length."""
    runs = [
        run_part("render", PAGES / page, memory=True, frames=frames, workers=2) for frames in (short, long)
    ]
    peaks = [run["tree"]["peak_memory_mib"] for run in runs]
    return {
        "what": f"peak MiB of a render with 2 workers, the larger of {short} and {long} frames of {page}",
        "value": max(peaks),
        "at_most": 1536,
        "growth": peaks[1] / peaks[0],
        "growth_at_most": 1.10,
        "runs": [_short(run) for run in runs],
    }


def examples() -> dict[str, Any]:
    """Every shipped example, rendered as its page asks for."""
    rows = {}
    for folder in sorted((ROOT / "examples").iterdir()):
        if (folder / "index.html").exists():
            run = run_part("render", folder)
            report = run["report"]
            rows[folder.name] = {
                "frames": report["frames"],
                "unchanged": report["unchanged"],
                "capture": report["capture"],
                "seconds": round(report["seconds"], 2),
                "video_seconds": round(report["output"]["seconds"], 2),
                "megabytes": round(report["output"]["bytes"] / 1e6, 2),
                **run["tree"],
            }
    return {"what": "every example at its own size and rate, all choices automatic", "rows": rows}


FIGURES: dict[str, Callable[[], dict[str, Any]]] = {
    "light": light,
    "whole": whole,
    "slides": slides,
    "memory": memory,
    "footage": footage,
    "examples": examples,
}


def _short(run: dict[str, Any]) -> dict[str, Any]:
    """A run without what every run says alike."""
    kept = {name: value for name, value in run.items() if name not in {"report", "decided"}}
    if "decided" in run:
        kept["resolved"] = run["decided"]
        report = run["report"]
        kept |= {name: report[name] for name in ("unchanged", "capture", "retried_blocks")}
        kept["time"] = report["time"]
    return kept


def _verdict(name: str, figure: dict[str, Any]) -> str:
    if "value" not in figure:
        return f"{name}: {figure['what']}"
    bound = f"at least {figure['at_least']}" if "at_least" in figure else f"at most {figure['at_most']}"
    return f"{name}: {figure['value']:.2f} ({bound}); {figure['what']}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what Framewright promises, on this machine.")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"{', '.join(FIGURES)}; all without any")
    parser.add_argument("--output", type=Path, required=True, help="JSON file for the results")
    asked = parser.parse_args()
    unknown = set(asked.figures) - FIGURES.keys()
    if unknown:
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    results: dict[str, Any] = {
        "command": f"python benchmarks/figures.py {' '.join(asked.figures)}".strip(),
        **describe_surroundings(),
        "figures": {},
    }
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    for name in asked.figures or FIGURES:
        results["figures"][name] = FIGURES[name]()
        print(_verdict(name, results["figures"][name]), flush=True)
        # After each, so that nothing measured is lost.
        asked.output.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
