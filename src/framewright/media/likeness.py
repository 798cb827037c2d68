"""How far two pictures are from each other, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from framewright.media.colour import PngReader

if TYPE_CHECKING:
    from framewright.model.picture import Picture

INVISIBLE = 2
"""Steps of 255 that nobody sees: the rounding of a blend may differ by so much where a layer was drawn another way."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two pictures of one size differ by.

    Attributes:
        largest: the largest difference of one channel, 0 to 255.
        share: the part of the pixels, 0 to 1, of which a channel differs by more than :data:`INVISIBLE`.
    """

    largest: int
    share: float

    @property
    def alike(self) -> bool:
        """No pixel differs visibly."""
        return self.share == 0


def compare(one: Picture, other: Picture) -> Likeness:
    """Compare two PNG pictures, transparency included.

    Raises:
        EncoderError: ``PICTURE_INVALID`` when one of them is no PNG of its size.
        ValueError: they are of different sizes.
    """
    if one.size != other.size:
        raise ValueError(f"a picture of {one.size} cannot be compared with one of {other.size}")
    if bytes(one.data) == bytes(other.data):
        return Likeness(0, 0.0)
    pixels = (
        PngReader().read(picture).to_ndarray(format="rgba").astype(np.int16) for picture in (one, other)
    )
    difference = np.abs(np.subtract(*pixels)).max(axis=2)
    return Likeness(int(difference.max()), float((difference > INVISIBLE).mean()))
