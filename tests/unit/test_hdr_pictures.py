"""Graphics in PQ and HLG, pictures put together from layers, and what is said of their light in finished files."""

from __future__ import annotations

import itertools
import json
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

from framewright.media.hdr.compositing import Compositor, Layers
from framewright.media.hdr.graphics import codes_of_graphics
from framewright.media.hdr.levels import brightest_of
from framewright.media.hdr.matrix import FULL
from framewright.media.sources.facts import look
from framewright.model.errors import EncoderError, UsageError
from framewright.model.frames import FrameRate
from framewright.model.media import LightLevels, Transfer
from framewright.model.output import Codec, Format, Layout, OutputSpec, Quality
from framewright.model.size import Size
from truth import colours, counter, decoding, drawings, light
from truth.grids import ordinary_rows

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.model.picture import Picture

SIZE = Size(160, 96)
RATE = FrameRate.parse(25)
PAIRS = [
    (Format.MP4, Codec.H265),
    (Format.MOV, Codec.H265),
    (Format.MP4, Codec.AV1),
    (Format.WEBM, Codec.AV1),
]
LEVELS = LightLevels(content=1234, average=321, brightest=20_000_000, darkest=50)
HDR = [Transfer.PQ, Transfer.HLG]


def sample() -> np.ndarray:
    """Greys, the corners of the cube, and colours by chance: 3 × n."""
    greys = np.repeat(np.arange(256)[None], 3, axis=0)
    corners = np.stack(np.meshgrid([0, 255], [0, 255], [0, 255])).reshape(3, -1)
    return np.concatenate([greys, corners, np.random.default_rng(7).integers(0, 256, (3, 300))], axis=1)


@pytest.mark.parametrize("transfer", HDR)
def test_graphics_get_the_codes_of_the_standards(transfer: Transfer) -> None:
    colours_given = sample()
    found = codes_of_graphics(colours_given.astype(np.uint8), transfer) * light.TOP / FULL
    right = np.array([light.graphics(colour, transfer) for colour in colours_given.T.tolist()]).T
    assert np.abs(found - right).max() < 0.3


def test_white_is_seen_at_203() -> None:
    white = np.full((3, 1), 255, np.uint8)
    assert codes_of_graphics(white, Transfer.PQ)[0, 0] / FULL == pytest.approx(0.5807, abs=1e-4)
    assert codes_of_graphics(white, Transfer.HLG)[0, 0] / FULL == pytest.approx(0.75, abs=2e-4)


def flat(colour: tuple[int, ...], size: Size = SIZE) -> np.ndarray:
    return np.full((size.height, size.width, 3), colour, np.uint8)


def codes_in(picture: Picture) -> np.ndarray:
    """R'G'B' of a picture's middle."""
    codes = light.codes_in(picture)
    height, width = codes.shape[:2]
    return codes[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4].reshape(-1, 3).mean(axis=0)


@pytest.mark.parametrize("transfer", HDR)
@pytest.mark.parametrize("size", [SIZE, Size(33, 17)], ids=str)
def test_graphics_alone(transfer: Transfer, size: Size) -> None:
    compositor = Compositor(size, transfer)
    for colour in [(0, 0, 0), (255, 255, 255), (128, 128, 128), (10, 10, 10), (200, 40, 90), (0, 0, 255)]:
        made = compositor.graphics(drawings.as_picture(flat(colour, size), Layout.PNG))
        assert made.layout is Layout.I010
        assert np.abs(codes_in(made) - light.graphics(colour, transfer)).max() < 2.5


def layers(code: tuple[int, ...], share: float, over: tuple[int, ...]) -> Layers:
    """What a browser draws of footage under a graphic that lets this share of it through."""
    high, low = (tuple(one >> 8 for one in code), tuple(one & 255 for one in code))
    drawn = (
        np.round(share * np.array(there) + (1 - share) * np.array(over)).astype(np.uint8)
        for there in ((0,) * 3, (255,) * 3, high, low)
    )
    return Layers(*(drawings.as_picture(flat(tuple(one)), Layout.PNG) for one in drawn))


@pytest.mark.parametrize("transfer", HDR)
def test_opaque_footage_comes_through(transfer: Transfer) -> None:
    compositor = Compositor(SIZE, transfer)
    for code in [(0, 0, 0), (65535,) * 3, (300, 40_000, 12_345), (64, 64, 64), (38_061, 38_061, 38_061)]:
        found = codes_in(compositor.composite(layers(code, 1.0, (9, 9, 9))))
        assert np.abs(found - np.array(code) * light.TOP / FULL).max() < 2


def test_footage_and_graphics_are_mixed_by_weight() -> None:
    compositor = Compositor(SIZE, Transfer.PQ)
    code, over = (50_000, 30_000, 20_000), (255, 128, 0)
    graphic = np.array(light.graphics(over, Transfer.PQ))
    for share in (0.0, 0.25, 0.5, 0.9):
        found = codes_in(compositor.composite(layers(code, share, over)))
        right = share * np.array(code) * light.TOP / FULL + (1 - share) * graphic
        assert np.abs(found - right).max() < 5  # four roundings to 8 bits


def test_footage_that_a_page_inverts_is_taken_from_white() -> None:
    high, low = 40, 99
    drawn = (flat((value,) * 3) for value in (255, 0, 255 - high, 255 - low))
    made = Compositor(SIZE, Transfer.PQ).composite(
        Layers(*(drawings.as_picture(one, Layout.PNG) for one in drawn))
    )
    right = light.graphics((255,) * 3, "pq")[0] - (high * 256 + low) * light.TOP / FULL
    assert np.abs(codes_in(made) - right).max() < 2


def test_each_pixel_has_its_own_weight() -> None:
    """Footage on the left, graphics on the right, and a corner of both."""
    drawn = [flat((0, 0, 0)) for _ in range(4)]
    for picture, value in zip(drawn, (0, 255, 160, 77), strict=True):
        picture[:, :80] = value
        picture[:, 80:] = 200
    made = Compositor(SIZE, Transfer.PQ).composite(
        Layers(*(drawings.as_picture(picture, Layout.PNG) for picture in drawn))
    )
    y = np.frombuffer(made.data, "<u2")[: SIZE.area].reshape(SIZE.height, SIZE.width)
    left, right = (160 * 256 + 77) / 65535, light.graphics((200,) * 3, "pq")[0] / light.TOP
    assert np.abs(y[:, :78] - (64 + 876 * left)).max() <= 1
    assert np.abs(y[:, 82:] - (64 + 876 * right)).max() <= 1


def spec_of(pair: tuple[Format, Codec], transfer: Transfer) -> OutputSpec:
    levels = LEVELS if transfer is Transfer.PQ else None
    return OutputSpec(*pair, Quality.DRAFT, transfer=transfer, levels=levels)


@pytest.mark.parametrize(
    ("pair", "transfer"),
    ordinary_rows(
        itertools.product(PAIRS, HDR),
        ((Format.MP4, Codec.H265), Transfer.HLG),
        ((Format.MP4, Codec.AV1), Transfer.PQ),
        ((Format.WEBM, Codec.AV1), Transfer.HLG),
        ((Format.MOV, Codec.H265), Transfer.PQ),
    ),
)
def test_finished_files(pair: tuple[Format, Codec], transfer: Transfer, tmp_path: Path) -> None:
    compositor = Compositor(SIZE, transfer)
    pixels = [drawings.patches(SIZE), *(drawings.counted(number, SIZE) for number in range(1, 8))]
    pictures = [compositor.graphics(drawings.as_picture(one, Layout.PNG)) for one in pixels]
    path = drawings.film(
        tmp_path / f"film.{pair[0]}", spec_of(pair, transfer), RATE, [pictures[0], None, *pictures[1:]], SIZE
    )
    frames = list(light.codes(path))
    measured = colours.measure(np.asarray(frames[1]))
    right = [light.graphics(colour, transfer) for colour in colours.FLAT]
    assert np.abs(measured[..., :3].reshape(-1, 3) - right).max() < 16
    white = light.graphics((255,) * 3, transfer)[0]
    assert [counter.read(frame.mean(axis=2) * 255 / white) for frame in frames[2:]] == list(range(1, 8))

    number = {Transfer.PQ: 16, Transfer.HLG: 18}[transfer]
    assert decoding.tags(path) == decoding.Tags(matrix=9, range=1, primaries=9, transfer=number)
    stream, told = probed(path)
    name = {Transfer.PQ: "smpte2084", Transfer.HLG: "arib-std-b67"}[transfer]
    tags = [stream[f"color_{tag}"] for tag in ("space", "transfer", "primaries", "range")]
    assert tags == ["bt2020nc", name, "bt2020", "tv"]
    assert stream["pix_fmt"] == "yuv420p10le"
    assert look(path).facts.video.transfer is transfer
    if transfer is Transfer.PQ:
        assert look(path).facts.video.levels == LEVELS
        for said in (told, {one["side_data_type"]: one for one in stream["side_data_list"]}):
            content = said["Content light level metadata"]
            assert (content["max_content"], content["max_average"]) == (1234, 321)
            screen = said["Mastering display metadata"]
            assert [number_in(screen[f"{end}_luminance"]) for end in ("max", "min")] == [
                2000,
                pytest.approx(0.005, abs=1e-4),
            ]
            assert number_in(screen["red_x"]) == pytest.approx(0.68, abs=1e-4)
            assert number_in(screen["green_y"]) == pytest.approx(0.69, abs=1e-4)
            assert number_in(screen["white_point_x"]) == pytest.approx(0.3127, abs=1e-4)
    else:
        assert look(path).facts.video.levels is None


@pytest.mark.parametrize("pair", PAIRS[::2], ids=lambda pair: f"{pair[0]}-{pair[1]}")
def test_levels_that_are_not_known_stay_so(pair: tuple[Format, Codec], tmp_path: Path) -> None:
    unknown = LightLevels(content=0, average=0, brightest=40_000_000)
    spec = OutputSpec(*pair, Quality.DRAFT, transfer=Transfer.PQ, levels=unknown)
    picture = Compositor(SIZE, Transfer.PQ).graphics(drawings.as_picture(flat((9, 9, 9)), Layout.PNG))
    path = drawings.film(tmp_path / "film.mp4", spec, RATE, [picture, None, None], SIZE)
    assert look(path).facts.video.levels == unknown


def probed(path: Path) -> tuple[dict, dict]:
    """The stream, and what its first frame says of light."""
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_frames", "-read_intervals", "%+#1", "-of", "json", path],
        capture_output=True, check=True,
    )  # fmt: skip
    found = json.loads(told.stdout)
    return found["streams"][0], {
        one["side_data_type"]: one for one in found["frames"][0].get("side_data_list", ())
    }


def number_in(fraction: str) -> float:
    above, below = fraction.split("/")
    return int(above) / int(below)


def test_what_holds_no_hdr_says_so() -> None:
    for pair in [
        (Format.MP4, Codec.H264),
        (Format.WEBM, Codec.VP9),
        (Format.GIF, Codec.GIF),
        (Format.MOV, Codec.PRORES),
    ]:
        with pytest.raises(UsageError, match="--codec h265 or av1") as told:
            OutputSpec(*pair, transfer=Transfer.PQ)
        assert told.value.code == "HDR_INVALID"


def test_pictures_of_another_kind_are_refused(tmp_path: Path) -> None:
    spec = spec_of((Format.MP4, Codec.H265), Transfer.PQ)
    with pytest.raises(EncoderError) as told:
        drawings.film(
            tmp_path / "film.mp4", spec, RATE, [drawings.as_picture(flat((1, 2, 3)), Layout.PNG)], SIZE
        )
    assert told.value.code == "PICTURE_INVALID"


def test_levels_of_several_sources() -> None:
    assert brightest_of([]) == LightLevels()
    dim = LightLevels(content=600, average=200, brightest=6_000_000)
    assert brightest_of([dim, LEVELS]) == LEVELS
    unknown = dim.model_copy(update={"content": 0})
    assert (brightest_of([unknown, LEVELS]).content, brightest_of([unknown, LEVELS]).average) == (0, 321)
