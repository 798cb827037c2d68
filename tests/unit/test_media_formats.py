"""Every output, read back by players that are not ours: frames, times, colours, tags, keyframes."""

from __future__ import annotations

import itertools
import json
import subprocess
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from framewright.media import inspect
from framewright.model.frames import FrameRate
from framewright.model.output import CODECS, Codec, Format, Layout, OutputSpec, Quality, can_hold_alpha
from framewright.model.size import Size
from truth import colours, decoding, drawings
from truth.grids import ordinary

if TYPE_CHECKING:
    from pathlib import Path

SIZE = Size(160, 96)
RATE = FrameRate.parse("30000/1001")
PAIRS = [(container, codec) for container, codecs in CODECS.items() for codec in codecs]
VIDEOS = [pair for pair in PAIRS if pair[0] not in {Format.GIF, Format.PNG_SEQUENCE}]
# Each codec and each container.
ONCE = [
    (Format.MP4, Codec.H264),
    (Format.MP4, Codec.H265),
    (Format.WEBM, Codec.VP9),
    (Format.WEBM, Codec.AV1),
    (Format.MOV, Codec.PRORES),
]
# ProRes takes whole pictures only.
FED = [
    (pair, layout)
    for pair in VIDEOS
    for layout in (Layout.I420, Layout.PNG)
    if (pair[1], layout) != (Codec.PRORES, Layout.I420)
]
WITH_ALPHA = [pair for pair in PAIRS if can_hold_alpha(*pair) and pair[0] is not Format.GIF]
# True: a new picture; False: the one before again. Short and long holds, one over a keyframe, one at the end.
PATTERN = [
    *([True] * 4),
    *([False] * 3),
    True,
    *([False] * 70),
    *([True] * 2),
    *([False] * 9),
    *([True] * 3),
    False,
]
ALPHAS = (255, 255, 255, 255, 0, 0, 128, 128, 64, 200)


def numbers() -> list[int]:
    """What each frame shows."""
    return [number - 1 for number in itertools.accumulate(PATTERN)]


def spec_of(pair: tuple[Format, Codec], **wishes) -> OutputSpec:
    return OutputSpec(*pair, **wishes)


def name_of(pair: tuple[Format, Codec]) -> str:
    return f"film.{'frames' if pair[0] is Format.PNG_SEQUENCE else pair[0]}"


def counting(path: Path, spec: OutputSpec, size: Size = SIZE) -> Path:
    """A film of counters in the pattern."""
    pictures = (
        drawings.as_picture(drawings.counted(number, size), spec.layout, alpha=spec.alpha) if new else None
        for number, new in zip(numbers(), PATTERN, strict=True)
    )
    return drawings.film(path, spec, RATE, pictures, size)


@pytest.fixture(scope="module", params=ordinary(VIDEOS, *ONCE), ids=lambda pair: f"{pair[0]}-{pair[1]}")
def video(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[OutputSpec, Path]:
    """One film of each kind, judged by several tests."""
    spec = spec_of(
        request.param, quality=Quality.DRAFT if request.param[1] is Codec.AV1 else Quality.STANDARD
    )
    return spec, counting(tmp_path_factory.mktemp("film") / name_of(request.param), spec)


def test_every_frame_is_there_in_order(video: tuple[OutputSpec, Path]) -> None:
    assert decoding.numbers(video[1]) == numbers()


def test_frames_stand_at_exact_times(video: tuple[OutputSpec, Path]) -> None:
    spec, path = video
    times = decoding.times(path)
    exact = [RATE.time_of(frame) for frame in range(len(PATTERN))]
    if spec.format is Format.WEBM:  # its clock has milliseconds
        assert max(abs(time - right) for time, right in zip(times, exact, strict=True)) <= Fraction(1, 2000)
    else:
        assert times == exact


def test_another_ffmpeg_agrees_without_a_word(video: tuple[OutputSpec, Path]) -> None:
    """The system's FFmpeg, told to stop at the first doubt."""
    _, path = video
    done = subprocess.run(
        ["ffmpeg", "-v", "warning", "-err_detect", "explode", "-xerror", "-i", path, "-f", "null", "-"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    stream = probe(path, "-count_frames")["streams"][0]
    assert int(stream["nb_read_frames"]) == len(PATTERN)
    assert Fraction(stream["r_frame_rate"]) == RATE.value
    assert float(stream["start_time"]) == 0


def test_colours_are_tagged_as_bt709(video: tuple[OutputSpec, Path]) -> None:
    spec, path = video
    assert decoding.tags(path) == decoding.Tags(matrix=1, range=1, primaries=1, transfer=1)
    if spec.codec is not Codec.PRORES:
        stream = probe(path)["streams"][0]
        names = ("color_space", "color_range", "color_primaries", "color_transfer")
        assert [stream[name] for name in names] == ["bt709", "tv", "bt709", "bt709"]


def test_the_container_is_tagged_too(video: tuple[OutputSpec, Path]) -> None:
    """Players that never look into the stream read the box (mp4, mov) or the element (webm)."""
    spec, path = video
    data = path.read_bytes()
    if spec.format is Format.WEBM:
        # Matrix, range, transfer, primaries: BT.709, limited, in the Colour element.
        for element in (b"\x55\xb1\x81\x01", b"\x55\xb9\x81\x01", b"\x55\xba\x81\x01", b"\x55\xbb\x81\x01"):
            assert element in data
    else:
        kind = b"nclx" if spec.format is Format.MP4 else b"nclc"
        assert b"colr" + kind + b"\0\1\0\1\0\1" in data


def test_a_keyframe_stands_every_two_seconds(video: tuple[OutputSpec, Path]) -> None:
    packets = probe(video[1], "-show_packets")["packets"]
    packets.sort(key=lambda packet: packet["pts"])
    keys = [index for index, packet in enumerate(packets) if "K" in packet["flags"]]
    assert keys[0] == 0
    assert max(b - a for a, b in itertools.pairwise([*keys, len(packets)])) <= round(2 * RATE.value)


def test_the_index_comes_first(video: tuple[OutputSpec, Path]) -> None:
    spec, path = video
    if spec.format is Format.WEBM:
        assert path.read_bytes()[:4] == b"\x1aE\xdf\xa3"
    else:
        data = path.read_bytes()
        assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_inspect_says_what_is_there(video: tuple[OutputSpec, Path]) -> None:
    spec, path = video
    facts = inspect(path)
    names = {Codec.H265: "hevc"}
    assert (facts.frames, facts.width, facts.height) == (len(PATTERN), SIZE.width, SIZE.height)
    assert (facts.codec, facts.fps) == (names.get(spec.codec, spec.codec), "30000/1001")
    assert facts.seconds == pytest.approx(float(len(PATTERN) / RATE.value))
    assert facts.bytes == path.stat().st_size


def test_two_runs_give_the_same_bytes(video: tuple[OutputSpec, Path], tmp_path: Path) -> None:
    spec, path = video
    assert counting(tmp_path / path.name, spec).read_bytes() == path.read_bytes()


def test_hevc_has_the_name_that_players_know(video: tuple[OutputSpec, Path]) -> None:
    spec, path = video
    names = {Codec.H264: "avc1", Codec.H265: "hvc1", Codec.AV1: "av01", Codec.PRORES: "apch"}
    if spec.format is not Format.WEBM:
        assert probe(path)["streams"][0]["codec_tag_string"] == names[spec.codec]


@pytest.mark.parametrize("size", ordinary([SIZE, Size(1280, 720)], SIZE), ids=str)
@pytest.mark.parametrize(("pair", "layout"), FED, ids=str)
def test_colours_survive(pair: tuple[Format, Codec], size: Size, layout: Layout, tmp_path: Path) -> None:
    """Ten flat colours, decoded by the file's own tags, stay within 3 of sRGB."""
    picture = drawings.as_picture(drawings.patches(size), layout)
    path = drawings.film(tmp_path / name_of(pair), spec_of(pair), RATE, [picture, None], size)
    for frame in decoding.pictures(path):
        assert np.abs(colours.measure(frame)[:, :3] - np.array(colours.FLAT)).max() <= 3


@pytest.mark.parametrize("pair", WITH_ALPHA, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def test_transparency_survives(pair: tuple[Format, Codec], tmp_path: Path) -> None:
    picture = drawings.as_picture(drawings.patches(SIZE, ALPHAS), Layout.PNG, alpha=True)
    spec = spec_of(pair, alpha=True)
    path = drawings.film(tmp_path / name_of(pair), spec, RATE, [picture, None, picture], SIZE)
    frames = list(decoding.pictures(path))
    assert len(frames) == 3
    for frame in frames:
        found = colours.measure(frame)
        assert np.abs(found[:, 3] - np.array(ALPHAS)).max() <= 3
        seen = np.array(ALPHAS) > 0
        assert np.abs(found[seen, :3] - np.array(colours.FLAT)[seen]).max() <= 3


@pytest.mark.parametrize("size", [Size(161, 97), Size(160, 97), Size(161, 96)], ids=str)
@pytest.mark.parametrize(("pair", "layout"), FED, ids=str)
def test_odd_sizes(pair: tuple[Format, Codec], layout: Layout, size: Size, tmp_path: Path) -> None:
    """VP9 keeps them; others gain a row or a column that repeats the last one."""
    spec = spec_of(pair)
    picture = drawings.as_picture(drawings.patches(size), layout)
    path = drawings.film(tmp_path / name_of(pair), spec, RATE, [picture], size)
    facts = inspect(path)
    expected = size if pair[1] is Codec.VP9 else size.even
    assert (facts.width, facts.height) == (expected.width, expected.height)
    (frame,) = decoding.pictures(path)
    assert np.abs(colours.measure(frame)[:, :3] - np.array(colours.FLAT)).max() <= 3
    assert np.abs(frame[-1, :, :3] - frame[-3, :, :3]).max() <= 12
    assert np.abs(frame[:, -1, :3] - frame[:, -3, :3]).max() <= 12


def probe(path: Path, *questions: str) -> dict:
    answer = subprocess.run(
        ["ffprobe", "-v", "error", "-of", "json", "-show_streams", *questions, path],
        capture_output=True, check=True,
    )  # fmt: skip
    return json.loads(answer.stdout)
