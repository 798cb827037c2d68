"""A manifest, held to the same rules as an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.service.errors import RequestError, TooLargeError
from framewright.service.uploads.projects import Project
from framewright.service.uploads.unpacking.limits import Limits, RefusedError
from framewright.service.uploads.unpacking.names import Names, clean_name
from framewright.service.uploads.unpacking.tree import Unpacked

if TYPE_CHECKING:
    from framewright.model.upload import UploadManifest


def project_of(manifest: UploadManifest, limits: Limits) -> Project:
    """The project that a manifest tells of.

    Raises:
        RequestError: ``NAME_REFUSED``, ``NAME_TWICE``, ``ARCHIVE_EMPTY``.
        TooLargeError: ``ARCHIVE_TOO_MANY``, ``ARCHIVE_TOO_LARGE``.
    """
    names, files = Names(), []
    try:
        limits.refuse_count(len(manifest.files))
        # Nothing is packed here: each byte was sent.
        size = sum(file.bytes for file in manifest.files)
        limits.refuse_size(size, size)
        for file in manifest.files:
            name = clean_name(file.path)
            if name is not None:
                names.add(name)
                files.append(Unpacked(name, file.digest, file.bytes))
    except RefusedError as refused:
        too_large = refused.code in {"ARCHIVE_TOO_MANY", "ARCHIVE_TOO_LARGE"}
        raise (TooLargeError if too_large else RequestError)(refused.message, code=refused.code) from None
    if not files:
        raise RequestError("The manifest names no file of a composition.", code="ARCHIVE_EMPTY")
    return Project.of(files)
