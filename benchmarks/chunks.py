"""What splitting costs: the same composition in one chunk and in many, assembled, planned, and rendered again with other sound.

    python benchmarks/chunks.py [--seconds 60] [--chunks 8] [--output results/chunks-2-cores.json]

Everything goes through the command line in processes of its own, whose processor time is counted with all that they start.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from surroundings import describe_surroundings
from usage import Usage, measure

PAGE = """<!doctype html><html><head><meta charset="utf-8"><style>
body{{margin:0;background:#101820}} .root{{width:1920px;height:1080px;position:relative;overflow:hidden}}
i{{position:absolute;width:180px;height:180px;border-radius:24px}}
h1{{position:absolute;left:120px;top:380px;font:120px Inter,sans-serif;color:#f4f1de}}
</style></head><body><div class="root" data-composition-id="main" data-no-timeline data-width="1920" data-height="1080"
data-duration="{seconds}"><h1>Splitting costs little</h1></div>
<audio src="song.wav" data-start="0" data-duration="{seconds}"></audio>
<script>
const root = document.querySelector('.root'), title = document.querySelector('h1'), boxes = [];
for (let n = 0; n < 24; n++) {{
  const box = document.createElement('i');
  box.style.background = `hsl(${{n * 15}} 70% 55%)`;
  root.append(box); boxes.push(box);
}}
addEventListener('hf-seek', (event) => {{
  const t = event.detail.time;
  title.style.transform = `translateX(${{40 * Math.sin(t)}}px)`;
  boxes.forEach((box, n) => {{
    box.style.transform = `translate(${{870 + 800 * Math.sin(t / 2 + n)}}px, ${{450 + 400 * Math.cos(t / 3 + 2 * n)}}px) rotate(${{t * 20 + n}}deg)`;
  }});
}});
</script></body></html>
"""


def run(*words: str | int | Path, cache: Path) -> Usage:
    """A command of ours, with what it used."""
    environment = {**os.environ, "FRAMEWRIGHT_CACHE": str(cache)}
    return measure(
        [str(Path(sys.executable).with_name("framewright")), *map(str, words)], environment=environment
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--chunks", type=int, default=8)
    parser.add_argument("--output", type=Path)
    wished = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="framewright-chunks-") as name:
        print(json.dumps(found := compare(Path(name), wished.seconds, wished.chunks), indent=2))
    if wished.output is not None:
        wished.output.write_text(f"{json.dumps(found, indent=2)}\n")


def compare(folder: Path, seconds: int, chunks: int) -> dict[str, object]:
    project, cache = folder / "project", folder / "cache"
    project.mkdir()
    (project / "index.html").write_text(PAGE.format(seconds=seconds))
    write_song(project, seconds, 220)
    # What is remembered of the machine is learnt once, before anything counts.
    run("probe", project, "--json", cache=cache)
    found: dict[str, object] = {"surroundings": describe_surroundings(), "seconds": seconds, "chunks": chunks}
    one = run(
        "render", project, "-o", folder / "one.mp4", "--quiet", "--chunks", 1, "--no-resume", cache=cache
    )
    many = run("render", project, "-o", folder / "many.mp4", "--quiet", "--chunks", chunks, cache=cache)
    found["one chunk"], found["many chunks"] = told(one), told(many)
    found["processor time of many over one"] = round(many.cpu / one.cpu, 3)
    found["same bytes"] = (folder / "one.mp4").read_bytes() == (folder / "many.mp4").read_bytes()
    write_song(project, seconds, 330)
    again = run("render", project, "-o", folder / "again.mp4", "--quiet", "--chunks", chunks, cache=cache)
    found["with other sound"] = told(again)
    planned = run("plan", project, "-o", folder / "plan", "--chunks", chunks, cache=cache)
    probed = run("probe", project, "--json", cache=cache)
    found["plan"], found["probe"] = told(planned), told(probed)
    return found


def write_song(project: Path, seconds: int, frequency: int) -> None:
    source = f"sine=frequency={frequency}:duration={seconds}"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, str(project / "song.wav")]
    subprocess.run(command, check=True)


def told(usage: Usage) -> dict[str, float]:
    return {"wall": round(usage.wall, 2), "cpu": round(usage.cpu, 2)}


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
