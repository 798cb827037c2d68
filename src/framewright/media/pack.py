"""A picture pack: pictures that differ from the one before, each under the number of its frame.

A ZIP archive, uncompressed and without dates, so that any tool can look into it and equal pictures give equal bytes.
Its comment says which frames it is about, and in how many pictures.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from typing import IO, TYPE_CHECKING, Self

from framewright.media.output_file import write_error
from framewright.media.sequence import check_png
from framewright.model.errors import PieceError
from framewright.model.frames import FrameRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from framewright.model.picture import Picture
    from framewright.model.size import Size

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # ZIP knows no entry without a date
_UNIX = 3
_ABOUT = re.compile(rb"frames (\d+) to (\d+) in (\d+) pictures")
# What the library makes of a file that was changed; the last two of fields that it cannot read.
_BROKEN = (OSError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError)
_NAME = re.compile(r"(\d{6,})\.png")


class PackEncoder:
    """An :class:`~framewright.media.encoder.Encoder` that writes a picture pack. Repeated frames take no room.

    Args:
        size: of the pictures.
        first: number of the first frame.
        path: a new file.
        file: open, in place of the one at ``path``, which then only names it in errors. It stays open.

    Raises:
        OutputError: when the file cannot be written.
    """

    def __init__(self, size: Size, first: int, path: Path, file: IO[bytes] | None = None) -> None:
        self._size = size
        self._first = first
        self._path = path
        self.progress = 0
        try:
            self._archive = zipfile.ZipFile(file or path, "w", zipfile.ZIP_STORED)
        except OSError as error:
            raise write_error(path, error) from error

    def write(self, picture: Picture) -> None:
        """Add a frame."""
        check_png(picture, self._size, "A picture pack")
        entry = zipfile.ZipInfo(f"{self._first + self.progress:06d}.png", _EARLIEST)
        entry.create_system = _UNIX
        try:
            self._archive.writestr(entry, picture.data)
        except OSError as error:
            raise write_error(self._path, error) from error
        self.progress += 1

    def repeat(self) -> None:
        """Let the last picture stand one frame longer."""
        if self.progress == 0:
            raise ValueError("there is no picture to repeat")
        self.progress += 1

    def finish(self) -> None:
        """Write the index and close the file."""
        count = len(self._archive.infolist())
        about = f"frames {self._first} to {self._first + self.progress} in {count} pictures"
        self._archive.comment = about.encode()
        try:
            self._archive.close()
        except OSError as error:
            raise write_error(self._path, error) from error

    def interrupt(self) -> None:
        """There is no sound to wait for."""

    def abort(self) -> None:
        """Give up."""
        with contextlib.suppress(OSError, ValueError):
            self._archive.close()


class PackReader:
    """A picture pack, open.

    Args:
        file: in place of the one at ``path``, which then only names it in errors. It stays open.

    Attributes:
        frames: that it is about.

    Raises:
        PieceError: ``PIECE_INVALID`` when it is none, or not whole.
    """

    def __init__(self, path: Path, file: IO[bytes] | None = None) -> None:
        self._path = path
        try:
            self._archive = zipfile.ZipFile(file or path)
        except _BROKEN as error:
            raise self._invalid(str(error)) from error
        try:
            self.frames, self._numbers = self._index()
        except ValueError as error:
            self.close()
            raise self._invalid(str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """As :meth:`pictures`."""
        return self.pictures()

    def pictures(self) -> Iterator[tuple[int, bytes]]:
        """Frames with the PNG that is shown from there on, in order. One picture is in memory at a time.

        Raises:
            PieceError: ``PIECE_INVALID`` when a picture is not what was written.
        """
        for entry, number in zip(self._archive.infolist(), self._numbers, strict=True):
            try:
                data = self._archive.read(entry)
            except _BROKEN as error:
                raise self._invalid(str(error)) from error
            yield number, data

    def close(self) -> None:
        """Close the file."""
        self._archive.close()

    def _index(self) -> tuple[FrameRange, list[int]]:
        told = _ABOUT.fullmatch(self._archive.comment)
        if told is None:
            raise ValueError("it does not say which frames it is about")
        frames = FrameRange(int(told[1]), int(told[2]))
        numbers = []
        for entry in self._archive.infolist():
            name = _NAME.fullmatch(entry.filename)
            if name is None or entry.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{entry.filename} does not belong into it")
            numbers.append(int(name[1]))
        if len(numbers) != int(told[3]):
            raise ValueError(f"it has {len(numbers)} pictures in place of {int(told[3])}")
        if numbers != sorted(set(numbers)) or numbers[:1] != [frames.start] or numbers[-1] >= frames.stop:
            raise ValueError(f"its pictures are not those of the frames {frames}")
        return frames, numbers

    def _invalid(self, reason: str) -> PieceError:
        return PieceError(
            f"{self._path} is no whole picture pack ({reason.rstrip('.')}): render this chunk again.",
            code="PIECE_INVALID",
        )


class PackedPictures:
    """The pictures of packs that follow on each other, as often as they are wanted; one is in memory at a time.

    What a pack begins with is left out where it is the picture that the one before ended with, so that cuts do not show.

    Args:
        packs: their paths, and the frames that each must be about, in order and without a gap.
    """

    def __init__(self, packs: Sequence[tuple[Path, FrameRange]]) -> None:
        self._packs = packs

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Frames with the PNG that is shown from there on.

        Raises:
            PieceError: ``PIECE_INVALID``; ``PIECE_INCOMPLETE`` a pack is about other frames.
        """
        before = b""
        for path, frames in self._packs:
            with read_pack(path) as pack:
                if pack.frames != frames:
                    raise PieceError(
                        f"The piece {path.name} should hold frames {frames}, and holds {pack.frames}: render it again.",
                        code="PIECE_INCOMPLETE",
                    )
                for frame, picture in pack.pictures():
                    if picture != before:
                        yield frame, picture
                    before = picture


def read_pack(path: Path) -> PackReader:
    """Open a picture pack; use it as a context manager.

    Raises:
        PieceError: ``PIECE_INVALID``.
    """
    return PackReader(path)
