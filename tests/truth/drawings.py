"""Pictures as the browser would deliver them, drawn without one: counters and flat colours, as I420 or PNG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from framewright.media import open_encoder
from framewright.model.output import Layout
from framewright.model.picture import Picture
from framewright.model.size import Size
from truth import colours, counter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from framewright.model.frames import FrameRate
    from framewright.model.output import OutputSpec


def counted(number: int, size: Size) -> np.ndarray:
    """The counter's cells: height × width × 4."""
    cells = np.array(counter.bits_of(number % counter.NUMBERS), np.uint8).reshape(2, counter.BITS) * 255
    grey = _spread(cells, size)
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def patches(size: Size, alphas: tuple[int, ...] = (255,) * 10) -> np.ndarray:
    """The ten flat colours: height × width × 4."""
    table = np.array([(*colour, alpha) for colour, alpha in zip(colours.FLAT, alphas, strict=True)], np.uint8)
    places = np.arange(10, dtype=np.uint8).reshape(colours.ROWS, colours.COLUMNS)
    return table[_spread(places, size)]


def as_picture(rgba: np.ndarray, layout: Layout, *, alpha: bool = False) -> Picture:
    """The pixels as the browser's bytes."""
    height, width = rgba.shape[:2]
    if layout is Layout.PNG:
        data = io.BytesIO()
        Image.fromarray(rgba if alpha else rgba[..., :3]).save(data, "png", compress_level=1)
        return Picture(layout, Size(width, height), data.getvalue())
    return Picture(layout, Size(width, height), _i420(rgba[..., :3].astype(np.float64)))


def film(
    path: Path, spec: OutputSpec, rate: FrameRate, pictures: Iterable[Picture | None], size: Size
) -> Path:
    """Encode pictures, None being a repeat, into ``path``."""
    if path.suffix == ".frames":
        path.mkdir()
    encoder = open_encoder(spec, size, rate, path)
    for picture in pictures:
        if picture is None:
            encoder.repeat()
        else:
            encoder.write(picture)
    encoder.finish()
    return path


def _i420(rgb: np.ndarray) -> bytes:
    """BT.601, limited range, chroma averaged over 2 × 2, as the frame stream delivers it."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    planes = [16 + luma * 219 / 255]
    for colour, scale in ((blue, 1.772), (red, 1.402)):
        chroma = 128 + (colour - luma) / scale * 224 / 255
        padded = np.pad(chroma, ((0, chroma.shape[0] % 2), (0, chroma.shape[1] % 2)), mode="edge")
        planes.append((padded[::2, ::2] + padded[1::2, ::2] + padded[::2, 1::2] + padded[1::2, 1::2]) / 4)
    return b"".join(np.round(plane).astype(np.uint8).tobytes() for plane in planes)


def _spread(cells: np.ndarray, size: Size) -> np.ndarray:
    rows = np.arange(size.height) * cells.shape[0] // size.height
    columns = np.arange(size.width) * cells.shape[1] // size.width
    return cells[rows[:, None], columns[None, :]]
