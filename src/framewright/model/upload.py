"""Uploads of a render service, as they travel: projects whose files lie with the service."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from framewright.model.job_request import LONGEST_PATH

DIGEST_PATTERN = r"^[0-9a-f]{64}$"
"""BLAKE3, in hexadecimal."""
MOST_PAGES = 100
"""Pages that an upload tells of."""

LongName = Annotated[str, Field(min_length=1, max_length=200)]
FileDigest = Annotated[str, Field(pattern=DIGEST_PATTERN)]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UploadFile(_Value):
    """A file of a project.

    Attributes:
        path: in the project, with slashes.
        digest: BLAKE3 of its content, in hexadecimal.
        bytes: its size.
    """

    path: Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)]
    digest: FileDigest
    bytes: Annotated[int, Field(ge=0, strict=True)]


class UploadManifest(_Value):
    """A project as a list of its files, each of which is sent once, by its digest.

    Attributes:
        name: what people shall call it; None: ``upload``.
    """

    name: LongName | None = None
    files: Annotated[tuple[UploadFile, ...], Field(min_length=1)]


class Upload(_Value):
    """A project that lies with the service.

    Attributes:
        by: whose token sent it; ``local`` where none is needed.
        digest: of the whole project: of names and contents of its files.
        files, bytes: how many, and all together.
        pages: its HTML files that a render may name, ``index.html`` first; the first hundred.
        used: when a request last named it. What nobody names for long is removed.
    """

    id: str
    name: str
    by: str
    digest: str
    files: int
    bytes: int
    pages: tuple[str, ...]
    created: AwareDatetime
    used: AwareDatetime


class UploadAnswer(_Value):
    """What became of a manifest.

    Attributes:
        upload: None where files are missing.
        missing: digests of files that the service does not have from this caller: send them, then the manifest again.
    """

    upload: Upload | None = None
    missing: tuple[str, ...] = ()


class UploadPage(_Value):
    """Some uploads, the latest first.

    Attributes:
        next: give it as ``before`` for the uploads that come after these; None: there are none.
    """

    uploads: tuple[Upload, ...]
    next: str | None = None


class BlobStored(_Value):
    """A file that the service has now."""

    digest: str
    bytes: int
