"""Where a result will stand: refused early, written aside, named last, and nothing left of a failure."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from framewright.media import OutputFile, check, inspect, open_encoder
from framewright.model.errors import EncoderError, OutputError, UsageError
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, Layout, OutputSpec, Quality
from framewright.model.size import Size
from truth import decoding, drawings

RATE = FrameRate.parse(30)
SIZE = Size(64, 48)
SEQUENCE = OutputSpec(Format.PNG_SEQUENCE, Codec.PNG, alpha=True)


def code_of(raised: pytest.ExceptionInfo) -> str:
    return raised.value.code


def test_a_result_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"old")
    with OutputFile(target) as output:
        output.partial.write_bytes(b"new")
        assert target.read_bytes() == b"old"
        assert output.partial.parent == tmp_path
        output.commit()
    assert target.read_bytes() == b"new"
    assert [child.name for child in tmp_path.iterdir()] == ["film.mp4"]


def test_a_failure_leaves_what_was_there_before(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"old")
    with pytest.raises(KeyError), OutputFile(target) as output:
        output.partial.write_bytes(b"half")
        raise KeyError
    assert [(child.name, child.read_bytes()) for child in tmp_path.iterdir()] == [("film.mp4", b"old")]


def test_places_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist") as raised:
        OutputFile(tmp_path / "missing" / "film.mp4")
    assert code_of(raised) == "OUTPUT_FOLDER_MISSING"
    with pytest.raises(OutputError, match="is a folder") as raised:
        OutputFile(tmp_path)
    assert code_of(raised) == "OUTPUT_IS_FOLDER"
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is a file") as raised:
        OutputFile(tmp_path / "file", folder=True)
    assert code_of(raised) == "OUTPUT_IS_FILE"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    with pytest.raises(OutputError, match=r"letter\.txt") as raised:
        OutputFile(tmp_path / "full", folder=True)
    assert code_of(raised) == "OUTPUT_FOLDER_IN_USE"
    with pytest.raises(OutputError, match="too long") as raised:
        OutputFile(tmp_path / ("long" * 100))
    assert code_of(raised) == "OUTPUT_FAILED"
    assert sorted(child.name for child in tmp_path.iterdir()) == ["file", "full"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="read-only") as raised:
            OutputFile(tmp_path / "film.mp4")
        assert code_of(raised) == "OUTPUT_READ_ONLY"
    finally:
        tmp_path.chmod(0o700)


def test_a_read_only_file_system() -> None:
    """/proc and /sys are such, even for root, wherever they are mounted read-only; else there is none to try."""
    places = [place for place in ("/proc/sys", "/sys") if os.statvfs(place).f_flag & os.ST_RDONLY]
    if not places:
        pytest.skip("no read-only file system is mounted")
    with pytest.raises(OutputError) as raised:
        OutputFile(Path(places[0], "film.mp4"))
    assert code_of(raised) == "OUTPUT_READ_ONLY"


def test_a_symlink_is_kept_and_its_target_replaced(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    real, link = tmp_path / "deep" / "real.mp4", tmp_path / "film.mp4"
    link.symlink_to(real)
    with OutputFile(link) as output:
        output.partial.write_bytes(b"new")
        output.commit()
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert [child.name for child in real.parent.iterdir()] == ["real.mp4"]


def test_a_device_stays_a_device() -> None:
    with OutputFile("/dev/null") as output:
        output.partial.write_bytes(b"gone")
        output.commit()
    assert not output.partial.exists()
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert not [name for name in os.listdir("/dev") if name.startswith(".null")]


def test_a_pipe_gets_the_bytes(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()), daemon=True)
    reader.start()
    with OutputFile(pipe) as output:
        output.partial.write_bytes(b"film")
        output.commit()
    reader.join(20)
    assert received == [b"film"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_what_a_killed_render_left_is_swept(tmp_path: Path) -> None:
    script = "import os, sys; from framewright.media import OutputFile; OutputFile(sys.argv[1]); os._exit(1)"
    subprocess.run([sys.executable, "-c", script, tmp_path / "film.mp4"], check=False)
    (tmp_path / ".film.mp4.notes.part").touch()  # not ours
    assert len(list(tmp_path.iterdir())) == 2
    with OutputFile(tmp_path / "film.mp4") as living, OutputFile(tmp_path / "film.mp4") as second:
        names = {child.name for child in tmp_path.iterdir()}
        assert names == {".film.mp4.notes.part", living.partial.name, second.partial.name}
        living.discard()
        second.discard()


def test_a_render_in_another_container_is_not_swept(tmp_path: Path) -> None:
    """Its process id means nothing here; its lock does."""
    with OutputFile(tmp_path / "film.mp4") as foreign:
        renamed = tmp_path / ".film.mp4.999999999-0a0b0c0d.part"
        foreign.partial.rename(renamed)
        with OutputFile(tmp_path / "film.mp4"):
            assert renamed.exists()
    with OutputFile(tmp_path / "film.mp4"):
        assert not renamed.exists()


def test_a_sequence_replaces_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "frames"
    for count in (5, 2):
        with OutputFile(target, folder=True) as output:
            encoder = open_encoder(SEQUENCE, SIZE, RATE, output.partial)
            for number in range(count):
                encoder.write(drawings.as_picture(drawings.counted(number, SIZE), Layout.PNG))
            encoder.finish()
            output.commit()
        assert decoding.numbers(target) == list(range(count))
    assert [child.name for child in tmp_path.iterdir()] == ["frames"]
    facts = inspect(target, RATE)
    assert (facts.frames, facts.codec, facts.seconds) == (2, "png", pytest.approx(2 / 30))


def test_a_sequence_keeps_the_bytes_and_shares_what_repeats(tmp_path: Path) -> None:
    picture = drawings.as_picture(drawings.patches(SIZE, (128,) * 10), Layout.PNG, alpha=True)
    encoder = open_encoder(SEQUENCE, SIZE, RATE, tmp_path)
    encoder.write(picture)
    encoder.repeat()
    encoder.repeat()
    encoder.finish()
    files = decoding.sequence(tmp_path)
    assert [file.read_bytes() for file in files] == [picture.data] * 3
    assert len({file.stat().st_ino for file in files}) == 1


def test_a_sequence_refuses_what_is_no_png(tmp_path: Path) -> None:
    encoder = open_encoder(SEQUENCE, SIZE, RATE, tmp_path)
    with pytest.raises(EncoderError, match="no PNG"):
        encoder.write(drawings.as_picture(drawings.counted(1, SIZE), Layout.I420))


@pytest.fixture
def tiny_disk(tmp_path: Path):
    """A file system of 300 kB, where we may mount one."""
    place = tmp_path / "tiny"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "none", place], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("mounting a small disk needs root")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize(
    "spec",
    [
        OutputSpec(Format.MP4, Codec.H264, Quality.STANDARD, crf=0),
        pytest.param(OutputSpec(Format.MOV, Codec.PRORES), marks=pytest.mark.thorough),
        pytest.param(OutputSpec(Format.WEBM, Codec.VP9, Quality.DRAFT, crf=1), marks=pytest.mark.thorough),
        OutputSpec(Format.GIF, Codec.GIF),
        OutputSpec(Format.PNG_SEQUENCE, Codec.PNG),
    ],
    ids=lambda spec: f"{spec.format}-{spec.codec}",
)
def test_a_full_disk(spec: OutputSpec, tiny_disk: Path) -> None:
    """Noise fills it at once. One error, and the disk is empty again."""
    size = Size(160, 120)
    random = np.random.default_rng(1)
    folder = spec.format is Format.PNG_SEQUENCE
    with pytest.raises(OutputError) as raised, OutputFile(tiny_disk / "film", folder=folder) as output:
        encoder = open_encoder(spec, size, RATE, output.partial)
        try:
            for _ in range(60):
                noise = random.integers(0, 256, (120, 160, 4), np.uint8)
                encoder.write(drawings.as_picture(noise, spec.layout))
            encoder.finish()
            output.commit()
        except OutputError:
            encoder.abort()
            raise
    assert code_of(raised) == "DISK_FULL"
    assert str(tiny_disk / "film") in str(raised.value)
    assert ".part" not in str(raised.value)
    assert list(tiny_disk.iterdir()) == []
    assert shutil.disk_usage(tiny_disk).used < 8192


def test_sizes_that_a_codec_cannot_write() -> None:
    for spec, size in (
        (OutputSpec(Format.MP4, Codec.H265), Size(30, 200)),
        (OutputSpec(Format.MP4, Codec.AV1), Size(640, 62)),
    ):
        with pytest.raises(UsageError, match="each side needs") as raised:
            check(spec, size, RATE)
        assert code_of(raised) == "SIZE_UNSUPPORTED"
    check(OutputSpec(Format.MP4, Codec.AV1), Size(63, 63), RATE)  # becomes 64


def test_reading_back_what_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no video at all")
    with pytest.raises(OutputError, match="cannot be read back") as raised:
        inspect(tmp_path / "film.mp4")
    assert code_of(raised) == "OUTPUT_UNREADABLE"
    with pytest.raises(OutputError, match="cannot be read back"):
        inspect(tmp_path / "missing.mp4")
