"""Long files that FFmpeg reads on by itself: the same samples, and the same words about what is wrong with them."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest

from framewright.model.sound import SAMPLE_RATE
from framewright.sound import SoundError, decoding
from framewright.sound.decoding import Decoder
from framewright.sound.errors import Origin
from truth import tones
from truth.grids import ordinary

SECONDS = 25


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("onward")


@pytest.fixture(scope="module")
def long(folder):
    noise = np.random.default_rng(1).normal(0, 0.05, SECONDS * SAMPLE_RATE)
    return tones.write(folder / "long.m4a", noise)


@pytest.fixture(scope="module")
def parted(long, folder):
    """The same with a second missing in the middle, which its times tell."""
    halves = [folder / "first.m4a", folder / "second.m4a"]
    for half, span in zip(halves, (["-t", "14"], ["-ss", "15"]), strict=True):
        subprocess.run(["ffmpeg", "-v", "error", *span, "-i", long, "-c", "copy", half], check=True)
    listed = folder / "halves.txt"
    listed.write_text("".join(f"file '{half.name}'\nduration 15\n" for half in halves))
    path = folder / "parted.m4a"
    join = ["ffmpeg", "-v", "error", "-f", "concat", "-i", listed, "-c", "copy", path]
    subprocess.run(join, check=True)
    return path


@pytest.fixture(scope="module")
def hurt(long, folder):
    content = bytearray(long.read_bytes())
    middle = slice(len(content) * 7 // 10, len(content) * 7 // 10 + 200)
    content[middle] = bytes(255 - value for value in content[middle])
    path = folder / "hurt.m4a"
    path.write_bytes(content)
    return path


def read(path, block=30_000):
    """All that is read of a file in order, and what is said of it in the end."""
    parts = []
    with Decoder(Origin("the track", path.name, path)) as decoder:
        try:
            for first in range(0, (SECONDS + 1) * SAMPLE_RATE, block):
                parts.append(decoder.read(first, block))
        except SoundError as error:
            return parts, str(error)
        return parts, decoder.known_length


@pytest.mark.parametrize("name", ordinary(["long", "parted", "hurt"], "parted", "hurt"))
def test_what_is_read_on_is_what_packets_give(request, monkeypatch, name):
    path = request.getfixturevalue(name)
    on, said = read(path)
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "suits", lambda _: False)
        careful, said_carefully = read(path)
    assert said == said_carefully
    assert ("damaged" in str(said)) == (name == "hurt")
    assert np.array_equal(np.concatenate(on), np.concatenate(careful))
    silent = not np.concatenate(careful)[int(14.2 * SAMPLE_RATE) : int(14.9 * SAMPLE_RATE)].any()
    assert silent == (name == "parted")


def test_a_regular_file_is_read_on_and_an_irregular_one_is_not_tried_again(long, parted, monkeypatch):
    begun, reading_on = [], decoding.read_on
    opened, opening = [], decoding.open_sound

    def counted(path, sound, first):
        begun.append((path.name, first))
        return reading_on(path, sound, first)

    def counted_opening(origin):
        opened.append(origin.path.name)
        return opening(origin)

    monkeypatch.setattr(decoding, "read_on", counted)
    monkeypatch.setattr(decoding, "open_sound", counted_opening)
    read(long)
    read(parted)
    assert [name for name, _ in begun] == ["long.m4a", "parted.m4a"]
    assert all(10 * SAMPLE_RATE <= first < 11 * SAMPLE_RATE for _, first in begun)
    # What is regular is never gone through again; its last packet is longer than its sound.
    assert SECONDS * SAMPLE_RATE % 1024
    assert opened == ["long.m4a", "parted.m4a", "parted.m4a"]


def test_places_anywhere_are_right_after_reading_on(long):
    whole = np.concatenate(read(long)[0])
    with Decoder(Origin("the track", long.name, long)) as decoder:
        decoder.read(0, 15 * SAMPLE_RATE)
        for first in (1_000, 20 * SAMPLE_RATE, 19 * SAMPLE_RATE + 7, 0):
            assert np.array_equal(decoder.read(first, 5_000), whole[first : first + 5_000])
