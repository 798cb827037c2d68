"""A project that is sent to a render service, as it travels: which files it has, which of them are missing, and what became of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from framewright.model.job_request import LONGEST_PATH
from framewright.model.plan import Digest  # noqa: TC001 -- pydantic reads it at run time

MOST_LISTED = 100_000
"""Files of one manifest; an installation may take fewer."""


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UploadFile(_Value):
    """A file of a project.

    Attributes:
        path: in the project, with slashes between its parts.
        digest: BLAKE3 of its content, in hexadecimal.
        bytes: its size.
    """

    path: Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)]
    digest: Digest
    bytes: Annotated[int, Field(ge=0)]


class UploadManifest(_Value):
    """All files of a project, for a service that may hold some of them already.

    Attributes:
        name: what people shall call the project.
    """

    name: Annotated[str, Field(min_length=1, max_length=200)]
    files: Annotated[tuple[UploadFile, ...], Field(min_length=1, max_length=MOST_LISTED)]


class Upload(_Value):
    """A project that a service holds.

    Attributes:
        id: by which requests name it.
        digest: of the whole project; the same files give the same one.
        files, bytes: how many, and how large together.
        used: when a request last named it.
    """

    id: str
    name: str
    digest: str
    files: int
    bytes: int
    created: AwareDatetime
    used: AwareDatetime


class ManifestAnswer(_Value):
    """What a service says to a manifest: what it lacks, or what it has made of the whole.

    Attributes:
        missing: digests of files to be sent; then the manifest is sent again.
        upload: the project; None as long as something is missing.
    """

    missing: tuple[Digest, ...] = ()
    upload: Upload | None = None


class UploadList(_Value):
    """The projects of whoever asks, the latest first."""

    uploads: tuple[Upload, ...]
