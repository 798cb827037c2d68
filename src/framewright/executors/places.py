"""Where the pieces of a render go: to the cache as long as it takes them, else to a folder of the render's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.errors import OutputError, PieceError
from framewright.model.events import FellBack
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from framewright.executors.shelf import Shelf
    from framewright.model.errors import FramewrightError
    from framewright.model.events import RenderEvent

_log = get_logger(__name__)


class Places:
    """Chooses the folder for each piece that is begun.

    Args:
        shelf: of the cache; None: pieces are not kept.
        spare: a folder of the render's own.
        tell: told once when the cache is given up.
    """

    def __init__(self, shelf: Shelf | None, spare: Path, tell: Callable[[RenderEvent], None]) -> None:
        self._kept = None if shelf is None or not shelf.writable else shelf.folder
        self._spare = spare
        self._tell = tell
        self._given_up = False

    def folder(self) -> Path:
        """Where the next piece goes."""
        return self._spare if self._kept is None or self._given_up else self._kept

    def may_help(self, error: FramewrightError, folder: Path) -> bool:
        """Whether another try may do better, since it goes elsewhere: a cache that cannot be written is given up."""
        if folder != self._kept or not isinstance(error, OutputError) or isinstance(error, PieceError):
            return False
        if not self._given_up:
            self._given_up = True
            _log.warning("piece_cache_given_up", folder=str(folder), code=error.code, error=error.message)
            told = f"Pieces are not kept for the next render: {error.message}"
            self._tell(FellBack(code="PIECE_CACHE_GIVEN_UP", message=told))
        return True
