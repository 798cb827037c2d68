"""The folder that an archive is unpacked into: each file once, each byte counted, nothing but plain files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from blake3 import blake3

from .limits import RefusedError
from .names import Names, clean_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .limits import Limits

_OPEN = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Unpacked(NamedTuple):
    """A file of the tree.

    Attributes:
        digest: BLAKE3, in hexadecimal.
    """

    path: str
    digest: str
    bytes: int


class Tree:
    """Writes files below an empty folder.

    Args:
        packed: bytes of the archive.
    """

    def __init__(self, root: Path, limits: Limits, packed: int) -> None:
        self._root = root
        self._limits = limits
        self._packed = packed
        self._names = Names()
        self._entries = 0
        self.bytes = 0
        self.files: list[Unpacked] = []

    def folder(self, written: str) -> None:
        """Take note of a folder. It is made when a file of it comes."""
        self._count()
        name = clean_name(written)
        if name is not None:
            self._names.add(name, folder=True)

    def file(self, written: str, pieces: Iterable[bytes], size: int) -> None:
        """Write a file.

        Args:
            size: that it is said to have.

        Raises:
            RefusedError: its name, or its size, or there are too many.
        """
        self._count()
        name = clean_name(written)
        if name is None:
            return
        self._names.add(name)
        # What is said is refused before a byte of it is unpacked; what comes is counted all the same.
        self._limits.refuse_size(self.bytes + size, self._packed)
        path = self._root.joinpath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, written_bytes = blake3(), 0
        with open(os.open(path, _OPEN, 0o444), "wb") as file:
            for piece in pieces:
                written_bytes += len(piece)
                self._limits.refuse_size(self.bytes + written_bytes, self._packed)
                digest.update(piece)
                file.write(piece)
        if written_bytes != size:
            raise RefusedError(
                "ARCHIVE_BROKEN",
                f"The archive says that {name!a} has {size} bytes, and it has {written_bytes}.",
            )
        self.bytes += written_bytes
        self.files.append(Unpacked(name, digest.hexdigest(), written_bytes))

    def _count(self) -> None:
        # Folders count too: a million of them are a bomb as well.
        self._entries += 1
        self._limits.refuse_count(self._entries)
