"""The queue: who waits, in which order, and what each was told of its place."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from framewright.service.jobs.story import Story

_NEAR = 10
_STEP = 0.9


@dataclass(order=True, slots=True)
class Waiting:
    """A job that waits. Sorted by its place.

    Attributes:
        queued: when it took its place; one that has run keeps the place that it had, before all later ones.
        number: of two at the same moment, who came first.
        told: the place that it was told of last.
    """

    queued: float
    number: int
    job: str = field(compare=False)
    story: Story = field(compare=False)
    told: int = field(compare=False)


class Line:
    """First come, first served."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._by_job: dict[str, Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._waiting)

    def get(self, job: str) -> Waiting | None:
        """Who waits under this id."""
        return self._by_job.get(job)

    def position(self, job: str) -> int | None:
        """How many come before it; None: it does not wait."""
        one = self._by_job.get(job)
        return None if one is None else bisect.bisect_left(self._waiting, one)

    def add(self, one: Waiting) -> None:
        """Somebody takes a place."""
        bisect.insort(self._waiting, one)
        self._by_job[one.job] = one

    def remove(self, job: str) -> Waiting | None:
        """Somebody leaves; None: it did not wait."""
        one = self._by_job.pop(job, None)
        if one is not None:
            del self._waiting[bisect.bisect_left(self._waiting, one)]
        return one

    def take(self, but: Collection[str]) -> Waiting | None:
        """The first one leaves to be served.

        Args:
            but: whose last turn is not quite over.
        """
        for one in self._waiting:
            if one.job not in but:
                return self.remove(one.job)
        return None

    def moved(self) -> Iterator[tuple[Waiting, int]]:
        """Those who should be told their new place: each step near the front, and every tenth part of the way before."""
        for place, one in enumerate(self._waiting):
            if place != one.told and (place <= _NEAR or not one.told * _STEP < place <= one.told):
                one.told = place
                yield one, place
