"""Tracks of text in finished files: every cue comes back, at its time in the part that was rendered."""

from __future__ import annotations

import hashlib
import json
import subprocess
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.media import open_encoder
from framewright.media.subtitles import TextTrack, parse_subtitles
from framewright.media.subtitles.samples import MOV_TEXT_TICK, mov_text_samples, webvtt_samples
from framewright.model.frames import FrameRate
from framewright.model.output import CODECS, Format, Layout, OutputSpec
from framewright.model.picture import Picture
from framewright.model.size import Size
from framewright.model.subtitles import Cue, Run
from truth.grids import thorough

SIZE = Size(64, 64)
SRT = """1
00:00:00,500 --> 00:00:01,000
before

2
00:00:01,100 --> 00:00:02,000
Grüße <i>aus</i> <b>Köln</b> & <3
zweite Zeile

3
00:00:02,000 --> 00:00:02,700
gleich danach

4
00:00:03,000 --> 00:00:03,400
allein

5
00:00:03,600 --> 00:00:30,000
bis zum Ende
"""


def cues(text=SRT):
    return parse_subtitles(text.encode(), "a.srt").cues


def write(path, tracks, *, frames=90, rate="30", container=Format.MP4):
    fps = FrameRate.parse(rate)
    spec = OutputSpec(format=container, codec=CODECS[container][0])
    encoder = open_encoder(spec, SIZE, fps, path, texts=tracks)
    grey = np.full(SIZE.width * SIZE.height * 3 // 2, 128, np.uint8).tobytes()
    for frame in range(frames):
        if frame % 7:
            encoder.repeat()
        else:
            encoder.write(_png() if spec.layout is Layout.PNG else Picture(Layout.I420, SIZE, grey))
    encoder.finish()
    return path


def _png():
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (SIZE.width, SIZE.height)).save(file, "png")
    return Picture(Layout.PNG, SIZE, file.getvalue())


def part(begin, frames=90, rate="30", **told):
    fps = FrameRate.parse(rate)
    return TextTrack(cues(), fps.time_of(begin), fps.time_of(begin + frames), **told)


def streams(path):
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_packets", "-of", "json", path],
        capture_output=True,
        check=True,
    )
    return json.loads(told.stdout)


def decoded(path, stream=0):
    told = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-map", f"0:s:{stream}", "-f", "srt", "-"],
        capture_output=True,
        check=True,
    )
    return told.stdout.decode().replace("\r\n", "\n")


# From frame 30 on: a second is cut off.
EXPECTED = """1
00:00:00,100 --> 00:00:01,000
Grüße <i>aus</i> <b>Köln</b> & <3
zweite Zeile

2
00:00:01,000 --> 00:00:01,700
gleich danach

3
00:00:02,000 --> 00:00:02,400
allein

4
00:00:02,600 --> 00:00:03,000
bis zum Ende

"""


@pytest.mark.parametrize(
    ("container", "codec", "language"),
    [
        (Format.MP4, "mov_text", "deu"),
        *thorough((Format.MOV, "mov_text", "ger")),
        (Format.WEBM, "webvtt", "deu"),
    ],
)
def test_every_cue_comes_back(tmp_path, container, codec, language):
    tracks = (part(30, language="de", label="Deutsch"), part(0, language="pt-BR"))
    path = write(tmp_path / f"a.{container}", tracks, container=container)
    assert decoded(path) == EXPECTED
    assert decoded(path, 1).startswith("1\n00:00:00,500 --> 00:00:01,000\nbefore\n")
    told = streams(path)
    texts = [stream for stream in told["streams"] if stream["codec_type"] == "subtitle"]
    assert [text["codec_name"] for text in texts] == [codec, codec]
    assert [text["tags"]["language"] for text in texts] == [language, "por"]
    assert "Deutsch" in texts[0]["tags"].values()
    video = [stream for stream in told["streams"] if stream["codec_type"] == "video"]
    assert len(video) == 1
    assert sum(packet["codec_type"] == "video" for packet in told["packets"]) == 90
    assert {float(stream.get("start_time", 0)) for stream in told["streams"]} == {0.0}


def test_the_same_track_gives_the_same_bytes_and_stands_in_front(tmp_path):
    digests = {
        hashlib.sha256(write(tmp_path / f"{name}.mp4", (part(30),)).read_bytes()).hexdigest() for name in "ab"
    }
    assert len(digests) == 1
    content = (tmp_path / "a.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_pictures_are_the_same_with_a_track_and_without(tmp_path):
    def packets(path):
        told = streams(path)["packets"]
        return [(one["pts"], one["size"], one["flags"]) for one in told if one["codec_type"] == "video"]

    assert packets(write(tmp_path / "a.mp4", (part(30),))) == packets(write(tmp_path / "b.mp4", ()))


def test_broadcast_rates_shift_times_exactly():
    """Frame 1001 of 30000/1001 begins at 33.400033… seconds: times count from there, to a tick of 90 kHz."""
    begin = Fraction(1001 * 1001, 30000)
    (sample,) = mov_text_samples([Cue(33_500, 34_000, (Run("a"),))], begin, begin + 10)
    assert sample.start == round((Fraction(33_500, 1000) - begin) / MOV_TEXT_TICK)
    assert sample.stop - sample.start == 45_000


def test_cues_at_one_time_share_a_sample():
    found = [
        (sample.start // 90, sample.stop // 90, sample.data[2:].decode())
        for sample in mov_text_samples(
            [Cue(0, 1000, (Run("a"),)), Cue(500, 2000, (Run("b"),)), Cue(500, 600, (Run("c"),))],
            Fraction(0),
            Fraction(9),
        )
    ]
    assert found == [(0, 500, "a"), (500, 600, "a\nb\nc"), (600, 1000, "a\nb"), (1000, 2000, "b")]


times = st.tuples(st.integers(0, 5000), st.integers(1, 3000))


@given(st.lists(times, max_size=12), st.integers(0, 4000), st.integers(1, 4000))
def test_samples_hold_what_is_there_at_each_time(given_times, begin, length):
    told = sorted((start, start + length, str(n)) for n, (start, length) in enumerate(given_times))
    made = [Cue(start, stop, (Run(text),)) for start, stop, text in told]
    samples = list(mov_text_samples(made, Fraction(begin, 1000), Fraction(begin + length, 1000)))
    assert all(one.stop <= other.start for one, other in zip(samples, samples[1:], strict=False))
    assert all(0 <= one.start < one.stop <= length * 90 for one in samples)
    for at in {0, *(cue.start - begin for cue in made), *(cue.stop - begin for cue in made)}:
        if not 0 <= at < length:
            continue
        expected = [cue.text for cue in made if cue.start <= at + begin < cue.stop][-8:]
        found = [one.data[2:].decode().split("\n") for one in samples if one.start <= at * 90 < one.stop]
        assert found == ([expected] if expected else [])


def test_a_text_cannot_be_longer_than_its_length_can_say():
    (sample,) = mov_text_samples([Cue(0, 9, (Run("ä" * 16_000 + "字" * 16_000),))], Fraction(0), Fraction(9))
    assert int.from_bytes(sample.data[:2], "big") == len(sample.data) - 2 <= 0xFFFF
    assert sample.data[2:].decode().startswith("ä")


def test_webvtt_keeps_its_marks():
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann &amp; B><c.yellow>a &lt; b</c> <b><i>x</i></b>\n"
    (sample,) = webvtt_samples(parse_subtitles(text.encode(), "a").cues, Fraction(0), Fraction(9))
    assert sample.data.decode() == (
        "<v Ann &amp; B><c.yellow>a &lt; b</c></v><v Ann &amp; B> </v><v Ann &amp; B><b><i>x</i></b></v>"
    )
