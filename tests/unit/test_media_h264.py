"""Pictures that stay: whatever the pattern, the film shows exactly it, and two unrelated decoders agree."""

from __future__ import annotations

import itertools
import subprocess
import tempfile
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from framewright.media import bits, h264_hold
from framewright.media.codec_settings import settings_for
from framewright.media.h264 import SHORTEST_HOLD, H264Encoder
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, Layout, OutputSpec, Quality
from framewright.model.size import Size
from truth import counter, decoding, drawings, openh264

SIZE = Size(64, 48)
RATE = FrameRate.parse(5)  # a keyframe every 10 frames: holds cross it often
RUNS = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 25)), min_size=1, max_size=6)


def pattern_of(runs: list[tuple[int, int]]) -> list[bool]:
    """New pictures, then repeats, and so on: True is a new one."""
    return [new for pictures, repeats in runs for new in [True] * pictures + [False] * repeats]


def filmed(
    path: Path, runs: list[tuple[int, int]], quality: Quality, size: Size = SIZE, **wishes
) -> list[int]:
    """Encodes the runs; returns what each frame shows."""
    pattern = pattern_of(runs)
    numbers = [number - 1 for number in itertools.accumulate(pattern)]
    pictures = (
        drawings.as_picture(drawings.counted(number * 37 % 256, size), Layout.I420) if new else None
        for number, new in zip(numbers, pattern, strict=True)
    )
    drawings.film(path, OutputSpec(Format.MP4, Codec.H264, quality, **wishes), RATE, pictures, size)
    return [number * 37 % 256 for number in numbers]


@given(runs=RUNS, quality=st.sampled_from(list(Quality)))
@example(runs=[(1, 200)], quality=Quality.STANDARD)
@example(runs=[(1, SHORTEST_HOLD - 1), (1, SHORTEST_HOLD), (1, SHORTEST_HOLD + 1)], quality=Quality.STANDARD)
@example(runs=[(3, 8), (2, 8), (4, 8), (1, 8)], quality=Quality.HIGH)
@settings(max_examples=6, deadline=None)
def test_any_pattern_comes_out_as_it_went_in(runs: list[tuple[int, int]], quality: Quality) -> None:
    assert_same(runs, quality)


@pytest.mark.thorough
@given(runs=RUNS, quality=st.sampled_from(list(Quality)))
@settings(max_examples=40, deadline=None)
def test_many_patterns_come_out_as_they_went_in(runs: list[tuple[int, int]], quality: Quality) -> None:
    assert_same(runs, quality)


def assert_same(runs: list[tuple[int, int]], quality: Quality) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "film.mp4")
        numbers = filmed(path, runs, quality)
        assert decoding.numbers(path) == numbers
        assert decoding.times(path) == [RATE.time_of(frame) for frame in range(len(numbers))]
        packets = packets_of(path)
        assert [packet.dts for packet in packets] == sorted({packet.dts for packet in packets})
        assert all(packet.pts >= packet.dts for packet in packets)
        keys = sorted(packet.pts * packet.time_base for packet in packets if packet.is_keyframe)
        end = RATE.time_of(len(numbers))
        assert max(b - a for a, b in itertools.pairwise([*keys, end])) <= 2


@pytest.mark.parametrize("quality", list(Quality))
def test_a_held_frame_is_its_reference_bit_for_bit(quality: Quality, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    runs = [(5, 14), (2, 30), (3, 0)]  # long enough for a hold on both sides of a keyframe
    filmed(path, runs, quality)
    done = subprocess.run(
        ["ffmpeg", "-v", "warning", "-err_detect", "explode", "-xerror", "-i", path, "-f", "framemd5", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    digests = [line.split(",")[-1].strip() for line in done.stdout.splitlines() if not line.startswith("#")]
    keys = {
        round(packet.pts * packet.time_base * RATE.value) for packet in packets_of(path) if packet.is_keyframe
    }
    for frame, new in enumerate(pattern_of(runs)):
        if not new and frame not in keys:
            assert digests[frame] == digests[frame - 1], f"frame {frame}"


@pytest.mark.skipif(
    openh264.NAME is None, reason="libopenh264 is not installed: no second opinion on held frames"
)
@pytest.mark.parametrize("quality", list(Quality))
def test_an_unrelated_decoder_agrees(quality: Quality, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    runs = [(5, 9), (2, 30), (3, 0)]
    numbers = filmed(path, runs, quality)
    ours = decoding_luma(path)
    theirs = list(openh264.greys(path))
    assert len(theirs) == len(ours) == len(numbers)
    for frame, new in enumerate(pattern_of(runs)):
        # OpenH264 rounds some of x264's B-frames differently, so only frames without them must be equal.
        allowed = 0 if quality is Quality.DRAFT or not new else 16
        assert np.abs(theirs[frame].astype(int) - ours[frame]).max() <= allowed, f"frame {frame}"


@pytest.mark.skipif(
    openh264.NAME is None, reason="libopenh264 is not installed: no second opinion on keyframes side by side"
)
def test_a_new_picture_right_before_a_segment(tmp_path: Path) -> None:
    """Two keyframes side by side, each of an x264 that has just been opened: no decoder takes them for one."""
    path = tmp_path / "film.mp4"
    numbers = filmed(path, [(1, 8), (1, 12)], Quality.STANDARD)
    keys = [
        round(packet.pts * packet.time_base * RATE.value) for packet in packets_of(path) if packet.is_keyframe
    ]
    assert keys == [0, 9, 10, 20]
    assert decoding.numbers(path) == numbers
    assert [
        counter.read((grey.astype(np.float32) - 16) * 255 / 219) for grey in openh264.greys(path)
    ] == numbers


def test_a_hold_costs_next_to_nothing(tmp_path: Path) -> None:
    """Six seconds of nothing: two more keyframes, the same bytes each, and 14 bytes a frame."""
    size = Size(320, 240)
    short, long = tmp_path / "short.mp4", tmp_path / "long.mp4"
    filmed(short, [(1, 0)], Quality.STANDARD, size)
    filmed(long, [(1, 29)], Quality.STANDARD, size)
    packets = packets_of(long)
    keys = [bytes(packet) for packet in packets if packet.is_keyframe]
    assert len(keys) == 3
    assert keys[1] == keys[2]
    assert max(packet.size for packet in packets if not packet.is_keyframe) <= 24


def test_lossless(tmp_path: Path) -> None:
    """A constant rate factor of 0 is a profile of its own; holds work in it like in any other."""
    path = tmp_path / "film.mp4"
    numbers = filmed(path, [(2, 30), (3, 9)], Quality.STANDARD, crf=0)
    assert decoding.numbers(path) == numbers


def test_the_processor_does_not_show(tmp_path: Path) -> None:
    """The same bytes with all of its instructions and with none of them: farms mix machines."""
    size = Size(320, 192)  # a width at which x264's own choice of code gave other bytes from run to run
    spec = OutputSpec(Format.MP4, Codec.H264)
    films: list[list[bytes]] = []
    for instructions in ("", ":asm=0", ""):
        wanted = settings_for(spec, size, RATE)
        wanted.options["x264-params"] += instructions
        path = tmp_path / "film.mp4"
        encoder = H264Encoder(wanted, size, RATE, path)
        for number in range(12):
            encoder.write(drawings.as_picture(drawings.counted(number, size), Layout.I420))
        encoder.finish()
        # The first packet begins with x264's account of its settings.
        films.append([h264_hold.without_comments(annex_b(bytes(packet))) for packet in packets_of(path)])
    assert films[0] == films[1] == films[2]


def test_with_a_bitrate_to_keep_every_frame_goes_through_x264(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    numbers = filmed(path, [(2, 30), (3, 0)], Quality.STANDARD, bitrate=200_000)
    assert decoding.numbers(path) == numbers


@given(st.binary(max_size=64))
def test_escaping_can_be_undone_and_hides_start_codes(payload: bytes) -> None:
    hidden = bits.escape(payload)
    assert bits.unescape(hidden) == payload
    for code in (b"\0\0\0", b"\0\0\1", b"\0\0\2"):
        assert code not in hidden


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just(0), st.integers(0, 10**6)), st.tuples(st.integers(1, 16), st.integers(0, 1))
        )
    )
)
def test_bits_are_read_as_they_were_written(parts: list[tuple[int, int]]) -> None:
    writer = bits.BitWriter()
    for width, value in parts:
        if width:
            writer.bits(value, width)
        else:
            writer.golomb(value)
    reader = bits.BitReader(writer.payload())
    assert [reader.bits(width) if width else reader.golomb() for width, _ in parts] == [
        value for _, value in parts
    ]


def test_reading_past_the_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="ends early"):
        bits.BitReader(b"\0").golomb()


def test_a_foreign_parameter_set_is_refused() -> None:
    """Interlaced: frame_mbs_only_flag is 0. Nothing of it may pass for a plain stream."""
    writer = bits.BitWriter()
    writer.bits(77, 8)
    writer.bits(30, 16)
    for value in (0, 0, 2, 1):  # id, frame number, order type, references
        writer.golomb(value)
    writer.bits(0, 1)
    writer.golomb(3)
    writer.golomb(3)
    writer.bits(0, 1)
    with pytest.raises(ValueError, match="interlaced"):
        h264_hold.SequenceParameters.read(b"\0\0\0\1\x67" + bits.escape(writer.payload()))


def annex_b(packet: bytes) -> bytes:
    """An mp4's packet with start codes for lengths."""
    units, position = b"", 0
    while position < len(packet):
        length = int.from_bytes(packet[position : position + 4], "big")
        units += b"\0\0\0\1" + packet[position + 4 : position + 4 + length]
        position += 4 + length
    return units


def packets_of(path: Path) -> list[av.Packet]:
    with av.open(str(path)) as container:
        return [packet for packet in container.demux(video=0) if packet.size]


def decoding_luma(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray()[: frame.height].astype(int) for frame in container.decode(video=0)]
