"""Where the files of plans and pieces lie for everybody who works on a render: bytes by their digest, and small documents by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType


REFRESH_SECONDS = 24 * 3600.0
"""What was kept longer ago is kept anew when it is wanted again."""


@dataclass(frozen=True, slots=True)
class StoredThing:
    """One thing in a store.

    Attributes:
        name: with ``/`` between its parts, below the root of the store.
        modified: when it was written; aware of its time zone.
    """

    name: str
    bytes: int
    modified: datetime


class BlobStore(Protocol):
    """Keeps two kinds of things, for many machines at once.

    *Blobs* are files of any size, named by their BLAKE3 digest in hexadecimal; whoever reads one gets what was written, or an
    error. *Documents* are small, named by their writer, and written once: the first one stands. Names have ``/`` between their
    parts; a part is no ``.`` and no ``..``, has no control characters, and at most 200 bytes.

    All methods may be cancelled; nothing partial is ever seen by anybody. Each tries for about ten seconds to get through, or
    for as long as it gets on. An async context manager, which closes.

    Every method raises:
        StoreError: ``STORE_UNAVAILABLE``, retryable, where the store does not answer; ``CACHE_FAILED``, retryable, where the
            cache of this machine cannot be written.
        StoreRefusedError: ``STORE_REFUSED`` where it does not let us in; ``STORE_FULL``; ``STORE_MISSING`` where there is none.

    Attributes:
        uri: what :func:`framewright.stores.open_store` takes to open the same store elsewhere. No secret is a part of it.
    """

    @property
    def uri(self) -> str:
        """See the class."""
        ...

    async def put(self, path: Path, digest: str | None = None) -> str:
        """Keep a file, unless it is there; its digest.

        What was kept more than a day ago is kept anew, so that no clean-up by age takes what somebody is about to use.

        Args:
            digest: what the file is known to hold. It is checked while the file is sent.

        Raises:
            StoreError: ``BLOB_CHANGED`` the file does not hold what was said.
            OSError: the file cannot be read.
        """
        ...

    async def get(self, digest: str) -> Path:
        """A blob as a file on this machine, which must not be written to. It is fetched once, and checked once in each process.

        It stays for an hour after it was last asked for, and longer while the cache has room: who needs it for longer makes a
        link of his own.

        Raises:
            StoreError: ``BLOB_MISSING``; ``BLOB_CHANGED`` where what is there is not what was written.
        """
        ...

    async def drop(self, digest: str) -> None:
        """Remove a blob, here and in the cache of this machine: it was found to be wrong. Harmless when it is not there."""
        ...

    async def commit(self, name: str, document: bytes) -> bool:
        """Write a document under a name that nobody has used; False where somebody was first, whose document stands.

        Args:
            document: a few kilobytes, and not empty.
        """
        ...

    async def read(self, name: str) -> bytes | None:
        """A document; None: there is none."""
        ...

    async def list(self, prefix: str) -> tuple[StoredThing, ...]:
        """Everything whose name begins with this, in order of the names."""
        ...

    async def delete(self, prefix: str) -> int:
        """Remove everything whose name begins with this; how many things there were."""
        ...

    async def remove(self, names: Iterable[str]) -> None:
        """Remove things by their whole names. Harmless where one is not there."""
        ...

    async def tidy(self, before: datetime) -> None:
        """Remove what writers have left that have died before this time."""
        ...

    async def close(self) -> None:
        """Let go of connections. May be called again."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
