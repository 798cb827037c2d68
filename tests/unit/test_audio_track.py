"""Explicit tracks as people write them, what of them is refused, and the mix that they are planned into."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import pytest

from framewright import AudioTrack
from framewright.model.errors import UsageError
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.sound import SoundTrack
from framewright.render.options import RenderOptions
from framewright.render.output_choice import choose_kind
from framewright.render.sound_plan import plan_sound


@pytest.mark.parametrize(
    ("line", "track"),
    [
        ("a.mp3", AudioTrack("a.mp3")),
        ("a.mp3,volume=0.5,offset=2", AudioTrack("a.mp3", volume=0.5, offset=2.0)),
        ("a.mp3, fade-in = 1 ,FADE_OUT=2", AudioTrack("a.mp3", fade_in=1.0, fade_out=2.0)),
        ("a.mp3,seek=1,duration=2,rate=0.5,pan=-1,loop=yes", AudioTrack("a.mp3", seek=1.0, duration=2.0, rate=0.5, pan=-1.0, loop=True)),
        ("Song, live.mp3,loop=false", AudioTrack("Song, live.mp3")),
        ("a=b.mp3,volume=1", AudioTrack("a=b.mp3")),
        (r"a\,volume=2.mp3,volume=1", AudioTrack("a,volume=2.mp3")),
        (r"odd\\,volume=0", AudioTrack("odd\\", volume=0.0)),
        (r"back\slash.mp3", AudioTrack(r"back\slash.mp3")),
    ],
)  # fmt: skip
def test_lines(line, track):
    assert RenderOptions.parse(audio_tracks=[line]).audio_tracks == (track,)


def test_tracks_come_as_values_mappings_and_lines():
    track = AudioTrack("a.mp3", volume=0.5)
    same = [track, {"path": "a.mp3", "volume": 0.5}, "a.mp3,volume=0.5"]
    assert RenderOptions.parse(audio_tracks=same).audio_tracks == (track,) * 3
    assert RenderOptions.parse(audio_tracks=[Path("a.mp3")]).audio_tracks[0].planned().source == "a.mp3"
    assert RenderOptions.parse(audio_tracks=None).audio_tracks == ()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("a.mp3,vol=2", "no setting 'vol': use volume, offset"),
        ("a.mp3,path=b.mp3", "no setting 'path'"),
        ("a.mp3,volume=4", "volume 4 is out of range: use 0 to 3.981"),
        ("a.mp3,volume=-1", "volume -1 is out of range"),
        ("a.mp3,volume=nan", "volume 'nan' is no number"),
        ("a.mp3,volume=loud", "volume 'loud' is no number"),
        ("a.mp3,volume=", "volume '' is no number"),
        ("a.mp3,loop=maybe", "loop 'maybe' is neither true nor false"),
        ("a.mp3,volume=1,volume=1", "volume is given twice"),
        ("a.mp3,volume=1,loud", "'loud' is no setting"),
        ("a.mp3,rate=0", "rate 0 is out of range: use 0.05 to 20"),
        ("a.mp3,pan=2", "pan 2 is out of range: use -1 to 1"),
        ("a.mp3,duration=0", "duration 0 is out of range: use more than 0"),
        ("a.mp3,offset=-0.1", "offset -0.1 is out of range"),
        ("a.mp3,seek=1e9", "seek 1e+09 is out of range"),
        ("", "it names no file"),
        (",volume=1", "it names no file"),
        ({"volume": 1}, "it names no file"),
        ({"path": "a.mp3", "loud": 1}, "no setting 'loud'"),
        ({"path": "a.mp3", "volume": "1"}, "volume '1' is no number"),
        ({"path": "a.mp3", "volume": True}, "volume True is no number"),
        ({"path": "a.mp3", "loop": "yes"}, "loop 'yes' is neither true nor false"),
        (7, "a track is a file name"),
    ],
)
def test_each_misuse_is_one_sentence_that_names_the_track(written, says):
    with pytest.raises(UsageError) as refused:
        RenderOptions.parse(audio_tracks=[written])
    assert refused.value.code == "AUDIO_TRACK_INVALID"
    assert says in refused.value.message
    assert refused.value.message.startswith("--audio-track")
    assert refused.value.message.count(". ") == 0
    assert "\n" not in refused.value.message


def test_files_are_looked_at(tmp_path):
    (tmp_path / "empty.mp3").touch()
    os.mkfifo(tmp_path / "pipe.mp3")
    for name, says in [
        ("none.mp3", "does not exist"),
        (".", "is a folder"),
        ("pipe.mp3", "is a pipe or a device"),
        ("empty.mp3", "is empty"),
        ("empty.mp3/a", "cannot be read"),
    ]:
        with pytest.raises(UsageError, match=says) as refused:
            AudioTrack(tmp_path / name).check()
        assert refused.value.code == "AUDIO_TRACK_MISSING"
    (tmp_path / "some.mp3").write_bytes(b"x")
    AudioTrack(tmp_path / "some.mp3").check()


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"loudness": -4}, "LOUDNESS_INVALID"),
        ({"loudness": -71}, "LOUDNESS_INVALID"),
        ({"loudness": float("nan")}, "LOUDNESS_INVALID"),
        ({"loudness": "-16"}, "OPTION_INVALID"),
        ({"skip_audio": True, "loudness": -16}, "AUDIO_CONTRADICTS"),
        ({"skip_audio": True, "audio_tracks": ["a.mp3"]}, "AUDIO_CONTRADICTS"),
        ({"skip_audio": 1}, "OPTION_INVALID"),
        ({"audio_tracks": "a.mp3"}, "AUDIO_TRACK_INVALID"),
    ],
)
def test_what_does_not_go_together_is_refused(wishes, code):
    with pytest.raises(UsageError) as refused:
        RenderOptions.parse(**wishes)
    assert refused.value.code == code


@pytest.mark.parametrize("wishes", [{"audio_tracks": ["a.mp3"]}, {"loudness": -16}])
def test_sound_for_a_gif_is_refused(wishes):
    with pytest.raises(UsageError) as refused:
        choose_kind(Path("a.gif"), RenderOptions.parse(**wishes))
    assert refused.value.code == "AUDIO_UNSUPPORTED"
    choose_kind(Path("a.gif"), RenderOptions.parse(skip_audio=True))


@pytest.mark.parametrize("rate", ["24", "25", "30000/1001", "60", "7", "12.5"])
def test_a_plan_is_exact_to_the_sample(rate):
    speed = FrameRate.parse(rate)
    track = SoundTrack(name="audio", source="a.mp3", start=1.5)
    plan = plan_sound(
        (track,), (), (AudioTrack("b.mp3", offset=2, seek=3),), FrameRange(100, 217), speed, loudness=-16
    )
    assert plan.first == round(Fraction(100) / speed.value * 48_000)
    assert plan.samples == round(Fraction(117) / speed.value * 48_000)
    assert plan.loudness == -16
    assert plan.tracks == (track, SoundTrack(name="--audio-track", source="b.mp3", start=2, offset=3))
