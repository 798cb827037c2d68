"""An image sequence as one file: a ZIP archive, stored, the same bytes for the same frames."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ARCHIVE_TYPE = "application/zip"
# ZIP knows no earlier time; that of the files would differ from render to render.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
_PIECE = 1 << 20


def write_archive(folder: Path, archive: Path) -> None:
    """Put the files of a folder into an archive, in the order of their names, and remove each once it is in. Blocks.

    PNG files and sound are compressed already, or too little to be worth it.

    Raises:
        OSError: it cannot be written.
    """
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as written:
        for file in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(file.name, _TIME)
            entry.external_attr = _MODE
            entry.create_system = 3
            entry.file_size = file.stat().st_size
            with file.open("rb") as source, written.open(entry, "w") as sink:
                shutil.copyfileobj(source, sink, _PIECE)
            # So that both together never take twice the room.
            file.unlink()
    folder.rmdir()
