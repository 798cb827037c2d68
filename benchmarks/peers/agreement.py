"""Whether HyperFrames' own renderer and Framewright show the same, frame by frame, of compositions in its dialect.

    python benchmarks/peers/agreement.py --output benchmarks/results/agreement-hyperframes.json

Its scaffolds, and snippets written anew after its documentation, one for each thing that the dialect promises. Frames are
held against each other at a quarter of their pixels, where the two ways to draw a fraction of a pixel do not count:
how far apart the worst pair is, and whether any frame of ours is nearer to a neighbour of theirs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import av
import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))  # the pieces of the other benchmarks

from hyperframes import PACKAGES, HyperFrames  # noqa: E402

from surroundings import describe_surroundings  # noqa: E402

SCAFFOLDS = ("blank", "warm-grain")
LIKE_DECIBELS = 40.0
# Mean squared levels by which a neighbour must be nearer before it counts: still frames are as near as each other.
_NEARER = 2.0


def pictures(video: Path) -> list[np.ndarray]:
    """Every frame at half its width and height, as RGB."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        size = {"width": stream.width // 2, "height": stream.height // 2}
        return [
            frame.reformat(**size, format="rgb24").to_ndarray().astype(np.int32)
            for frame in container.decode(stream)
        ]


def hold(theirs: Path, ours: Path) -> dict[str, Any]:
    """Both videos, frame by frame."""
    first, second = pictures(theirs), pictures(ours)
    worst, misplaced = float("inf"), []
    for number, picture in enumerate(second[: len(first)]):

        def apart(other: int, picture: np.ndarray = picture) -> float:
            return float(np.mean((first[other] - picture) ** 2))

        here = apart(number)
        worst = min(worst, 10 * np.log10(255**2 / max(here, 1e-3)))
        around = [apart(other) for other in (number - 1, number + 1) if 0 <= other < len(first)]
        if around and here > min(around) + _NEARER:
            misplaced.append(number)
    return {
        "frames": [len(first), len(second)],
        "worst_psnr": round(float(worst), 1),
        "nearer_to_a_neighbour": misplaced,
        "alike": bool(len(first) == len(second) and worst >= LIKE_DECIBELS and not misplaced),
    }


def render_both(project: Path, peer: HyperFrames, folder: Path) -> dict[str, Any]:
    """Render a project with both tools."""
    theirs, ours = folder / "theirs.mp4", folder / "ours.mp4"
    command = [
        *peer.command,
        "render",
        str(project),
        "-o",
        str(theirs),
        "--quiet",
        "--crf",
        "8",
        "--workers",
        "1",
    ]
    subprocess.run(command, env=peer.environment, check=True, capture_output=True, timeout=600)
    command = [
        sys.executable,
        "-m",
        "framewright",
        "render",
        str(project),
        "-o",
        str(ours),
        "--quiet",
        "--no-resume",
        "--crf",
        "8",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return hold(theirs, ours)


def main() -> None:
    """Try everything, and write what was found."""
    parser = argparse.ArgumentParser(description="Hold Framewright's frames against HyperFrames'.")
    parser.add_argument("--home", type=Path, help="folder for the peer's packages")
    parser.add_argument("--output", type=Path, required=True, help="JSON file for the results")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="agreement-") as temporary:
        peer = HyperFrames((asked.home or Path(temporary, "home")).absolute())
        peer.install()
        results: dict[str, Any] = {
            "command": "python benchmarks/peers/agreement.py",
            "packages": PACKAGES,
            **describe_surroundings(),
            "compositions": {},
        }
        snippets = sorted(path for path in (HERE / "snippets").iterdir() if path.is_dir())
        for name in (*(f"init {example}" for example in SCAFFOLDS), *(path.name for path in snippets)):
            folder = Path(temporary, name.replace(" ", "-"))
            folder.mkdir()
            if name.startswith("init "):
                project = peer.scaffold(name.removeprefix("init "), folder / "project")
            else:
                project = peer.lay_out(HERE / "snippets" / name, folder / "project")
            found = results["compositions"][name] = render_both(project, peer, folder)
            print(
                f"{name}: {'alike' if found['alike'] else 'apart'}, worst frame {found['worst_psnr']} dB",
                flush=True,
            )
            asked.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
