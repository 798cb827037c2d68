"""Sizes in pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from framewright.model.errors import CompositionError

LARGEST_SIDE = 8192


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in whole pixels, 1 to 8192 each."""

    width: int
    height: int

    def __post_init__(self) -> None:
        for name, side in (("width", self.width), ("height", self.height)):
            if not 1 <= side <= LARGEST_SIDE:
                raise CompositionError(
                    f"A {name} of {side} pixels cannot be rendered: use 1 to {LARGEST_SIDE}.",
                    code="SIZE_INVALID",
                )

    @property
    def area(self) -> int:
        """Pixels in all."""
        return self.width * self.height

    @property
    def even(self) -> Size:
        """The smallest size that holds this one and that 4:2:0 chroma can divide by two."""
        return Size(self.width + self.width % 2, self.height + self.height % 2)

    def scaled(self, factor: float) -> Size:
        """This page at a device scale: Chromium rounds each side of its surface up."""
        return Size(_device_pixels(self.width, factor), _device_pixels(self.height, factor))

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


def _device_pixels(side: int, factor: float) -> int:
    # 1e-6 forgives the float noise of, say, 1080 × 1.1.
    return math.ceil(side * factor - 1e-6)
