"""Pictures of 10 bits out of those that a browser draws in 8.

A page is drawn four times at the same moment, with the place of its footage black, white, in the high bytes of the
footage's codes, and in their low bytes. Whatever a page does to footage (scaling, fading, clipping, covering, blurring)
is linear in what stands there. So the black picture is the graphics alone, what white adds to it is the footage's weight
at each pixel, and what the two others add are the codes of the footage, weighed, high and low byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from framewright.media.colour import PngReader
from framewright.media.hdr.graphics import codes_of_graphics
from framewright.media.hdr.matrix import FULL, to_ycc
from framewright.model.output import Layout
from framewright.model.picture import Picture
from framewright.model.size import Size

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from framewright.model.media import Transfer

_Number = TypeVar("_Number", bound=np.generic)
_WHOLE = 255  # of 8 bits
_STRIPE_PIXELS = 1 << 16  # worked on at a time: they stay in a processor's cache


class Layers(NamedTuple):
    """The four pictures of one moment, as PNG."""

    black: Picture
    white: Picture
    high: Picture
    low: Picture


class Compositor:
    """Makes pictures in :attr:`~framewright.model.output.Layout.I010`. One call at a time.

    Args:
        size: of all pictures.
        transfer: PQ or HLG: of what comes out, and of the footage that comes in.
    """

    def __init__(self, size: Size, transfer: Transfer) -> None:
        self._size = size
        self._transfer = transfer
        self._reader = PngReader()

    def graphics(self, picture: Picture) -> Picture:
        """A picture without footage.

        Raises:
            EncoderError: ``PICTURE_INVALID`` when it is no PNG of the size.
        """
        colours = self._read(picture)
        return self._coded(lambda rows: codes_of_graphics(colours[:, rows], self._transfer))

    def composite(self, layers: Layers) -> Picture:
        """A picture with footage.

        Raises:
            EncoderError: as :meth:`graphics`.
        """
        black, white, high, low = (self._read(layer) for layer in layers)
        return self._coded(
            lambda rows: _mixed(black[:, rows], white[:, rows], high[:, rows], low[:, rows], self._transfer)
        )

    def _read(self, picture: Picture) -> NDArray[np.uint8]:
        """Red, green and blue of each pixel."""
        frame = self._reader.read(picture).reformat(format="gbrp")
        planes = []
        for plane in frame.planes:
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
            planes.append(rows[: frame.height, : frame.width])
        green, blue, red = planes
        return np.stack((red, green, blue))

    def _coded(self, codes_of: Callable[[slice], NDArray[np.float32]]) -> Picture:
        """The picture of these codes, which are made some rows at a time."""
        size, even = self._size, self._size.even
        half = Size(even.width // 2, even.height // 2)
        data = np.empty(size.area + 2 * half.area, "<u2")
        luma = data[: size.area].reshape(size.height, size.width)
        chroma = data[size.area :].reshape(2, half.height, half.width)
        most = max(2, _STRIPE_PIXELS // size.width // 2 * 2)
        for start in range(0, size.height, most):
            rows = slice(start, min(start + most, size.height))
            y, *others = to_ycc(_even(codes_of(rows)))
            luma[rows] = y[: rows.stop - start, : size.width]
            chroma[:, start // 2 : (rows.stop + 1) // 2] = others
        return Picture(Layout.I010, size, data.data.cast("B").toreadonly())


def _even(codes: NDArray[np.float32]) -> NDArray[np.float32]:
    """With the last row and column once more, where their number is odd."""
    _, rows, columns = codes.shape
    if rows % 2 == columns % 2 == 0:
        return codes
    return np.pad(codes, ((0, 0), (0, rows % 2), (0, columns % 2)), mode="edge")


def _mixed(
    black: NDArray[np.uint8],
    white: NDArray[np.uint8],
    high: NDArray[np.uint8],
    low: NDArray[np.uint8],
    transfer: Transfer,
) -> NDArray[np.float32]:
    """Codes of graphics and footage together."""
    ground = black.astype(np.int16)
    change = white - ground
    # Below 0 where the page inverts: what it takes away is taken from graphics that stand there whole.
    weight = np.clip(change, 0, _WHOLE)
    mixed = ((high - ground).astype(np.int32) * 256 + (low - ground)).astype(np.float32)
    alone = ~change.any(axis=0)
    if alone.any():
        np.copyto(mixed, codes_of_graphics(black, transfer), where=alone)
    # Pixels that are all footage need no graphics: in most films that is most of them.
    both = np.flatnonzero(~alone & (weight.min(axis=0) < _WHOLE))
    if both.size:
        left = _WHOLE - _rows(weight).take(both, axis=1).astype(np.float32)
        shown = _rows(black).take(both, axis=1) * np.float32(_WHOLE)
        straight = np.minimum(shown / np.maximum(left, 1) + np.float32(0.5), _WHOLE).astype(np.uint8)
        graphics = codes_of_graphics(straight, transfer) * (left / np.float32(_WHOLE))
        for row, codes in zip(_rows(mixed), graphics, strict=True):
            row[both] += codes
    return np.clip(mixed, 0, FULL, out=mixed)


def _rows(colours: NDArray[_Number]) -> NDArray[_Number]:
    """All pixels of a colour in one row."""
    return colours.reshape(3, -1)
