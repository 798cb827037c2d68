"""Where the tail of a running piece is cut off, so that both parts end at about the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.frames import FrameRange

if TYPE_CHECKING:
    from framewright.schedule.forecast import Forecast
    from framewright.schedule.states import Run


def tail_start(run: Run, forecast: Forecast, *, grid: int, now: float) -> int | None:
    """The frame from which on another worker should render; None where that would not pay.

    With ``s`` seconds left here, a cost of ``t`` for the tail, the speeds ``v`` here and ``w`` there and an opening of
    ``o``, both end together where ``s - t/v = o + t/w``.

    Args:
        grid: tails begin at its multiples, where the encoder begins anew: the bytes stay those of one piece. 0: nowhere.
    """
    if grid == 0:
        return None
    curve, frames = forecast.curve, run.piece.frames
    here, there, opening = forecast.speed_of(run), forecast.speed, forecast.opening(frames.stop)
    tail = (forecast.seconds_left(run, now) - opening) / (1 / here + 1 / there)
    if tail <= 0:
        return None
    wanted = curve.frame_at(max(0.0, curve.before(frames.stop) - tail))
    untouched = max(frames.start + run.done, run.refused)
    start = max(-(-wanted // grid), untouched // grid + 1) * grid
    if start >= frames.stop:
        return None
    worth = curve.of(FrameRange(start, frames.stop)) / max(here, there)
    return start if worth > opening else None
