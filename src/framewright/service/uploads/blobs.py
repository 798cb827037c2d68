"""Files that callers send one by one, for manifests to name. Each owner has a folder: a digest opens nobody else's file.

All of it blocks.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from framewright.service.uploads.book import BLOCK
from framewright.stores.blobs import PARTIAL, BlobFolder, BlobWriter, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class OwnedBlobs:
    """Blobs by owner and digest.

    Attributes:
        loose: bytes on the disk of files that no upload has, as far as is known; :meth:`count` says exactly.
    """

    def __init__(self, data: Path) -> None:
        self._root = data / "blobs"
        self.loose = 0

    def open(self) -> None:
        """Make the folder, and remove what was not received whole."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, _ in self._files():
            if os.path.basename(path).startswith(PARTIAL):
                os.unlink(path)
        self.count()

    def writer(self, owner: str) -> BlobWriter:
        """Writes a file of an owner's; a context manager."""
        return BlobWriter(self._folder(owner))

    def keep(self, owner: str, writer: BlobWriter) -> bool:
        """Let a file that was written appear; whether it was not there before."""
        path = self._folder(owner).path(writer.digest)
        fresh = not path.exists()
        if fresh:
            writer.commit()
            path.chmod(0o444)
            self.loose += writer.bytes + BLOCK
        else:
            self._touch(path)
        return fresh

    def find(self, owner: str, digest: str) -> tuple[Path, int] | None:
        """A file of an owner's with its size. It is young again then."""
        path = self._folder(owner).path(digest)
        try:
            self._touch(path)
            return path, path.stat().st_size
        except FileNotFoundError:
            return None

    def remove_loose(self, before: float) -> None:
        """Remove files that no upload has, and nobody has named since a time in seconds since 1970."""
        for path, facts in self._files():
            if facts.st_nlink == 1 and facts.st_mtime < before:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
        self.count()

    def count(self) -> None:
        """See how much there is."""
        self.loose = sum(facts.st_size + BLOCK for _, facts in self._files() if facts.st_nlink == 1)

    def _folder(self, owner: str) -> BlobFolder:
        # Names of tokens are anybody's choice; those of folders are not.
        return BlobFolder(self._root / digest_of(owner.encode())[:32])

    def _files(self) -> Iterator[tuple[str, os.stat_result]]:
        for folder, _, names in os.walk(self._root):
            for name in names:
                path = os.path.join(folder, name)
                with contextlib.suppress(FileNotFoundError):
                    yield path, os.stat(path)

    @staticmethod
    def _touch(path: Path) -> None:
        now = time.time()
        os.utime(path, (now, now))
