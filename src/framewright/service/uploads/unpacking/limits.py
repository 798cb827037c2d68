"""What an archive may hold, and the word for one that holds something else."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 2**20
SMALL = 16 * _MIB
"""Bytes that any archive may unpack to, whatever its own size: a page of text packs a thousandfold."""


class RefusedError(Exception):
    """An archive, or a name, that is not taken.

    Attributes:
        code: for programs.
        message: one sentence.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Limits:
    """What one project may have.

    Attributes:
        files: how many.
        size: bytes of all together.
        ratio: unpacked bytes for each byte of the archive.
    """

    files: int
    size: int
    ratio: float

    def room(self, packed: int) -> int:
        """Bytes that an archive of this size may unpack to."""
        return int(min(self.size, max(SMALL, packed * self.ratio)))

    def refuse_count(self, count: int) -> None:
        """See that there are not too many files.

        Raises:
            RefusedError: ``ARCHIVE_TOO_MANY``.
        """
        if count > self.files:
            raise RefusedError(
                "ARCHIVE_TOO_MANY",
                f"The project has more than {self.files} files: leave out what its pages do not need.",
            )

    def refuse_size(self, size: int, packed: int) -> None:
        """See that what is unpacked is not too large.

        Raises:
            RefusedError: ``ARCHIVE_TOO_LARGE``, ``ARCHIVE_BOMB``.
        """
        if size > self.size:
            raise RefusedError(
                "ARCHIVE_TOO_LARGE",
                f"The project is larger than {self.size // _MIB} MiB unpacked: leave out what its pages do not need.",
            )
        if size > self.room(packed):
            raise RefusedError(
                "ARCHIVE_BOMB",
                f"The archive unpacks to more than {self.ratio:g} times its own size: send it packed less tightly.",
            )
