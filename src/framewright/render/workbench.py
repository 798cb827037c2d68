"""Where the pieces of a render lie until they are put together."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from framewright.media import write_error
from framewright.model.output import Format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from framewright.media import OutputFile
    from framewright.model.frames import FrameRange


class Shelf(Protocol):
    """A folder of pieces by their keys. One that outlives a render lets the next one find them."""

    def place(self, key: str, suffix: str) -> Path:
        """Where the piece of this key stands, or shall stand; its folder exists.

        Raises:
            OutputError: nothing can be written there.
        """
        ...


class Workbench:
    """A shelf for one render alone, gone with it.

    Args:
        folder: exists, and belongs to the render.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self, key: str, suffix: str) -> Path:
        """See :class:`Shelf`."""
        return self._folder / f"{key[:48]}{suffix}"


@contextmanager
def workbench_beside(target: OutputFile) -> Iterator[Workbench]:
    """A workbench on the disk on which the output will stand. It is swept like the output's own partial file.

    Raises:
        OutputError: no folder can be made there.
    """
    folder = target.beside("pieces")
    try:
        folder.mkdir()
    except OSError as error:
        raise write_error(target.target, error) from error
    try:
        yield Workbench(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def piece_name(frames: FrameRange, key: str) -> str:
    """What the piece of a chunk is placed by: its frames can be told without opening its account."""
    return f"{frames.start}-{frames.stop}-{key}"


def suffix_of(container: Format) -> str:
    """How the pieces of an output are called."""
    return ".zip" if container in {Format.GIF, Format.PNG_SEQUENCE} else f".{container.value}"


SOUND_SUFFIX = ".sound"
