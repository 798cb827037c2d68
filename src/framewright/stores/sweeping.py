"""What a store holds, and being rid of what nobody wants any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from framewright.stores.names import BLOBS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.stores.store import BlobStore, StoredThing

# A document that was read in its last minute names a blob that may be a day older than itself, for younger ones are not
# kept anew; and whoever has read it wants some time to fetch that.
BLOBS_LONGER = timedelta(days=2)
_FORSAKEN = timedelta(days=1)
_TOGETHER = "service/jobs/"
"""Below this, each folder is one thing."""
_TOGETHER_PARTS = 3


class StoreUsage(BaseModel):
    """What a store holds of one kind.

    Attributes:
        name: ``blobs``, or the first part of the names of documents, such as ``pieces``.
        items, bytes: how many, and what they take.
        oldest_days: since the one was written or refreshed that was not for longest.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    items: int
    bytes: int
    oldest_days: float


class StoreReport(BaseModel):
    """What a store holds, or what was removed from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: str
    kinds: tuple[StoreUsage, ...]


async def survey(store: BlobStore) -> StoreReport:
    """What a store holds.

    Raises:
        StoreError: see :class:`~framewright.stores.store.BlobStore`.
    """
    return _report(store, await store.list(""))


async def sweep(store: BlobStore, older_than: timedelta, *, dry_run: bool = False) -> StoreReport:
    """Remove what was not written or refreshed for so long; what was removed.

    Documents go first, those of a service's job all at once when the last of them is old enough; and blobs stay longer by as much again, but at most by two days, so that nobody who has just read a document
    looks for its blob in vain. Everything that a render puts or finds in place was refreshed within the last day: with
    more than that nothing is removed that a render is using which began since.

    Args:
        dry_run: only say what would be removed.

    Raises:
        StoreError: see :class:`~framewright.stores.store.BlobStore`.
    """
    now = datetime.now(UTC)
    before = now - older_than
    blobs_before = before - min(older_than, BLOBS_LONGER)
    found = await store.list("")
    documents = _old_documents([thing for thing in found if not _is_blob(thing)], before)
    blobs = [thing for thing in found if _is_blob(thing) and thing.modified <= blobs_before]
    if dry_run:
        return _report(store, [*documents, *blobs])
    await store.remove(thing.name for thing in documents)
    removed = []
    for shelf in sorted({thing.name.rpartition("/")[0] for thing in blobs}):
        # Listed again, for some may have been refreshed since.
        some = [thing for thing in await store.list(f"{shelf}/") if thing.modified <= blobs_before]
        await store.remove(thing.name for thing in some)
        removed += some
    await store.tidy(min(before, now - _FORSAKEN))
    return _report(store, [*documents, *removed])


def _old_documents(documents: Iterable[StoredThing], before: datetime) -> list[StoredThing]:
    """Those of one thing, such as a job of a service, go together: when the last of them was written long ago."""
    together: dict[str, list[StoredThing]] = {}
    for thing in documents:
        parts = thing.name.split("/")
        whole = "/".join(parts[:_TOGETHER_PARTS]) if thing.name.startswith(_TOGETHER) else thing.name
        together.setdefault(whole, []).append(thing)
    return [
        thing for some in together.values() if max(one.modified for one in some) <= before for thing in some
    ]


def _is_blob(thing: StoredThing) -> bool:
    return thing.name.startswith(BLOBS)


def _report(store: BlobStore, things: Iterable[StoredThing]) -> StoreReport:
    kinds: dict[str, list[StoredThing]] = {}
    for thing in things:
        kinds.setdefault(thing.name.partition("/")[0], []).append(thing)
    now = datetime.now(UTC)
    return StoreReport(
        store=store.uri,
        kinds=tuple(
            StoreUsage(
                name=name,
                items=len(some),
                bytes=sum(thing.bytes for thing in some),
                oldest_days=max(0.0, *((now - thing.modified) / timedelta(days=1) for thing in some)),
            )
            for name, some in sorted(kinds.items())
        ),
    )
