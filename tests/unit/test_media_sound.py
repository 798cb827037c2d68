"""Sound in a finished file: each sample at its time, nothing added, nothing lost, by two decoders."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from framewright.media import EncoderThread, OutputFile, SoundSource, inspect, open_encoder
from framewright.model.errors import CompositionError, EncoderError, OutputError
from framewright.model.frames import FrameRate
from framewright.model.output import CODECS, Codec, Format, Layout, OutputSpec, Quality
from framewright.model.size import Size
from truth import decoding, drawings, heard
from truth.grids import ordinary, thorough

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from framewright.media import Encoder
    from framewright.media.sound_source import Pulse

SIZE = Size(160, 96)
RATE = FrameRate.parse("30000/1001")
FRAMES = 100
SOUNDING = [
    pair
    for pair in ((box, codec) for box, codecs in CODECS.items() for codec in codecs)
    if pair[0] is not Format.GIF
]
# Each container.
ONCE = [
    (Format.MP4, Codec.H264),
    (Format.WEBM, Codec.VP9),
    (Format.MOV, Codec.PRORES),
    (Format.PNG_SEQUENCE, Codec.PNG),
]
EVERY = 24_000  # samples from one burst to the next
LONG = 4_800


def length(frames: int, rate: FrameRate = RATE) -> int:
    return round(rate.time_of(frames) * heard.RATE)


def bursts(samples: int) -> np.ndarray:
    """A burst of 1 kHz at -6 dBFS each half second, beginning at its crest so that its first sample is loud."""
    clock = np.arange(samples)
    tone = 0.5 * np.cos(2 * np.pi * 1000 * clock / heard.RATE) * (clock % EVERY < LONG)
    return np.stack([tone, tone], axis=1).astype(np.float32)


def in_pieces(sound: np.ndarray, piece: int = 7777) -> SoundSource:
    def blocks(pulse: Pulse) -> Iterator[np.ndarray]:
        del pulse
        for start in range(0, len(sound), piece):
            yield sound[start : start + piece]

    return SoundSource(len(sound), blocks)


def film(
    path: Path,
    pair: tuple[Format, Codec],
    source: SoundSource | None,
    frames: int = FRAMES,
    rate: FrameRate = RATE,
) -> Path:
    """A film of five pictures, each held. The path of what holds its sound."""
    spec = OutputSpec(*pair, Quality.DRAFT)
    if pair[0] is Format.PNG_SEQUENCE:
        path.mkdir()
    encoder = open_encoder(spec, SIZE, rate, path, source)
    for frame in range(frames):
        if frame % max(1, frames // 5) == 0:
            encoder.write(drawings.as_picture(drawings.counted(frame, SIZE), spec.layout))
        else:
            encoder.repeat()
    encoder.finish()
    return path / "sound.wav" if path.is_dir() else path


@pytest.fixture(scope="module", params=ordinary(SOUNDING, *ONCE), ids="-".join)
def sounding(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Format, Path]:
    """One film of each kind, judged by several tests."""
    folder = tmp_path_factory.mktemp("film")
    path = film(folder / f"film.{request.param[0]}", request.param, in_pieces(bursts(length(FRAMES))))
    return request.param[0], path


@pytest.mark.parametrize("decode", ordinary([heard.samples, heard.samples_by_ffmpeg], heard.samples))
def test_every_burst_begins_at_its_sample_and_the_end_is_the_end(sounding, decode) -> None:
    container, path = sounding
    found, meant = decode(path), bursts(length(FRAMES))
    exact = container in {Format.MOV, Format.PNG_SEQUENCE}
    onsets = heard.onsets(found, threshold=0.25)
    wanted = list(range(0, len(meant), EVERY))
    assert len(onsets) == len(wanted)
    assert max(abs(one - right) for one, right in zip(onsets, wanted, strict=True)) <= (0 if exact else 10)
    # FFmpeg gives AAC's last frame whole; the container says where to stop, and the test below reads that.
    assert 0 <= len(found) - len(meant) < (1024 if container is Format.MP4 else 1)
    for start in wanted:
        middle = slice(start + 480, start + LONG - 480)
        assert heard.level(found[middle]) == pytest.approx(heard.level(meant[middle]), abs=0.1)
    if exact:
        assert np.abs(found - meant).max() <= 2**-23


def test_the_container_says_the_exact_length(sounding) -> None:
    container, path = sounding
    told = json.loads(
        subprocess.run(
            ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", path],
            capture_output=True, check=True,
        ).stdout
    )  # fmt: skip
    sound = next(stream for stream in told["streams"] if stream["codec_type"] == "audio")
    names = {
        Format.MP4: "aac",
        Format.WEBM: "opus",
        Format.MOV: "pcm_s24le",
        Format.PNG_SEQUENCE: "pcm_s24le",
    }
    assert (sound["codec_name"], sound["sample_rate"], sound["channels"]) == (names[container], "48000", 2)
    if (
        container is Format.WEBM
    ):  # its clock has milliseconds, and the last packet holds Opus's 6.5 ms of lead
        assert 0 <= float(told["format"]["duration"]) - RATE.time_of(FRAMES) < 0.010
        return
    assert sound["duration_ts"] == length(FRAMES)
    if container is not Format.PNG_SEQUENCE:
        assert float(sound["start_time"]) == 0
        assert float(told["format"]["duration"]) == pytest.approx(float(RATE.time_of(FRAMES)), abs=1e-6)


def test_it_is_read_back_to_the_sample(sounding) -> None:
    container, path = sounding
    found = inspect(path.parent if container is Format.PNG_SEQUENCE else path, RATE).sound
    assert found is not None
    assert (found.rate, found.channels) == (48_000, 2)
    assert found.codec == {Format.MP4: "aac", Format.WEBM: "opus"}.get(container, "pcm_s24le")
    assert found.seconds * 48_000 == pytest.approx(length(FRAMES), abs=1e-6)


def test_sound_and_pictures_lie_beside_each_other(sounding) -> None:
    """A player that reads from front to back needs no more than a moment of either ahead of the other."""
    container, path = sounding
    if container is Format.PNG_SEQUENCE:
        return
    reached = {"video": 0.0, "audio": 0.0}
    with av.open(str(path)) as file:
        for packet in file.demux():
            if packet.dts is not None:
                reached[packet.stream.type] = float(packet.dts * packet.time_base)
                assert abs(reached["video"] - reached["audio"]) < 0.2


def test_the_pictures_are_as_without_sound(sounding) -> None:
    container, path = sounding
    place = path.parent if container is Format.PNG_SEQUENCE else path
    files = sorted(place.glob("frame_*.png")) if place.is_dir() else None
    assert (len(files) if files else len(decoding.times(place))) == FRAMES


@pytest.mark.parametrize(
    "pair", [(Format.MP4, Codec.H264), (Format.WEBM, Codec.VP9), (Format.MOV, Codec.PRORES)], ids="-".join
)
def test_the_same_sound_gives_the_same_bytes(tmp_path: Path, pair) -> None:
    """However it is cut, and whatever pace it comes at."""
    sound = bursts(length(40))

    def slowly(pulse: Pulse) -> Iterator[np.ndarray]:
        del pulse
        for part in np.array_split(sound, 9):
            time.sleep(0.002)
            yield part

    first = film(tmp_path / f"a.{pair[0]}", pair, in_pieces(sound), 40)
    second = film(tmp_path / f"b.{pair[0]}", pair, SoundSource(len(sound), slowly), 40)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("frames", "rate"), [(1, "240"), *thorough((1, "30"), (2, "24"), (7, "25")), (11, "12.345678")]
)
@pytest.mark.parametrize("container", [Format.MP4, Format.WEBM, Format.MOV])
def test_even_the_shortest_video_has_its_sound(tmp_path: Path, container, frames, rate) -> None:
    speed = FrameRate.parse(rate)
    samples = length(frames, speed)
    sound = np.full((samples, 2), 0.25, np.float32)
    path = film(
        tmp_path / f"a.{container}",
        (container, CODECS[container][-1] if container is not Format.WEBM else Codec.VP9),
        in_pieces(sound),
        frames,
        speed,
    )
    found = heard.samples_by_ffmpeg(path)
    assert 0 <= len(found) - samples < 1024


def test_av1_keeps_its_order_beside_other_work(tmp_path: Path) -> None:
    """SVT-AV1 at draft lost it in one of five films while another thread of the process was busy."""
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            hashlib.sha256(bytes(1 << 20))

    working = threading.Thread(target=work, daemon=True)
    working.start()
    try:
        files = [film(tmp_path / f"{name}.mp4", (Format.MP4, Codec.AV1), None) for name in "abcdef"]
    finally:
        done.set()
        working.join()
    assert len({file.read_bytes() for file in files}) == 1


def test_a_file_without_sound_has_no_stream_of_it(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", (Format.MP4, Codec.H264), None, 10)
    with av.open(str(path)) as file:
        assert not file.streams.audio


def test_a_file_of_silence_has_one(tmp_path: Path) -> None:
    path = film(
        tmp_path / "a.mp4", (Format.MP4, Codec.H264), in_pieces(np.zeros((length(10), 2), np.float32)), 10
    )
    assert np.abs(heard.samples(path)).max() < 1e-4


@pytest.mark.parametrize("off", [-1, 1])
def test_a_mix_of_another_length_is_refused(tmp_path: Path, off: int) -> None:
    sound = np.zeros((length(10) + off, 2), np.float32)
    source = SoundSource(length(10), in_pieces(sound).blocks)
    with pytest.raises(EncoderError) as caught:
        film(tmp_path / "a.mp4", (Format.MP4, Codec.H264), source, 10)
    assert caught.value.code == "SOUND_LENGTH"


def test_full_scale_is_cut_and_not_turned_over(tmp_path: Path) -> None:
    sound = np.linspace(-1.5, 1.5, length(10) * 2, dtype=np.float32).reshape(-1, 2)
    path = film(tmp_path / "a.mov", (Format.MOV, Codec.H264), in_pieces(sound), 10)
    assert np.abs(heard.samples(path) - np.clip(sound, -1, 1)).max() <= 2**-22


def names() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


def gone() -> bool:
    """Whether no thread of sound is left, or at least ends soon."""
    return any("sound" not in names() or time.sleep(0.05) for _ in range(100))


async def test_what_mixing_raises_ends_the_film_with_its_own_words(tmp_path: Path) -> None:
    def broken(pulse: Pulse) -> Iterator[np.ndarray]:
        del pulse
        yield np.zeros((4800, 2), np.float32)
        raise CompositionError("The sound a.mp3 cannot be read.", code="SOURCE_CORRUPT")

    with OutputFile(tmp_path / "film.mp4") as target:
        encoder = open_encoder(
            OutputSpec(Format.MP4, Codec.H264), SIZE, RATE, target.partial, SoundSource(10**7, broken)
        )
        with pytest.raises(CompositionError) as caught:
            async with EncoderThread(encoder) as thread:
                await thread.put(drawings.as_picture(drawings.counted(0, SIZE), Layout.I420))
                for _ in itertools.count():
                    await thread.put(None)
    assert (caught.value.code, caught.value.message) == ("SOURCE_CORRUPT", "The sound a.mp3 cannot be read.")
    assert list(tmp_path.iterdir()) == []
    assert gone()


async def test_a_failure_of_the_system_in_mixing_is_not_taken_for_one_in_writing(tmp_path: Path) -> None:
    def broken(pulse: Pulse) -> Iterator[np.ndarray]:
        del pulse
        raise OSError(5, "Input/output error")
        yield

    with pytest.raises(EncoderError) as caught:
        film(tmp_path / "a.mp4", (Format.MP4, Codec.H264), SoundSource(48_000, broken), 30)
    assert caught.value.code == "SOUND_FAILED"
    assert not isinstance(caught.value, OutputError)


async def test_an_abort_ends_endless_mixing_at_once(tmp_path: Path) -> None:
    def endless(pulse: Pulse) -> Iterator[np.ndarray]:
        del pulse
        while True:
            yield np.zeros((4800, 2), np.float32)

    encoder = open_encoder(
        OutputSpec(Format.MP4, Codec.H264), SIZE, RATE, tmp_path / "a.mp4", SoundSource(10**9, endless)
    )
    async with EncoderThread(encoder) as thread:
        await thread.put(drawings.as_picture(drawings.counted(0, SIZE), Layout.I420))
        await asyncio.sleep(0.05)
    assert gone()


async def test_an_abort_ends_work_that_has_given_nothing_yet(tmp_path: Path) -> None:
    ended = threading.Event()

    def measuring(pulse: Pulse) -> Iterator[np.ndarray]:
        try:
            while True:
                time.sleep(0.005)
                pulse.beat()
        finally:
            ended.set()
        yield

    encoder = open_encoder(
        OutputSpec(Format.MP4, Codec.H264), SIZE, RATE, tmp_path / "a.mp4", SoundSource(10**9, measuring)
    )
    async with EncoderThread(encoder, stalled_after=0.4) as thread:
        await thread.put(drawings.as_picture(drawings.counted(0, SIZE), Layout.I420))
        await asyncio.sleep(0.1)
        finishing = asyncio.ensure_future(thread.finish())
        # Longer than a standstill may last: it is none, since the work shows that it gets on.
        await asyncio.sleep(1.0)
        assert not finishing.done()
        finishing.cancel()
    assert ended.wait(5)
    assert gone()


async def test_mixing_that_stands_still_is_a_stalled_encoder(tmp_path: Path) -> None:
    gate = threading.Event()

    def stuck(pulse: Pulse) -> Iterator[np.ndarray]:
        del pulse
        gate.wait(60)
        yield np.zeros((1, 2), np.float32)

    encoder = open_encoder(
        OutputSpec(Format.MP4, Codec.H264), SIZE, RATE, tmp_path / "a.mp4", SoundSource(48_000, stuck)
    )
    async with EncoderThread(encoder, stalled_after=0.4) as thread:
        await thread.put(drawings.as_picture(drawings.counted(0, SIZE), Layout.I420))
        with pytest.raises(EncoderError) as caught:
            await thread.finish()
        gate.set()
    assert caught.value.code == "ENCODER_STALLED"
    assert gone()


def test_mixing_waits_for_the_pictures(tmp_path: Path) -> None:
    """However long the video is, only some seconds of its sound are made ahead."""
    given = itertools.count()
    asked = 0

    def counted(pulse: Pulse) -> Iterator[np.ndarray]:
        del pulse
        nonlocal asked
        for asked in given:
            yield np.zeros((1024, 2), np.float32)

    encoder = open_encoder(
        OutputSpec(Format.MOV, Codec.H264), SIZE, RATE, tmp_path / "a.mov", SoundSource(10**9, counted)
    )
    reached = -1
    while reached != asked:
        reached = asked
        time.sleep(0.5)
    encoder.abort()
    assert asked <= 520
    assert gone()


@pytest.mark.parametrize("budget", [32 * 2**20, 0])
def test_pictures_wait_for_sound_that_is_not_known_yet_within_a_budget(
    tmp_path: Path, monkeypatch, budget: int
) -> None:
    """What is heard is found out beside the render; the file is the same as if it had been known."""
    monkeypatch.setattr("framewright.media.video_file.MOST_WAITING_BYTES", budget)
    sound, late = bursts(length(FRAMES)), threading.Event()

    def after(pulse: Pulse) -> Iterator[np.ndarray]:
        del pulse
        late.wait(60)
        yield sound

    def feed(path: Path, source: SoundSource) -> Encoder:
        encoder = open_encoder(OutputSpec(Format.MP4, Codec.H264, Quality.DRAFT), SIZE, RATE, path, source)
        for frame in range(FRAMES):
            encoder.write(drawings.as_picture(drawings.counted(frame, SIZE), Layout.I420))
        return encoder

    opening = threading.Timer(0.5, late.set)
    if not budget:
        opening.start()
    encoder = feed(tmp_path / "late.mp4", SoundSource(len(sound), after))
    assert late.is_set() == (not budget)
    late.set()
    encoder.finish()
    feed(tmp_path / "known.mp4", in_pieces(sound)).finish()
    assert (tmp_path / "late.mp4").read_bytes() == (tmp_path / "known.mp4").read_bytes()
