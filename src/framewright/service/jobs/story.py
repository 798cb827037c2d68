"""What is told of one job, numbered: all of it goes to those who listen, and enough of it into the book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.events import ChunkState, ChunkTold, Progressed, SoundTold
from framewright.model.job import Failed, Planned, Queued, Told
from framewright.service.jobs.entries import moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.model.job import JobEvent
    from framewright.service.jobs.hub import Hub

WRITE_EVERY = 0.5
"""Seconds between two progresses that are written down, at first."""
_THINNER = 500.0
MOST_WRITTEN = 50_000
"""Events of one attempt that are written down; a job that has more to tell is told of live alone, but for its turns."""


class Story:
    """Of one job, from one turn in the queue to its end.

    Args:
        last: the id of what was told of it last.
        hub: told everything.
    """

    def __init__(self, job: str, last: int, hub: Hub) -> None:
        self.job = job
        self.last = last
        self._hub = hub
        self._unwritten: list[Told] = []
        self._began: float | None = None
        self._written = 0
        self._written_at: dict[object, float] = {}

    @property
    def unwritten(self) -> tuple[Told, ...]:
        """What is still to be written down."""
        return tuple(self._unwritten)

    def tell(self, event: JobEvent, at: float) -> Told:
        """Tell those who listen, and write it down a little later where it is worth that."""
        told = self.number(event, at)
        if self._is_kept(event, at):
            self._unwritten.append(told)
        self._hub.publish(self.job, told)
        return told

    def number(self, event: JobEvent, at: float) -> Told:
        """Give an event its id, for whoever writes it down before it is told."""
        self.last += 1
        return Told(id=self.last, at=moment(at), told=event)

    def written(self, last: int) -> None:
        """Everything up to this id stands in the book."""
        self._unwritten = [told for told in self._unwritten if told.id > last]

    def publish(self, story: Iterable[Told]) -> None:
        """Tell those who listen what stands in the book."""
        for told in story:
            self._hub.publish(self.job, told)

    def _is_kept(self, event: JobEvent, at: float) -> bool:
        if self._began is None:
            self._began = at
        if self._written >= MOST_WRITTEN and not isinstance(event, Queued | Planned | Failed):
            return False
        about = _about(event)
        if about is not None:
            # The longer a job lasts, the less do moments of it matter: a story of hours stays a few thousand lines.
            pause = max(WRITE_EVERY, (at - self._began) / _THINNER)
            if at - self._written_at.get(about, float("-inf")) < pause:
                return False
            self._written_at[about] = at
        elif isinstance(event, ChunkTold):
            self._written_at.pop(_run_of(event), None)
        self._written += 1
        return True


def _about(event: JobEvent) -> object | None:
    """What a steady stream of events is about; None: it is news of its own."""
    match event:
        case Progressed() | SoundTold():
            return event.event if getattr(event, "fraction", 0.0) < 1.0 else None
        case ChunkTold(state=ChunkState.RUNNING, frames=frames) if 0 < frames < event.stop - event.start:
            return _run_of(event)
        case _:
            return None


def _run_of(event: ChunkTold) -> object:
    return (event.start, event.worker)
