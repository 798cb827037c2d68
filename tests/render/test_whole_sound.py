"""Whole renders with sound: what is seen and what is heard come at the same time, in every kind of file."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

import framewright
from framewright.model.errors import CompositionError, UsageError
from truth import decoding, heard, tones
from truth.grids import thorough

if TYPE_CHECKING:
    from pathlib import Path

FPS = Fraction(30000, 1001)
FRAMES = 60
FLASHES = (7, 20, 41)


def flash_time(frame: int) -> Fraction:
    return frame / FPS


def page(folder: Path, frames: int = FRAMES, inside: str = "") -> Path:
    """White for one frame at each flash, black else; 29.97 frames a second."""
    folder.mkdir(exist_ok=True)
    shows = "".join(
        f'<div data-start="{float(flash_time(frame))}" data-duration="{float(1 / FPS)}"></div>'
        for frame in FLASHES
    )
    (folder / "index.html").write_text(
        "<style>body{margin:0;background:#000}[data-start]:not(audio){position:absolute;inset:0;background:#fff}</style>"
        f'<div data-composition-id="r" data-width="128" data-height="96" data-fps="30000/1001" '
        f'data-duration="{float(frames / FPS)}">{shows}{inside}</div>'
    )
    return folder


def bursts(path: Path, seconds: float = 2.5) -> Path:
    """A loud tone of 20 ms at the time of each flash, to the sample, beginning at its crest."""
    sound = np.zeros(round(seconds * heard.RATE))
    tone = 0.5 * np.cos(2 * np.pi * 1000 * np.arange(960) / heard.RATE)
    for frame in FLASHES:
        first = round(flash_time(frame) * heard.RATE)
        sound[first : first + 960] = tone
    return tones.write(path, sound)


def seen(path: Path) -> list[Fraction]:
    """When a reader of the file sees the flashes."""
    whites = [float(grey.mean()) > 128 for grey in decoding.greys(path)]
    times = [frame / FPS for frame in range(len(whites))] if path.is_dir() else decoding.times(path)
    return [time for time, white in zip(times, whites, strict=True) if white]


@pytest.mark.parametrize("name", ["a.mp4", *thorough("a.webm", "a.mov", "frames")])
def test_flashes_are_heard_when_they_are_seen(render, tmp_path: Path, name: str) -> None:
    wishes = {"format": "png-sequence"} if name == "frames" else {}
    track = bursts(tmp_path / "bursts.wav")
    made = render(
        page(tmp_path / "page"), name, audio_tracks=[str(track)], workers=1, quality="draft", **wishes
    )
    sounding = made.path / "sound.wav" if made.path.is_dir() else made.path
    if made.path.is_dir():
        sounding = sounding.rename(tmp_path / "sound.wav")
    exact = round(FRAMES / FPS * heard.RATE)
    for decode in (heard.samples, heard.samples_by_ffmpeg):
        found = decode(sounding)
        assert 0 <= len(found) - exact < 1024
        onsets = [Fraction(one, heard.RATE) for one in heard.onsets(found, threshold=0.25, quiet=4800)]
        assert len(onsets) == len(FLASHES)
        for flash, onset, frame in zip(seen(made.path), onsets, FLASHES, strict=True):
            assert abs(onset - flash_time(frame)) < Fraction(1, 1000)
            # Matroska tells the time of pictures in whole milliseconds.
            assert abs(onset - flash) < Fraction(2 if name == "a.webm" else 1, 1000)
    told = made.report.output.sound
    assert told is not None
    assert told.codec == {"a.mp4": "aac", "a.webm": "opus"}.get(name, "pcm_s24le")
    assert told.seconds == pytest.approx(exact / heard.RATE, abs=1e-9)
    assert made.report.sound is not None
    assert (made.report.sound.tracks, made.report.sound.limited) == (1, 0)
    assert made.report.sound.peak == pytest.approx(-6.02, abs=0.02)


def test_a_range_of_frames_has_the_sound_of_these_frames(render, tmp_path: Path) -> None:
    track = bursts(tmp_path / "bursts.wav")
    made = render(
        page(tmp_path / "page"),
        "a.mov",
        audio_tracks=[{"path": track}],
        start_frame=19,
        end_frame=43,
        codec="h264",
        quality="draft",
        workers=1,
    )
    found = heard.samples(made.path)
    assert len(found) == round(24 / FPS * heard.RATE)
    first = round(19 / FPS * heard.RATE)
    assert heard.onsets(found) == [round(flash_time(frame) * heard.RATE) - first for frame in FLASHES[1:]]


def test_the_pages_sound_and_the_callers_are_one_mix(render, tmp_path: Path) -> None:
    composition = page(tmp_path / "page", inside='<audio src="bursts.wav" data-start="0.5"></audio>')
    bursts(composition / "bursts.wav", 1.45)
    track = bursts(tmp_path / "bursts.wav")
    told = []
    made = render(
        composition,
        "a.mov",
        audio_tracks=[f"{track},volume=0.5"],
        codec="h264",
        quality="draft",
        workers=1,
        on_event=told.append,
    )
    loud = [round(flash_time(frame) * heard.RATE) for frame in FLASHES]
    later = [first + heard.RATE // 2 for first in loud if first < 1.4 * heard.RATE]
    assert heard.onsets(heard.samples(made.path), quiet=1500) == sorted(loud + later)
    decided = next(event for event in told if getattr(event, "subject", "") == "sound")
    assert (decided.choice, decided.reason) == (2, "2 tracks in one mix, as PCM.")
    assert made.report.sound is not None
    assert made.report.sound.tracks == 2


def test_without_sound_there_is_no_stream_and_with_silence_there_is(render, tmp_path: Path) -> None:
    tones.write(tmp_path / "silence.wav", np.zeros(48_000))
    composition = page(tmp_path / "page", 6)
    assert not streams(render(composition, "none.mp4", quality="draft", workers=1).path)
    silent = render(
        composition, "silent.mp4", audio_tracks=[str(tmp_path / "silence.wav")], quality="draft", workers=1
    )
    assert streams(silent.path)
    assert silent.report.sound is not None
    assert silent.report.sound.peak is None


@pytest.mark.thorough
def test_sound_that_is_not_wanted_is_not_there(render, tmp_path: Path) -> None:
    composition = page(tmp_path / "page", 6, '<audio src="a.wav" data-start="0"></audio>')
    tones.write(composition / "a.wav", tones.tone(1, 440))
    skipped = render(composition, "skipped.mp4", skip_audio=True)
    assert not streams(skipped.path)
    assert skipped.report.sound is None
    gif = render(composition, "a.gif")
    assert [notice.code for notice in gif.report.notices] == ["SOUND_LEFT_OUT"]


@pytest.mark.thorough
def test_what_is_heard_only_later_is_found_out_before_the_file_is_begun(render, tmp_path: Path) -> None:
    """A page whose script makes a sound in its middle: its attributes tell nothing."""
    script = (
        "<script>let made=null;function step(now){if(now>=500&&!made){made=new Audio('a.wav');made.play();}"
        "requestAnimationFrame(step);}requestAnimationFrame(step);</script>"
    )
    composition = page(tmp_path / "page", FRAMES, script)
    tones.write(composition / "a.wav", 0.5 * np.cos(2 * np.pi * 500 * np.arange(4800) / 48_000))
    made = render(composition, "a.mov", codec="h264")
    onsets = heard.onsets(heard.samples(made.path))
    assert len(onsets) == 1
    assert onsets[0] == pytest.approx(round(15 / FPS * heard.RATE), abs=1)


@pytest.mark.thorough
def test_a_loudness_is_reached_and_told(render, tmp_path: Path) -> None:
    track = tones.write(tmp_path / "a.wav", tones.tone(2.5, 1000, db=-30))
    made = render(page(tmp_path / "page"), "a.mov", audio_tracks=[str(track)], loudness=-20, codec="h264")
    found = heard.samples(made.path)
    # A sine of 1 kHz on both sides of L dB peak measures L LUFS.
    assert 20 * np.log10(np.abs(found).max()) == pytest.approx(-20, abs=0.2)
    assert made.report.sound is not None
    assert made.report.sound.raised == pytest.approx(10, abs=0.2)


@pytest.mark.thorough
def test_a_loudness_of_nothing_is_told(render, tmp_path: Path) -> None:
    made = render(page(tmp_path / "page", 3), loudness=-16)
    assert [notice.code for notice in made.report.notices] == ["OPTION_IGNORED"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"RIFF no sound at all", "SOUND_INVALID", id="broken"),
        pytest.param(None, "SOURCE_MISSING", id="missing", marks=pytest.mark.thorough),
    ],
)
def test_a_broken_track_of_the_page_ends_the_render_and_leaves_nothing(
    render, tmp_path: Path, content, code
) -> None:
    composition = page(tmp_path / "page", inside='<audio id="voice" src="a.wav" data-start="0"></audio>')
    if content is not None:
        (composition / "a.wav").write_bytes(content)
    with pytest.raises(CompositionError) as caught:
        render(composition)
    assert "a.wav" in caught.value.message
    assert list((tmp_path / "out").iterdir()) == []


def test_a_track_that_breaks_in_its_middle_ends_the_render_in_its_own_words(render, tmp_path: Path) -> None:
    whole = tones.write(tmp_path / "whole.flac", tones.tone(3, 440)).read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 4])
    with pytest.raises(CompositionError) as caught:
        render(page(tmp_path / "page"), audio_tracks=[str(tmp_path / "cut.flac")])
    assert caught.value.code == "SOUND_CORRUPT"
    assert "cut.flac" in caught.value.message
    assert list((tmp_path / "out").iterdir()) == []


def test_probe_tells_of_added_tracks(tmp_path: Path) -> None:
    composition = page(tmp_path / "page", 3, '<audio src="a.wav" data-start="0"></audio>')
    track = tones.write(composition / "a.wav", tones.tone(1, 440))
    found = framewright.probe(composition, audio_tracks=[f"{track},offset=0.05"])
    assert [(one.name, one.start) for one in found.sounds.tracks][-1] == ("--audio-track", 0.05)
    assert len(found.sounds.tracks) == 2
    with pytest.raises(CompositionError, match="sound") as caught:
        framewright.probe(composition, audio_tracks=[str(composition / "index.html")])
    assert caught.value.code == "SOUND_INVALID"


def test_a_missing_track_is_told_before_a_browser_starts(render, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        render(tmp_path / "no-page", audio_tracks=["nowhere.wav"])
    assert caught.value.code == "AUDIO_TRACK_MISSING"


@pytest.mark.long
@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
def test_after_ten_minutes_sound_and_picture_are_still_together(render, tmp_path: Path, name: str) -> None:
    """A flash and a tone each minute, at 29.97 frames a second, the last one near the end."""
    minutes, frames = range(10), round(600 * FPS)
    flashes = [round((20 + 60 * minute) * FPS) for minute in minutes] + [frames - 10]
    shows = "".join(
        f'<div data-start="{float(flash_time(frame))}" data-duration="{float(1 / FPS)}"></div>'
        for frame in flashes
    )
    composition = tmp_path / "page"
    composition.mkdir()
    (composition / "index.html").write_text(
        "<style>body{margin:0;background:#000}[data-start]{position:absolute;inset:0;background:#fff}</style>"
        '<div data-composition-id="r" data-width="64" data-height="64" data-fps="30000/1001" data-no-timeline '
        f'data-duration="{float(frames / FPS)}">{shows}</div>'
    )
    sound = np.zeros(round(frames / FPS * heard.RATE))
    for frame in flashes:
        first = round(flash_time(frame) * heard.RATE)
        sound[first : first + 960] = 0.5 * np.cos(2 * np.pi * 1000 * np.arange(960) / heard.RATE)
    track = tones.write(tmp_path / "bursts.flac", sound)
    made = render(composition, name, audio_tracks=[str(track)], quality="draft")
    found = heard.samples_by_ffmpeg(made.path)
    assert 0 <= len(found) - len(sound) < 1024
    onsets = [Fraction(one, heard.RATE) for one in heard.onsets(found, threshold=0.25)]
    ways = [float(onset - time) * 1000 for onset, time in zip(onsets, seen(made.path), strict=True)]
    print(f"{name}: {len(ways)} flashes, sound behind picture by {min(ways):.3f} to {max(ways):.3f} ms")
    assert max(abs(way) for way in ways) < 1


def streams(path: Path) -> bool:
    with av.open(str(path)) as file:
        return bool(file.streams.audio)
