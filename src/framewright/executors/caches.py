"""What this installation keeps between renders, and how to be rid of it."""

from __future__ import annotations

import os
import time

from pydantic import BaseModel, ConfigDict

from framewright.composition.remote import RemoteCache
from framewright.executors.piece_cache import PieceCache
from framewright.model.settings import Settings
from framewright.stores.cache import BlobCache


class CacheUsage(BaseModel):
    """What one cache holds.

    Attributes:
        name: ``pieces`` of renders, ``remote`` for what was fetched from elsewhere, or ``store`` for blobs of stores.
        items, bytes: how many, and what they take.
        limit: bytes that they may take; 0: nothing is kept.
        idle_days: since the one was used that was not used for longest; None: there is none, or it is not known.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    items: int
    bytes: int
    limit: int
    idle_days: float | None = None


class CacheReport(BaseModel):
    """All caches below one folder.

    Attributes:
        freed: bytes that cleaning has freed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: str
    caches: tuple[CacheUsage, ...]
    freed: int = 0


def list_caches(settings: Settings | None = None) -> CacheReport:
    """What is kept. Nothing is changed.

    Args:
        settings: of the machine; None: read from the environment.
    """
    return _report(settings or Settings.read(), freed=0)


def clean_caches(settings: Settings | None = None, *, older_than: float | None = None) -> CacheReport:
    """Remove what is kept, but for pieces that a render is using, and what of a store was asked for within the last hour.

    Args:
        settings: of the machine; None: read from the environment.
        older_than: seconds; what was used since then stays. None: only pieces beyond the limits of size and age go.
    """
    settings = settings or Settings.read()
    pieces = PieceCache.at(settings)
    if older_than is None:
        freed = pieces.sweep() + BlobCache.of(settings).sweep()
    else:
        freed = pieces.clean(older_than=older_than) + _remote(settings).clean(older_than=older_than)
        freed += BlobCache.of(settings).clean(older_than=older_than)
    return _report(settings, freed=freed)


def _report(settings: Settings, *, freed: int) -> CacheReport:
    kept = PieceCache.at(settings).kept()
    blobs = BlobCache.of(settings).kept()
    fetched, fetched_bytes = _remote(settings).usage()
    on = settings.piece_cache_size > 0 and settings.piece_cache_age > 0
    usages = (
        CacheUsage(
            name="pieces",
            items=len(kept),
            bytes=sum(one.bytes for one in kept),
            limit=settings.piece_cache_size if on else 0,
            idle_days=_days_since(kept[0].used) if kept else None,
        ),
        CacheUsage(name="remote", items=fetched, bytes=fetched_bytes, limit=settings.cache_size),
        CacheUsage(
            name="store",
            items=len(blobs),
            bytes=sum(one.bytes for one in blobs),
            limit=settings.store_cache_size,
            idle_days=_days_since(blobs[0].used) if blobs else None,
        ),
    )
    # A name that is no UTF-8 cannot stand in JSON as it is.
    folder = os.fsencode(settings.cache_folder).decode("utf-8", "backslashreplace")
    return CacheReport(folder=folder, caches=usages, freed=freed)


def _days_since(used: float) -> float:
    return max(0.0, time.time() - used) / (24 * 3600)


def _remote(settings: Settings) -> RemoteCache:
    return RemoteCache(settings.cache_folder, largest=settings.cache_size)
