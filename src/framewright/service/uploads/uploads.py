"""The uploads that a service has: found, listed, removed, and cleaned up when nobody needs them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Self

from framewright.model.logs import get_logger
from framewright.model.upload import UploadPage
from framewright.service.errors import (
    ConflictError,
    RequestError,
    ServiceError,
    TooLargeError,
    UnknownError,
)
from framewright.service.ids import new_id
from framewright.service.uploads import book
from framewright.service.uploads.archives import disk_full, is_full
from framewright.service.uploads.blobs import OwnedBlobs
from framewright.service.uploads.book import Entry
from framewright.service.uploads.folders import Folders, write_page
from framewright.service.uploads.manifests import project_of
from framewright.service.uploads.projects import INDEX, Project
from framewright.service.uploads.unpacking.limits import Limits
from framewright.service.uploads.unpacking.tree import Unpacked
from framewright.stores.blobs import digest_of as content_digest

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Coroutine, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from framewright.model.upload import Upload
    from framewright.service.database import Database
    from framewright.service.desk import Caller
    from framewright.service.settings import ServiceSettings
    from framewright.service.uploads.elsewhere import Elsewhere, Known

_SWEEP_SECONDS = 600.0
_DAY = 86_400.0
# Whoever has just sent or named something is about to use it.
_YOUNG_SECONDS = 900.0

_log = get_logger(__name__)


class Uploads:
    """Everything that callers have sent. An async context manager.

    Args:
        settings: its data folder must be there, and be this process's alone.
        elsewhere: knows the uploads of services that stand beside this one; None: it stands alone.

    Attributes:
        folders, blobs: where projects lie, and single files.
        filing: held by whoever looks for room, and takes it.
    """

    def __init__(
        self, settings: ServiceSettings, database: Database, *, elsewhere: Elsewhere | None = None
    ) -> None:
        self._settings = settings
        self._elsewhere = elsewhere
        self._database = database
        self.folders = Folders(settings.data_folder)
        self.blobs = OwnedBlobs(settings.data_folder)
        self.filing = asyncio.Lock()
        self._sweeping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        known = await self._database.run(book.ids)
        there = await asyncio.to_thread(self.folders.open, known)
        lost = known - there
        if lost:
            _log.warning("uploads_lost", uploads=sorted(lost))
            await self._database.run(lambda db: book.remove(db, lost))
        await asyncio.to_thread(self.blobs.open)
        self._sweeping = asyncio.create_task(self._sweep_on())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._sweeping is not None
        self._sweeping.cancel()
        await asyncio.wait((self._sweeping,))

    async def keep_page(self, html: str, caller: Caller, *, name: str) -> Upload:
        """A project of one page; the same one for the same page.

        Raises:
            RequestError: ``HTML_INVALID``. TooLargeError: ``UPLOADS_FULL``. UnavailableError: ``DISK_FULL``.
        """
        try:
            # A page that says nothing of its letters is read by this mark.
            content = html.encode("ascii" if html.isascii() else "utf-8-sig")
        except UnicodeEncodeError as error:
            raise RequestError(
                "The page has half a character in it, which is no text.", code="HTML_INVALID"
            ) from error
        project = Project.of([Unpacked(INDEX, content_digest(content), len(content))])
        known = await self.known(project, caller)
        if known is not None:
            return known
        with telling_full():
            return await self._keep(content, project, caller, name)

    async def _keep(self, content: bytes, project: Project, caller: Caller, name: str) -> Upload:
        async with self.folders.workplace() as work:
            await asyncio.to_thread(write_page, work / "files", INDEX, content)
            upload, _ = await self.file(work / "files", project, caller, name)
        return upload

    async def open(self, upload: str, caller: Caller) -> tuple[Upload, Path]:
        """An upload with its folder, which counts as used from now.

        Raises:
            UnknownError: ``UPLOAD_UNKNOWN``.
        """

        def look(db: sqlite3.Connection) -> Entry:
            entry = _of_caller(db, upload, caller)
            book.use(db, upload, time.time())
            return entry

        try:
            entry = await self._database.run(look)
        except UnknownError:
            adopted = await self._adopt(upload, caller)
            if adopted is None:
                raise
            entry = adopted
        return entry.shown, self.folders.place(entry.id)

    async def show(self, upload: str, caller: Caller) -> Upload:
        """One upload.

        Raises:
            UnknownError: ``UPLOAD_UNKNOWN``.
        """
        try:
            return (await self._database.run(lambda db: _of_caller(db, upload, caller))).shown
        except UnknownError:
            adopted = await self._adopt(upload, caller)
            if adopted is None:
                raise
            return adopted.shown

    async def page(self, caller: Caller, *, before: str | None = None, limit: int = 50) -> UploadPage:
        """Uploads, the latest first.

        Args:
            before: the ``next`` of the page before.
        """
        owner = None if caller.sees_all else caller.name
        found = await self._database.run(lambda db: book.page(db, owner, before, limit + 1))
        shown = tuple(entry.shown for entry in found[:limit])
        return UploadPage(uploads=shown, next=shown[-1].id if len(found) > limit else None)

    async def remove(self, upload: str, caller: Caller) -> None:
        """Remove an upload.

        Raises:
            UnknownError: ``UPLOAD_UNKNOWN``. ConflictError: ``UPLOAD_NEEDED`` a job that has not ended may open it.
        """

        def forget(db: sqlite3.Connection) -> None:
            _of_caller(db, upload, caller)
            if book.is_needed(db, upload):
                raise ConflictError(
                    f"Upload {upload} belongs to a job that waits or runs: cancel that, or let it end.",
                    code="UPLOAD_NEEDED",
                )
            book.remove(db, (upload,))

        shared = await self._shared(upload, caller)
        try:
            await self._database.run(forget)
        except UnknownError:
            if shared is None:
                raise
        await asyncio.to_thread(self.folders.remove, upload)
        if self._elsewhere is not None and shared is not None:
            await self._elsewhere.forget(upload)
        _log.info("upload_removed", upload=upload, by=caller.name)

    async def clean(self) -> None:
        """Remove what nobody has used for as long as the installation keeps it."""
        before = time.time() - self._settings.keep_uploads * _DAY

        def forget(db: sqlite3.Connection) -> list[Entry]:
            old = book.unused(db, before)
            book.remove(db, [entry.id for entry in old])
            return old

        await self._bury(await self._database.run(forget), "unused for long")
        await asyncio.to_thread(
            self.blobs.remove_loose, time.time() - min(_DAY, self._settings.keep_uploads * _DAY)
        )

    async def _sweep_on(self) -> None:
        while True:
            try:
                await self.clean()
            except Exception as error:  # noqa: BLE001 -- a full disk today must not end tomorrow's cleaning
                _log.warning("uploads_not_cleaned", error=repr(error))
            await asyncio.sleep(_SWEEP_SECONDS)

    async def file(self, made: Path, project: Project, caller: Caller, name: str) -> tuple[Upload, bool]:
        """Let a folder become an upload, unless the caller has the same project already.

        Returns:
            the upload, and whether it is new.

        Raises:
            TooLargeError: ``UPLOADS_FULL``.
        """
        known = await self.known(project, caller)
        if known is not None:
            return known, False
        entry = _entry(new_id(), caller.name, name, project, time.time())
        if self._elsewhere is None:
            return await self._file_here(made, project, caller, entry)
        # A store takes its time: nobody else waits for it.
        await self._elsewhere.keep(entry.shown, project.files, made)
        try:
            upload, fresh = await self._file_here(made, project, caller, entry)
        except (ServiceError, OSError):
            await self._elsewhere.forget(entry.id)
            raise
        if not fresh:
            await self._elsewhere.forget(entry.id)
        return upload, fresh

    async def _file_here(
        self, made: Path, project: Project, caller: Caller, entry: Entry
    ) -> tuple[Upload, bool]:
        async with self.filing:
            known = await self.known(project, caller)
            if known is not None:
                return known, False
            await self.make_room(entry.room)
            await _to_the_end(self._appear(made, entry))
        _log.info("upload_taken", upload=entry.id, by=entry.owner, files=entry.files, bytes=entry.bytes)
        return entry.shown, True

    async def _shared(self, upload: str, caller: Caller) -> Known | None:
        """What is known of an upload to all services; None: nothing, or it is somebody else's."""
        found = None if self._elsewhere is None else await self._elsewhere.find(upload)
        return found if found is not None and (caller.sees_all or found.by == caller.name) else None

    async def _adopt(self, upload: str, caller: Caller) -> Entry | None:
        """Fetch what another service was sent; None: there is no such thing, or it is somebody else's."""
        found = await self._shared(upload, caller)
        if self._elsewhere is None or found is None:
            return None
        limits = Limits(self._settings.upload_files, self._settings.upload_size, self._settings.upload_ratio)
        project = await asyncio.to_thread(project_of, found.manifest, limits)
        entry = _entry(upload, found.by, found.manifest.name or upload, project, found.created.timestamp())
        with telling_full():
            async with self.folders.workplace() as work:
                await self._elsewhere.lay(project.files, work / "files")
                async with self.filing:
                    # Of the same owner and content there is one; somebody else may have been as quick.
                    known = await self._database.run(
                        lambda db: book.find_content(db, entry.owner, entry.digest)
                    )
                    if known is not None:
                        return known
                    await self.make_room(entry.room)
                    await _to_the_end(self._appear(work / "files", entry))
        _log.info("upload_adopted", upload=upload, by=entry.owner, files=entry.files, bytes=entry.bytes)
        return entry

    async def _appear(self, made: Path, entry: Entry) -> None:
        await asyncio.to_thread(self.folders.commit, made, entry.id)
        await self._database.run(lambda db: book.add(db, entry))

    async def known(self, project: Project, caller: Caller) -> Upload | None:
        """The caller's upload of just these files; it counts as used from now."""

        def look(db: sqlite3.Connection) -> Entry | None:
            entry = book.find_content(db, caller.name, project.digest)
            if entry is not None:
                book.use(db, entry.id, time.time())
            return entry

        entry = await self._database.run(look)
        return None if entry is None else entry.shown

    async def make_room(self, size: int) -> None:
        """Remove what was not used for longest, until there is room. ``filing`` must be held.

        Args:
            size: bytes on the disk.

        Raises:
            TooLargeError: ``UPLOADS_FULL``.
        """
        young = time.time() - _YOUNG_SECONDS
        if await self._database.run(book.total) + self.blobs.loose + size > self._settings.uploads:
            await asyncio.to_thread(self.blobs.remove_loose, young)

        def forget(db: sqlite3.Connection) -> list[Entry]:
            over = book.total(db) + self.blobs.loose + size - self._settings.uploads
            gone = []
            for entry in book.unused(db, young):
                if over <= 0:
                    break
                gone.append(entry)
                over -= entry.room
            if over > 0:
                raise TooLargeError(
                    "The service has no room for more uploads: remove some that are not needed, or ask whoever runs it "
                    "for more.",
                    code="UPLOADS_FULL",
                )
            book.remove(db, [entry.id for entry in gone])
            return gone

        await self._bury(await self._database.run(forget), "room was needed")

    async def _bury(self, entries: Sequence[Entry], why: str) -> None:
        for entry in entries:
            await asyncio.to_thread(self.folders.remove, entry.id)
            _log.info("upload_removed", upload=entry.id, by=entry.owner, why=why)


def _entry(upload: str, owner: str, name: str, project: Project, created: float) -> Entry:
    return Entry(
        id=upload,
        owner=owner,
        name=name[:200],
        digest=project.digest,
        files=len(project.files),
        bytes=project.bytes,
        pages=project.pages,
        created=created,
        used=time.time(),
    )


def _of_caller(db: sqlite3.Connection, upload: str, caller: Caller) -> Entry:
    entry = book.find(db, upload)
    if entry is None or not (caller.sees_all or entry.owner == caller.name):
        raise UnknownError(
            f"There is no upload {upload}: it was removed, or never was; send the project again.",
            code="UPLOAD_UNKNOWN",
        )
    return entry


async def _to_the_end(doing: Coroutine[object, object, None]) -> None:
    """Have something done as a whole, also where whoever waits for it has left meanwhile."""
    task = asyncio.ensure_future(doing)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        raise


@contextlib.contextmanager
def telling_full() -> Iterator[None]:
    """Within it, a disk that is full is told as such.

    Raises:
        UnavailableError: ``DISK_FULL``.
    """
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise disk_full() from error
        raise
