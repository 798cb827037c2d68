"""Files of a plan, wherever they come from, laid out as a project that can be served. Blocks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from framewright.render.bundle import Bundle
from framewright.render.planning.files import needed_files, path_of
from framewright.stores import BlobFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from framewright.model.frames import FrameRange
    from framewright.model.plan import Digest, Plan

BLOBS = "blobs"
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Ground:
    """A folder in which files of one plan are laid out, those of more frames beside those that lie there already.

    Attributes:
        place: the folder. It exists.
        blob_of: where the file of a digest lies, which is named to people by the second argument.
    """

    place: Path
    blob_of: Callable[[Digest, str], Path]

    def lay_frames(self, plan: Plan, frames: FrameRange) -> Bundle:
        """Lay out what is needed to draw these frames.

        Raises:
            OSError: the folder cannot be written. Whatever ``blob_of`` raises.
        """
        root, bodies = self.place / "project", BlobFolder(self.place / BLOBS)
        root.mkdir(exist_ok=True)
        bodies.root.mkdir(exist_ok=True)
        for file in needed_files(plan, frames):
            path = path_of(file.name) if file.kind == "project" else None
            target = bodies.path(file.digest) if path is None else root / path
            place_file(self.blob_of(file.digest, file.name), target)
        return self._bundle(plan, {})

    def lay_sound(self, plan: Plan) -> Bundle:
        """Lay out what is needed to mix the sound. Raises what :meth:`lay_frames` does."""
        sounds, sources = self.place / "sounds", {}
        sounds.mkdir(exist_ok=True)
        for number, (name, digest) in enumerate(plan.sound.sources.items() if plan.sound else ()):
            # Decoders tell some formats by their names.
            sources[name] = sounds / f"{number}{PurePosixPath(name).suffix}"
            place_file(self.blob_of(digest, name), sources[name])
        return self._bundle(plan, sources)

    def _bundle(self, plan: Plan, sources: Mapping[str, Path]) -> Bundle:
        root = None if plan.page.entry is None else self.place / "project"
        return Bundle(plan, root, self.place / BLOBS, sources)


def place_file(source: Path, target: Path) -> None:
    """Let a file appear under another name, without a copy where both lie on one disk. One that is there stays.

    Raises:
        OSError: it cannot be read, or its copy not be written.
    """
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another disk, one without links, or a file of somebody else
        try:
            with source.open("rb") as read, target.open("xb") as written:
                while piece := read.read(_PIECE):
                    written.write(piece)
        except OSError:
            target.unlink(missing_ok=True)  # half a file would be taken for the whole one
            raise
