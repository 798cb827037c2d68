"""How projects come in: as an archive, or file by file."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from framewright.model.upload import BlobStored, UploadAnswer
from framewright.service.errors import BusyError, RequestError
from framewright.service.uploads.archives import unpack_archive
from framewright.service.uploads.book import BLOCK
from framewright.service.uploads.folders import link_or_copy
from framewright.service.uploads.manifests import project_of
from framewright.service.uploads.projects import unwrapped
from framewright.service.uploads.receiving import receive
from framewright.service.uploads.unpacking.limits import Limits
from framewright.service.uploads.uploads import telling_full

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
    from pathlib import Path

    from framewright.model.upload import Upload, UploadManifest
    from framewright.service.desk import Caller
    from framewright.service.settings import ServiceSettings
    from framewright.service.uploads.unpacking.tree import Unpacked
    from framewright.service.uploads.uploads import Uploads

_MOST_AT_ONCE = 8
"""Bodies that are received at once; each may be as large as an upload."""
_UNNAMED = "upload"


class Intake:
    """Takes projects in.

    Args:
        uploads: where they come to lie.
    """

    def __init__(self, settings: ServiceSettings, uploads: Uploads) -> None:
        self._settings = settings
        self._uploads = uploads
        self._limits = Limits(settings.upload_files, settings.upload_size, settings.upload_ratio)
        self._receiving = 0

    async def take_archive(
        self, pieces: AsyncIterable[bytes], caller: Caller, *, name: str | None = None
    ) -> tuple[Upload, bool]:
        """Take a project as an archive; the second value tells whether it is a new one.

        Args:
            pieces: the archive, as it comes.
            name: what people shall call it; None: as its folder is called.

        Raises:
            RequestError, TooLargeError, UnavailableError: see :func:`~framewright.service.uploads.archives.unpack_archive`.
            TooLargeError: ``BODY_TOO_LARGE``, ``UPLOADS_FULL``. BusyError: ``UPLOADS_BUSY``.
        """
        async with self._intaking() as work:
            archive, target = work / "archive", work / "files"
            with archive.open("xb") as file:
                await receive(pieces, file.write, largest=self._settings.upload)
            target.mkdir()
            files = await unpack_archive(archive, target, self._limits)
            top, project = await asyncio.to_thread(unwrapped, files)
            return await self._uploads.file(target / top, project, caller, name or top or _UNNAMED)

    async def take_manifest(self, manifest: UploadManifest, caller: Caller) -> tuple[UploadAnswer, bool]:
        """Make a project of files that were sent, or tell which of them are missing.

        Raises:
            RequestError: ``NAME_REFUSED``, ``NAME_TWICE``, ``BLOB_DIFFERS``, ``ARCHIVE_EMPTY``.
            TooLargeError: ``ARCHIVE_TOO_MANY``, ``ARCHIVE_TOO_LARGE``, ``UPLOADS_FULL``. UnavailableError: ``DISK_FULL``.
        """
        project = await asyncio.to_thread(project_of, manifest, self._limits)
        known = await self._uploads.known(project, caller)
        if known is not None:
            return UploadAnswer(upload=known), False
        missing = await asyncio.to_thread(self._missing, project.files, caller.name)
        if missing:
            return UploadAnswer(missing=missing), False
        async with self._intaking() as work:
            try:
                await asyncio.to_thread(self._link, project.files, caller.name, work / "files")
            except FileNotFoundError:  # cleaned up just now
                return UploadAnswer(
                    missing=await asyncio.to_thread(self._missing, project.files, caller.name)
                ), False
            upload, fresh = await self._uploads.file(
                work / "files", project, caller, manifest.name or _UNNAMED
            )
        await asyncio.to_thread(self._uploads.blobs.count)
        return UploadAnswer(upload=upload), fresh

    async def take_blob(
        self, digest: str, pieces: AsyncIterable[bytes], caller: Caller
    ) -> tuple[BlobStored, bool]:
        """Take one file; the second value tells whether the caller had not sent it before.

        Args:
            digest: BLAKE3, in hexadecimal, of what will come.

        Raises:
            RequestError: ``BLOB_DIFFERS``. TooLargeError: ``BODY_TOO_LARGE``, ``UPLOADS_FULL``.
            BusyError: ``UPLOADS_BUSY``. UnavailableError: ``DISK_FULL``.
        """
        with self._turn(), telling_full(), self._uploads.blobs.writer(caller.name) as writer:
            await receive(pieces, writer.write, largest=self._settings.upload)
            if writer.digest != digest:
                raise RequestError(
                    f"What came has the digest {writer.digest}, not that of its address: send the file as it is.",
                    code="BLOB_DIFFERS",
                )
            async with self._uploads.filing:
                await self._uploads.make_room(writer.bytes + BLOCK)
                fresh = await asyncio.to_thread(self._uploads.blobs.keep, caller.name, writer)
        return BlobStored(digest=digest, bytes=writer.bytes), fresh

    def _missing(self, files: Sequence[Unpacked], owner: str) -> tuple[str, ...]:
        missing = dict.fromkeys(
            file.digest
            for file in files
            if (found := self._uploads.blobs.find(owner, file.digest)) is None
            or _refuse_other_size(file, found[1])
        )
        return tuple(missing)

    def _link(self, files: Sequence[Unpacked], owner: str, target: Path) -> None:
        target.mkdir()
        for file in files:
            found = self._uploads.blobs.find(owner, file.digest)
            if found is None:
                raise FileNotFoundError(file.digest)
            link_or_copy(found[0], target / file.path)

    @contextlib.asynccontextmanager
    async def _intaking(self) -> AsyncIterator[Path]:
        """A turn, and a folder for it."""
        with self._turn(), telling_full():
            async with self._uploads.folders.workplace() as work:
                yield work

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        if self._receiving >= _MOST_AT_ONCE:
            raise BusyError(
                f"The service takes {_MOST_AT_ONCE} uploads at a time: send this one again in a while.",
                code="UPLOADS_BUSY",
            )
        self._receiving += 1
        try:
            yield
        finally:
            self._receiving -= 1


def _refuse_other_size(file: Unpacked, size: int) -> bool:
    if size != file.bytes:
        raise RequestError(
            f"The file of '{file.path}' has {size} bytes, not {file.bytes}: write its own size into the manifest.",
            code="BLOB_DIFFERS",
        )
    return False
