"""Writing compositions for tests."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from truth import counter

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Film:
    """What a page is about: its size, rate and number of frames.

    ``lead`` is a quarter of a frame. Whatever changes at a frame's time is written to change that much earlier, so
    that float noise at the very edge is no question, while a clock that is off by more is found out.
    """

    frames: int = 24
    fps: str = "30"
    width: int = 320
    height: int = 180

    @property
    def frame(self) -> Fraction:
        """Seconds of one frame."""
        return 1 / Fraction(self.fps)

    @property
    def seconds(self) -> float:
        return float(self.frames * self.frame)

    @property
    def frame_ms(self) -> float:
        return float(1000 * self.frame)

    @property
    def lead(self) -> float:
        return float(self.frame / 4)


def document(
    film: Film,
    body: str = "",
    *,
    style: str = "",
    script: str = "",
    attributes: str = "data-no-timeline",
    head: str = "",
) -> str:
    """A whole page with a root of the film's size and length."""
    return f"""<!doctype html>
<html><head><meta charset="utf-8"><title>Truth</title>{head}
<style>{counter.CSS}{style}</style></head>
<body><div class="root" data-composition-id="main" {attributes} data-width="{film.width}"
 data-height="{film.height}" data-duration="{film.seconds!r}"
 style="width:{film.width}px;height:{film.height}px">{body}</div>
<script>{script}</script></body></html>
"""


def write(folder: Path, index: str, **files: str) -> Path:
    """A project folder with ``index.html`` and other files, ``inner_html="…"`` becoming ``inner.html``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(index)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder
