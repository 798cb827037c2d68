"""What a frame of source video costs on its way from its file into a canvas of the page.

    python benchmarks/footage.py [--size 1280x720] [--frames 300]

The decoder alone comes first; each further row is the same page drawn as often, with one thing more: nothing but a box
that moves; frames by the connection, as a guest page gets them; frames by the ring, drawn and not. What is counted is
processor time, of all processes of the browser and of this one with its decoder, and the memory of the browser behind
the first tenth and at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np

from framewright.browser import Browser, BrowserOptions, FileServer, find_browser
from framewright.composition import Stage, open_project
from framewright.composition.footage import FootageDesk, OwnFiles
from framewright.media.sources import SourceShelf
from framewright.model.settings import Settings
from framewright.model.size import Size

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from framewright.browser import Page

RATE = 30
LENGTH = 150
WARM_UP = 10
_PAGE = """<!doctype html><body style="margin:0"><div data-composition-id="main" data-no-timeline data-duration="10"
data-width="{width}" data-height="{height}"><canvas width="{width}" height="{height}"></canvas>
<i style="position:absolute;width:9px;height:9px;background:red"></i></div><script>
const fw = window[Object.getOwnPropertySymbols(window).find((symbol) => window[symbol]?.footage)];
const context = document.querySelector('canvas').getContext('2d', {{ alpha: false }});
const box = document.querySelector('i');
let have = null;
window.go = async (n, seconds, draw) => {{
  box.style.left = `${{n % 100}}px`;
  if (seconds === null) return;
  const answer = await fw.footage.frame(new URL('film.mp4', location.href).href, seconds, null, {{ have }});
  if (answer.failed) throw new Error(answer.failed.message);
  if (!answer.picture) return;
  if (draw) context.drawImage(answer.picture, 0, 0);
  answer.picture.close();
  have = answer.start;
}};
</script>"""


def write_film(path: Path, size: Size) -> None:
    """A film in which everything moves: a gradient with some noise, as a camera has."""
    noise = np.random.default_rng(1).integers(0, 12, (size.height, size.width, 3))
    ramp = np.linspace(0, 200, size.width)[None, :, None] + np.linspace(0, 40, size.height)[:, None, None]
    picture = (ramp + noise).clip(0, 255).astype(np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = size.width, size.height, "yuv420p"
        stream.codec_context.colorspace = stream.codec_context.color_range = 1
        for n in range(LENGTH):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(np.roll(picture, 6 * n, 1)))
            made = frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range=1)
            container.mux(stream.encode(made))
        container.mux(stream.encode(None))


def _own_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _measure(
    name: str, browser: Browser, frames: int, step: Callable[[int], Awaitable[object]]
) -> None:
    for n in range(WARM_UP):
        await step(n)
    tenth = max(1, frames // 10)
    of_browser, of_python = browser.cpu_seconds(), _own_seconds()
    memory: list[int] = []
    for n in range(WARM_UP, WARM_UP + frames):
        await step(n)
        if n - WARM_UP in {tenth, frames - 1}:
            memory.append(browser.memory_bytes() // 2**20)
    each = 1000 / frames
    of_browser, of_python = browser.cpu_seconds() - of_browser, _own_seconds() - of_python
    print(
        f"{name:28} browser {of_browser * each:6.2f}  python {of_python * each:6.2f} CPU-ms a frame  "
        f"browser {' → '.join(map(str, memory))} MiB",
        flush=True,
    )


async def run(folder: Path, size: Size, frames: int) -> None:
    """Measure and print."""
    settings = Settings()
    (folder / "index.html").write_text(_PAGE.format(width=size.width, height=size.height))
    write_film(folder / "film.mp4", size)
    options = BrowserOptions(program=find_browser(settings), size=size)
    async with (
        Browser(options) as browser,
        FileServer(folder) as server,
        SourceShelf(settings.footage_memory) as shelf,
        FootageDesk(shelf, settings, own=[OwnFiles(server.origin, folder)], site=server.origin) as desk,
    ):

        def seconds(n: int) -> Fraction:
            return Fraction(n % LENGTH, RATE)

        async def decode(n: int) -> object:
            return await shelf.frame(folder / "film.mp4", seconds(n) + Fraction(1, 1000))

        await _measure("the decoder alone", browser, min(frames, LENGTH - WARM_UP), decode)
        for row, apart, moving, drawn in (
            ("a box", False, False, False),
            ("and frames by the connection", True, True, True),
            ("and frames by the ring", False, True, True),
            ("… that are not drawn", False, True, False),
        ):
            page = await browser.new_page(apart=apart)
            line = desk.admit(page)
            await Stage.open(page, open_project(folder), server.origin, None, line)

            async def step(n: int, page: Page = page, moving: bool = moving, drawn: bool = drawn) -> None:
                at = float(seconds(n)) if moving else "null"
                await page.evaluate(f"go({n}, {at}, {int(drawn)})", await_promise=True)
                await page.begin_frame()

            await _measure(row, browser, frames, step)
            assert (line.carrier.area is None) == (apart or not moving)
            await line.close()
            await page.close()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--frames", type=int, default=300)
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder).resolve(), Size(width, height), given.frames))


if __name__ == "__main__":
    main()
