"""What a composition asks of other origins: fetched once, kept, recorded, replayed."""

from framewright.composition.remote.cache import CacheEntry, RemoteCache
from framewright.composition.remote.fetch import Allowance, Fetched, Fetcher, FetchError
from framewright.composition.remote.foresight import foreseen_addresses
from framewright.composition.remote.policy import NetworkPolicy
from framewright.composition.remote.replay import Replay
from framewright.stores.blobs import BlobFolder

__all__ = [
    "Allowance",
    "BlobFolder",
    "CacheEntry",
    "FetchError",
    "Fetched",
    "Fetcher",
    "NetworkPolicy",
    "RemoteCache",
    "Replay",
    "foreseen_addresses",
]
