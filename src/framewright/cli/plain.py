"""For logs and pipes: whole lines, few of them, no control codes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from framewright.cli import phrases
from framewright.cli.console import line
from framewright.cli.narration import PeopleNarrator

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from framewright.model.events import Progressed, Stage

_SHARE_BETWEEN_LINES = 0.1
_LEAST_SECONDS_BETWEEN_LINES = 5.0
_MOST_SECONDS_BETWEEN_LINES = 300.0


class PlainNarrator(PeopleNarrator):
    """A line a stage, and one now and then while frames are drawn."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(console)
        self._clock = clock
        self._told_at = 0.0
        self._told_share = 0.0

    def stage_began(self, stage: Stage) -> None:
        """One line a stage."""
        self._told_at = self._clock()
        line(self.console, stage.value)

    def progressed(self, event: Progressed) -> None:
        """A line at each further tenth, but neither in quick succession nor after long silence."""
        if not event.total:  # a sign of life from elsewhere, before anything is planned
            return
        share = event.frames / event.total
        since = self._clock() - self._told_at
        further = share - self._told_share >= _SHARE_BETWEEN_LINES and since >= _LEAST_SECONDS_BETWEEN_LINES
        if not further and since < _MOST_SECONDS_BETWEEN_LINES:
            return
        self._told_at, self._told_share = self._clock(), share
        parts = [f"{event.frames} of {phrases.count(event.total, 'frame')}"]
        if event.rate is not None:
            parts.append(phrases.rate(event.rate))
        if event.seconds_left is not None:
            parts.append(f"{phrases.seconds(event.seconds_left)} left")
        line(self.console, f"  {', '.join(parts)}")

    def stopping(self) -> None:
        """One line."""
        line(self.console, "stopping")
