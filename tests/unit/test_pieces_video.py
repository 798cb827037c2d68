"""A film cut where the encoder begins anew is the film in one piece: every packet, every time, every picture."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest

from framewright.media import Pulse
from framewright.media.codec_settings import settings_for
from framewright.media.pieces import parameters_digest, segment_of
from framewright.media.stitching import Film, StitchedPiece, stitch_video
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.output import Codec, Format, OutputSpec, Quality
from framewright.model.size import Size
from truth import decoding, pieces
from truth.grids import ordinary

if TYPE_CHECKING:
    from pathlib import Path

SIZE = Size(96, 64)
RATE = FrameRate.parse(5)  # short segments: a film of few frames has many
KINDS = [
    OutputSpec(container, codec, Quality.STANDARD, alpha=alpha)
    for container, codec, alpha in [
        (Format.MP4, Codec.H264, False),
        (Format.MP4, Codec.H265, False),
        (Format.MP4, Codec.AV1, False),
        (Format.WEBM, Codec.AV1, False),
        (Format.WEBM, Codec.VP9, False),
        (Format.WEBM, Codec.VP9, True),
        (Format.MOV, Codec.PRORES, False),
        (Format.MOV, Codec.PRORES, True),
        (Format.MOV, Codec.H264, False),
    ]
]
H264, H265, MP4_AV1, WEBM_AV1, VP9, VP9_ALPHA, PRORES, PRORES_ALPHA, _ = KINDS


def name_of(spec: OutputSpec) -> str:
    return f"{spec.codec}-{spec.format}{'-alpha' * spec.alpha}"


def film_of(frames: int, seed: int = 1) -> list[int]:
    """Pictures that move and pictures that stay, over cuts too."""
    chance = random.Random(seed)
    film: list[int] = []
    while len(film) < frames:
        film += [37 * len(film) % 256] * chance.choice([1, 1, 1, 1, 2, 3, 9, 12, 30])
    return film[:frames]


def joined(
    folder: Path, spec: OutputSpec, film: list[int], cuts: list[int]
) -> tuple[list[pieces.Coded], set[str]]:
    """The packets of all pieces, one after the other, and the digests of their parameters."""
    packets: list[pieces.Coded] = []
    digests = set()
    for start, stop in itertools.pairwise(cuts):
        path = folder / f"{start}-{stop}.{spec.format}"
        pieces.write(path, spec, film, FrameRange(start, stop), size=SIZE, rate=RATE)
        packets += pieces.packets(path, RATE, start)
        digests.add(parameters_digest(path))
    return packets, digests


@pytest.mark.parametrize("spec", ordinary(KINDS, H264, VP9, PRORES_ALPHA), ids=name_of)
def test_cuts_on_the_grid_do_not_show(spec: OutputSpec, tmp_path: Path) -> None:
    segment = segment_of(spec, RATE)
    film = film_of(3 * max(segment, 10) + 7)
    end = len(film)
    whole, parameters = joined(tmp_path, spec, film, [0, end])
    assert decoding.numbers(tmp_path / f"0-{end}.{spec.format}") == film
    grid = list(range(0, end, max(segment, 10)))
    for cuts in ([*grid, end], [0, grid[2], end], [grid[1], grid[3], end]):
        found, digests = joined(tmp_path, spec, film, cuts)
        assert found == [packet for packet in whole if packet.pts >= cuts[0]]
        assert digests == parameters
    assert [packet.dts - whole[0].dts for packet in whole] == list(range(end))
    assert all(packet.dts <= packet.pts for packet in whole)


@pytest.mark.parametrize("spec", ordinary(KINDS, H264, MP4_AV1, VP9_ALPHA, PRORES), ids=name_of)
def test_cuts_between_give_the_same_pictures_at_the_same_times(spec: OutputSpec, tmp_path: Path) -> None:
    """Where chunks could not be even on the grid: the seams are gapless all the same, holds go over them."""
    film = film_of(75, seed=2)
    cuts = [0, 1, 3, 29, 30, 47, 64, 75]
    joined(tmp_path, spec, film, cuts)
    parts = [
        StitchedPiece(tmp_path / f"{start}-{stop}.{spec.format}", FrameRange(start, stop))
        for start, stop in itertools.pairwise(cuts)
    ]
    path = tmp_path / f"film.{spec.format}"
    stitch_video(Film(spec, SIZE, RATE), parts, path, Pulse())
    assert decoding.numbers(path) == film
    assert decoding.times(path) == [RATE.time_of(frame) for frame in range(len(film))]


def test_nothing_stands_in_a_piece_that_copying_would_lose(tmp_path: Path) -> None:
    """SVT-AV1 marks packets that no other needs, at some rates; mp4 would tell them in a table of its own."""
    spec, rate = OutputSpec(Format.MP4, Codec.AV1, Quality.DRAFT), FrameRate.parse("7/3")
    path = tmp_path / "film.mp4"
    pieces.write(path, spec, film_of(60, seed=3), FrameRange(0, 60), size=SIZE, rate=rate)
    assert b"sdtp" not in path.read_bytes()


def test_the_segment_is_a_whole_number_of_keyframe_distances() -> None:
    """And a place to cut is never far: two of them at most."""
    for spec in KINDS:
        for rate in map(FrameRate.parse, ("1/10", "1", "24", "30000/1001", "60", "240")):
            segment = segment_of(spec, rate)
            if spec.codec is Codec.PRORES:
                assert segment == 1
                continue
            distance = settings_for(spec, SIZE, rate).keyframe_distance
            assert segment % distance == 0
            assert segment <= 2 * distance
    assert segment_of(OutputSpec(Format.MP4, Codec.H264, bitrate=1_000_000), RATE) == 0
    assert segment_of(OutputSpec(Format.GIF, Codec.GIF), RATE) == 1
