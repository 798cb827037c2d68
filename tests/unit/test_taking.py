"""What executors give back comes to stand at the output's place: pieces by being joined, a finished file by being moved."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from framewright.media import OutputFile
from framewright.model.errors import EncoderError, OutputError
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format
from framewright.render.assembling import assemble_pieces
from framewright.render.bundle import Bundle
from framewright.render.order import Assembled, Pieces
from framewright.render.piece_accounts import read_chunk, read_sound
from framewright.render.taking import take
from truth import planned

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.render.taking import Taken

RATE = FrameRate.parse("25")
CUTS = (0, 6, 10)
KINDS = {
    "film": (Format.MP4, Codec.H264),
    "sequence": (Format.PNG_SEQUENCE, Codec.PNG),
}


class Made:
    """The same film in pieces, and put together."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        self.plan = planned.plan(KINDS[kind], RATE, CUTS, sound=True)
        self.bundle = Bundle(self.plan, folder, folder)
        self.chunks = planned.chunks(folder / "chunks", self.plan)
        self.sound = planned.sound(folder / "chunks", self.plan)
        self.packed = kind == "sequence"

    def pieces(self) -> Pieces:
        return Pieces(bundle=self.bundle, chunks=tuple(self.chunks), sound=self.sound)

    def assembled(self) -> Assembled:
        # The suffix says nothing to whoever reads it.
        file = self.folder / "finished"
        asyncio.run(assemble_pieces(self.plan, self.chunks, self.sound, file))
        return Assembled(
            bundle=self.bundle,
            file=file,
            chunks=tuple(read_chunk(path).result for path in self.chunks),
            sound=read_sound(self.sound).result,
        )

    def taken(self, made: Pieces | Assembled, name: str) -> tuple[Taken, Path]:
        path = self.folder / name
        with OutputFile(path, folder=self.packed) as target:
            taken = asyncio.run(take(made, target))
            target.commit()
        return replace(taken, facts=taken.facts.model_copy(update={"path": ""})), path


def contents(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(path.iterdir())
    return {file.name if path.is_dir() else "": file.read_bytes() for file in files}


@pytest.mark.parametrize("kind", KINDS)
def test_both_ways_give_the_same_output_with_the_same_account(tmp_path: Path, kind: str) -> None:
    made = Made(tmp_path, kind)
    finished = made.assembled()
    moved, there = made.taken(finished, "moved")
    joined, here = made.taken(made.pieces(), "joined")
    assert contents(there) == contents(here)
    assert moved == joined
    assert not finished.file.exists(), "it was copied, not moved"
    assert not [path for path in tmp_path.iterdir() if ".part" in path.name]


def test_a_finished_file_of_another_length_is_refused(tmp_path: Path) -> None:
    made, other = Made(tmp_path, "film"), planned.plan(KINDS["film"], RATE, (0, 6, 11), sound=True)
    finished = made.assembled()
    wrong = Assembled(
        bundle=Bundle(other, tmp_path, tmp_path),
        file=finished.file,
        chunks=finished.chunks,
        sound=finished.sound,
    )
    with pytest.raises(EncoderError) as raised:
        made.taken(wrong, "moved")
    assert raised.value.code == "FRAMES_LOST"
    assert not (tmp_path / "moved").exists()


def test_a_finished_file_that_is_gone_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("before")
    with pytest.raises(OutputError) as raised, OutputFile(target) as output:
        output.adopt(tmp_path / "nowhere")
    assert raised.value.code == "OUTPUT_FAILED"
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out", "before")]
