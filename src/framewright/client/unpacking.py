"""An image sequence comes as one archive, and becomes a folder again."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from typing import TYPE_CHECKING

from framewright.media import write_error
from framewright.media.output_file import SEQUENCE, SOUND_NAME
from framewright.model.service_errors import ServerGoneError

if TYPE_CHECKING:
    from pathlib import Path

ZIP = "application/zip"
_PIECE = 2**20
# A picture, or its sound, is not larger than this; a service that says so is none of ours.
_LARGEST = 2**31


def unpack_sequence(archive: Path, folder: Path, *, frames: int) -> None:
    """Write the pictures of an archive, and the sound beside them, into an empty folder. Blocks.

    Args:
        frames: pictures that there must be.

    Raises:
        OutputError: they cannot be written.
        ServerGoneError: ``DOWNLOAD_BROKEN`` it is no archive of pictures; nothing outside of ``folder`` is written.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            for entry in opened.infolist():
                if not SEQUENCE.children.fullmatch(entry.filename) or entry.file_size > _LARGEST:
                    raise _broken(f"'{entry.filename[:80]}' is no picture of a sequence")
                # The reader stops at the size that the archive tells, whatever unpacks out of it.
                with opened.open(entry) as source, (folder / entry.filename).open("xb") as sink:
                    shutil.copyfileobj(source, sink, _PIECE)
            pictures = sum(entry.filename != SOUND_NAME for entry in opened.infolist())
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        FileExistsError,
    ) as error:
        raise _broken(str(error)) from error
    except OSError as error:
        raise write_error(folder, error) from error
    if pictures != frames:
        raise _broken(f"it has {pictures} pictures in place of {frames}")


def _broken(why: str) -> ServerGoneError:
    return ServerGoneError(
        f"The image sequence that came cannot be unpacked ({why}): fetch it again.", code="DOWNLOAD_BROKEN"
    )
