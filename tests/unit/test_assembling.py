"""Pieces become one file: every frame once and at its time, whatever the cuts; and every wrong piece is found out."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from framewright.media import Pulse, open_encoder
from framewright.media.pieces import open_piece
from framewright.media.stitching import Film, StitchedPiece, stitch_video
from framewright.media.subtitles import TextTrack
from framewright.model.errors import AssembleError, FramewrightError, PieceError
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.media import LightLevels, Transfer
from framewright.model.output import CODECS, Codec, Format, Layout, OutputSpec, Quality
from framewright.model.picture import Picture
from framewright.model.plan import TextPlan
from framewright.model.subtitles import Cue, Look, Run
from framewright.render.assembling import assemble_pieces
from framewright.render.committing import sidecar_of
from framewright.render.piece_accounts import find_pieces
from truth import decoding, drawings, heard, planned
from truth.grids import ordinary

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.media import Encoder
    from framewright.model.plan import Plan
    from framewright.model.report import FileFacts

RATE = FrameRate.parse("30000/1001")
VIDEOS = [
    (box, codec) for box, codecs in CODECS.items() for codec in codecs if codec not in {Codec.GIF, Codec.PNG}
]
H264 = (Format.MP4, Codec.H264)
GIF, PNGS = (Format.GIF, Codec.GIF), (Format.PNG_SEQUENCE, Codec.PNG)
CUTS = (7, 20, 21, 45)
MP4_H265, MP4_AV1 = (Format.MP4, Codec.H265), (Format.MP4, Codec.AV1)
WEBM_VP9, WEBM_AV1 = (Format.WEBM, Codec.VP9), (Format.WEBM, Codec.AV1)
MOV_H264, PRORES = (Format.MOV, Codec.H264), (Format.MOV, Codec.PRORES)


def assembled(plan: Plan, chunks: list[Path], output: Path, sound: Path | None = None) -> FileFacts:
    return asyncio.run(assemble_pieces(plan, chunks, sound, output))


@pytest.mark.parametrize("kind", ordinary(VIDEOS, H264, WEBM_VP9), ids="-".join)
def test_every_frame_is_there_once_and_at_its_time(tmp_path: Path, kind: tuple[Format, Codec]) -> None:
    plan = planned.plan(kind, RATE, CUTS, sound=True)
    output = tmp_path / f"out.{kind[0]}"
    chunks = planned.chunks(tmp_path / "chunks", plan)
    facts = assembled(plan, chunks[::-1], output, planned.sound(tmp_path / "chunks", plan))
    assert decoding.numbers(output) == list(range(7, 45))
    tick = decoding.tick(output)
    for frame, time in enumerate(decoding.times(output)):
        assert abs(time - frame / RATE.value) <= (tick / 2 if kind[0] is Format.WEBM else 0)
    assert (facts.frames, facts.path) == (38, str(output))
    if kind[0] is not Format.WEBM:
        assert facts.fps == "30000/1001"
    assert facts.sound is not None
    assert facts.sound.seconds * 48_000 == pytest.approx(plan.sound.mix.samples, abs=1e-6)
    assert decoding.tags(output) == decoding.Tags(matrix=1, range=1, primaries=1, transfer=1)
    _no_complaints(output)


@pytest.mark.parametrize("kind", ordinary(VIDEOS, H264, WEBM_VP9, PRORES), ids="-".join)
def test_one_piece_gives_the_very_file_that_its_encoder_would_write(
    tmp_path: Path, kind: tuple[Format, Codec]
) -> None:
    """Sound, texts, tags, the place of the index, all of it."""
    text = (Cue(200, 700, (Run("seen", Look()),)),)
    plan = planned.plan(
        kind, RATE, (0, 40), sound=True, texts=(TextPlan(cues=text, language="de", label="x"),)
    )
    wave = np.random.default_rng(3).normal(0, 0.1, (plan.sound.mix.samples, 2)).astype(np.float32)
    output, whole = tmp_path / f"out.{kind[0]}", tmp_path / f"whole.{kind[0]}"
    assembled(
        plan,
        planned.chunks(tmp_path / "chunks", plan),
        output,
        planned.sound(tmp_path / "chunks", plan, wave),
    )
    encoder = open_encoder(
        plan.output.spec, planned.SIZE, RATE, whole, planned.source(wave),
        texts=[TextTrack(text, RATE.time_of(0), RATE.time_of(40), "de", "x")],
    )  # fmt: skip
    for number in range(40):
        encoder.write(drawings.as_picture(drawings.counted(number, planned.SIZE), plan.output.spec.layout))
    encoder.finish()
    assert output.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("kind", [(Format.WEBM, Codec.VP9), (Format.MOV, Codec.PRORES)], ids="-".join)
def test_transparency_survives(tmp_path: Path, kind: tuple[Format, Codec]) -> None:
    plan = planned.plan(kind, RATE, (0, 5, 9), alpha=True)
    output = tmp_path / f"out.{kind[0]}"
    chunks = [planned.chunk(tmp_path / "c", plan, a, b, opacity=100 + a) for a, b in ((0, 5), (5, 9))]
    assembled(plan, chunks, output)
    found = [float(picture[..., 3].mean()) for picture in decoding.pictures(output)]
    assert found == pytest.approx([100] * 5 + [105] * 4, abs=2)


@pytest.mark.parametrize("kind", ordinary([*VIDEOS, GIF, PNGS], H264, WEBM_VP9, GIF, PNGS), ids="-".join)
def test_cuts_where_the_encoder_begins_anew_give_the_same_bytes(
    tmp_path: Path, kind: tuple[Format, Codec]
) -> None:
    """Within a hold too; and a chunk in two parts."""
    rate = FrameRate.parse(5)
    shown = [frame // 13 for frame in range(87)]
    made = []
    for name, cuts, parts in (("one", (7, 87), ()), ("many", (7, 40, 87), ((40, 80), (80, 87)))):
        plan = planned.plan(kind, rate, cuts)
        ranges = [(7, 40), *parts] if parts else [(7, 87)]
        chunks = [
            planned.chunk(tmp_path / name, plan, start, stop, shown=shown[start:stop])
            for start, stop in ranges
        ]
        output = tmp_path / f"{name}-out"
        facts = assembled(plan, chunks, output)
        made.append(
            {file.name: file.read_bytes() for file in output.iterdir()}
            if output.is_dir()
            else output.read_bytes()
        )
        if kind != GIF:
            assert facts.frames == 80
            assert decoding.numbers(output) == shown[7:]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("kind", "transfer"),
    [
        (MP4_H265, Transfer.HLG),
        (WEBM_AV1, Transfer.PQ),
        pytest.param(MP4_H265, Transfer.PQ, marks=pytest.mark.thorough),
        pytest.param(WEBM_AV1, Transfer.HLG, marks=pytest.mark.thorough),
    ],
)
def test_hdr_keeps_its_tags_its_light_and_its_bytes(
    tmp_path: Path, kind: tuple[Format, Codec], transfer: Transfer
) -> None:
    rate, size = FrameRate.parse(5), planned.SIZE
    levels = LightLevels(content=900) if transfer is Transfer.PQ else None
    spec = OutputSpec(*kind, Quality.DRAFT, transfer=transfer, levels=levels)

    def drawn(path: Path, start: int, stop: int, opened: Encoder) -> Path:
        for frame in range(start, stop):
            luma = np.full(size.width * size.height, 64 + 8 * frame, "<u2")
            chroma = np.full(size.width * size.height // 2, 512, "<u2")
            opened.write(Picture(Layout.I010, size, luma.tobytes() + chroma.tobytes()))
        opened.finish()
        return path

    def piece(start: int, stop: int) -> StitchedPiece:
        path, frames = tmp_path / f"{start}-{stop}", FrameRange(start, stop)
        return StitchedPiece(drawn(path, start, stop, open_piece(spec, size, rate, frames, path)), frames)

    whole = tmp_path / "whole"
    drawn(whole, 0, 80, open_encoder(spec, size, rate, whole))
    film = Film(spec, size, rate)
    for name, cut in (("one", [piece(0, 80)]), ("two", [piece(0, 40), piece(40, 80)])):
        stitch_video(film, cut, tmp_path / name, Pulse())
        assert (tmp_path / name).read_bytes() == whole.read_bytes()
    transfers = {Transfer.PQ: 16, Transfer.HLG: 18}
    assert decoding.tags(whole) == decoding.Tags(9, 1, 9, transfers[transfer])


def test_a_gif_shows_each_frame_at_its_time(tmp_path: Path) -> None:
    rate = FrameRate.parse(10)
    shown = [0, 0, 0, 1, 2, 2, 2, 2, 3, 3]
    plan = planned.plan(GIF, rate, (0, 6, 10))
    chunks = [planned.chunk(tmp_path / "c", plan, a, b, shown=shown[a:b]) for a, b in ((0, 6), (6, 10))]
    facts = assembled(plan, chunks, tmp_path / "a.gif")
    assert decoding.numbers_at(tmp_path / "a.gif", [rate.time_of(frame) for frame in range(10)]) == shown
    assert (facts.frames, facts.seconds) == (4, 1.0)


def test_an_image_sequence_has_its_sound_beside_it(tmp_path: Path) -> None:
    plan = planned.plan(PNGS, RATE, CUTS, sound=True)
    wave = np.random.default_rng(3).normal(0, 0.1, (plan.sound.mix.samples, 2)).astype(np.float32)
    output = tmp_path / "frames"
    chunks = planned.chunks(tmp_path / "c", plan)
    facts = assembled(plan, chunks, output, planned.sound(tmp_path / "c", plan, wave))
    assert facts.sound is not None
    found = heard.samples((output / "sound.wav").rename(tmp_path / "sound.wav"))
    assert np.abs(found - wave).max() <= 2**-23
    assert decoding.numbers(output) == list(range(7, 45))


def test_sound_is_heard_at_its_sample_to_the_last_one(tmp_path: Path) -> None:
    plan = planned.plan((Format.MOV, Codec.H264), RATE, (0, 13, 30), sound=True)
    wave = np.random.default_rng(3).normal(0, 0.1, (plan.sound.mix.samples, 2)).astype(np.float32)
    output = tmp_path / "out.mov"
    assembled(plan, planned.chunks(tmp_path / "c", plan), output, planned.sound(tmp_path / "c", plan, wave))
    found = heard.samples(output)
    assert len(found) == len(wave)
    assert np.abs(found - wave).max() <= 2**-23


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Right ones, to be copied and spoiled."""
    return planned.chunks(tmp_path_factory.mktemp("right") / "chunks", planned.plan(H264, RATE, CUTS))


def _foreign(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    other = planned.plan(H264, RATE, CUTS, quality=Quality.STANDARD)
    chunks[1] = planned.chunk(folder / "other", other, 20, 21)


def _index(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    """A chunk that says it is another one."""
    told = json.loads(sidecar_of(chunks[1]).read_text())
    sidecar_of(chunks[1]).write_text(json.dumps(told | {"start": 21, "stop": 22}))


def _twice(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    chunks.append(planned.chunk(folder / "again", plan, 7, 20))


def _absent(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    del chunks[1]


def _no_file(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    chunks[1].unlink()


def _short(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    chunks[2] = planned.chunk(folder / "short", plan, 21, 45, shown=range(21, 44))


def _long(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    chunks[2] = planned.chunk(folder / "long", plan, 21, 45, shown=range(21, 46))


def _parameters(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    chunks[1] = planned.chunk(folder / "other", plan, 20, 21, parameters="1" * 64)


def _extradata(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    """Another encoder, and an account that does not know."""
    other = planned.plan((Format.MP4, Codec.H265), RATE, CUTS)
    attempt = planned.chunk(folder / "other", other, 20, 21)
    shutil.copy(attempt, chunks[1])
    _again(plan, chunks[1], FrameRange(20, 21))


def _no_keyframe(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    """The second frame of a film, cut out of it."""
    cut = folder / "cut.mp4"
    with av.open(str(chunks[0])) as given, av.open(str(cut), "w") as made:
        stream = made.add_stream_from_template(given.streams.video[0], opaque=True)
        packet = next(itertools.islice(given.demux(video=0), 1, None))
        packet.stream, packet.pts, packet.dts = stream, 0, 0
        made.mux(packet)
    shutil.copy(cut, chunks[1])
    _again(plan, chunks[1], FrameRange(20, 21))


def _cut_off(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    chunks[2].write_bytes(chunks[2].read_bytes()[:-100])


def _cut_off_with_account(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    chunks[2].write_bytes(chunks[2].read_bytes()[:1000])
    _again(plan, chunks[2], FrameRange(21, 45))


def _no_video(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    chunks[1].write_bytes(b"nothing")
    _again(plan, chunks[1], FrameRange(20, 21))


def _flipped(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    data = bytearray(chunks[0].read_bytes())
    data[len(data) // 2] ^= 16
    chunks[0].write_bytes(data)


def _no_sidecar(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    sidecar_of(chunks[0]).unlink()


def _broken_sidecar(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    sidecar_of(chunks[0]).write_bytes(sidecar_of(chunks[0]).read_bytes()[:-9])


def _wrong_sidecar(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    told = json.loads(sidecar_of(chunks[0]).read_text())
    sidecar_of(chunks[0]).write_text(json.dumps(told | {"workers": "many"}))


def _newer_sidecar(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    told = json.loads(sidecar_of(chunks[0]).read_text())
    sidecar_of(chunks[0]).write_text(json.dumps(told | {"version": 2, "more": 1}))


def _other_sidecar(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    shutil.copy(chunks[1], chunks[0])


def _sound_as_chunk(folder: Path, plan: Plan, chunks: list[Path]) -> None:
    chunks.append(planned.sound(folder / "s", plan))


def _again(plan: Plan, piece: Path, frames: FrameRange) -> None:
    """An account that fits the bytes that stand there now, and tells what the old one told of how they were encoded."""
    parameters = json.loads(sidecar_of(piece).read_text())["parameters"]
    told = planned.account(plan, piece, frames, parameters=parameters)
    sidecar_of(piece).write_text(told.model_dump_json())


@pytest.mark.parametrize(
    ("spoil", "kind", "code", "named"),
    [
        (_foreign, AssembleError, "PIECE_FOREIGN", "20-21.mp4"),
        (_index, AssembleError, "PIECE_FOREIGN", "20-21.mp4"),
        (_twice, AssembleError, "PIECE_TWICE", "7-20.mp4"),
        (_absent, AssembleError, "PIECE_MISSING", "frames 20 to 20 (chunk 1)"),
        (_no_file, AssembleError, "PIECE_MISSING", "20-21.mp4"),
        (_short, PieceError, "PIECE_INCOMPLETE", "21-45.mp4"),
        pytest.param(_long, PieceError, "PIECE_INCOMPLETE", "21-45.mp4", marks=pytest.mark.thorough),
        (_parameters, PieceError, "PIECE_DIFFERS", "20-21.mp4"),
        pytest.param(_extradata, PieceError, "PIECE_DIFFERS", "20-21.mp4", marks=pytest.mark.thorough),
        (_no_keyframe, PieceError, "PIECE_CORRUPT", "20-21.mp4"),
        (_cut_off, PieceError, "PIECE_CORRUPT", "21-45.mp4"),
        pytest.param(
            _cut_off_with_account, PieceError, "PIECE_CORRUPT", "21-45.mp4", marks=pytest.mark.thorough
        ),
        (_no_video, PieceError, "PIECE_CORRUPT", "20-21.mp4"),
        (_flipped, PieceError, "PIECE_CORRUPT", "7-20.mp4"),
        pytest.param(_other_sidecar, PieceError, "PIECE_CORRUPT", "7-20.mp4", marks=pytest.mark.thorough),
        (_no_sidecar, PieceError, "PIECE_UNFINISHED", "7-20.mp4"),
        (_broken_sidecar, PieceError, "PIECE_INVALID", "7-20.mp4.json"),
        (_wrong_sidecar, PieceError, "PIECE_INVALID", "workers"),
        (_newer_sidecar, PieceError, "PIECE_NEWER", "7-20.mp4.json"),
        (_sound_as_chunk, AssembleError, "PIECE_FOREIGN", "sound.piece"),
    ],
    ids=lambda one: one.__name__.strip("_") if callable(one) else "",
)
def test_a_wrong_piece_is_told_and_leaves_nothing(
    tmp_path: Path, pieces: list[Path], spoil, kind, code, named
) -> None:
    plan = planned.plan(H264, RATE, CUTS)
    shutil.copytree(pieces[0].parent, tmp_path / "chunks")
    chunks = [tmp_path / "chunks" / piece.name for piece in pieces]
    spoil(tmp_path, plan, chunks)
    out = tmp_path / "out"
    out.mkdir()
    (out / "out.mp4").write_bytes(b"before")
    with pytest.raises(kind) as caught:
        assembled(plan, chunks, out / "out.mp4")
    assert caught.value.code == code
    assert named in caught.value.message
    assert caught.value.message.count(". ") == 0
    assert [path.name for path in out.iterdir()] == ["out.mp4"]
    assert (out / "out.mp4").read_bytes() == b"before"


def test_sound_is_given_if_and_only_if_the_plan_has_any(tmp_path: Path) -> None:
    mute, sounding = (planned.plan(H264, RATE, (0, 5), sound=sound) for sound in (False, True))
    chunks = planned.chunks(tmp_path / "chunks", mute)
    right = planned.sound(tmp_path / "right", sounding)
    other = planned.sound(tmp_path / "other", sounding, key="1" * 64)
    short = planned.sound(tmp_path / "short", sounding, np.zeros((4800, 2), np.float32))
    flipped = planned.sound(tmp_path / "flipped", sounding)
    flipped.write_bytes(flipped.read_bytes()[:-1] + b"x")
    packed = planned.sound(
        tmp_path / "packed", planned.plan((Format.WEBM, Codec.VP9), RATE, (0, 5), sound=True)
    )
    for plan, given, code in (
        (sounding, None, "SOUND_MISSING"),
        (mute, right, "SOUND_UNWANTED"),
        (sounding, other, "SOUND_FOREIGN"),
        (sounding, short, "SOUND_FOREIGN"),
        (sounding, packed, "SOUND_FOREIGN"),
        (sounding, chunks[0], "SOUND_FOREIGN"),
        (sounding, flipped, "PIECE_CORRUPT"),
    ):
        with pytest.raises(FramewrightError) as caught:
            assembled(plan, chunks, tmp_path / "out.mp4", given)
        assert caught.value.code == code, caught.value.message
        assert not (tmp_path / "out.mp4").exists()


async def test_two_at_once_both_finish_whole(tmp_path: Path) -> None:
    plan = planned.plan(H264, RATE, CUTS)
    chunks = planned.chunks(tmp_path / "chunks", plan)
    out = tmp_path / "out"
    out.mkdir()
    one, other = await asyncio.gather(*(assemble_pieces(plan, chunks, None, out / "a.mp4") for _ in range(2)))
    assert one == other
    assert [path.name for path in out.iterdir()] == ["a.mp4"]
    assert decoding.numbers(out / "a.mp4") == list(range(7, 45))


async def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    plan = planned.plan(H264, RATE, CUTS)
    chunks = planned.chunks(tmp_path / "chunks", plan)
    out = tmp_path / "out"
    out.mkdir()
    task = asyncio.ensure_future(assemble_pieces(plan, chunks, None, out / "a.mp4"))
    while not list(out.iterdir()):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(out.iterdir()) == []


def test_pieces_are_found_in_folders_and_by_their_accounts(tmp_path: Path) -> None:
    plan = planned.plan(H264, RATE, CUTS, sound=True)
    folder = tmp_path / "chunks"
    chunks = planned.chunks(folder, plan)
    sound = planned.sound(folder, plan)
    (folder / "notes.txt").write_text("none of them")
    assert find_pieces([folder]) == (tuple(sorted(chunks)), sound)
    assert find_pieces([*chunks, *map(sidecar_of, chunks), sidecar_of(sound)]) == (tuple(chunks), sound)
    second = planned.sound(tmp_path / "second", plan)
    with pytest.raises(AssembleError, match="two pieces of sound"):
        find_pieces([folder, second])


def _no_complaints(path: Path) -> None:
    done = subprocess.run(
        ["ffmpeg", "-v", "warning", "-i", path, "-f", "null", "-"], capture_output=True, check=True
    )
    assert done.stderr == b""
