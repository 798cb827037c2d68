"""A folder of bytes that are named by their digest: whoever reads one gets what was written, or nothing."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING, Self

from blake3 import blake3

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

PARTIAL = ".partial-"
"""How names of files begin that are not whole yet, or never will be."""


def partial_in(folder: Path) -> Path:
    """A name that nobody else has, for what is not whole yet."""
    return folder / f"{PARTIAL}{os.getpid()}-{secrets.token_hex(8)}"


def digest_of(data: bytes) -> str:
    """The BLAKE3 digest in hexadecimal."""
    return blake3(data).hexdigest()


class BlobFolder:
    """Blobs below one folder, which several processes may share.

    A blob appears whole or not at all. Digests are checked whenever a blob is read.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        """Where a blob lies, or would lie."""
        return self.root / digest[:2] / digest

    def read(self, digest: str) -> bytes | None:
        """A blob; None when it is not there. One that was corrupted is removed and not there."""
        path = self.path(digest)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if digest_of(data) == digest:
            return data
        with contextlib.suppress(OSError):
            path.unlink()
        return None

    def put(self, data: bytes) -> str:
        """Write a blob, and return its digest.

        Raises:
            OSError: the folder cannot be written.
        """
        with BlobWriter(self) as writer:
            writer.write(data)
            return writer.commit()

    def adopt(self, other: BlobFolder, digest: str) -> None:
        """Take over a blob of another folder; without a copy where both lie on one disk.

        Raises:
            OSError: it is not there, or this folder cannot be written.
        """
        target = self.path(digest)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(other.path(digest), target)
        except FileExistsError:
            return
        except OSError:
            # Another disk, or one without links.
            with BlobWriter(self) as writer, other.path(digest).open("rb") as source:
                while piece := source.read(1 << 20):
                    writer.write(piece)
                writer.commit()


class BlobWriter:
    """Writes one blob piece by piece. A context manager: what was not committed is gone when it is left."""

    def __init__(self, folder: BlobFolder) -> None:
        self._folder = folder
        self._digest = blake3()
        self.bytes = 0

    def __enter__(self) -> Self:
        self._folder.root.mkdir(parents=True, exist_ok=True)
        self._partial = partial_in(self._folder.root)
        self._file = self._partial.open("xb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        with contextlib.suppress(OSError):
            self._partial.unlink()

    def write(self, piece: bytes) -> None:
        """Add a piece."""
        self._file.write(piece)
        self._digest.update(piece)
        self.bytes += len(piece)

    @property
    def digest(self) -> str:
        """Of what was written so far."""
        return self._digest.hexdigest()

    def commit(self) -> str:
        """Let the blob appear, and return its digest."""
        self._file.close()
        digest = self._digest.hexdigest()
        target = self._folder.path(digest)
        target.parent.mkdir(exist_ok=True)
        self._partial.replace(target)
        return digest
