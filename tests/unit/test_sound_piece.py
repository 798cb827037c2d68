"""The sound as a piece of its own: the file that its packets are copied into is the one that is mixed into, byte by byte."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from framewright.media import (
    Pulse,
    SoundPiece,
    SoundSource,
    StoppedError,
    open_encoder,
    read_sound_piece,
    write_sound_piece,
)
from framewright.model.errors import CompositionError, EncoderError, OutputError, PieceError, UsageError
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, OutputSpec, Quality
from framewright.model.size import Size
from truth import drawings
from truth.grids import ordinary_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZE = Size(64, 64)
KINDS = [
    (Format.MP4, Codec.H264),
    (Format.WEBM, Codec.VP9),
    (Format.MOV, Codec.PRORES),
    (Format.PNG_SEQUENCE, Codec.PNG),
]


def noise(samples: int) -> np.ndarray:
    return np.random.default_rng(7).normal(0, 0.2, (samples, 2)).astype(np.float32)


def given(sound: np.ndarray, block: int = 7777) -> SoundSource:
    def blocks(pulse: Pulse) -> Iterator[np.ndarray]:
        for start in range(0, len(sound), block):
            pulse.beat()
            yield sound[start : start + block]

    return SoundSource(len(sound), blocks)


def film(path: Path, kind: tuple[Format, Codec], sound: SoundSource | SoundPiece, frames: int, rate) -> bytes:
    spec = OutputSpec(*kind, Quality.DRAFT)
    if kind[0] is Format.PNG_SEQUENCE:
        path.mkdir()
    encoder = open_encoder(spec, SIZE, rate, path, sound)
    encoder.write(drawings.as_picture(drawings.counted(0, SIZE), spec.layout))
    for _ in range(frames - 1):
        encoder.repeat()
    encoder.finish()
    return (path / "sound.wav" if path.is_dir() else path).read_bytes()


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
@pytest.mark.parametrize(
    ("frames", "fps"),
    ordinary_rows(
        [(1, "30"), (2, "24"), (7, "25"), (75, "30000/1001"), (50, "25")],
        (1, "30"),
        (7, "25"),
        (75, "30000/1001"),
    ),
)
def test_a_file_with_a_piece_is_the_file_with_the_sound(tmp_path: Path, kind, frames: int, fps: str) -> None:
    rate = FrameRate.parse(fps)
    sound = noise(round(rate.time_of(frames) * 48_000))
    write_sound_piece(kind[0], given(sound), tmp_path / "sound.piece")
    piece = read_sound_piece(tmp_path / "sound.piece")
    assert piece.samples == len(sound)
    copied = film(tmp_path / "copied", kind, piece, frames, rate)
    assert copied == film(tmp_path / "mixed", kind, given(sound), frames, rate)


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_the_same_samples_give_the_same_piece_however_they_come(tmp_path: Path, kind) -> None:
    sound = noise(48_123)
    for name, block in (("a", 100_000), ("b", 999)):
        write_sound_piece(kind[0], given(sound, block), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("container", "lead", "size"), [(Format.MP4, 1024, 1024), (Format.WEBM, 312, 960), (Format.MOV, 0, 1024)]
)
def test_its_packets_follow_each_other_from_the_lead_to_the_last_sample(
    tmp_path: Path, container: Format, lead: int, size: int
) -> None:
    samples = 48_123
    write_sound_piece(container, given(noise(samples)), tmp_path / "piece")
    packets = list(read_sound_piece(tmp_path / "piece").packets())
    reached = -lead
    for packet in packets:
        assert (packet.pts, packet.dts) == (reached, reached)
        assert packet.time_base == Fraction(1, 48_000)
        assert packet.is_keyframe
        reached += packet.duration
    assert all(packet.duration == size for packet in packets[:-1])
    assert reached == samples - (lead if container is Format.WEBM else 0)
    assert packets[-1].has_sidedata("skip_samples") == (container is Format.WEBM)


def test_what_mixing_raises_is_told_in_its_own_words(tmp_path: Path) -> None:
    closed = []

    def broken(pulse: Pulse) -> Iterator[np.ndarray]:
        try:
            pulse.beat()
            yield noise(4800)
            raise CompositionError("The sound a.mp3 cannot be read.", code="SOUND_CORRUPT")
        finally:
            closed.append(True)

    with pytest.raises(CompositionError, match=r"a\.mp3"):
        write_sound_piece(Format.MP4, SoundSource(48_000, broken), tmp_path / "piece")
    assert closed


def test_a_stopped_pulse_ends_it(tmp_path: Path) -> None:
    pulse = Pulse()

    def endless(pulse: Pulse) -> Iterator[np.ndarray]:
        for count in range(1_000_000):
            if count == 5:
                pulse.stop()
            yield noise(480)

    with pytest.raises(StoppedError):
        write_sound_piece(Format.WEBM, SoundSource(10**9, endless), tmp_path / "piece", pulse)
    assert pulse.beats > 5


def test_wrong_lengths_outputs_and_places_are_told(tmp_path: Path) -> None:
    with pytest.raises(EncoderError) as caught:
        write_sound_piece(Format.MP4, SoundSource(4801, given(noise(4800)).blocks), tmp_path / "piece")
    assert caught.value.code == "SOUND_LENGTH"
    with pytest.raises(UsageError) as refused:
        write_sound_piece(Format.GIF, given(noise(4800)), tmp_path / "piece")
    assert refused.value.code == "SOUND_LEFT_OUT"
    with pytest.raises(OutputError):
        write_sound_piece(Format.MP4, given(noise(4800)), tmp_path / "nowhere" / "piece")


def test_a_piece_that_was_cut_off_or_changed_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "piece"
    write_sound_piece(Format.MP4, given(noise(20_000)), place)
    whole = place.read_bytes()
    begin = whole.index(b"}\n") + 2
    broken = [
        whole[:cut] for cut in (0, 10, 30, begin - 2, begin + 3, begin + 50, len(whole) - 30, len(whole) - 1)
    ]
    broken += [b"RIFF" + whole, whole + b"x", whole[:begin] + b"\xff" * 4 + whole[begin + 4 :]]
    broken += [whole.replace(b'"samples":20000', b'"samples":20001'), whole.replace(b'"packet"', b'"pocket"')]
    for data in broken:
        place.write_bytes(data)
        with pytest.raises(PieceError) as caught:
            list(read_sound_piece(place).packets())
        assert caught.value.code == "SOUND_PIECE_INVALID"
        assert "piece" in caught.value.message
    place.unlink()
    with pytest.raises(PieceError):
        read_sound_piece(place)


def test_a_piece_for_another_output_or_of_another_encoder_is_refused(tmp_path: Path) -> None:
    place, rate = tmp_path / "piece", FrameRate.parse("30")
    write_sound_piece(Format.WEBM, given(noise(1600)), place)
    with pytest.raises(PieceError, match="libopus for another kind"):
        film(tmp_path / "a.mp4", KINDS[0], read_sound_piece(place), 1, rate)
    write_sound_piece(Format.MP4, given(noise(1600)), place)
    place.write_bytes(place.read_bytes().replace(b'"extradata":"1190', b'"extradata":"1191'))
    with pytest.raises(PieceError, match="another release of aac"):
        film(tmp_path / "b.mp4", KINDS[0], read_sound_piece(place), 1, rate)
