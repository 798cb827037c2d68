"""What a draw answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw did.

    Attributes:
        damage: something changed since the draw before.
        png: the picture when it was asked for; None also when the browser had none ready, which does not mean that
            nothing changed.
    """

    damage: bool
    png: bytes | None = None
