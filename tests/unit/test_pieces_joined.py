"""Packs of any cut become the GIF, or the image sequence, of one piece."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from framewright.media import Pulse, StoppedError
from framewright.media.pieces import PackedPictures, write_gif, write_sequence
from framewright.model.errors import EncoderError
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.output import Codec, Format, Layout, OutputSpec
from framewright.model.size import Size
from truth import decoding, drawings, pieces

if TYPE_CHECKING:
    from pathlib import Path

SIZE = Size(80, 48)
RATE = FrameRate.parse(30)
GIF = OutputSpec(Format.GIF, Codec.GIF)
FILM = [5, 5, 5, 6, 7, 7, 7, 7, 7, 200, 200, 31]  # of which frames 1 to 11 are rendered
FRAMES = FrameRange(1, 12)
CUTS = [[1, 12], [1, 3, 12], [1, 2, 6, 8, 9, 10, 11, 12], list(range(1, 13))]


def packed(folder: Path, cuts: list[int]) -> PackedPictures:
    ranges = [FrameRange(start, stop) for start, stop in itertools.pairwise(cuts)]
    return PackedPictures(
        [
            (pieces.write(folder / f"{frames}.pack", GIF, FILM, frames, size=SIZE, rate=RATE), frames)
            for frames in ranges
        ]
    )


def in_one() -> list:
    """What an encoder of the whole film is given."""
    return [
        None
        if frame > FRAMES.start and FILM[frame] == FILM[frame - 1]
        else drawings.as_picture(drawings.counted(FILM[frame], SIZE), Layout.PNG)
        for frame in FRAMES
    ]


@pytest.mark.parametrize("cuts", CUTS, ids=len)
def test_a_gif_does_not_show_its_cuts(cuts: list[int], tmp_path: Path) -> None:
    whole = drawings.film(tmp_path / "whole.gif", GIF, RATE, in_one(), SIZE)
    path = tmp_path / "film.gif"
    write_gif(GIF, SIZE, RATE, FRAMES, packed(tmp_path, cuts), path=path)
    assert path.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("cuts", CUTS, ids=len)
def test_a_sequence_is_numbered_from_one_and_shares_what_stays(cuts: list[int], tmp_path: Path) -> None:
    folder = tmp_path / "film"
    folder.mkdir()
    write_sequence(SIZE, RATE, FRAMES, packed(tmp_path, cuts), folder=folder)
    files = decoding.sequence(folder)
    assert decoding.numbers(folder) == FILM[1:]
    for (before, one), (after, other) in itertools.pairwise(zip(FILM[1:], files, strict=True)):
        assert (before == after) == one.samefile(other)


def test_joining_gets_on_and_can_be_stopped(tmp_path: Path) -> None:
    pictures = packed(tmp_path, [1, 5, 12])
    pulse = Pulse()
    write_gif(GIF, SIZE, RATE, FRAMES, pictures, path=tmp_path / "film.gif", pulse=pulse)
    assert pulse.beats == 2 * len(list(pictures))
    (tmp_path / "film").mkdir()
    pulse.stop()
    with pytest.raises(StoppedError):
        write_sequence(SIZE, RATE, FRAMES, pictures, folder=tmp_path / "film", pulse=pulse)
    with pytest.raises(StoppedError):
        write_gif(GIF, SIZE, RATE, FRAMES, pictures, path=tmp_path / "film.gif", pulse=pulse)


def test_what_is_no_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "film").mkdir()
    for broken in (b"", b"\x89PNG\r\n\x1a\n and nothing else"):
        with pytest.raises(EncoderError) as raised:
            write_gif(GIF, SIZE, RATE, FRAMES, [(1, broken)], path=tmp_path / "film.gif")
        assert raised.value.code == "PICTURE_INVALID"
    with pytest.raises(EncoderError) as raised:
        write_sequence(SIZE, RATE, FRAMES, [(1, b"")], folder=tmp_path / "film")
    assert raised.value.code == "PICTURE_INVALID"
