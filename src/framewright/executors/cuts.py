"""How videos were cut when they were rendered last: costs are measured anew each time, and cuts by cost would differ."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from framewright.model.frames import FrameRange
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.executors.piece_cache import PieceCache
    from framewright.model.plan import Plan

_log = get_logger(__name__)


class _Remembered(BaseModel):
    """Attributes:
    family: the shelf on which its pieces are.
    cuts: the ends of its chunks, from the first frame to the last.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    family: str
    cuts: tuple[int, ...]


class Cuts:
    """Remembers cuts by the digest of the video.

    Args:
        cache: that holds the pieces. Cuts whose pieces are gone are of no use, and forgotten.
    """

    def __init__(self, cache: PieceCache) -> None:
        self._cache = cache
        self._folder = cache.folder / "cuts"

    def recall(self, video: str) -> tuple[FrameRange, ...] | None:
        """How the video of this digest was cut; None: it was not, or nothing of it is left."""
        try:
            found = _Remembered.model_validate_json(self._path(video).read_bytes())
            ranges = tuple(map(FrameRange, found.cuts, found.cuts[1:]))
        except (OSError, ValueError, ValidationError):
            return None
        stored = {one.frames for one in self._cache.shelf(found.family).stored()}
        return ranges if ranges and any(one in stored for one in ranges) else None

    def remember(self, plan: Plan, family: str) -> None:
        """Remember how a plan is cut: off the grid its pieces would not be found otherwise, and costs need not be measured."""
        inner = [chunk.start for chunk in plan.chunks[1:]]
        if not inner:
            return
        path = self._path(plan.digests.video)
        partial = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
        written = _Remembered(family=family, cuts=(plan.picture.start, *inner, plan.picture.stop))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(written.model_dump_json())
            partial.replace(path)
        except OSError as error:
            _log.info("piece_cache_not_written", folder=str(self._folder), error=str(error))
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)

    def sweep(self, oldest: float) -> None:
        """Forget what was remembered more than so many seconds ago."""
        now = time.time()
        with contextlib.suppress(OSError):
            for entry in os.scandir(self._folder):
                if now - entry.stat().st_mtime >= oldest:
                    os.unlink(entry.path)

    def _path(self, video: str) -> Path:
        return self._folder / f"{video}.json"
