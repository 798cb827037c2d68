"""A finished file is judged: right ones have no finding, and each fault is told by its name."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

import framewright
from framewright.cli.entry import run
from framewright.model.errors import AssembleError, UsageError
from framewright.model.frames import FrameRate
from framewright.model.output import CODECS, Codec, Format, Quality
from framewright.model.verified import Fault
from truth import decoding, planned
from truth.grids import ordinary

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.model.plan import Plan

RATE = FrameRate.parse("30000/1001")
H264 = (Format.MP4, Codec.H264)
KINDS = [(box, codec) for box, codecs in CODECS.items() for codec in codecs]


def film(folder: Path, plan: Plan) -> tuple[Path, Path]:
    """The plan's folder and its file, put together by the public verb."""
    planned.chunks(folder / "pieces", plan)
    if plan.sound is not None:
        planned.sound(folder / "pieces", plan)
    written = planned.write(folder / "plan", plan)
    suffix = "" if plan.output.format is Format.PNG_SEQUENCE else f".{plan.output.format}"
    output = folder / f"film{suffix}"
    framewright.assemble(written, [folder / "pieces"], output)
    return written, output


def codes(report: framewright.VerifyReport) -> set[str]:
    return {finding.code.value for finding in report.findings}


@pytest.mark.parametrize(
    "kind",
    ordinary(
        KINDS,
        H264,
        (Format.WEBM, Codec.VP9),
        (Format.GIF, Codec.GIF),
        (Format.PNG_SEQUENCE, Codec.PNG),
    ),
    ids="-".join,
)
def test_what_we_write_is_right_by_itself_and_by_its_plan(tmp_path: Path, kind: tuple[Format, Codec]) -> None:
    plan = planned.plan(kind, RATE, (3, 33, 63), sound=kind[0] is not Format.GIF)
    folder, output = film(tmp_path, plan)
    report = framewright.verify(output, plan=folder, against=output)
    assert report.findings == ()
    assert report.file is not None
    if kind[0] is not Format.GIF:
        assert (report.file.frames, report.decoded) == (60, 60)
    assert report.comparison is not None
    assert report.comparison.equal == report.comparison.compared == report.decoded
    assert (report.comparison.psnr, report.comparison.ssim) == (None, 1.0)
    assert framewright.verify(output).ok


def test_a_file_of_another_plan_is_told_in_everything(tmp_path: Path) -> None:
    _, output = film(tmp_path / "one", planned.plan(H264, RATE, (0, 20)))
    other, _ = film(
        tmp_path / "two",
        planned.plan((Format.MP4, Codec.H265), FrameRate.parse(25), (0, 30), sound=True, size=planned.LARGER),
    )
    found = framewright.verify(output, plan=other)
    assert not found.ok
    assert codes(found) == {
        Fault.PLAN_CODEC, Fault.PLAN_FRAMES, Fault.PLAN_RATE, Fault.PLAN_SIZE, Fault.PLAN_SOUND, Fault.TIMES_UNEVEN,
    }  # fmt: skip
    frames, _ = film(tmp_path / "three", planned.plan((Format.PNG_SEQUENCE, Codec.PNG), RATE, (0, 3)))
    assert codes(framewright.verify(output, plan=frames)) == {Fault.PLAN_FORMAT}


def test_faults_of_a_file_are_found_by_themselves(tmp_path: Path) -> None:
    plan = planned.plan(H264, RATE, (0, 40), sound=True, quality=Quality.STANDARD)
    _, output = film(tmp_path, plan)
    data = output.read_bytes()

    flipped = tmp_path / "flipped.mp4"
    spoilt = bytearray(data)
    for place in range(data.index(b"mdat") + 300, len(data), 97):
        spoilt[place] ^= 0xFF
    flipped.write_bytes(spoilt)
    assert Fault.DAMAGED in codes(framewright.verify(flipped))

    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: len(data) * 2 // 3])
    found = framewright.verify(cut)
    assert not found.ok
    assert Fault.DAMAGED in codes(found)

    _, mute = film(tmp_path / "mute", planned.plan((Format.WEBM, Codec.VP9), RATE, (0, 40)))
    mute.write_bytes(mute.read_bytes()[: mute.stat().st_size // 2])
    assert Fault.DAMAGED in codes(framewright.verify(mute))

    (tmp_path / "none.mp4").write_bytes(b"no film")
    found = framewright.verify(tmp_path / "none.mp4")
    assert (codes(found), found.file, found.ok) == ({Fault.UNREADABLE}, None, False)
    with pytest.raises(UsageError, match="FILE_MISSING|There is no"):
        framewright.verify(tmp_path / "nowhere.mp4")


def test_odd_films_of_others_are_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "odd.mp4"
    with av.open(str(path), "w") as made:
        stream = made.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.gop_size = 600
        for frame in range(150):
            picture = av.VideoFrame.from_ndarray(np.full((96, 64), frame, np.uint8), format="yuv420p")
            picture.pts = frame + (frame > 70)
            picture.time_base = Fraction(1, 10)
            made.mux(stream.encode(picture))
        made.mux(stream.encode(None))
    found = framewright.verify(path)
    assert found.ok
    assert codes(found) == {Fault.INDEX_LAST, Fault.COLOURS_UNTOLD, Fault.KEYFRAMES_FAR, Fault.TIMES_UNEVEN}
    assert found.index_first is False
    assert found.keyframe_distance > 100


def test_sound_that_ends_elsewhere_than_the_pictures_is_told(tmp_path: Path) -> None:
    plan = planned.plan(H264, RATE, (0, 40), sound=True)
    _, output = film(tmp_path, plan)
    short = tmp_path / "short.mp4"
    with av.open(str(output)) as given, av.open(str(short), "w") as made:
        streams = {
            one.index: made.add_stream_from_template(one, opaque=True)
            for one in (given.streams.video[0], given.streams.audio[0])
        }
        for packet in given.demux():
            heard = packet.stream.type == "audio"
            if packet.dts is None or (heard and packet.pts * packet.time_base > 1):
                continue
            packet.stream = streams[packet.stream.index]
            made.mux(packet)
    assert Fault.SOUND_LENGTH in codes(framewright.verify(short))


def test_the_worst_frames_are_named(tmp_path: Path) -> None:
    plan = planned.plan((Format.WEBM, Codec.VP9), RATE, (0, 12))
    _, one = film(tmp_path / "one", plan)
    wrong = [*range(5), 99, *range(6, 12)]
    chunk = planned.chunk(tmp_path / "two" / "pieces", plan, 0, 12, shown=wrong)
    other = tmp_path / "other.webm"
    framewright.assemble(tmp_path / "one" / "plan", [chunk], other)
    found = framewright.verify(one, against=other).comparison
    assert found is not None
    assert found.worst[0].frame == 5
    assert found.worst[0].psnr is not None
    assert found.worst[0].psnr < 20
    assert found.psnr is not None
    assert found.ssim < 1


def test_films_of_other_lengths_sizes_and_formats_are_compared_as_far_as_they_can_be(tmp_path: Path) -> None:
    _, one = film(tmp_path / "one", planned.plan(H264, RATE, (0, 12)))
    _, longer = film(tmp_path / "longer", planned.plan((Format.MOV, Codec.PRORES), RATE, (0, 15)))
    _, larger = film(tmp_path / "larger", planned.plan(H264, RATE, (0, 12), size=planned.LARGER))
    _, pictures = film(tmp_path / "pictures", planned.plan((Format.PNG_SEQUENCE, Codec.PNG), RATE, (0, 12)))
    found = framewright.verify(one, against=longer)
    assert codes(found) == {Fault.OTHER_FRAMES}
    assert "12 frames" in found.findings[0].message
    assert found.comparison is not None
    assert found.comparison.compared == 12
    assert codes(framewright.verify(one, against=larger)) == {Fault.OTHER_SIZE}
    alike = framewright.verify(one, against=pictures)
    assert alike.ok
    assert alike.comparison is not None
    assert alike.comparison.psnr is not None
    assert alike.comparison.psnr > 30
    (tmp_path / "none.mp4").write_bytes(b"no film")
    assert codes(framewright.verify(one, against=tmp_path / "none.mp4")) == {Fault.OTHER_UNREADABLE}


def test_both_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = planned.plan(H264, RATE, (0, 9, 20), sound=True)
    folder, _ = film(tmp_path, plan)
    output = tmp_path / "out.mp4"
    capsys.readouterr()
    assert run(["assemble", str(folder), str(tmp_path / "pieces"), "-o", str(output), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["output"]["frames"], told["pieces"]) == (20, 2)
    assert run(["assemble", str(folder), str(tmp_path / "pieces"), "-o", str(output), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert run(["assemble", str(folder), str(tmp_path / "pieces"), "-o", str(output)]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "2 pieces" in shown.err
    assert decoding.numbers(output) == list(range(20))
    assert run(["verify", str(output), "--plan", str(folder), "--against", str(output)]) == 0
    assert "right" in capsys.readouterr().out
    assert run(["verify", str(output), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    output.write_bytes(output.read_bytes()[:2000])
    assert run(["verify", str(output)]) == 6
    capsys.readouterr()
    chunk = next(iter((tmp_path / "pieces").glob("0-9.mp4")))
    assert run(["assemble", str(folder), str(chunk), "-o", str(output)]) == 2
    assert "frames 9 to 19 (chunk 1)" in capsys.readouterr().err
    assert run(["assemble", str(folder), str(tmp_path / "pieces"), "-o", str(tmp_path / "a.webm")]) == 2
    assert "a.webm" in capsys.readouterr().err


def test_a_plan_that_is_mended_no_longer_fits_its_pieces(tmp_path: Path) -> None:
    plan = planned.plan(H264, RATE, (0, 9))
    film(tmp_path, plan)
    other = planned.plan(H264, RATE, (0, 9), quality=Quality.HIGH)
    with pytest.raises(AssembleError, match="0-9.mp4 belongs to another plan"):
        framewright.assemble(
            planned.write(tmp_path / "other", other), [tmp_path / "pieces"], tmp_path / "out.mp4"
        )
