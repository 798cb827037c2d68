"""What a ``blob:`` address of a page holds, on its way into a file: the page sends it once, piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.browser import shortened
from framewright.composition.footage.addresses import too_large
from framewright.stores.blobs import BlobWriter

if TYPE_CHECKING:
    from framewright.composition.footage.desk import FootageDesk
    from framewright.model.errors import CompositionError


class Uploads:
    """The uploads of one page, one after the other.

    Args:
        desk: says how much may be sent, and keeps it.
    """

    def __init__(self, desk: FootageDesk) -> None:
        self._desk = desk
        self._address = ""
        self._writer: BlobWriter | None = None
        self._refused: dict[str, CompositionError] = {}

    def begin(self, address: str) -> None:
        """What comes from now on is of this address."""
        self.abandon()
        self._address = address
        self._writer = BlobWriter(self._desk.blobs)
        self._writer.__enter__()

    def take(self, piece: bytes) -> None:
        """The next bytes."""
        if self._writer is None:
            return
        if self._desk.may_take(self._writer.bytes + len(piece)):
            self._writer.write(piece)
            return
        self._refused[self._address] = too_large(shortened(self._address), self._desk.largest)
        self.abandon()

    def finish(self) -> None:
        """All of it is there."""
        if self._writer is not None:
            self._desk.take(self._address, self._writer)
            self.abandon()

    def check(self, address: str) -> None:
        """See that what an address holds was not refused.

        Raises:
            CompositionError: ``SOURCE_TOO_LARGE``.
        """
        if address in self._refused:
            raise self._refused[address]

    def abandon(self) -> None:
        """Forget what has come of the last one."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.__exit__(None, None, None)
