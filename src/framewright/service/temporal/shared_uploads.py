"""Uploads for all services on one store: their files by digest, as those of projects, and a document that names them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict

from framewright.executors.temporal.several import each
from framewright.model.errors import StoreError
from framewright.model.plan import Digest  # noqa: TC001 -- pydantic reads it at run time
from framewright.model.upload import UploadFile, UploadManifest
from framewright.render.threads import in_thread
from framewright.service.errors import UnknownError
from framewright.service.temporal.cluster import answering
from framewright.service.temporal.names import is_job, upload_document
from framewright.service.uploads.elsewhere import Known
from framewright.service.uploads.folders import link_or_copy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framewright.model.upload import Upload
    from framewright.service.uploads.unpacking.tree import Unpacked
    from framewright.stores import BlobStore


class _Document(BaseModel):
    """What stands in the store of an upload.

    Attributes:
        manifest: the blob of its list of files.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    by: str
    created: AwareDatetime
    manifest: Digest


class SharedUploads:
    """See :class:`~framewright.service.uploads.elsewhere.Elsewhere`.

    Args:
        store: closed by whoever opened it.
    """

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    async def keep(self, upload: Upload, files: Sequence[Unpacked], folder: Path) -> None:
        """See the protocol."""
        listed = UploadManifest(
            name=upload.name,
            files=tuple(UploadFile(path=file.path, digest=file.digest, bytes=file.bytes) for file in files),
        )
        with answering():
            await each(list(files), lambda file: self._store.put(folder / file.path, file.digest))
            document = _Document(
                id=upload.id,
                by=upload.by,
                created=upload.created,
                manifest=await self._put(listed.model_dump_json().encode()),
            )
            await self._store.commit(upload_document(upload.id), document.model_dump_json().encode())

    async def find(self, upload: str) -> Known | None:
        """See the protocol."""
        # Ids of uploads look like those of jobs.
        if not is_job(upload):
            return None
        with answering():
            written = await self._store.read(upload_document(upload))
            if written is None:
                return None
            document = _Document.model_validate_json(written)
            try:
                path = await self._store.get(document.manifest)
            except StoreError as error:
                if error.code == "BLOB_MISSING":
                    return None
                raise
        manifest = await in_thread(lambda: UploadManifest.model_validate_json(path.read_bytes()))
        return Known(id=document.id, by=document.by, created=document.created, manifest=manifest)

    async def lay(self, files: Sequence[Unpacked], folder: Path) -> None:
        """See the protocol."""

        async def lay(file: Unpacked) -> None:
            source = await self._store.get(file.digest)
            await in_thread(lambda: _place(source, folder / file.path))

        await in_thread(folder.mkdir)
        with answering():
            try:
                await each(list(files), lay)
            except StoreError as error:
                if error.code != "BLOB_MISSING":
                    raise
                raise UnknownError(
                    "Files of this upload were cleaned up: send the project again.", code="UPLOAD_UNKNOWN"
                ) from error

    async def forget(self, upload: str) -> None:
        """See the protocol."""
        with answering():
            await self._store.remove([upload_document(upload)])

    async def _put(self, data: bytes) -> str:
        def written() -> Path:
            descriptor, name = tempfile.mkstemp(prefix="framewright-")
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            return Path(name)

        path = await in_thread(written, undo=lambda path: path.unlink(missing_ok=True))
        try:
            return await self._store.put(path)
        finally:
            path.unlink(missing_ok=True)


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    link_or_copy(source, target)
