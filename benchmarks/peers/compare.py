"""The same compositions rendered by HyperFrames' command line and by Framewright, turn by turn, on this machine.

    python benchmarks/peers/compare.py --output benchmarks/results/peers-NAME.json

Needs npm. Installs the peer into a temporary folder, or into --home, which may be kept for the next time. Both render
1080p30 with x264 at CRF 18, from the same files, which are neither tool's own; each at its own choice of workers. A time
counts only when both videos have as many frames and look alike.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))  # the pieces of the other benchmarks

from hyperframes import PACKAGES, HyperFrames  # noqa: E402

from likeness import compare  # noqa: E402
from surroundings import describe_surroundings  # noqa: E402
from usage import measure  # noqa: E402

CONTENTS = ("motion", "slides")


def side_by_side(content: str, peer: HyperFrames, runs: int) -> dict[str, Any]:
    """Both tools on one composition, alternately."""
    theirs = [*peer.command, "render", "--quiet", "--quality", "high", "--crf", "18", "--fps", "30"]
    ours = [
        sys.executable,
        "-m",
        "framewright",
        "render",
        "--quiet",
        "--no-resume",
        "--crf",
        "18",
        "--fps",
        "30",
    ]
    rows: dict[str, list[dict[str, float]]] = {"hyperframes": [], "framewright": []}
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        project = peer.lay_out(HERE / content, Path(folder, content))
        videos = {tool: Path(folder, f"{tool}.mp4") for tool in rows}
        for _ in range(runs):
            for tool, command in (("hyperframes", theirs), ("framewright", ours)):
                videos[tool].unlink(missing_ok=True)
                usage = measure(
                    [*command, "-o", str(videos[tool]), str(project)],
                    memory=True,
                    timeout=1800,
                    environment=peer.environment,
                )
                rows[tool].append(
                    {
                        "wall": round(usage.wall, 2),
                        "cpu": round(usage.cpu, 2),
                        "peak_memory_mib": round(usage.peak_memory / 2**20),
                        "megabytes": round(videos[tool].stat().st_size / 1e6, 2),
                    }
                )
        likeness = compare(videos["hyperframes"], videos["framewright"])

    def middle(tool: str, what: str) -> float:
        return statistics.median(run[what] for run in rows[tool])

    return {
        "wall_over_peer": round(middle("framewright", "wall") / middle("hyperframes", "wall"), 3),
        "cpu_over_peer": round(middle("framewright", "cpu") / middle("hyperframes", "cpu"), 3),
        "worst_psnr": likeness,
        "runs": rows,
    }


def main() -> None:
    """Compare, and write what was measured."""
    parser = argparse.ArgumentParser(
        description="Render the same compositions with a peer and with Framewright."
    )
    parser.add_argument("--home", type=Path, help="folder for the peer's packages")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--output", type=Path, required=True, help="JSON file for the results")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peers-home-") as folder:
        peer = HyperFrames((asked.home or Path(folder)).absolute())
        peer.install()
        results: dict[str, Any] = {
            "command": "python benchmarks/peers/compare.py",
            "packages": PACKAGES,
            **describe_surroundings(),
            "contents": {},
        }
        for content in CONTENTS:
            found = results["contents"][content] = side_by_side(content, peer, asked.runs)
            print(
                f"{content}: wall {found['wall_over_peer']:.2f}, CPU {found['cpu_over_peer']:.2f} of the peer's"
            )
            asked.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
