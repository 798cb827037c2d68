"""Links of jobs, with tickets for those who cannot send a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from framewright.model.job import Job, JobLine

if TYPE_CHECKING:
    from framewright.service.rooms import Rooms

_Kind = TypeVar("_Kind", Job, JobLine)


def with_tickets(rooms: Rooms, job: _Kind) -> _Kind:
    """A job whose links to files can be opened as they are."""
    if rooms.tickets is None or job.links.frame is None:
        return job
    ticket = rooms.tickets.issue(job.id, job.by)
    links = {
        name: f"{link}?ticket={ticket}"
        for name in ("output", "frame", "report")
        if (link := getattr(job.links, name)) is not None
    }
    return job.model_copy(update={"links": job.links.model_copy(update=links)})
