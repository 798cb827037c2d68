"""Where the parts of a kept plan lie, and which of them stand. Blocks: it looks at the disk."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from framewright.model.assembled import AssembleReport
from framewright.model.errors import FramewrightError
from framewright.model.kept_plan import KeptPlan
from framewright.model.output import Format
from framewright.model.piece import ChunkResult, SoundResult
from framewright.render.committing import committed, sidecar_of
from framewright.render.piece_accounts import read_account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOCUMENT = "plan.json"
NEW = ".new-"
"""What names of folders begin with in which plans are made."""
_KEPT = "kept.json"
_PIECE = re.compile(r"chunk-(\d{5})\.piece\.json")
_FILES = {
    Format.MP4: (".mp4", "video/mp4"),
    Format.MOV: (".mov", "video/quicktime"),
    Format.WEBM: (".webm", "video/webm"),
    Format.GIF: (".gif", "image/gif"),
    Format.PNG_SEQUENCE: (".zip", "application/zip"),
}


@dataclass(frozen=True, slots=True)
class PlanPlace:
    """The folder of one kept plan.

    Attributes:
        root: it; called by the plan's name, or any other while it is made.
    """

    root: Path

    @property
    def plan(self) -> Path:
        """The plan with its files, as ``framewright plan`` writes it."""
        return self.root / "plan"

    @property
    def sound(self) -> Path:
        """The piece of sound."""
        return self.root / "pieces" / "sound.piece"

    def chunk(self, index: int) -> Path:
        """The piece of a chunk."""
        return self.root / "pieces" / f"chunk-{index:05}.piece"

    def piece(self, index: int | None) -> Path:
        """The piece of a chunk, or with None of the sound."""
        return self.sound if index is None else self.chunk(index)

    def output(self, kind: Format) -> Path:
        """The finished file."""
        return self.root / "output" / f"output{suffix_of(kind)}"

    @property
    def report(self) -> Path:
        """The account of the finished file."""
        return self.root / "output" / "report.json"

    def found(self, made: Path, kept: KeptPlan) -> None:
        """Take in a plan that was just written, with what is told of it."""
        os.replace(made, self.plan)
        for folder in ("pieces", "output"):
            (self.root / folder).mkdir()
        (self.root / _KEPT).write_text(kept.model_dump_json(), encoding="utf-8")

    def read(self) -> KeptPlan | None:
        """What is told of the plan, with nothing done; None: there is none."""
        try:
            return KeptPlan.model_validate_json((self.root / _KEPT).read_bytes())
        except (OSError, ValidationError):
            return None

    def chunks_done(self) -> frozenset[int]:
        """The chunks whose pieces stand, going by their accounts."""
        found = map(_PIECE.fullmatch, os.listdir(self.root / "pieces"))
        return frozenset(int(match[1]) for match in found if match)

    def sound_done(self) -> bool:
        """Whether the piece of sound stands."""
        return sidecar_of(self.sound).exists()

    def read_report(self) -> AssembleReport | None:
        """The account of the finished file; None: it has not been put together."""
        try:
            return AssembleReport.model_validate_json(self.report.read_bytes())
        except (OSError, ValidationError):
            return None

    def write_report(self, report: AssembleReport) -> None:
        """Write the account of the finished file; with it the file counts as finished."""
        written = self.report.with_suffix(".part")
        written.write_text(report.model_dump_json(), encoding="utf-8")
        os.replace(written, self.report)

    def drop_broken(self) -> None:
        """Remove the pieces that are not what was finished, so that they are made again. It reads all of them."""
        for sidecar in list((self.root / "pieces").glob("*.piece.json")):
            piece = sidecar.with_suffix("")
            if whole(piece) is None:
                sidecar.unlink(missing_ok=True)
                piece.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove all of it. What is told of it goes first, so that nobody takes the rest for a plan."""
        (self.root / _KEPT).unlink(missing_ok=True)
        shutil.rmtree(self.root, ignore_errors=True)

    def size(self) -> int:
        """Bytes of all files in it."""
        return sum(size for _, size in _files(self.root))


def whole(piece: Path) -> ChunkResult | SoundResult | None:
    """The account of a piece that is what was finished, to the last bit; None: it is to be made."""
    try:
        account = read_account(piece)
    except FramewrightError:
        return None
    if isinstance(account, SoundResult):
        return committed(piece, account.key, SoundResult)
    return committed(piece, account.key, ChunkResult)


def suffix_of(kind: Format) -> str:
    """How the name of a finished file ends."""
    return _FILES[kind][0]


def type_of(kind: Format) -> str:
    """The media type of a finished file."""
    return _FILES[kind][1]


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:  # it goes meanwhile
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(folder / entry.name)
        else:
            try:
                yield entry.path, entry.stat(follow_symlinks=False).st_size
            except FileNotFoundError:
                continue
