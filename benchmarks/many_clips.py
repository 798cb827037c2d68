"""A composition of many parts, and what it costs until it is ready and for each frame after that.

    python benchmarks/many_clips.py [--project FOLDER] [--gsap gsap.min.js]

200 clips, 6 files of sub-compositions in 24 hosts, 3000 tweens of GSAP. What is counted is the processor time of the
page's own thread, as the browser tells it (`Performance.getMetrics` in thread ticks), so that neighbours on the machine
do not count: of styles and layout, which every drawing needs, and of all else, which is called script here. Nothing is
drawn between the frames.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framewright.browser import Browser, BrowserOptions, FileServer, find_browser
from framewright.composition import Stage, open_project
from framewright.model.settings import Settings
from framewright.model.size import Size

if TYPE_CHECKING:
    from framewright.browser import Page

FILES = 6
HOSTS = 24
CLIPS_OF_A_HOST = 6
CLIPS_OF_THE_PAGE = 32
TWEENS_OF_A_HOST = 100
TWEENS_OF_THE_PAGE = 600
SECONDS = 20
RATE = 30
FRAMES = 300
GSAP = Path(__file__).parents[1] / "tests/libraries/node_modules/gsap/dist/gsap.min.js"

_TWEENS = """
    const tl = gsap.timeline({{ paused: true }});
    for (let number = 0; number < {count}; number += 1) {{
      const target = boxes[number % boxes.length];
      tl.fromTo(target, {{ x: number % 50 }}, {{ x: 100 + number % 70, rotation: number, duration: 1 + number % 3, ease: "power2.inOut" }}, (number * {length}) / {count});
    }}
    window.__timelines["{name}"] = tl;"""


def write_project(folder: Path, gsap: Path = GSAP) -> None:
    """Write the composition into a folder."""
    (folder / "scenes").mkdir(parents=True, exist_ok=True)
    (folder / "gsap.min.js").write_bytes(gsap.read_bytes())
    for number in range(FILES):
        (folder / f"scenes/scene-{number}.html").write_text(_scene(number), encoding="utf-8")
    (folder / "index.html").write_text(_page(), encoding="utf-8")


def _scene(number: int) -> str:
    clips = "".join(
        f'<div class="box" data-start="{clip * 0.4:g}" data-duration="3">{clip}</div>'
        for clip in range(CLIPS_OF_A_HOST)
    )
    tweens = _TWEENS.format(count=TWEENS_OF_A_HOST, length=5, name=f"scene-{number}")
    return f"""<template><div data-composition-id="scene-{number}" data-width="320" data-height="180">{clips}
<style>.box {{ position: absolute; width: 20px; height: 20px; background: hsl({number * 60} 80% 50%) }}</style>
<script>{{ const boxes = document.querySelectorAll(".box");{tweens} }}</script></div></template>"""


def _page() -> str:
    hosts = "".join(
        f'<div id="host-{host}" data-composition-src="scenes/scene-{host % FILES}.html" data-width="320" data-height="180"'
        f' data-start="{host * 0.6:g}" data-duration="6" style="position:absolute;left:{host % 6 * 320}px;top:{host // 6 * 180}px"></div>'
        for host in range(HOSTS)
    )
    clips = "".join(
        f'<div class="box" data-start="{clip * 0.5:g}" data-duration="4">{clip}</div>'
        for clip in range(CLIPS_OF_THE_PAGE)
    )
    tweens = _TWEENS.format(count=TWEENS_OF_THE_PAGE, length=SECONDS, name="main")
    return f"""<!doctype html><html><head><meta charset="utf-8"><script src="gsap.min.js"></script>
<style>.box {{ position: absolute; width: 40px; height: 40px; background: #888 }}</style></head><body>
<div data-composition-id="main" data-width="1920" data-height="1080" data-duration="{SECONDS}">{clips}{hosts}</div>
<script>{{ const boxes = document.querySelectorAll(".box");{tweens} }}</script></body></html>"""


async def measure(folder: Path, *, frames: int = FRAMES) -> dict[str, Any]:
    """Open the composition and go through its frames. Milliseconds, and seconds until it was ready."""
    settings = Settings()
    options = BrowserOptions(program=find_browser(settings), size=Size(1920, 1080), tmpdir=settings.tmpdir)
    async with Browser(options) as browser, FileServer(folder) as server:
        page = await browser.new_page()
        await page.call("Performance.enable", {"timeDomain": "threadTicks"})
        begun = time.monotonic()
        stage = await Stage.open(page, open_project(folder), server.origin)
        ready = time.monotonic() - begun
        before = await _spent(page)
        for frame in range(1, frames + 1):
            await stage.seek(Fraction(frame, RATE))
        after = await _spent(page)
        return {
            "clips": len(stage.description.clips),
            "ready_seconds": round(ready, 2),
            "ready_script_ms": round(before["script"]),
            "ready_style_ms": round(before["style"]),
            "frames": frames,
            "script_ms_a_frame": round((after["script"] - before["script"]) / frames, 2),
            "style_ms_a_frame": round((after["style"] - before["style"]) / frames, 2),
        }


async def _spent(page: Page) -> dict[str, float]:
    told = await page.call("Performance.getMetrics")
    seconds = {one["name"]: one["value"] for one in told["metrics"]}
    style = seconds["RecalcStyleDuration"] + seconds["LayoutDuration"]
    # What the browser itself counts as script leaves out what answers to us, and promises.
    return {"script": (seconds["TaskDuration"] - style) * 1000, "style": style * 1000}


def main() -> None:
    """Write it, measure it, say it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, help="where to write the composition, and leave it")
    parser.add_argument("--gsap", type=Path, default=GSAP)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="many-clips-") as spare:
        folder = asked.project or Path(spare)
        write_project(folder, asked.gsap)
        print(json.dumps(asyncio.run(measure(folder)), indent=1))


if __name__ == "__main__":
    main()
