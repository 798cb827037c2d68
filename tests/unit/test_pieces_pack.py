"""Picture packs: what was put in comes out, equal pictures give equal bytes, and damage is told."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from framewright.media.pieces import open_piece, parameters_digest, read_pack
from framewright.model.errors import EncoderError, OutputError, PieceError
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.output import Codec, Format, Layout, OutputSpec
from framewright.model.size import Size
from truth import drawings, pieces

SIZE = Size(80, 48)
RATE = FrameRate.parse(25)
GIF = OutputSpec(Format.GIF, Codec.GIF)
FILM = [0, 0, 0, 1, 2, 2, 2, 2, 3]


def pack(path: Path, frames: FrameRange = FrameRange(2, 8)) -> Path:
    return pieces.write(path, GIF, FILM, frames, size=SIZE, rate=RATE)


def test_a_pack_holds_what_differs_under_the_numbers_of_the_composition(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.pack")
    with read_pack(path) as reader:
        assert reader.frames == FrameRange(2, 8)
        found = list(reader.pictures())
    right = [drawings.as_picture(drawings.counted(number, SIZE), Layout.PNG).data for number in (0, 1, 2)]
    assert found == list(zip([2, 3, 4], right, strict=True))
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["000002.png", "000003.png", "000004.png"]


def test_equal_pictures_give_equal_bytes(tmp_path: Path) -> None:
    first, second = pack(tmp_path / "a.pack"), pack(tmp_path / "b.pack")
    assert first.read_bytes() == second.read_bytes()
    other = pack(tmp_path / "c.pack", FrameRange(4, 9))
    assert parameters_digest(first) == parameters_digest(other)


@pytest.mark.parametrize("damage", ["cut", "bit", "none", "empty", "name", "comment"])
def test_damage_is_told(damage: str, tmp_path: Path) -> None:
    path = pack(tmp_path / "a.pack")
    data = bytearray(path.read_bytes())
    if damage == "cut":
        del data[-200:]
    elif damage == "bit":
        data[100] ^= 4
    elif damage == "empty":
        data.clear()
    elif damage == "name":
        data = data.replace(b"000003.png", b"000009.png")
    elif damage == "comment":
        data = data.replace(b"frames 2 to 8", b"frames 2 to 4")
    path.write_bytes(data)
    if damage == "none":
        path.unlink()
    with pytest.raises(PieceError, match="render this chunk again") as raised, read_pack(path) as reader:
        list(reader.pictures())
    assert raised.value.code == "PIECE_INVALID"


def test_no_flipped_bit_changes_a_picture_unseen(tmp_path: Path) -> None:
    whole = pack(tmp_path / "a.pack")
    with read_pack(whole) as reader:
        right = list(reader.pictures())
    data, path, told = whole.read_bytes(), tmp_path / "b.pack", 0
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
        try:
            with read_pack(path) as reader:
                assert list(reader.pictures()) == right, f"byte {place}"  # a date, or who made it
        except PieceError:
            told += 1
    assert told > len(data) / 2


def test_a_pack_refuses_what_is_no_picture_of_its_size(tmp_path: Path) -> None:
    for size, layout in ((Size(2, 2), Layout.PNG), (SIZE, Layout.I420)):
        encoder = open_piece(GIF, SIZE, RATE, FrameRange(0, 1), tmp_path / "a.pack")
        with pytest.raises(EncoderError) as raised:
            encoder.write(drawings.as_picture(drawings.counted(1, size), layout))
        assert raised.value.code == "PICTURE_INVALID"
        encoder.abort()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.pack"
    path.symlink_to("/dev/full")
    with pytest.raises(OutputError) as raised:
        pack(path)
    assert raised.value.code == "DISK_FULL"
