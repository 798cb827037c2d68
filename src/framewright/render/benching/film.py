"""The composition that a machine is measured with: text and shapes that move in every frame, ours alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.size import Size

if TYPE_CHECKING:
    from pathlib import Path

SIZE = Size(1920, 1080)
SECONDS = 20

_PAGE = """<!doctype html>
<meta charset="utf-8">
<title>bench</title>
<style>
body {{ margin: 0; background: #14213d; color: #fff; font: 600 64px sans-serif; overflow: hidden; }}
#root {{ position: relative; width: {width}px; height: {height}px; overflow: hidden; }}
.shape {{ position: absolute; width: 180px; height: 180px; border-radius: 24px; animation: {seconds}s linear both; }}
.word {{ position: absolute; animation: {seconds}s linear both; white-space: nowrap; }}
@keyframes across {{ from {{ transform: translate(-200px) rotate(0) }}
  to {{ transform: translate({width}px) rotate(1440deg) }} }}
@keyframes up {{ from {{ transform: translateY({height}px) scale(.8) }} to {{ transform: translateY(-120px) scale(1.4) }} }}
</style>
<div id="root" data-composition-id="bench" data-width="{width}" data-height="{height}" data-duration="{seconds}"
 data-fps="30">{body}</div>
"""


def write_film(folder: Path) -> None:
    """Write the composition into a folder."""
    shapes = "".join(
        f'<div class="shape" style="top:{index * 83 % SIZE.height}px;background:hsl({index * 37},70%,55%);'
        f'animation-name:across;animation-delay:-{index}s"></div>'
        for index in range(12)
    )
    words = "".join(
        f'<div class="word" style="left:{index * 251 % SIZE.width}px;animation-name:up;animation-delay:-{index * 2}s">'
        f"Frame after frame {index}</div>"
        for index in range(8)
    )
    page = _PAGE.format(width=SIZE.width, height=SIZE.height, seconds=SECONDS, body=shapes + words)
    (folder / "index.html").write_text(page, encoding="utf-8")
