"""Ten flat colours, as patches of a page, and as measured in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from truth.pages import Film, document

if TYPE_CHECKING:
    from collections.abc import Sequence

# Corners of the cube, skin, a dark and a light grey, and colours that a wrong matrix moves most.
FLAT = (
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (255, 255, 255),
    (0, 0, 0),
    (255, 200, 0),
    (0, 180, 200),
    (90, 20, 140),
    (198, 134, 105),
    (64, 64, 64),
)
COLUMNS, ROWS = 5, 2


def flat_page(film: Film) -> str:
    """Ten patches, five in a row."""
    return _patches(film, [f"rgb({red},{green},{blue})" for red, green, blue in FLAT])


def alpha_page(film: Film, alphas: Sequence[int]) -> str:
    """Ten patches of the colours with these alphas (0 to 255) on a page without a background."""
    colours = [
        f"rgb({red} {green} {blue} / {alpha / 255:.6f})"
        for (red, green, blue), alpha in zip(FLAT, alphas, strict=True)
    ]
    return _patches(film, colours, style="html, body { background: transparent; }")


def _patches(film: Film, colours: list[str], style: str = "") -> str:
    body = "".join(f'<i style="background:{colour}"></i>' for colour in colours)
    grid = f".patches {{ display: grid; width: 100%; height: 100%; grid-template: repeat({ROWS}, 1fr) / repeat({COLUMNS}, 1fr); }}"
    return document(film, f'<div class="patches">{body}</div>', style=grid + style)


def measure(picture: np.ndarray) -> np.ndarray:
    """The mean RGBA of the inner part of each patch: 10 × 4."""
    height, width = picture.shape[:2]
    means = []
    for index in range(COLUMNS * ROWS):
        row, column = divmod(index, COLUMNS)
        top, left = row * height / ROWS, column * width / COLUMNS
        inner = picture[
            int(top + 0.3 * height / ROWS) : int(top + 0.7 * height / ROWS),
            int(left + 0.3 * width / COLUMNS) : int(left + 0.7 * width / COLUMNS),
        ]
        means.append(inner.reshape(-1, inner.shape[2]).mean(axis=0))
    return np.array(means)
