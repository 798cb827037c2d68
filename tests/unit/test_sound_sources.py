"""Files of every kind: priming, seeks, gaps, layouts, sample formats, and files that are broken."""

from __future__ import annotations

import struct
import subprocess

import numpy as np
import pytest

from framewright.model.sound import SAMPLE_RATE, SoundGroup, SoundPlan, SoundTrack
from framewright.sound import SoundError, mix
from framewright.sound.channels import shares, to_stereo
from framewright.sound.decoding import Decoder
from framewright.sound.errors import Origin
from truth import tones
from truth.grids import ordinary

MOMENTS = (0.1, 1.0, 2.5)
# Raw AAC and transport streams do not say that their first 1024 samples are the encoder's.
PRIMED = {".aac": 1024, ".ts": 1024}


def origin(path):
    return Origin("the track", path.name, path)


def heard(path, samples=3 * SAMPLE_RATE, **what):
    track = SoundTrack(name="the track", source=path.name, **what)
    return np.concatenate(list(mix(SoundPlan(tracks=(track,), samples=samples), {path.name: path})))


@pytest.mark.parametrize(
    "suffix",
    ordinary(
        tones._ENCODERS, ".wav", ".mkv", ".mp3", ".mp4", ".mov", ".aac", ".ts", ".webm", ".ogg", ".aiff"
    ),
)
def test_every_codec_stands_right(tmp_path, suffix):
    path = tones.write(tmp_path / f"a{suffix}", tones.sweeps(MOMENTS, 3.0))
    found = tones.onsets(heard(path, samples=160_000)[:, 0], 3)
    for place, moment in zip(found, MOMENTS, strict=True):
        assert place == pytest.approx(moment * SAMPLE_RATE + PRIMED.get(suffix, 0), abs=0.5)


@pytest.mark.parametrize("suffix", ordinary([".mp3", ".m4a", ".ogg", ".flac"], ".mp3"))
def test_priming_is_dropped_at_other_rates_too(tmp_path, suffix):
    path = tones.write(tmp_path / f"a{suffix}", tones.sweeps(MOMENTS, 3.0, rate=44_100), rate=44_100)
    for place, moment in zip(tones.onsets(heard(path)[:, 0], 3), MOMENTS, strict=True):
        assert place == pytest.approx(moment * SAMPLE_RATE, abs=0.5)


@pytest.mark.parametrize("suffix", ordinary(tones._ENCODERS, ".mp3", ".m4a", ".opus", ".mkv", ".ts"))
def test_any_stretch_is_what_reading_in_order_gives(tmp_path, suffix):
    noise = np.random.default_rng(1).normal(0, 0.05, 8 * SAMPLE_RATE)
    path = tones.write(tmp_path / f"a{suffix}", noise)
    with Decoder(origin(path)) as decoder:
        whole = decoder.read(0, 9 * SAMPLE_RATE)
    with Decoder(origin(path)) as decoder:
        for first in (280_000, 10, 360_000, 192_001):
            assert np.array_equal(decoder.read(first, 2_000), whole[first : first + 2_000])
        length = decoder.length()
        assert length == pytest.approx(
            8 * SAMPLE_RATE + PRIMED.get(suffix, 0), abs=1024 if suffix in PRIMED else 0
        )


def test_far_inside_a_long_file_costs_no_reading_of_it(tmp_path):
    """Ten hours of which two seconds are used; the file is sparse, and so would take as long to make as to read."""
    rate, seconds = 8000, 36_000
    path = tmp_path / "long.wav"
    size = 2 * seconds * rate
    sweep = np.round(tones.sweeps([0.5], 1.0, rate=rate) * 32_767).astype("<i2").tobytes()
    with path.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", size + 36) + b"WAVEfmt ")
        file.write(
            struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16) + b"data" + struct.pack("<I", size)
        )
        file.truncate(44 + size)
        file.seek(44 + 2 * 35_000 * rate)
        file.write(sweep)
    with Decoder(origin(path)) as decoder:
        opened = decoder._sound
        sound = decoder.read(35_000 * rate, 2 * rate)[:, 0]
        assert tones.onsets(sound, 1, rate=rate) == [pytest.approx(0.5 * rate, abs=0.1)]
        assert decoder._sound is opened  # not read anew from the beginning


def test_sound_that_begins_later_than_the_picture_keeps_its_distance(tmp_path):
    sound = tmp_path / "sound.wav"
    tones.write(sound, tones.sweeps(MOMENTS, 3.0))
    path = tmp_path / "a.mp4"
    subprocess.run(
        [
            "ffmpeg",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "color=s=32x32:r=10:d=4",
            "-itsoffset",
            "0.3",
            "-i",
            str(sound),
        ]
        + ["-c:a", "aac", "-b:a", "192k", "-c:v", "libx264", "-movie_timescale", "48000", str(path)],
        check=True,
    )
    for place, moment in zip(tones.onsets(heard(path, samples=200_000)[:, 0], 3), MOMENTS, strict=True):
        assert place == pytest.approx((moment + 0.3) * SAMPLE_RATE, abs=1)


def test_gaps_are_silent_and_overlaps_are_cut(tmp_path):
    """Three pieces of one second in a container with free times: the second 0.5 s late, the third 0.25 s early."""
    noise = np.random.default_rng(2).uniform(-0.1, 0.1, 3 * SAMPLE_RATE).astype(np.float32)
    path = _timed(tmp_path / "a.mov", noise, [0, 72_000, 108_000])
    with Decoder(origin(path)) as decoder:
        sound = decoder.read(0, 200_000)[:, 0]
    assert np.array_equal(sound[:48_000], noise[:48_000])
    assert not sound[48_000:72_000].any()
    assert np.array_equal(sound[72_000:120_000], noise[48_000:96_000])
    assert np.array_equal(sound[120_000:156_000], noise[108_000:144_000])


def _timed(path, noise, places):
    import av

    with av.open(str(path), "w", format="nut") as container:
        stream = container.add_stream("pcm_f32le", rate=SAMPLE_RATE, layout="mono")
        for index, place in enumerate(places):
            frame = av.AudioFrame.from_ndarray(
                noise[None, index * SAMPLE_RATE : (index + 1) * SAMPLE_RATE], format="flt", layout="mono"
            )
            frame.sample_rate = SAMPLE_RATE
            frame.pts = place
            for packet in stream.encode(frame):
                packet.pts = packet.dts = place
                container.mux(packet)
    return path


@pytest.mark.parametrize(
    "sample_format", ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_mulaw"]
)
def test_sample_formats_have_one_full_scale(tmp_path, sample_format):
    path = tones.write(tmp_path / "a.wav", tones.tone(2.0, 1000), options=["-c:a", sample_format])
    assert tones.level(heard(path)[10_000:80_000, 0], 1000) == pytest.approx(-12, abs=0.1)


@pytest.mark.parametrize(
    ("channels", "which", "expected"),
    [
        (1, 0, (0, 0)),
        (2, 0, (0, None)),
        (2, 1, (None, 0)),
        (6, 0, (0, None)),
        (6, 2, (-3.01, -3.01)),
        (6, 3, (None, None)),
        (6, 4, (-3.01, None)),
        (6, 5, (None, -3.01)),
        (8, 6, (-3.01, None)),
    ],
)
def test_layouts_become_two_channels(tmp_path, channels, which, expected):
    sound = np.zeros((SAMPLE_RATE, channels))
    sound[:, which] = tones.tone(1.0, 1000)
    path = tones.write(tmp_path / "a.wav", sound)
    mixed = heard(path, samples=SAMPLE_RATE)
    for side, db in enumerate(expected):
        if db is None:
            assert not mixed[:, side].any()
        else:
            assert tones.level(mixed[:, side], 1000) == pytest.approx(-12 + db, abs=0.05)


def test_unknown_channels_alternate():
    assert np.array_equal(shares(["a", "b"]), np.eye(2))
    assert np.array_equal(shares(["?"]), np.ones((1, 2)))
    sound = np.ones((4, 3), dtype=np.float32)
    assert to_stereo(sound, shares(["a", "b", "c"])).shape == (4, 2)


def _broken(folder):
    whole = tones.write(folder / "whole.wav", tones.tone(4.0, 300)).read_bytes()
    mp4 = tones.write(
        folder / "whole.m4a", tones.tone(4.0, 300), options=["-movflags", "+faststart"]
    ).read_bytes()
    flac = bytearray(
        tones.write(folder / "whole.flac", np.random.default_rng(1).normal(0, 0.1, 192_000)).read_bytes()
    )
    flac[len(flac) // 2 : len(flac) // 2 + 40_000] = bytes(40_000)
    odd = np.zeros(96_000, dtype=np.float32)
    odd[50_000] = np.nan
    tones.write(folder / "nan.wav", odd)
    (folder / "empty.wav").touch()
    (folder / "text.mp3").write_text("This is no music at all. " * 200)
    (folder / "zeros.mp4").write_bytes(bytes(10_000))
    (folder / "cut.wav").write_bytes(whole[: len(whole) // 2])
    plain = tones.write(
        folder / "plain.wav", tones.tone(4.0, 300), options=["-c:a", "pcm_s16le"]
    ).read_bytes()
    (folder / "cut16.wav").write_bytes(plain[: len(plain) // 2])
    (folder / "cut.m4a").write_bytes(mp4[: len(mp4) // 2])
    (folder / "damaged.flac").write_bytes(bytes(flac))
    (folder / "list.m3u8").write_text("#EXTM3U\n#EXTINF:4,\nwhole.wav\n#EXT-X-ENDLIST\n")
    (folder / "list.wav").write_text("ffconcat version 1.0\nfile whole.wav\n")
    (folder / "folder.wav").mkdir()
    (folder / "wrong.mp3").write_bytes(whole)
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=s=32x32:r=10:d=1", str(folder / "mute.mp4")],
        check=True,
    )
    return folder


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    return _broken(tmp_path_factory.mktemp("broken"))


@pytest.mark.parametrize(
    ("file", "code", "says"),
    [
        ("missing.wav", "SOUND_MISSING", "does not exist"),
        ("empty.wav", "SOUND_EMPTY", "is empty"),
        ("text.mp3", "SOUND_INVALID", "is no sound or video"),
        ("zeros.mp4", "SOUND_INVALID", "is no sound or video"),
        ("folder.wav", "SOUND_INVALID", "is no file"),
        ("list.m3u8", "SOUND_INVALID", "is no sound or video"),
        ("list.wav", "SOUND_INVALID", "is no sound or video"),
        ("mute.mp4", "SOUND_NO_AUDIO", "has no sound"),
        ("cut.wav", "SOUND_CORRUPT", "ends after"),
        ("cut16.wav", "SOUND_CORRUPT", "though it says that it is 4.000 s long"),
        ("cut.m4a", "SOUND_CORRUPT", " s"),
        ("damaged.flac", "SOUND_CORRUPT", "is damaged at "),
        ("nan.wav", "SOUND_CORRUPT", "no samples"),
    ],
)
def test_what_cannot_be_heard_is_told(broken, file, code, says):
    with pytest.raises(SoundError) as caught:
        heard(broken / file, samples=5 * SAMPLE_RATE)
    assert caught.value.code == code
    assert says in caught.value.message
    assert caught.value.message.startswith(f"The sound of the track cannot be used: {file} ")
    assert str(broken) not in caught.value.message


def test_a_wrong_suffix_does_no_harm(broken):
    assert tones.level(heard(broken / "wrong.mp3")[10_000:100_000, 0], 300) == pytest.approx(-12, abs=0.01)


def test_a_track_without_a_file_is_told():
    track = SoundTrack(name="the track", source="gone.wav")
    with pytest.raises(SoundError, match=r"gone\.wav was not found"):
        mix(SoundPlan(tracks=(track,), samples=10), {})


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        ([], "which does not exist"),
        ([SoundGroup(id="a"), SoundGroup(id="a")], "Two groups"),
        ([SoundGroup(id="a", parent="b")], 'group "b", which does not exist'),
        ([SoundGroup(id="a", parent="b"), SoundGroup(id="b", parent="a")], "is within itself"),
        ([SoundGroup(id="a", parent="a")], "is within itself"),
    ],
)
def test_groups_that_do_not_fit_are_told(broken, groups, says):
    track = SoundTrack(name="the track", source="wrong.mp3", group="a")
    plan = SoundPlan(tracks=(track,), groups=tuple(groups), samples=10)
    with pytest.raises(SoundError, match=says) as caught:
        mix(plan, {"wrong.mp3": broken / "wrong.mp3"})
    assert caught.value.code == "SOUND_GROUPS"
