"""What was told of one attempt of a job, kept for whoever comes to it later, from this service or from another one.

Ids of events are microseconds since the job was asked for, so that they go on whoever tells, and through all attempts. Two services
that follow the same job number its events each in its own way. Whoever goes on with an id that this service has given gets what came
after it; whoever brings another's id is told the whole state again, with larger ids: some of it twice, nothing of it never.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from framewright.model.events import ChunkState, ChunkTold, Progressed, SoundTold
from framewright.model.job import Told

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from datetime import datetime

    from framewright.model.job import JobEvent

MOST_RECENT = 4000
"""Events after which a listener may go on without a gap; one that is farther behind is told the state."""
ROOM = 1_000_000
"""Ids left free before the last event: there a whole story fits for those who come late."""
_MICROSECOND = timedelta(microseconds=1)


class StoryBook:
    """The story of one attempt, while it is written.

    Args:
        created: when the job was asked for.
        last: the id of the last event of the attempt before.
    """

    def __init__(self, created: datetime, last: int = 0) -> None:
        self._created = created
        self._last = last
        self._first = 0
        self._count = 0
        self._kept: dict[Hashable, Told] = {}
        self._recent: deque[Told] = deque(maxlen=MOST_RECENT)

    @property
    def last(self) -> int:
        """The greatest id that was given."""
        return self._last

    @property
    def told(self) -> tuple[Told, ...]:
        """What still matters: of what is told again and again, the latest."""
        return tuple(sorted(self._kept.values(), key=lambda one: one.id))

    @property
    def count(self) -> int:
        """How many events were told."""
        return self._count

    def add(self, event: JobEvent, at: datetime, *, room: int = 0) -> Told:
        """Tell something.

        Args:
            room: ids that are left out before it.
        """
        self._last = max(self._last + 1, (at - self._created) // _MICROSECOND) + room
        told = Told(id=self._last, at=at, told=event)
        self._first = self._first or told.id
        self._count += 1
        self._recent.append(told)
        key, first = _key(event), _first_key(event)
        # The times of a chunk count from when it was told first; the latest word on it is kept last.
        if first is not None and first not in self._kept:
            self._kept[first] = told
        else:
            self._kept.pop(key, None)
            self._kept[key] = told
        return told

    def close(self, end: Told) -> Told:
        """Tell the end as it stands written; its number is greater than all before."""
        self._last = max(self._last + 1, end.id)
        told = end.model_copy(update={"id": self._last})
        self._count += 1
        self._recent.append(told)
        self._kept["end"] = told
        return told

    def after(self, seen: int) -> tuple[Told, ...]:
        """What somebody has to hear who comes with an id: all that he has not heard by then."""
        if seen == self._last:
            return ()
        if seen < self._first:
            return self.told
        ids = [one.id for one in self._recent]
        return tuple(self._recent)[ids.index(seen) + 1 :] if seen in ids else self._anew(seen)

    def since(self, count: int, seen: int) -> tuple[Told, ...]:
        """What was told after the first ``count`` events, to somebody who has heard them all, the last with the id ``seen``."""
        new = self._count - count
        return tuple(self._recent)[-new:] if 0 < new <= len(self._recent) else self._anew(seen) if new else ()

    def _anew(self, seen: int) -> tuple[Told, ...]:
        """The whole state, with ids of its own. What follows has greater ones."""
        story = self.told
        first = max(self._last, seen) + 1
        self._last = first + len(story) - 1
        return _renumbered(story, first)


def ended_after(story: Sequence[Told], last: int, seen: int) -> tuple[Told, ...]:
    """The same of an attempt that is over.

    Args:
        story: of which the last event is the end.
        last: the id of the end.
    """
    if seen >= last or not story:
        return ()
    if seen < story[0].id:
        rises = all(one.id < after.id for one, after in pairwise(story))
        if rises and story[-1].id == last:
            return tuple(story)
    if last - seen < len(story):
        return (story[-1].model_copy(update={"id": last}),)
    return _renumbered(story, last - len(story) + 1)


def _renumbered(story: Sequence[Told], first: int) -> tuple[Told, ...]:
    return tuple(one.model_copy(update={"id": first + place}) for place, one in enumerate(story))


def _key(event: JobEvent) -> Hashable:
    """What is told under the same key takes the place of what was."""
    match event:
        case Progressed() | SoundTold():
            return event.event
        case ChunkTold():
            return (event.start, event.attempt, event.state)
        case _:
            return event.model_dump_json()


def _first_key(event: JobEvent) -> Hashable | None:
    """What it is the first of, perhaps; None: of nothing that matters."""
    if not isinstance(event, ChunkTold) or event.state is not ChunkState.RUNNING:
        return None
    whole = event.frames == event.stop - event.start
    return (
        event.start,
        event.attempt,
        event.worker,
        "whole" if whole else "drawn" if event.frames else "begun",
    )
