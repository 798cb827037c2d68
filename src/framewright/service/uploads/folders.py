"""Where uploads lie: a folder for each, made elsewhere and then moved, so that none is ever half there. Almost all of it blocks."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from framewright.service.ids import new_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection
    from pathlib import Path

_READ_ONLY = 0o444


class Folders:
    """The folders of uploads below the data folder of a service."""

    def __init__(self, data: Path) -> None:
        self._uploads = data / "uploads"
        self._incoming = data / "incoming"

    def open(self, known: Collection[str]) -> frozenset[str]:
        """Make them, and remove what an end in the middle has left; tell which are there.

        Args:
            known: ids of uploads that are written down.
        """
        shutil.rmtree(self._incoming, ignore_errors=True)
        for folder in (self._uploads, self._incoming):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = {entry.name for entry in os.scandir(self._uploads)}
        for left in there - set(known):
            self.remove(left)
        return frozenset(there & set(known))

    def place(self, upload: str) -> Path:
        """Where an upload lies, or would lie."""
        return self._uploads / upload

    @contextlib.asynccontextmanager
    async def workplace(self) -> AsyncIterator[Path]:
        """A folder for what comes in, which is removed when it is left. Does not block."""
        folder = self._incoming / new_id()
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            # Whoever is cancelled here leaves it to the thread, which goes on.
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def commit(self, made: Path, upload: str) -> None:
        """Let an upload appear."""
        made.rename(self.place(upload))

    def remove(self, upload: str) -> None:
        """Let an upload disappear, at once as far as anybody sees."""
        gone = self._incoming / new_id()
        with contextlib.suppress(FileNotFoundError):
            self.place(upload).rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def write_page(folder: Path, name: str, content: bytes) -> None:
    """Write the only file of a project."""
    folder.mkdir()
    path = folder / name
    path.write_bytes(content)
    path.chmod(_READ_ONLY)


def link_or_copy(source: Path, target: Path) -> None:
    """Have a file stand in a second place.

    Raises:
        FileNotFoundError: it is gone.
        OSError: the disk takes no more.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # a disk without links, or with too many of this file
        shutil.copyfile(source, target)
        target.chmod(_READ_ONLY)
