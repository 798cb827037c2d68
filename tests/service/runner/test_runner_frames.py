"""Single frames of finished files: exactly the one that was asked for, of every format."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from framewright.media import open_encoder
from framewright.model.errors import OutputError
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, Layout, OutputSpec, Quality
from framewright.model.picture import Picture
from framewright.model.size import Size
from framewright.service.errors import UnknownError
from framewright.service.runner.frames import frame_as_jpeg
from framewright.service.runner.sequence_archive import write_archive
from truth.grids import ordinary

SIZE = Size(320, 180)
FRAMES = 75
KINDS = {
    "mp4": OutputSpec(Format.MP4, Codec.H264, Quality.DRAFT),
    "h265": OutputSpec(Format.MP4, Codec.H265, Quality.DRAFT),
    "mov": OutputSpec(Format.MOV, Codec.PRORES, alpha=True),
    "webm": OutputSpec(Format.WEBM, Codec.VP9, Quality.DRAFT, alpha=True),
    "gif": OutputSpec(Format.GIF, Codec.GIF),
    "png": OutputSpec(Format.PNG_SEQUENCE, Codec.PNG, alpha=True),
}


def picture(number, spec):
    """The frame's number in eight squares, black for 0 and white for 1; where it can be, the rest is transparent."""
    pixels = np.zeros((SIZE.height, SIZE.width, 4), np.uint8)
    pixels[..., 3] = 0 if spec.alpha else 255
    for bit in range(8):
        square = pixels[60:120, 40 * bit : 40 * bit + 40]
        square[...] = (255, 255, 255, 255) if number >> bit & 1 else (0, 0, 0, 255)
    if spec.layout is Layout.I420:
        luma = np.where(pixels[..., 0] > 127, 235, 16).astype(np.uint8).tobytes()
        return Picture(Layout.I420, SIZE, luma + bytes([128]) * (SIZE.area // 2))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return Picture(Layout.PNG, SIZE, file.getvalue())


def read(jpeg):
    image = Image.open(io.BytesIO(jpeg)).convert("L")
    return sum((image.getpixel((40 * bit + 20, 90)) > 127) << bit for bit in range(8))


@pytest.fixture(scope="module", params=ordinary(KINDS, "mp4", "gif", "png"))
def film(request, tmp_path_factory):
    """A film whose frames 20 to 24 are one and the same."""
    spec, folder = KINDS[request.param], tmp_path_factory.mktemp("film")
    file = folder / f"film.{'png' if request.param == 'png' else spec.format.value}"
    if request.param == "png":
        file.mkdir()
    encoder = open_encoder(spec, SIZE, FrameRate.parse(25), file)
    for number in range(FRAMES):
        if 20 < number < 25:
            encoder.repeat()
        else:
            encoder.write(picture(number, spec))
    encoder.finish()
    if request.param == "png":
        write_archive(file, folder / "film.zip")
        assert not file.exists()
        file = folder / "film.zip"
    return file


async def test_every_number_gives_its_frame(film):
    for number in (0, 1, 20, 23, 24, 25, 49, 50, 51, 73, 74):
        shown = read(await frame_as_jpeg(film, number, fps="25"))
        assert shown == (20 if 20 <= number < 25 else number), number


async def test_there_is_none_behind_the_last(film):
    for number in (FRAMES, 10_000):
        with pytest.raises(UnknownError, match=rf"{film.name} has no frame {number}"):
            await frame_as_jpeg(film, number, fps="25")


async def test_transparency_is_shown_over_a_chequerboard(film):
    if film.suffix not in {".mov", ".webm", ".zip"}:
        pytest.skip("holds none here")
    image = Image.open(io.BytesIO(await frame_as_jpeg(film, 3))).convert("L")
    seen = [image.getpixel((x, 4)) for x in (4, 12)]
    assert abs(seen[0] - 255) <= 8
    assert abs(seen[1] - 204) <= 8


async def test_a_file_that_is_none_is_told_in_one_sentence(tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"nothing")
    for name in ("broken.mp4", "missing.mp4"):
        with pytest.raises(OutputError, match=f"Frame 0 of {name} cannot be read: ") as raised:
            await frame_as_jpeg(tmp_path / name, 0)
        assert raised.value.code == "FRAME_UNREADABLE"
        assert str(tmp_path) not in raised.value.message


async def test_an_archive_is_the_same_for_the_same_frames(tmp_path):
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        for number in (2, 1) if name == "one" else (1, 2):
            (folder / f"frame_{number:06d}.png").write_bytes(b"%d" % number * 9)
        write_archive(folder, tmp_path / f"{name}.zip")
        made.append((tmp_path / f"{name}.zip").read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert [entry.compress_type for entry in archive.infolist()] == [zipfile.ZIP_STORED] * 2
        assert archive.read("frame_000002.png") == b"2" * 9
