"""Where the pieces of a render lie until they are put together."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from framewright.media import write_error
from framewright.model.output import Format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from framewright.media import OutputFile
    from framewright.model.frames import FrameRange


@contextmanager
def workbench_beside(target: OutputFile) -> Iterator[Path]:
    """A folder for one render alone, on the disk on which the output will stand. It is swept like the output's own partial file.

    Raises:
        OutputError: no folder can be made there.
    """
    folder = target.beside("pieces")
    try:
        folder.mkdir()
    except OSError as error:
        raise write_error(target.target, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def piece_name(frames: FrameRange, key: str) -> str:
    """What the piece of a chunk is placed by: its frames can be told without opening its account."""
    return f"{frames.start}-{frames.stop}-{key}"


def suffix_of(container: Format) -> str:
    """How the pieces of an output are called."""
    return ".zip" if container in {Format.GIF, Format.PNG_SEQUENCE} else f".{container.value}"


SOUND_SUFFIX = ".sound"
