"""One attempt of a job, and what it takes to follow it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framewright.service.temporal.book import JobBook
    from framewright.service.temporal.cluster import Cluster
    from framewright.service.temporal.documents import Begun, JobOrder
    from framewright.service.temporal.outputs import Outputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What is followed.

    Attributes:
        number: the first one is 1.
        begun: of an attempt after the first one.
        last: the id of the last event of the attempt before.
    """

    order: JobOrder
    number: int
    begun: Begun | None = None
    last: int = 0


@dataclass(frozen=True, slots=True)
class Means:
    """With what."""

    cluster: Cluster
    book: JobBook
    outputs: Outputs
