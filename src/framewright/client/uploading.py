"""Sending a project: first what it consists of, then only what the service does not have."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.client.project_files import manifest_of
from framewright.client.transport import Ask
from framewright.model.errors import CompositionError, FramewrightError
from framewright.model.logs import get_logger
from framewright.model.service_errors import ServerGoneError
from framewright.model.settings import Settings
from framewright.model.upload import BlobStored, Upload, UploadAnswer
from framewright.render.planning.sources import unreadable
from framewright.render.threads import in_thread
from framewright.stores.known_digests import KnownDigests

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from framewright.client.project_files import ProjectFiles
    from framewright.client.transport import Transport
    from framewright.model.upload import UploadFile, UploadManifest

AT_A_TIME = 6
"""Files that are sent side by side."""
_PIECE = 2**18
# A file may be cleaned up there between two of our requests, but not again and again.
_ROUNDS = 4
_SILENT_SECONDS = 60.0
_LAYING_SECONDS = 600.0
"""In which a service puts a project of ten thousand files together."""
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """A project that the service has now.

    Attributes:
        files, bytes: of it that had to be sent.
    """

    upload: Upload
    files: int
    bytes: int


async def send_project(transport: Transport, project: ProjectFiles) -> Sent:
    """Have the service hold a project.

    Raises:
        CompositionError: ``FILE_CHANGED``, ``UNREADABLE``.
        TooLargeError: more than the service takes.
        FramewrightError: as :meth:`~framewright.client.transport.Transport.ask`.
    """
    manifest = await _listed(project)
    sent: dict[str, int] = {}
    for _ in range(_ROUNDS):
        answer = await transport.ask(_ask(manifest), UploadAnswer)
        if answer.upload is not None:
            told = Sent(answer.upload, len(sent), sum(sent.values()))
            _log.info("project_sent", upload=told.upload.id, files=told.files, bytes=told.bytes)
            return told
        lacking = set(answer.missing)
        files = {file.digest: file for file in manifest.files if file.digest in lacking}
        if not files:
            break
        await _send_all(transport, project, tuple(files.values()))
        sent |= {file.digest: file.bytes for file in files.values()}
    raise ServerGoneError(
        f"{transport.base} goes on asking for files that it was sent: see what its log says.",
        code="UPLOAD_LOST",
    )


def _ask(manifest: UploadManifest) -> Ask:
    body = manifest.model_dump_json().encode()
    return Ask(
        method="POST",
        path="/v1/uploads:files",
        headers={"Content-Type": "application/json"},
        body=lambda: body,
        seconds=_LAYING_SECONDS,
    )


async def _listed(project: ProjectFiles) -> UploadManifest:
    with KnownDigests(Settings.read().cache_folder) as known:
        return await in_thread(lambda: manifest_of(project, known), interrupt=known.stop)
    raise AssertionError("unreachable")


async def _send_all(transport: Transport, project: ProjectFiles, files: tuple[UploadFile, ...]) -> None:
    gate = asyncio.Semaphore(AT_A_TIME)

    async def send(file: UploadFile) -> None:
        async with gate:
            await _send(transport, file, project.files[file.path])

    try:
        async with asyncio.TaskGroup() as group:
            for file in files:
                group.create_task(send(file))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None


async def _send(transport: Transport, file: UploadFile, path: Path) -> None:
    ask = Ask(
        method="PUT",
        path=f"/v1/blobs/{file.digest}",
        headers={"Content-Type": "application/octet-stream"},
        body=lambda: _pieces(path, file.bytes),
        bytes=file.bytes,
        silent_seconds=_SILENT_SECONDS,
    )
    try:
        await transport.ask(ask, BlobStored)
    except FramewrightError as error:
        if error.code == "BLOB_DIFFERS":
            raise _changed(path) from error
        raise


async def _pieces(path: Path, size: int) -> AsyncIterator[bytes]:
    """A file as it was when it was listed, and not a byte more."""
    try:
        file = await in_thread(lambda: path.open("rb"), undo=lambda file: file.close())
        with file:
            left = size
            while left:
                wanted = min(_PIECE, left)
                piece = await in_thread(functools.partial(file.read, wanted))
                if not piece:
                    raise _changed(path)
                left -= len(piece)
                yield piece
    except OSError as error:
        raise unreadable(path, error) from error


def _changed(path: Path) -> CompositionError:
    return CompositionError(
        f"{path} was written while it was sent: render when it is finished.", code="FILE_CHANGED"
    )
