"""A frame number that survives 4:2:0 chroma and lossy codecs: eight bits in cells, and their complement below.

A blend of two frames, a frame that was never drawn and a half-drawn one all fail to be the complement of
themselves, so they are found out instead of read as some number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

BITS = 8
NUMBERS = 2**BITS
_BLACK_BELOW, _WHITE_ABOVE = 85, 170

# The cells are grey until something drives them: a frame from before that is unreadable.
CSS = """
html, body { margin: 0; background: #808080; }
.root { position: relative; overflow: hidden; }
.counter, .strip { position: absolute; left: 0; top: 0; width: 100%; height: 100%; }
.cells { display: grid; width: 100%; height: 100%; grid-template: repeat(2, 1fr) / repeat(8, 1fr); }
.cells > i { background: #808080; }
"""

CELLS = f'<div class="cells">{"<i></i>" * (2 * BITS)}</div>'

# show(n) in any document that holds CELLS. Cells that keep their colour are left alone, so that an equal number is
# no change to the compositor.
SHOW = """
const cells = [...document.querySelectorAll(".cells > i")];
const shown = new Array(cells.length).fill(null);
function show(n) {
  for (let bit = 0; bit < 8; bit++) {
    const one = (n >> bit) & 1;
    paint(bit, one);
    paint(8 + bit, 1 - one);
  }
}
function paint(cell, white) {
  if (shown[cell] === white) return;
  shown[cell] = white;
  cells[cell].style.background = white ? "#fff" : "#000";
}
"""


class UnreadableError(AssertionError):
    """A picture that shows no whole frame number."""


def bits_of(number: int) -> list[int]:
    """The sixteen cells of a number, row by row: 1 is white."""
    bits = [(number >> bit) & 1 for bit in range(BITS)]
    return bits + [1 - bit for bit in bits]


def read(grey: np.ndarray) -> int:
    """The number that a picture shows: ``grey`` is height × width, 0 to 255.

    Raises:
        UnreadableError: a cell is neither black nor white, or contradicts its complement.
    """
    height, width = grey.shape
    means = [
        float(_middle(grey, row, column, height, width).mean()) for row in range(2) for column in range(BITS)
    ]
    cells = [1 if mean > _WHITE_ABOVE else 0 if mean < _BLACK_BELOW else None for mean in means]
    if None in cells or any(cells[bit] == cells[BITS + bit] for bit in range(BITS)):
        raise UnreadableError(f"no frame number in cells of {[round(mean) for mean in means]}")
    return sum(cell << bit for bit, cell in enumerate(cells[:BITS]) if cell)


def _middle(grey: np.ndarray, row: int, column: int, height: int, width: int) -> np.ndarray:
    """The inner half of a cell; of cells of few pixels, at least one pixel."""
    top, bottom = _inner(row, 2, height)
    left, right = _inner(column, BITS, width)
    return grey[top:bottom, left:right]


def _inner(index: int, count: int, length: int) -> tuple[int, int]:
    first, last = (index + 0.25) * length / count, (index + 0.75) * length / count
    start = round(first)
    return start, max(start + 1, round(last))
