"""The latest frame in a small JPEG: of every kind of picture, never half, never an error, never often."""

import asyncio
import io
import time

import av
import numpy as np
import pytest
from PIL import Image

from framewright.media.glimpse import Glimpse
from framewright.media.jpeg import jpeg_of
from framewright.model.media import Transfer
from framewright.model.output import Layout
from framewright.model.picture import Picture
from framewright.model.size import Size


def i420(size, y, u, v):
    half = size.even.width // 2 * (size.even.height // 2)
    return Picture(Layout.I420, size, bytes([y]) * size.area + bytes([u]) * half + bytes([v]) * half)


def png(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "png")
    return Picture(Layout.PNG, Size(array.shape[1], array.shape[0]), file.getvalue())


async def shown(path, picture, transfer=Transfer.SDR):
    async with Glimpse(path, transfer) as glimpse:
        glimpse.note(picture)
    return Image.open(path)


def near(pixel, wanted, by=6):
    return max(abs(a - b) for a, b in zip(pixel, wanted, strict=True)) <= by


async def test_a_wide_frame_of_the_stream_is_made_small_and_keeps_its_colours(tmp_path):
    # Red in limited BT.601.
    image = await shown(tmp_path / "latest.jpg", i420(Size(1281, 721), 81, 90, 240))
    assert image.size == (640, 360)
    assert near(image.getpixel((320, 180)), (254, 0, 0))
    assert [file.name for file in tmp_path.iterdir()] == ["latest.jpg"]


async def test_a_small_frame_stays_as_large_as_it_is(tmp_path):
    assert (await shown(tmp_path / "a.jpg", i420(Size(33, 17), 128, 128, 128))).size in {(33, 17), (34, 18)}


async def test_transparency_is_shown_over_a_chequerboard(tmp_path):
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[32:] = (0, 0, 255, 255)
    image = await shown(tmp_path / "a.jpg", png(pixels))
    for x, wanted in ((4, 255), (12, 204)):
        assert near(image.getpixel((x, 4)), (wanted,) * 3)
    assert near(image.getpixel((30, 50)), (0, 0, 255), by=12)


@pytest.mark.parametrize("transfer", [Transfer.PQ, Transfer.HLG])
async def test_white_of_graphics_is_white_in_hdr_too(transfer, tmp_path):
    # 203 cd/m² in ten bits of the limited range: ITU-R BT.2408.
    white = {Transfer.PQ: 0.5806, Transfer.HLG: 0.75}[transfer]
    size = Size(64, 64)
    luma = np.full(size.area, 64 + round(876 * white), "<u2").tobytes()
    chroma = np.full(size.area // 2, 512, "<u2").tobytes()
    image = await shown(tmp_path / "a.jpg", Picture(Layout.I010, size, luma + chroma), transfer)
    assert near(image.getpixel((32, 32)), (255, 255, 255), by=8)


async def test_it_looks_at_most_once_a_second_and_repeated_frames_cost_nothing(tmp_path, monkeypatch):
    looked = []
    monkeypatch.setattr(Glimpse, "_write", lambda self, picture, path: looked.append(picture) or 0.0)
    began = time.monotonic()
    async with Glimpse(tmp_path / "a.jpg") as glimpse:
        for _ in range(2000):
            glimpse.note(None)
            glimpse.note(i420(Size(2, 2), 16, 128, 128))
            await asyncio.sleep(0)
    assert 1 <= len(looked) <= 1 + (time.monotonic() - began)


async def test_what_looking_costs_keeps_it_from_looking(tmp_path, monkeypatch):
    monkeypatch.setattr(Glimpse, "_write", lambda self, picture, path: 0.05)
    async with Glimpse(tmp_path / "a.jpg") as glimpse:
        began = time.monotonic()
        glimpse.note(i420(Size(2, 2), 16, 128, 128))
        await glimpse._showing
        assert glimpse._next - began >= 5.0


@pytest.mark.parametrize("spoilt", ["folder", "picture"])
async def test_nothing_that_goes_wrong_is_an_error(spoilt, tmp_path):
    path = tmp_path / ("missing/a.jpg" if spoilt == "folder" else "a.jpg")
    picture = (
        Picture(Layout.I420, Size(8, 8), b"short") if spoilt == "picture" else i420(Size(8, 8), 16, 128, 128)
    )
    async with Glimpse(path) as glimpse:
        glimpse.note(picture)
    assert list(tmp_path.iterdir()) == []


async def test_without_a_path_nothing_is_done(tmp_path):
    async with Glimpse(None) as glimpse:
        glimpse.note(i420(Size(8, 8), 16, 128, 128))
        assert glimpse._showing is None


def test_a_frame_of_full_range_grey_stays_grey():
    frame = av.VideoFrame.from_ndarray(np.full((48, 48), 90, np.uint8), format="gray")
    image = Image.open(io.BytesIO(jpeg_of(frame)))
    assert near(image.convert("RGB").getpixel((24, 24)), (90, 90, 90))
