"""Where services that stand side by side find what another one of them was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from framewright.model.upload import Upload, UploadManifest
    from framewright.service.uploads.unpacking.tree import Unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An upload that some service has taken.

    Attributes:
        by: whose it is.
    """

    id: str
    by: str
    created: datetime
    manifest: UploadManifest


class Elsewhere(Protocol):
    """Keeps uploads for all services together. Every method raises UnavailableError where it does not answer."""

    async def keep(self, upload: Upload, files: Sequence[Unpacked], folder: Path) -> None:
        """Make an upload known, with the files of a folder."""
        ...

    async def find(self, upload: str) -> Known | None:
        """An upload that was made known; None: there is none."""
        ...

    async def lay(self, files: Sequence[Unpacked], folder: Path) -> None:
        """Put files into a folder, which is made.

        Raises:
            UnknownError: ``UPLOAD_UNKNOWN`` some were cleaned up.
        """
        ...

    async def forget(self, upload: str) -> None:
        """Let an upload be known to nobody any more."""
        ...
