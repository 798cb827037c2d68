"""The files of jobs, for those who fetch them: as long as somebody reads one, it is not cleaned up."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from framewright.model.job import JobState
from framewright.model.report import RenderReport
from framewright.render.threads import in_thread
from framewright.service.desk import FileAnswer
from framewright.service.errors import BusyError, ConflictError, GoneError, UnknownError
from framewright.service.jobs import rows
from framewright.service.jobs.orders import LATEST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from framewright.service.jobs.book import Book
    from framewright.service.jobs.entries import Entry, KeptOutput
    from framewright.service.jobs.hands import Hands
    from framewright.service.jobs.orders import Folders

FRAMES_AT_ONCE = 2
MOST_WAITING = 32
_JPEG = "image/jpeg"


class Shelf:
    """Hands out what jobs have made.

    Args:
        hands: take frames out of finished files.
    """

    def __init__(self, book: Book, hands: Hands, folders: Folders) -> None:
        self._book = book
        self._hands = hands
        self._folders = folders
        self._read = Counter[str]()
        self._taking = asyncio.Semaphore(FRAMES_AT_ONCE)
        self._waiting = 0

    def is_read(self, job: str) -> bool:
        """Whether somebody reads a file of this job."""
        return self._read[job] > 0

    @asynccontextmanager
    async def output(self, entry: Entry) -> AsyncIterator[FileAnswer]:
        """See :meth:`~framewright.service.desk.Desk.output`."""
        with self._reading(entry.id):
            kept, path = await self._finished(entry)
            yield FileAnswer(path, kept.output.name, kept.output.type, kept.digest, "sha-256")

    @asynccontextmanager
    async def frame(self, entry: Entry, number: int | None) -> AsyncIterator[FileAnswer]:
        """See :meth:`~framewright.service.desk.Desk.frame`."""
        with self._reading(entry.id):
            latest = self._folders.job(entry.id) / LATEST
            if number is None and await in_thread(latest.is_file):
                yield FileAnswer(latest, LATEST, _JPEG)
                return
            if entry.state is not JobState.DONE:
                raise ConflictError(
                    "The frame is not to be had yet: single frames are once the render is done, the latest one soon after its"
                    " start.",
                    code="FRAME_NOT_READY",
                )
            kept, path = await self._finished(entry)
            if number is None:
                number = kept.output.frames - 1
            if not 0 <= number < kept.output.frames:
                raise UnknownError(
                    f"There is no frame {number}: the video has the frames 0 to {kept.output.frames - 1}.",
                    code="FRAME_UNKNOWN",
                )
            picture = self._folders.work / f"frame-{secrets.token_hex(8)}.jpg"
            try:
                await self._take(entry, path, number, picture)
                yield FileAnswer(picture, f"frame-{number}.jpg", _JPEG)
            finally:
                await in_thread(lambda: picture.unlink(missing_ok=True))

    async def report(self, entry: Entry) -> RenderReport:
        """See :meth:`~framewright.service.desk.Desk.report`."""
        written = await self._book.read(lambda db: rows.report_of(db, entry.id))
        if entry.state is not JobState.DONE or written is None:
            raise ConflictError("The render is not done: there is no report of it.", code="REPORT_NOT_READY")
        return RenderReport.model_validate_json(written)

    async def _finished(self, entry: Entry) -> tuple[KeptOutput, Path]:
        kept = entry.output
        if entry.state is not JobState.DONE or kept is None:
            raise ConflictError(
                "The render is not done: its file is there once it is.", code="OUTPUT_NOT_READY"
            )
        path = self._folders.job(entry.id) / kept.file
        if kept.gone or not await in_thread(path.is_file):
            raise GoneError(
                "The file was cleaned up to make room for later ones: ask for the render again.",
                code="OUTPUT_GONE",
            )
        return kept, path

    async def _take(self, entry: Entry, video: Path, number: int, picture: Path) -> None:
        if self._waiting >= MOST_WAITING:
            raise BusyError(
                "Too many frames are asked for at once: ask again in a moment.", code="FRAMES_FULL", seconds=2
            )
        self._waiting += 1
        try:
            async with self._taking:
                plan = entry.board.plan
                content = await self._hands.frame(video, number, None if plan is None else plan.fps)
                await in_thread(lambda: picture.write_bytes(content))
        finally:
            self._waiting -= 1

    @contextmanager
    def _reading(self, job: str) -> Iterator[None]:
        self._read[job] += 1
        try:
            yield
        finally:
            self._read[job] -= 1
            if not self._read[job]:
                del self._read[job]
