"""Bytes by their digest, and documents by their name, wherever they lie. Knows nothing of what they mean."""

from framewright.stores.blobs import BlobFolder, BlobWriter, digest_of
from framewright.stores.opening import open_store
from framewright.stores.store import BlobStore, StoredThing
from framewright.stores.sweeping import StoreReport, StoreUsage, survey, sweep

__all__ = [
    "BlobFolder",
    "BlobStore",
    "BlobWriter",
    "StoreReport",
    "StoreUsage",
    "StoredThing",
    "digest_of",
    "open_store",
    "survey",
    "sweep",
]
