"""Colours, size and orientation of what the shelf delivers, against planes that are computed here."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from framewright.media.sources import SourceShelf
from framewright.model.media import Transfer
from framewright.model.size import Size
from truth import colours, footage

BUDGET = 32 * 1024 * 1024
MATRICES = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 7: (0.212, 0.087), 9: (0.2627, 0.0593)}


def patches(width=160, height=90) -> np.ndarray:
    """The ten flat colours as height × width × 3."""
    rows = np.arange(height) * colours.ROWS // height
    columns = np.arange(width) * colours.COLUMNS // width
    return np.array(colours.FLAT, np.float64).reshape(colours.ROWS, colours.COLUMNS, 3)[rows][:, columns]


def planes(rgb: np.ndarray, matrix: int, *, full: bool, bits: int) -> list[np.ndarray]:
    """Y, Cb and Cr at full resolution, as the tags would have them."""
    kr, kb = MATRICES[matrix]
    red, green, blue = (rgb[..., index] / 255 for index in range(3))
    y = kr * red + (1 - kr - kb) * green + kb * blue
    u, v = (blue - y) / (2 * (1 - kb)), (red - y) / (2 * (1 - kr))
    top, scale = 2**bits - 1, 2 ** (bits - 8)
    if full:
        values = [y * top, u * top + 128 * scale, v * top + 128 * scale]
    else:
        values = [(y * 219 + 16) * scale, (u * 224 + 128) * scale, (v * 224 + 128) * scale]
    return [np.clip(np.round(value), 0, top) for value in values]


def write(
    path, components, pixel_format, *, matrix, full, transfer=1, primaries=1, size=(160, 90), codec="ffv1"
):
    """One second of one picture, lossless, with these tags."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height = size
        stream.pix_fmt = pixel_format
        context = stream.codec_context
        context.colorspace, context.color_range = matrix, 2 if full else 1
        context.color_trc, context.color_primaries = transfer, primaries
        for n in range(10):
            frame = VideoFrame(*size, pixel_format)
            frame.colorspace, frame.color_range = matrix, 2 if full else 1
            frame.color_trc, frame.color_primaries = transfer, primaries
            for plane, values in zip(frame.planes, components, strict=True):
                kind = np.uint8 if plane.line_size < 2 * plane.width else np.dtype("<u2")
                rows = np.frombuffer(memoryview(plane), kind).reshape(plane.height, -1)
                across, down = values.shape[1] // plane.width, values.shape[0] // plane.height
                rows[:, : plane.width] = values[::down, ::across][: plane.height, : plane.width]
            frame.pts = n
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def seen(frame) -> np.ndarray:
    """The RGB of a delivered frame: by BT.709 and full range from I420."""
    width, height = frame.size.width, frame.size.height
    data = np.frombuffer(frame.data, np.uint8).astype(np.float64)
    if frame.layout == "RGBA":
        return data.reshape(height, width, 4)[..., :3]
    half = ((height + 1) // 2, (width + 1) // 2)
    y = data[: width * height].reshape(height, width)
    u, v = data[width * height :].reshape(2, *half)
    u, v = (plane.repeat(2, 0).repeat(2, 1)[:height, :width] for plane in (u, v))
    kr, kb = MATRICES[1]
    y, u, v = y / 255, (u - 128) / 255, (v - 128) / 255
    red, blue = y + 2 * (1 - kr) * v, y + 2 * (1 - kb) * u
    green = (y - kr * red - kb * blue) / (1 - kr - kb)
    return np.clip(np.stack([red, green, blue], axis=2) * 255, 0, 255)


async def first(path, **settings):
    async with SourceShelf(BUDGET) as shelf:
        return await shelf.frame(path, Fraction(0), **settings)


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", [1, 5, 6, 7, 9])
@pytest.mark.parametrize(
    "pixel_format", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p12le"]
)
async def test_colours_survive_every_matrix_range_and_depth(tmp_path, pixel_format, matrix, full):
    bits = 12 if "12" in pixel_format else 10 if "10" in pixel_format else 8
    path = write(
        tmp_path / "a.mkv",
        planes(patches(), matrix, full=full, bits=bits),
        pixel_format,
        matrix=matrix,
        full=full,
    )
    frame = await first(path)
    assert frame.layout == "I420"
    assert np.abs(colours.measure(seen(frame)) - np.array(colours.FLAT)).max() <= 3


async def test_untagged_pictures_are_601_when_small_and_709_when_large(tmp_path):
    for size, matrix in (((160, 90), 6), ((1280, 720), 1)):
        components = planes(patches(*size), matrix, full=False, bits=8)
        path = write(tmp_path / f"{size[0]}.mkv", components, "yuv420p", matrix=2, full=False, size=size)
        assert np.abs(colours.measure(seen(await first(path))) - np.array(colours.FLAT)).max() <= 3


async def test_rgb_becomes_bt709(tmp_path):
    rgb = patches()
    path = write(
        tmp_path / "a.avi",
        [rgb[..., 1], rgb[..., 2], rgb[..., 0]],
        "gbrp",
        matrix=0,
        full=True,
        codec="utvideo",
    )
    frame = await first(path)
    assert frame.layout == "I420"
    assert np.abs(colours.measure(seen(frame)) - np.array(colours.FLAT)).max() <= 3


@pytest.mark.parametrize(
    ("codec", "name", "pixel_format"),
    [
        ("libvpx-vp9", "a.webm", "yuva420p"),
        ("prores_ks", "a.mov", "yuva444p10le"),
        ("apng", "a.apng", "rgba"),
        ("png", "a.mov", "rgba"),
        ("ffv1", "a.mkv", "yuva420p"),
    ],
)
async def test_alpha_stays_straight(tmp_path, codec, name, pixel_format):
    footage.write(tmp_path / name, codec=codec, pixel_format=pixel_format, alpha=True, frames=3)
    frame = await first(tmp_path / name)
    assert frame.layout == "RGBA"
    pixels = np.frombuffer(frame.data, np.uint8).reshape(frame.size.height, frame.size.width, 4)
    assert (pixels[20, 10] >= [0, 0, 0, 252]).all() and (pixels[20, 10, :3] <= 3).all()
    assert (pixels[70, 10] >= 252).all()
    assert pixels[0, 0, 3] <= 3
    assert pixels[89, 0, :3].min() >= 200, "the colour below full transparency is not multiplied away"


@pytest.mark.parametrize("matrix", [1, 6])
@pytest.mark.parametrize("pixel_format", ["yuva420p", "yuva444p", "yuva444p10le"])
async def test_colours_with_alpha_are_those_of_the_source(tmp_path, pixel_format, matrix):
    bits = 10 if "10" in pixel_format else 8
    components = planes(patches(), matrix, full=False, bits=bits)
    opaque = np.full(components[0].shape, 2**bits - 1)
    path = write(tmp_path / "a.mkv", [*components, opaque], pixel_format, matrix=matrix, full=False)
    for box in (None, Size(80, 45)):
        frame = await first(path, box=box)
        assert frame.layout == "RGBA"
        assert np.abs(colours.measure(seen(frame)) - np.array(colours.FLAT)).max() <= 3


@pytest.mark.parametrize("turn", [90, 180, 270])
async def test_rotation_is_applied(tmp_path, turn):
    made = footage.write(tmp_path / "a.mp4", rotation=turn, frames=3, first=5)
    async with SourceShelf(BUDGET) as shelf:
        facts = await shelf.facts(made.path)
        assert facts.video.rotation == turn
        frame = await shelf.frame(made.path, 0)
    assert (frame.size.width, frame.size.height) == (facts.video.width, facts.video.height)
    assert (frame.size.width, frame.size.height) == ((160, 90) if turn == 180 else (90, 160))
    upright = np.rot90(footage.grey_of(frame), turn // 90)
    assert footage.counter.read(upright) == 5


@pytest.mark.parametrize(("pixel", "size"), [(Fraction(2), (320, 90)), (Fraction(1, 2), (160, 180))])
async def test_pixels_become_square(tmp_path, pixel, size):
    made = footage.write(tmp_path / "a.mp4", pixel_shape=pixel, frames=3)
    async with SourceShelf(BUDGET) as shelf:
        video = (await shelf.facts(made.path)).video
        frame = await shelf.frame(made.path, 0)
    assert (video.width, video.height) == size == (frame.size.width, frame.size.height)
    assert footage.number_of(frame) == 0


@pytest.mark.parametrize("size", [(161, 91), (33, 17), (2, 2), (1, 1)])
async def test_odd_sizes(tmp_path, size):
    rgb = patches(*size)
    path = write(
        tmp_path / "a.mkv", planes(rgb, 1, full=False, bits=8), "yuv444p", matrix=1, full=False, size=size
    )
    frame = await first(path)
    assert (frame.size.width, frame.size.height) == size
    assert len(frame.data) == size[0] * size[1] + 2 * ((size[0] + 1) // 2) * ((size[1] + 1) // 2)


async def test_a_box_scales_down_and_never_below_it(tmp_path):
    made = footage.write(tmp_path / "a.mp4", size=(640, 360), frames=3, first=9)
    async with SourceShelf(BUDGET) as shelf:
        for width, height in ((640, 360), (2000, 2000), (320, 180), (300, 10), (33, 19), (1, 1)):
            frame = await shelf.frame(made.path, 0, box=Size(width, height))
            assert footage.number_of(frame) == 9
            assert frame.size.width >= min(width, 640) and frame.size.height >= min(height, 360)
            assert (
                frame.size.width <= max(2.1 * width, 2.1 * 640 * height / 360, 40) and frame.size.width <= 640
            )
            assert frame.size.width % 2 == frame.size.height % 2 == 0
        assert shelf.counters.decoded <= 3


async def test_pq_and_hlg_become_sdr(tmp_path):
    """Greys stay grey and in order; black, the white of graphics and a dark grey come out where BT.2390 puts them."""
    pq = (0.0, 0.31, 0.5081, 0.5807, 0.7518)  # 0, about 10, 100, 203 and 1000 cd/m²
    hlg = (0.0, 0.25, 0.5, 0.75, 1.0)
    for name, transfer, codes in (("pq", 16, pq), ("hlg", 18, hlg)):
        grey = np.repeat(np.array(codes) * 255, 32)[None, :].repeat(90, axis=0)
        components = planes(np.stack([grey] * 3, axis=2), 9, full=False, bits=10)
        path = write(
            tmp_path / f"{name}.mkv",
            components,
            "yuv420p10le",
            matrix=9,
            full=False,
            transfer=transfer,
            primaries=9,
        )
        async with SourceShelf(BUDGET) as shelf:
            assert (await shelf.facts(path)).video.transfer is Transfer(name)
            frame = await shelf.frame(path, 0)
        greys = seen(frame)[45, 16::32]
        assert np.abs(greys - greys.mean(axis=1, keepdims=True)).max() <= 2
        values = greys.mean(axis=1)
        assert values[0] <= 1 and values[-1] >= 253 and (np.diff(values) > 10).all()
        if name == "pq":
            linear = [((value / 255 + 0.055) / 1.055) ** 2.4 * 203 for value in values]
            assert linear[1] == pytest.approx(10, abs=2), "dark parts stay as they are"
            assert 75 <= linear[2] <= 101 and 120 <= linear[3] <= 170, "bright ones make room"
        else:
            assert 205 <= values[3] <= 235, "the white of graphics, 203 cd/m², is nearly white"


async def test_wide_primaries_become_those_of_bt709(tmp_path):
    """BT.2020's code values of BT.709's own red: it must come back as full red."""
    linear = np.array([0.6274, 0.0691, 0.0164])  # ITU-R BT.2087
    code = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055) * 255
    components = planes(np.broadcast_to(code, (90, 160, 3)), 9, full=False, bits=10)
    path = write(
        tmp_path / "a.mkv", components, "yuv420p10le", matrix=9, full=False, transfer=14, primaries=9
    )
    assert np.abs(seen(await first(path))[45, 80] - [255, 0, 0]).max() <= 6.5
