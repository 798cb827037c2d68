"""The story of a job for one who listens: what stands in the book, then what is told, without a gap and nothing twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from framewright.model.job import CancelledTold, Done, Failed
from framewright.service.jobs import rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from framewright.model.job import Told
    from framewright.service.jobs.book import Book
    from framewright.service.jobs.floor import Floor
    from framewright.service.jobs.hub import Hub

_PAGE = 200
_TURN_SECONDS = 0.05


async def follow(job: str, after: int, book: Book, hub: Hub, floor: Floor) -> AsyncIterator[Told]:
    """Everything that was told after an id, and is told until the job ends.

    It ends with the end of the attempt that it has come to. Whoever wants to hear of a retry as well asks again: the ids go
    on.

    Raises:
        BusyError: ``LISTENERS_FULL``. UnavailableError: ``DATABASE_FAILED``.
    """
    with hub.listen(job) as listener:
        story = floor.story(job)
        # An id that nothing has had yet is of another life of the service.
        last = min(after, await _last(job, book) if story is None else story.last)
        while not hub.closed:
            story = floor.story(job)
            listener.join(() if story is None else story.unwritten)
            # Asked before the book is read: then its end is in there.
            ended = story is None and await _is_over(job, book)
            async for told in _written(job, last, book):
                last = told.id
                yield told
            if ended:
                return
            if story is None:
                # It takes a turn at this moment: out of the queue, or into it.
                await asyncio.sleep(_TURN_SECONDS)
                continue
            over = False
            while not (over or listener.behind or hub.closed):
                await listener.news()
                for told in listener.take():
                    over = isinstance(told.told, Done | Failed | CancelledTold)
                    if told.id > last:
                        last = told.id
                        yield told
            if over:
                return


async def _written(job: str, after: int, book: Book) -> AsyncIterator[Told]:
    while page := await book.story(job, after=after, limit=_PAGE):
        for told in page:
            yield told
        after = page[-1].id


async def _is_over(job: str, book: Book) -> bool:
    state = await book.read(lambda db: rows.state_of(db, job))
    return state is None or state.over


async def _last(job: str, book: Book) -> int:
    return await book.read(lambda db: rows.last_id(db, job))
