"""The jobs of all services on one store: what was asked for, what was begun again, and what became of it."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from framewright.model.errors import StoreError
from framewright.render.threads import in_thread
from framewright.service.temporal import names
from framewright.service.temporal.documents import Begun, Ended, JobOrder, KeyTaken, Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from framewright.model.job import JobState, Told
    from framewright.model.plan import Digest
    from framewright.stores import BlobStore, StoredThing

FRESH_SECONDS = 1.0
"""For which a list of all names is good enough for those who only look."""
_MOST_KEPT = 5000
_AT_A_TIME = 16

_Document = TypeVar("_Document", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Known:
    """What the names of a job's documents tell.

    Attributes:
        attempt: the last one that was begun.
        ends: attempts that are over.
        written: when the last document was.
    """

    job: str
    attempt: int
    ends: frozenset[int]
    written: datetime

    @property
    def over(self) -> bool:
        """Whether nothing is being done for it."""
        return self.attempt in self.ends


class JobBook:
    """Documents never change, so each is read once and then known. Every method raises what the store does.

    Args:
        store: closed by whoever opened it.
    """

    def __init__(self, store: BlobStore) -> None:
        self._store = store
        self._read: OrderedDict[str, BaseModel] = OrderedDict()
        self._gate = asyncio.Semaphore(_AT_A_TIME)
        self._names = _Names()

    async def all(self, *, fresh: bool = False) -> Mapping[str, Known]:
        """All jobs by their ids, the latest first.

        Args:
            fresh: as they are now; else as they were within the last second.
        """
        async with self._names.lock:
            if fresh or time.monotonic() - self._names.at > FRESH_SECONDS:
                began = time.monotonic()
                self._names.found = _known(await self._store.list(names.JOBS))
                self._names.at = began
            return self._names.found

    async def find(self, job: str) -> Known | None:
        """One job; None: there is none."""
        if not names.is_job(job):
            return None
        found = _known(await self._store.list(names.folder_of(job))).get(job)
        if found != self._names.found.get(job):
            # Whoever was shown it here finds it in the next list, too.
            self._names.at = float("-inf")
        return found

    async def order(self, job: str) -> JobOrder | None:
        """What was asked for."""
        return await self._document(names.order_document(job), JobOrder)

    async def begun(self, job: str, attempt: int) -> Begun | None:
        """What is to be known of a later attempt."""
        return await self._document(names.begun_document(job, attempt), Begun)

    async def ended(self, job: str, attempt: int) -> Ended | None:
        """What became of an attempt; None: it is not over."""
        return await self._document(names.end_document(job, attempt), Ended)

    def state(self, known: Known) -> JobState | None:
        """What became of a job, where that was read already."""
        found = self._read.get(names.end_document(known.job, known.attempt))
        return found.state if isinstance(found, Ended) else None

    async def taken(self, owner: str, key: str) -> KeyTaken | None:
        """The job of a caller's key."""
        return await self._document(names.key_document(owner, key), KeyTaken)

    async def story(self, ended: Ended) -> tuple[Told, ...]:
        """What was told of an attempt that is over; nothing where it was cleaned up."""
        try:
            path = await self._store.get(ended.story)
            return (await in_thread(lambda: Story.model_validate_json(path.read_bytes()))).told
        except (StoreError, ValidationError, OSError) as error:
            if isinstance(error, StoreError) and error.code != "BLOB_MISSING":
                raise
            return ()

    async def keep_story(self, told: tuple[Told, ...]) -> Digest:
        """Write down what was told."""
        data = Story(told=told).model_dump_json().encode()

        def written() -> Path:
            descriptor, name = tempfile.mkstemp(prefix="framewright-")
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            return Path(name)

        path = await in_thread(written, undo=lambda path: path.unlink(missing_ok=True))
        try:
            return await self._store.put(path)
        finally:
            path.unlink(missing_ok=True)

    async def take_key(self, owner: str, key: str, taken: KeyTaken) -> KeyTaken:
        """Let a key stand for a job; for which it does, for somebody may have been first."""
        return await self._first(names.key_document(owner, key), taken)

    async def take(self, order: JobOrder) -> bool:
        """Write down a job; False: somebody else has."""
        return await self._write(names.order_document(order.id), order)

    async def begin(self, job: str, attempt: int, begun: Begun) -> bool:
        """Write down another attempt; False: somebody else has."""
        return await self._write(names.begun_document(job, attempt), begun)

    async def end(self, job: str, attempt: int, ended: Ended) -> tuple[Ended, bool]:
        """Write down what became of an attempt; what stands, and whether that is what was given."""
        stands = await self._first(names.end_document(job, attempt), ended)
        return stands, stands == ended

    async def withdraw(self, order: JobOrder) -> None:
        """Be rid of a job that could not be begun."""
        await self.forget(order.id, () if order.key is None else (order.key,))

    async def forget(self, job: str, more: Iterable[str] = ()) -> None:
        """Remove all documents of a job."""
        await self._store.remove(more)
        await self._store.delete(names.folder_of(job))
        for name in [name for name in self._read if name.startswith(names.folder_of(job)) or name in more]:
            del self._read[name]
        self._names.at = float("-inf")

    async def _document(self, name: str, kind: type[_Document]) -> _Document | None:
        if isinstance(known := self._read.get(name), kind):
            self._read.move_to_end(name)
            return known
        async with self._gate:
            data = await self._store.read(name)
        if data is None:
            return None
        try:
            found = kind.model_validate_json(data)
        except ValidationError as error:
            raise StoreError(
                f"The document {name} in {self._store.uri} cannot be read: use one version of Framewright for all services.",
                code="JOB_UNREADABLE",
            ) from error
        self._know(name, found)
        return found

    async def _write(self, name: str, document: BaseModel) -> bool:
        first = await self._store.commit(name, document.model_dump_json().encode())
        if first:
            self._know(name, document)
        self._names.at = float("-inf")
        return first

    async def _first(self, name: str, document: _Document) -> _Document:
        while not await self._write(name, document):
            if (there := await self._document(name, type(document))) is not None:
                return there
        return document

    def _know(self, name: str, document: BaseModel) -> None:
        self._read[name] = document
        while len(self._read) > _MOST_KEPT:
            self._read.popitem(last=False)


@dataclass(slots=True)
class _Names:
    """All jobs as they were a moment ago."""

    found: Mapping[str, Known] = field(default_factory=dict)
    at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


def _known(things: Iterable[StoredThing]) -> dict[str, Known]:
    """Jobs whose order stands there; of others, somebody has removed half and is about to remove the rest."""
    found: dict[str, list[StoredThing]] = {}
    for thing in things:
        found.setdefault(thing.name.removeprefix(names.JOBS).partition("/")[0], []).append(thing)
    return {
        job: _one(job, some)
        for job, some in found.items()
        if any(thing.name == names.order_document(job) for thing in some)
    }


def _one(job: str, things: Iterable[StoredThing]) -> Known:
    attempt, ends, written = 1, set[int](), None
    for thing in things:
        written = thing.modified if written is None else max(written, thing.modified)
        match names.attempt_of(thing.name.rpartition("/")[2]):
            case ("begun", number):
                attempt = max(attempt, number)
            case ("end", number):
                ends.add(number)
            case _:
                pass
    assert written is not None
    return Known(job, attempt, frozenset(ends), written)
