"""Finished files on this machine: fetched from the store when somebody wants them, and let go of when there are too many."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from framewright.executors.temporal.publishing import AT_A_TIME
from framewright.media import write_error
from framewright.model.output import Format
from framewright.render.threads import in_thread
from framewright.service.runner.sequence_archive import write_archive
from framewright.stores import digest_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from framewright.executors.temporal.values import OutputFile
    from framewright.stores import BlobStore


class Outputs:
    """A folder of finished files, each by what it is made of.

    Args:
        folder: of this service alone; what lies there goes when it is made.
        most: bytes that may lie there, beside what somebody is reading.
    """

    def __init__(self, folder: Path, store: BlobStore, most: int) -> None:
        self._folder = folder
        self._store = store
        self._most = most
        self._readers: dict[str, int] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def open(self) -> None:
        """Make the folder, empty."""

        def work() -> None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(mode=0o700, parents=True)

        await in_thread(work)

    @asynccontextmanager
    async def file(self, files: Sequence[OutputFile], kind: Format) -> AsyncIterator[Path]:
        """A finished file; of an image sequence, one archive. It stands as long as the context is entered.

        Raises:
            StoreError: ``BLOB_MISSING``, ``BLOB_CHANGED``; and as :class:`~framewright.stores.store.BlobStore`.
            OutputError: the disk is full.
        """
        name = digest_of_files(files)
        self._readers[name] = self._readers.get(name, 0) + 1
        try:
            place = self._folder / name
            async with self._locks.setdefault(name, asyncio.Lock()):
                if not await in_thread(lambda: _found(place)):
                    await self._fetch(files, kind, place)
            yield place
        finally:
            self._readers[name] -= 1
            if not self._readers[name]:
                del self._readers[name]
                self._locks.pop(name, None)
            await in_thread(self._make_room)

    @asynccontextmanager
    async def scratch(self, data: bytes, suffix: str) -> AsyncIterator[Path]:
        """A file that is gone when the context is left."""
        place = self._folder / f"scratch-{secrets.token_hex(8)}{suffix}"
        try:
            await in_thread(lambda: place.write_bytes(data))
            yield place
        finally:
            await in_thread(lambda: place.unlink(missing_ok=True))

    async def _fetch(self, files: Sequence[OutputFile], kind: Format, place: Path) -> None:
        half = place.with_suffix(".half")
        await in_thread(lambda: _remove(half))
        try:
            if kind is not Format.PNG_SEQUENCE:
                source = await self._store.get(files[0].digest)
                await in_thread(lambda: _copy(source, half))
            else:
                frames = place.with_suffix(".frames")
                await in_thread(lambda: _remove(frames))
                await in_thread(frames.mkdir)
                await self._fetch_all(files, frames)
                await in_thread(lambda: write_archive(frames, half))
            await in_thread(lambda: half.replace(place))
        except OSError as error:
            raise write_error(place, error) from error
        finally:
            await in_thread(lambda: _remove(half))

    async def _fetch_all(self, files: Sequence[OutputFile], folder: Path) -> None:
        gate = asyncio.Semaphore(AT_A_TIME)

        async def fetch(file: OutputFile) -> None:
            # Names come from a store that others write to.
            target = folder / os.path.basename(file.name)
            async with gate:
                source = await self._store.get(file.digest)
                await in_thread(lambda: _copy(source, target))

        try:
            async with asyncio.TaskGroup() as group:
                for file in files:
                    group.create_task(fetch(file))
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None

    def _make_room(self) -> None:
        """The ones that nobody has asked for longest go. Blocks."""
        found = []
        for path in self._folder.glob("?" * 64):
            facts = path.stat()
            found.append((facts.st_mtime, facts.st_size, path))
        held = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if held <= self._most:
                return
            if path.name not in self._readers:
                path.unlink(missing_ok=True)
                held -= size


def digest_of_files(files: Sequence[OutputFile]) -> str:
    """What a finished file is known by: the digest of its only file, or of the digests of all."""
    if len(files) == 1 and not files[0].name:
        return files[0].digest
    return digest_of("\n".join(f"{file.digest} {file.name}" for file in files).encode())


def _found(place: Path) -> bool:
    """Whether it is there; then it counts as asked for now."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def _copy(source: Path, target: Path) -> None:
    """A link where that goes: nobody writes to either."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    else:
        os.utime(target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
