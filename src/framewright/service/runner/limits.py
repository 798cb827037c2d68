"""Measures what the page wants as soon as it has told it, and says what is rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.events import Decided
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.job import JobPlan, Planned
from framewright.service.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.model.events import RenderEvent
    from framewright.render import RenderOptions
    from framewright.service.runner.messages import RunEvent, RunLimits

_SUBJECTS = ("size", "fps", "duration")


class Measure:
    """Stands between a render and whoever is told of it.

    Args:
        told: is handed every event, and what is rendered once it is known.
    """

    def __init__(self, limits: RunLimits, options: RenderOptions, told: Callable[[RunEvent], None]) -> None:
        self._limits = limits
        self._options = options
        self._told = told
        self._decided: dict[str, Decided] = {}

    def take(self, event: RenderEvent) -> None:
        """Take an event.

        Raises:
            LimitError: ``RUN_PIXELS``, ``RUN_DURATION``, ``RUN_FRAMES``.
        """
        self._told(event)
        if not isinstance(event, Decided) or event.subject not in _SUBJECTS or event.subject in self._decided:
            return
        self._decided[event.subject] = event
        if event.subject == "size":
            self._check_size(event)
        if len(self._decided) == len(_SUBJECTS):
            plan = self._plan()
            self._check(plan)
            self._told(Planned(plan=plan))

    def _check_size(self, event: Decided) -> None:
        width, height = _drawn(event)
        if width * height > self._limits.pixels:
            raise LimitError(
                f"A frame of {width}×{height} has {width * height} pixels, and {self._limits.pixels} are allowed: render it "
                "smaller, or have FRAMEWRIGHT_SERVICE_PIXELS raised.",
                code="RUN_PIXELS",
            )

    def _check(self, plan: JobPlan) -> None:
        if plan.seconds > self._limits.duration:
            raise LimitError(
                f"The video would be {plan.seconds:g} seconds long, and {self._limits.duration:g} are allowed: render a part "
                "of it, or have FRAMEWRIGHT_SERVICE_DURATION raised.",
                code="RUN_DURATION",
            )
        if plan.frames > self._limits.frames:
            raise LimitError(
                f"The video would have {plan.frames} frames, and {self._limits.frames} are allowed: render a part of it, "
                "or have FRAMEWRIGHT_SERVICE_FRAMES raised.",
                code="RUN_FRAMES",
            )

    def _plan(self) -> JobPlan:
        width, height = _drawn(self._decided["size"])
        scale = self._options.scale
        rate = FrameRate.parse(str(self._decided["fps"].choice))
        total = self._decided["duration"].inputs["frames"]
        assert isinstance(total, int)
        frames = FrameRange(0, total).clamp(self._options.start_frame, self._options.end_frame)
        return JobPlan(
            width=round(width / scale),
            height=round(height / scale),
            scale=scale,
            fps=str(rate),
            frames=len(frames),
            first_frame=frames.start,
            seconds=float(rate.time_of(len(frames))),
        )


def _drawn(event: Decided) -> tuple[int, int]:
    """Device pixels."""
    assert isinstance(event.choice, dict)
    width, height = event.choice["width"], event.choice["height"]
    assert isinstance(width, int)
    assert isinstance(height, int)
    return width, height
