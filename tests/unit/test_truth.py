"""The readers that judge renders are judged first: on files that FFmpeg's own program wrote from known pictures."""

from __future__ import annotations

import os
import subprocess
import time
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from truth import colours, counter, decoding, likeness, remains
from truth.grids import thorough
from truth.pages import Film
from truth.runtimes import RUNTIMES, write_runtime

WIDTH, HEIGHT = 320, 180
LOSSY = {
    "h264.mp4": ["-c:v", "libx264", "-crf", "20", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
    "h265.mp4": [
        "-c:v",
        "libx265",
        "-crf",
        "30",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-x265-params",
        "log-level=none",
    ],
    "vp9.webm": [
        "-c:v",
        "libvpx-vp9",
        "-crf",
        "35",
        "-b:v",
        "0",
        "-cpu-used",
        "8",
        "-deadline",
        "realtime",
        "-pix_fmt",
        "yuv420p",
    ],
    "prores.mov": ["-c:v", "prores_ks", "-profile:v", "3", "-pix_fmt", "yuv422p10le"],
}
TAGS = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
BT709 = ["-vf", f"scale=out_color_matrix=bt709:out_range=tv,{TAGS}"]


def drawn(number, width=WIDTH, height=HEIGHT):
    """The picture of a frame number, as a page would show it."""
    cells = np.array(counter.bits_of(number)).reshape(2, 8) * 255
    rows = np.arange(height) * 2 // height
    columns = np.arange(width) * 8 // width
    grey = cells[np.ix_(rows, columns)]
    return np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)


def encode(path, frames, options, rate="30"):
    """Write RGB or RGBA frames with FFmpeg's program."""
    height, width, depth = frames[0].shape
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba" if depth == 4 else "rgb24",
         "-s", f"{width}x{height}", "-r", rate, "-i", "-", *options, str(path)],
        input=b"".join(frame.tobytes() for frame in frames), check=True, timeout=60,
    )  # fmt: skip
    return path


@pytest.mark.parametrize(("width", "height"), [(320, 180), (16, 16), (97, 55), (180, 320), (1920, 1080)])
def test_every_number_reads_back(width, height):
    numbers = range(counter.NUMBERS) if width < 1000 else [0, 1, 170, 255]
    assert [counter.read(drawn(number, width, height)[:, :, 0]) for number in numbers] == list(numbers)


@pytest.mark.parametrize(("one", "other"), [(4, 5), (0, 255), (12, 140)])
def test_a_blend_of_two_frames_is_no_number(one, other):
    blend = (drawn(one)[:, :, 0].astype(float) + drawn(other)[:, :, 0]) / 2
    with pytest.raises(counter.UnreadableError):
        counter.read(blend)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_frame_is_no_number(level):
    with pytest.raises(counter.UnreadableError):
        counter.read(np.full((HEIGHT, WIDTH), level))


def test_a_torn_frame_is_no_number():
    torn = drawn(5)[:, :, 0].copy()
    torn[HEIGHT // 2 :] = drawn(6)[HEIGHT // 2 :, :, 0]
    with pytest.raises(counter.UnreadableError):
        counter.read(torn)


@pytest.mark.parametrize("name", LOSSY)
def test_counters_and_times_of_lossy_files(tmp_path, name):
    shown = [0, 1, 2, 2, 3, 255, 254, 128]
    path = encode(tmp_path / name, [drawn(n) for n in shown], [*BT709, *LOSSY[name]], rate="25")
    assert decoding.numbers(path) == shown
    assert decoding.times(path) == [Fraction(n, 25) for n in range(len(shown))]


def test_counters_of_a_gif(tmp_path):
    path = encode(tmp_path / "numbers.gif", [drawn(n) for n in range(8)], [])
    assert decoding.numbers(path) == list(range(8))


def test_counters_of_a_sequence(tmp_path):
    for index in range(3):
        Image.fromarray(drawn(index + 7)).save(tmp_path / f"frame_{index + 1:06d}.png")
    assert decoding.numbers(tmp_path) == [7, 8, 9]
    (tmp_path / "frame_000003.png.part").touch()
    with pytest.raises(AssertionError):
        decoding.numbers(tmp_path)


def patches(alphas=None):
    """The page of ten colours as a picture."""
    values = np.array(
        [(*colour, alpha) for colour, alpha in zip(colours.FLAT, alphas or [255] * 10, strict=True)]
    )
    picture = values.reshape(2, 5, 4).repeat(HEIGHT // 2, axis=0).repeat(WIDTH // 5, axis=1).astype(np.uint8)
    return picture if alphas else picture[:, :, :3]


@pytest.mark.parametrize("name", LOSSY)
def test_colours_of_a_rightly_tagged_file(tmp_path, name):
    path = encode(tmp_path / name, [patches()] * 2, [*BT709, *LOSSY[name]])
    for picture in decoding.pictures(path):
        assert np.abs(colours.measure(picture)[:, :3] - colours.FLAT).max() <= 3
    assert decoding.tags(path).matrix == 1


def test_a_wrong_matrix_is_seen(tmp_path):
    stored_as_601 = ["-vf", f"scale=out_color_matrix=bt601:out_range=tv,{TAGS}", *LOSSY["h264.mp4"]]
    path = encode(tmp_path / "wrong.mp4", [patches()], stored_as_601)
    assert np.abs(colours.measure(next(decoding.pictures(path)))[:, :3] - colours.FLAT).max() > 10


def test_a_file_without_tags_is_refused(tmp_path):
    path = encode(tmp_path / "untagged.mp4", [patches()], LOSSY["h264.mp4"])
    with pytest.raises(AssertionError, match="does not say"):
        next(decoding.pictures(path))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("alpha.mov", ["-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"]),
        *thorough(
            ("alpha.webm", ["-c:v", "libvpx-vp9", "-crf", "20", "-b:v", "0", "-cpu-used", "8", "-pix_fmt", "yuva420p", "-auto-alt-ref", "0"])
        ),
    ],
)  # fmt: skip
def test_alpha_of_files(tmp_path, name, options):
    alphas = [255, 200, 150, 100, 50, 25, 0, 128, 64, 10]
    path = encode(tmp_path / name, [patches(alphas)] * 2, [*BT709, *options])
    for picture in decoding.pictures(path):
        assert np.abs(colours.measure(picture)[:, 3] - alphas).max() <= 3


def test_likeness():
    picture = patches().astype(np.float32)
    assert likeness.psnr(picture, picture) == np.inf
    assert likeness.psnr(picture, picture + 255) == pytest.approx(0, abs=0.01)
    assert likeness.psnr(picture, picture + 1) == pytest.approx(48.13, abs=0.01)
    frames = [drawn(n) for n in range(4)]
    assert likeness.best_match(frames[2], frames) == 2
    assert likeness.best_match(frames[1], [frames[1], frames[1]]) == 0


@pytest.fixture
def fake_browser(tmp_path):
    program = tmp_path / "chrome-fake"
    program.symlink_to("/bin/sh")
    return program


def test_a_living_browser_is_found_until_it_ends(tmp_path, fake_browser):
    marker = tmp_path / "marker"
    marker.mkdir()
    with subprocess.Popen([fake_browser, "-c", "read x", str(marker)], stdin=subprocess.PIPE) as process:
        while not remains.browsers(marker):
            assert process.poll() is None  # it may not have begun yet
        assert remains.browser_mains(marker) == [process.pid]
        process.stdin.close()
    remains.assert_gone(marker)


def test_an_orphan_of_a_browser_is_found(tmp_path, fake_browser):
    reading, writing = os.pipe()
    leader = f"exec 3<&0; {fake_browser} -c 'read x' <&3 &"
    subprocess.run(["/bin/sh", "-c", leader], stdin=reading, start_new_session=True, check=True)
    os.close(reading)
    try:
        deadline = time.monotonic() + 30
        while not any("orphan" in told for told in remains.browsers(tmp_path / "other").values()):
            assert time.monotonic() < deadline  # it may not have begun yet
            time.sleep(0.05)
    finally:
        os.close(writing)


def test_a_forgotten_file_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(remains, "_PATIENCE_SECONDS", 0)
    (tmp_path / "profile").mkdir()
    with pytest.raises(AssertionError, match="profile"):
        remains.assert_gone(tmp_path)


def test_descriptors_are_counted():
    before = remains.descriptors().get("pipe", 0)
    ends = os.pipe()
    assert remains.descriptors()["pipe"] == before + 2
    for end in ends:
        os.close(end)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_every_runtime_has_a_page_of_its_length(tmp_path, runtime):
    folder = write_runtime(tmp_path / "page", runtime, Film(frames=12, fps="30000/1001"))
    text = (folder / "index.html").read_text()
    assert 'data-duration="0.4004"' in text
    assert "{{" not in text
