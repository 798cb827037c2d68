"""When runs will end, from what their frames cost and how fast they have got on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.frames import FrameRange

if TYPE_CHECKING:
    from framewright.schedule.costs import CostCurve
    from framewright.schedule.states import Run

# Seconds for which the speed at the outset counts as if it had been measured.
_BELIEF = 5.0
# Of a run's own speed: shorter looks tell little.
_LEAST_LOOK = 1.0
# Frames that come at once: a block of the capture room, twice.
_LOT = 48


class Forecast:
    """Speeds, in seconds of cost per second: 2.0 for workers with two browsers, if costs were measured right.

    Args:
        opening: seconds until a worker's first frame.
        run_up: seconds for each frame that must be gone through before the first one; 0 where the clock can be set.
        speed: of a worker, before anything was measured.
    """

    def __init__(self, curve: CostCurve, *, opening: float, run_up: float, speed: float) -> None:
        self.curve = curve
        self._opening = opening
        self._run_up = run_up
        self._cost = speed * _BELIEF
        self._seconds = _BELIEF

    @property
    def speed(self) -> float:
        """Of a usual worker: over all that was finished so far."""
        return self._cost / self._seconds

    def opening(self, frame: int) -> float:
        """Seconds from the start of a run to its first frame, which is this one."""
        return self._opening + frame * self._run_up

    def learn(self, run: Run, frames: FrameRange, now: float) -> None:
        """A run has ended well."""
        since, done = run.first or (run.began, 0)
        start = min(frames.start + done, frames.stop)
        if now > since and start < frames.stop:
            self._cost += self.curve.of(FrameRange(start, frames.stop))
            self._seconds += now - since

    def speed_of(self, run: Run) -> float:
        """Of one run: its own, once it has told some progress."""
        if run.first is None:
            return self.speed
        since, done = run.first
        seconds = run.heard - since
        if seconds < _LEAST_LOOK or run.done <= done:
            return self.speed
        start = run.piece.frames.start
        return self.curve.of(FrameRange(start + done, start + run.done)) / seconds

    def seconds_left(self, run: Run, now: float) -> float:
        """Until a run will have finished, 0 at least."""
        frames = run.piece.frames
        left = FrameRange(min(frames.stop, frames.start + run.done), frames.stop)
        seconds = self.curve.of(left) / self.speed_of(run)
        if run.first is None:
            # What has gone by so far counts towards the opening alone.
            return seconds + max(0.0, self.opening(frames.start) - (now - run.began))
        return max(0.0, seconds - (now - run.heard))

    def patience(self, run: Run, least: float) -> float:
        """Seconds of silence that are usual for a run: four times what its next frames take, ``least`` at least."""
        frames = run.piece.frames
        start = min(frames.stop, frames.start + run.done)
        usual = self.curve.of(FrameRange(start, min(frames.stop, start + _LOT)))
        patience = max(least, 4 * usual / min(self.speed, self.speed_of(run)))
        return patience + (2 * self.opening(frames.start) if run.first is None else 0.0)
