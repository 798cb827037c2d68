"""A batch of short videos against one command for each of them: processor seconds of everything that they start.

    python benchmarks/batch.py [--rows 8] [--pairs 2]

Both make the same files, byte by byte; that is checked before a figure counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from usage import measure

_PAGE = """<!doctype html>
<html data-composition-variables='[{"id": "title", "type": "string", "label": "Title", "default": "Hello"}]'>
<body style="margin:0"><div data-composition-id="main" data-width="640" data-height="360" data-duration="1"
  data-no-timeline style="background:#14202b;color:#ffd23e"><h1 data-var-text="title">x</h1></div>
<style>h1 { animation: glide 1s linear both } @keyframes glide { to { transform: translateX(300px) } }</style>
</body></html>
"""


def batch(rows: int = 8, pairs: int = 2) -> dict[str, Any]:
    """Render both ways, ``pairs`` times in turn; the value is the middle of the ratios, batch over commands."""
    with tempfile.TemporaryDirectory(prefix="batch-") as name:
        folder = Path(name)
        (folder / "card").mkdir()
        (folder / "card" / "index.html").write_text(_PAGE, encoding="utf-8")
        values = [{"title": f"Row {number}"} for number in range(rows)]
        (folder / "rows.json").write_text(json.dumps(values), encoding="utf-8")
        found = [_pair(folder, values) for _ in range(pairs)]
        for number in range(rows):
            if (folder / f"b{number}.mp4").read_bytes() != (folder / f"s{number}.mp4").read_bytes():
                raise AssertionError(f"row {number} differs from its own render")
    ratios = [together / apart for together, apart in found]
    return {"value": round(statistics.median(ratios), 3), "rows": rows, "cpu_seconds": found}


def _pair(folder: Path, values: list[dict[str, str]]) -> tuple[float, float]:
    command = [
        sys.executable,
        "-m",
        "framewright",
        "render",
        str(folder / "card"),
        "--quiet",
        "--no-resume",
        "--workers",
        "1",
    ]
    together = measure([*command, "--batch", str(folder / "rows.json"), "-o", f"{folder}/b{{index}}.mp4"]).cpu
    apart = 0.0
    for number, value in enumerate(values):
        output = str(folder / f"s{number}.mp4")
        apart += measure([*command, "--variables", json.dumps(value), "-o", output]).cpu
    return round(together, 2), round(apart, 2)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--pairs", type=int, default=2)
    print(json.dumps(batch(**vars(parser.parse_args())), indent=2))


if __name__ == "__main__":
    main()
