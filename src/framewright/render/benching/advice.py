"""What to set on a machine, from how fast it was: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from framewright.capture import CaptureKind
from framewright.model.output import Quality
from framewright.render.benching.result import Advice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framewright.render.benching.result import Pace

NEARLY = 0.95
"""Fewer workers that are nearly as fast leave the machine room for others."""


def advise(captures: Sequence[Pace], encoders: Sequence[Pace], workers: Sequence[Pace]) -> Advice:
    """The fewest workers that are nearly the fastest, and the kind of capture; what else is worth knowing is said.

    Args:
        captures: one browser each.
        encoders: by quality.
        workers: at least one.
    """
    best = max(workers, key=lambda pace: pace.rate)
    chosen = next(pace for pace in workers if pace.rate >= NEARLY * best.rate)
    told = [f"{chosen.name} side by side: {chosen.rate:.0f} frames a second of {best.rate:.0f} at best."]
    kinds = {pace.name: pace.rate for pace in captures}
    capture: Literal["auto", "screenshot"] = "auto"
    stream, shots = kinds.get(CaptureKind.STREAM, 0.0), kinds.get(CaptureKind.SCREENSHOT, 0.0)
    if not stream:
        capture = "screenshot"
        told.append(
            "The frame stream cannot be had here: with --capture screenshot no render tries it first."
        )
    elif shots:
        told.append(f"The frame stream is {stream / shots:.1f} × as fast as screenshots: auto takes it.")
    rates = {pace.name: pace.rate for pace in encoders}
    standard, draft = rates.get(Quality.STANDARD, 0.0), rates.get(Quality.DRAFT, 0.0)
    if standard and standard < 1.5 * best.rate:
        told.append(
            f"The encoder limits renders: alone it makes {standard:.0f} frames a second at standard quality, and "
            f"{draft:.0f} at draft, for what may look worse."
        )
    return Advice(workers=int(chosen.name), capture=capture, sentences=tuple(told))


def numbers_of_workers(cores: float, most: int) -> tuple[int, ...]:
    """Which numbers of workers are tried: 1, 2, 4 … and the cores, as far as memory has room for them."""
    whole = max(1, round(cores))
    doubled = {1 << power for power in range(8) if 1 << power <= whole}
    return tuple(sorted(number for number in doubled | {whole} if number <= max(1, most)))
