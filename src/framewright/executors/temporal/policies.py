"""How long each activity may take, how often it is tried, and how it ends when it is not wanted any more: one table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType

from framewright.executors.temporal import activity_names

_WAIT = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
_TRY = ActivityCancellationType.TRY_CANCEL
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Policy:
    """Of one kind of activity. All times in seconds.

    Attributes:
        least: that one attempt may take at least.
        estimates: times what it is expected to take, where that is more.
        silence: times the heartbeat limit of the render without a sign of life; None: it gives none.
        first, longest: pauses before the second attempt, which doubles, and before any.
        attempts: in all. Errors that are not retryable end it with the first.
        cancellation: whether the workflow waits until the worker has let go.
    """

    least: float
    estimates: float = 0.0
    silence: float | None = 1.0
    first: float = 1.0
    longest: float = 60.0
    attempts: int = 3
    cancellation: ActivityCancellationType = _WAIT

    @property
    def retry(self) -> RetryPolicy:
        """For Temporal."""
        return RetryPolicy(
            initial_interval=timedelta(seconds=self.first),
            backoff_coefficient=2.0,
            maximum_interval=timedelta(seconds=self.longest),
            maximum_attempts=self.attempts,
        )

    def attempt(self, estimate: float) -> timedelta:
        """What one attempt may take."""
        return timedelta(seconds=max(self.least, self.estimates * estimate))

    def heartbeat(self, limit: float) -> timedelta | None:
        """What may pass without a sign of life, for a render whose limit this is."""
        return None if self.silence is None else timedelta(seconds=self.silence * limit)


# Attempts and pauses are such that a store that is away for ten seconds ends no render.
POLICIES = {
    activity_names.PLAN: Policy(least=10 * _MINUTE, longest=10.0, attempts=5, cancellation=_TRY),
    activity_names.READ_CUTS: Policy(
        least=2 * _MINUTE, silence=None, longest=10.0, attempts=6, cancellation=_TRY
    ),
    activity_names.RENDER_CHUNK: Policy(least=10 * _MINUTE, estimates=5.0, attempts=6),
    activity_names.MIX_SOUND: Policy(least=30 * _MINUTE, silence=2.0, first=5.0),
    activity_names.ASSEMBLE: Policy(least=10 * _MINUTE, estimates=2.0, silence=2.0, first=5.0),
    activity_names.FORGET: Policy(
        least=5 * _MINUTE, silence=None, longest=10.0, attempts=6, cancellation=_TRY
    ),
}

SPARE_SECONDS = 60.0
"""Beyond the render's own time, which the workflow keeps itself: the server's limits are there if the workflow fails."""
