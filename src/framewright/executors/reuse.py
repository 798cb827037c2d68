"""Finding the pieces of a plan that an earlier render has finished."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from framewright.browser import find_file
from framewright.executors.cover import cover, is_seam
from framewright.model.logs import get_logger
from framewright.render.committing import file_digest
from framewright.render.planning.digests import chunk_keys, digest_of_value

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.executors.shelf import Shelf
    from framewright.model.frames import FrameRange
    from framewright.model.piece import ChunkResult
    from framewright.model.plan import Plan

_log = get_logger(__name__)


def family_of(plan: Plan) -> str:
    """The shelf of a plan's pieces: of all that are drawn and written alike, whatever frames and files they show."""
    return digest_of_value(
        {
            "page": plan.page.model_dump(mode="json"),
            "picture": plan.picture.model_dump(mode="json", exclude={"start", "stop"}),
            "output": plan.output.model_dump(mode="json"),
            "environment": plan.environment.model_dump(mode="json"),
        }
    )


def find_pieces(plan: Plan, shelf: Shelf, root: Path | None) -> dict[FrameRange, tuple[Path, ChunkResult]]:
    """Whole pieces without overlaps that have as many of the plan's frames as can be; in order.

    Args:
        root: the project as it is now: a piece for which a page asked for a file that the plan does not name counts only
            as long as that file is the same.
    """
    wanted = plan.picture.range
    there = [
        one for one in shelf.stored() if is_seam(plan, one.frames.start) and is_seam(plan, one.frames.stop)
    ]
    keys = chunk_keys(plan, [one.frames for one in there])
    stored = {one.frames: one for one, key in zip(there, keys, strict=True) if one.key == key}
    whole: dict[FrameRange, ChunkResult] = {}
    while True:
        chosen = cover(wanted, stored)
        broken = []
        for frames in chosen:
            if frames in whole:
                continue
            result = shelf.chunk(stored[frames])
            if result is None or not _is_current(result, root):
                _log.info("piece_not_used", frames=str(frames), whole=result is not None)
                shelf.remove(stored[frames].path)
                broken.append(frames)
            else:
                whole[frames] = result
        if not broken:
            return {frames: (stored[frames].path, whole[frames]) for frames in chosen}
        for frames in broken:
            del stored[frames]


def _is_current(result: ChunkResult, root: Path | None) -> bool:
    """Whether a piece was made in the plan's environment, of files that are what they were."""
    if result.drift or result.changed:
        return False
    if root is not None and any(_is_there(root, name) for name in result.lacking):
        return False
    for name, digest in result.unplanned:
        path = os.fsdecode(unquote_to_bytes(name))
        if root is None or os.path.isabs(path) or ".." in path.split("/"):
            return False
        try:
            if file_digest(root / path) != digest:
                return False
        except OSError:
            return False
    return True


def _is_there(root: Path, name: str) -> bool:
    """Whether a page that asks for it would get it now."""
    return find_file(root.resolve(), os.fsdecode(unquote_to_bytes(name))) is not None
