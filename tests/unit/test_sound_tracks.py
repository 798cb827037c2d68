"""Tracks in a mix: where they stand, how loud they are, how they loop and stretch, and what a part of a mix is."""

from __future__ import annotations

import os
from fractions import Fraction

import numpy as np
import pytest

from framewright.model.sound import SAMPLE_RATE, Curve, Point, SoundGroup, SoundPlan, SoundTrack
from framewright.sound import mix
from truth import tones
from truth.grids import thorough

MOMENTS = (0.1, 1.0, 2.5)


def mixed(folder, *tracks, samples=4 * SAMPLE_RATE, groups=(), **plan):
    files = {track.source: folder / track.source for track in tracks}
    whole = SoundPlan(tracks=tracks, groups=groups, samples=samples, **plan)
    blocks = list(mix(whole, files))
    sound = np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)
    assert sound.dtype == np.float32
    assert sound.shape == (samples, 2)
    return sound


def track(source, **what):
    return SoundTrack(name="the track", source=source, **what)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("sound")
    tones.write(place / "sweeps.wav", tones.sweeps(MOMENTS, 3.0))
    tones.write(place / "tone.wav", tones.tone(3.0, 1000))
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (3 * SAMPLE_RATE, 2)).astype(np.float32)
    tones.write(place / "noise.wav", noise)
    np.save(place / "noise.npy", noise)
    return place


@pytest.fixture(scope="module")
def noise(folder):
    return np.load(folder / "noise.npy")


def test_a_track_stands_at_its_sample_bit_for_bit(folder, noise):
    start = 1 / 3
    place = round(start * SAMPLE_RATE)
    sound = mixed(folder, track("noise.wav", start=start))
    assert not sound[:place].any()
    assert np.array_equal(sound[place : place + len(noise)], noise)
    assert not sound[place + len(noise) :].any()


def test_offset_and_duration_cut_to_the_sample(folder, noise):
    sound = mixed(folder, track("noise.wav", start=0.25, offset=0.5, duration=1.25))
    assert np.array_equal(sound[12_000:72_000], noise[24_000:84_000])
    assert not sound[:12_000].any()
    assert not sound[72_000:].any()


def test_neighbours_meet_without_a_gap(folder, noise):
    third = 1 / 3
    sound = mixed(
        folder,
        track("noise.wav", duration=third),
        track("noise.wav", start=third, offset=third, duration=third),
        track("noise.wav", start=2 * third, offset=2 * third, duration=third),
    )
    assert np.array_equal(sound[:SAMPLE_RATE], noise[:SAMPLE_RATE])


@pytest.mark.parametrize(
    "rate", [*thorough(8000, 11_025, 22_050), 44_100, 47_999, *thorough(96_000, 192_000)]
)
def test_every_rate_stands_right_and_keeps_its_level(tmp_path, rate):
    source = tones.sweeps(MOMENTS[:2], 3.0, rate=rate)
    source[int(1.5 * rate) :] = tones.tone(3.0, 1000, rate=rate)[int(1.5 * rate) :]
    tones.write(tmp_path / "a.wav", source, rate=rate)
    sound = mixed(tmp_path, track("a.wav", start=0.5))[:, 0]
    found = tones.onsets(sound[: 2 * SAMPLE_RATE], 2)
    for place, moment in zip(found, MOMENTS, strict=False):
        # The nearest sample of the source itself may be half of its samples off.
        expected = (0.5 + round(moment * rate) / rate) * SAMPLE_RATE
        assert place == pytest.approx(expected, abs=0.5)
    assert tones.level(sound[110_000:160_000], 1000) == pytest.approx(-12, abs=0.02)


def test_resampling_lets_highs_pass_and_mirrors_nothing(tmp_path):
    tones.write(tmp_path / "high.wav", tones.tone(2.0, 20_000, rate=44_100), rate=44_100)
    tones.write(tmp_path / "over.wav", tones.tone(2.0, 30_000, rate=96_000), rate=96_000)
    high = mixed(tmp_path, track("high.wav"), samples=96_000)[10_000:80_000, 0]
    assert tones.level(high, 20_000) == pytest.approx(-12, abs=0.05)
    over = mixed(tmp_path, track("over.wav"), samples=96_000)[10_000:80_000, 0]
    assert 20 * np.log10(np.abs(over).max()) < -110


@pytest.mark.parametrize("rate", [48_000, 44_100])
def test_a_loop_joins_its_end_to_its_beginning(tmp_path, rate):
    """A whole number of periods goes on as if it had never ended."""
    periodic = tones.tone(0.5, 440, rate=rate)
    tones.write(tmp_path / "a.wav", periodic, rate=rate)
    endless = tones.tone(4.0, 440)
    looped = mixed(tmp_path, track("a.wav", loop=True))[:, 0]
    assert np.abs(looped - endless)[400:-400].max() < 2e-5


def test_a_loop_repeats_what_lies_behind_its_offset(folder, noise):
    sound = mixed(folder, track("noise.wav", loop=True, offset=2.5))
    assert np.array_equal(sound, np.tile(noise[120_000:], (8, 1)))


def test_a_loop_can_end_elsewhere_and_does_not_drift(folder, noise):
    # 0.1 s and a third of a sample: after 30 rounds the seam is 10 samples later than 30 times the nearest sample.
    length = float(Fraction(4800 * 3 + 1, 3 * SAMPLE_RATE))
    sound = mixed(folder, track("noise.wav", loop=True, until=length))
    assert np.array_equal(sound[:4800], noise[:4800])
    seam = 144_010
    assert np.array_equal(sound[seam : seam + 4800], noise[:4800])


def test_a_picture_that_is_longer_makes_the_loop_longer(folder, noise):
    sound = mixed(folder, track("noise.wav", loop=True, until=3.5), samples=5 * SAMPLE_RATE)
    assert not sound[144_000:168_000].any()
    assert np.array_equal(sound[168_000:], noise[:72_000])


@pytest.mark.parametrize("rate", [0.5, *thorough(0.8, 1.25), 2.0, 4.0])
def test_speed_keeps_pitch_and_places(tmp_path, rate):
    source = np.zeros(3 * SAMPLE_RATE)
    starts = (4_800, 48_000, 100_000)
    for start in starts:
        source[start : start + 24_000] = tones.tone(0.5, 1000)
    tones.write(tmp_path / "a.wav", source)
    sound = mixed(tmp_path, track("a.wav", rate=rate), samples=round(3 * SAMPLE_RATE / rate))[:, 0]
    loud = np.nonzero(np.abs(sound) > 1e-3)[0]
    onsets = [int(loud[0]), *(int(after) for before, after in zip(loud, loud[1:]) if after - before > 480)]
    assert len(onsets) == len(starts)
    for onset, start in zip(onsets, starts, strict=True):
        assert onset == pytest.approx(start / rate, abs=3)
        lasting = sound[onset + 300 : onset + int(24_000 / rate) - 300]
        assert tones.level(lasting, 1000) == pytest.approx(-12, abs=0.3)


def test_a_long_tone_stays_pure_at_another_speed(tmp_path):
    tones.write(tmp_path / "a.wav", tones.tone(4.0, 300))
    sound = mixed(tmp_path, track("a.wav", rate=1.5), samples=120_000)[5_000:-5_000, 0]
    assert tones.level(sound, 300) == pytest.approx(-12, abs=0.1)
    steps = np.abs(np.diff(sound)).max()
    assert (
        steps < 1.1 * 10 ** (-12 / 20) * 2 * np.pi * 300 / SAMPLE_RATE
    )  # a click would be steeper than the tone


def test_levels_are_those_of_the_plan(folder):
    for volume in (0.25, 1.0, 2.0):
        sound = mixed(folder, track("tone.wav", volume=volume))[20_000:100_000]
        for side in (0, 1):
            expected = -12 + 20 * np.log10(volume)
            assert tones.level(sound[:, side], 1000) == pytest.approx(expected, abs=0.01)


def test_fades_are_straight(folder):
    plain = mixed(folder, track("tone.wav", duration=2.0))
    faded = mixed(folder, track("tone.wav", duration=2.0, fade_in=0.5, fade_out=1.0))
    gains = np.ones(96_000)
    gains[:24_000] = np.arange(24_000) / 24_000
    gains[48_000:] = np.arange(48_000, 0, -1) / 48_000
    assert np.allclose(faded[:96_000], plain[:96_000] * gains[:, None], atol=1e-6)


def test_a_fade_without_a_duration_ends_with_the_source(folder):
    faded = mixed(folder, track("tone.wav", fade_out=1.0), samples=4 * SAMPLE_RATE)[:, 0]
    middle = faded[120_000 - 480 : 120_000 + 480]
    assert tones.level(middle, 1000) == pytest.approx(-12 - 6.02, abs=0.1)


@pytest.mark.parametrize(
    ("pan", "left", "right"), [(0, 1, 1), (-1, 1, 0), (1, 0, 1), (0.5, np.cos(np.pi / 4), 1)]
)
def test_pan_lowers_the_other_side_only(folder, noise, pan, left, right):
    sound = mixed(folder, track("noise.wav", pan=pan))[: len(noise)]
    assert np.allclose(sound[:, 0], noise[:, 0] * left, atol=1e-7)
    assert np.allclose(sound[:, 1], noise[:, 1] * right, atol=1e-7)


@pytest.mark.parametrize("what", [{}, {"rate": 1.5}, {"loop": True}])
def test_pan_reaches_sound_that_was_converted(tmp_path, what):
    tones.write(tmp_path / "a.wav", tones.tone(2.0, 1000, rate=44_100), rate=44_100)
    sound = mixed(tmp_path, track("a.wav", pan=-0.5, volume=0.5, **what), samples=60_001)[10_000:50_000]
    assert tones.level(sound[:, 0], 1000) == pytest.approx(-12 - 6.02, abs=0.1)
    assert tones.level(sound[:, 1], 1000) == pytest.approx(-12 - 6.02 - 3.01, abs=0.1)


def test_groups_multiply_on_the_way_out(folder, noise):
    groups = (
        SoundGroup(id="inner", volume=0.5, parent="outer"),
        SoundGroup(id="outer", lane=(Point(t=0, v=1), Point(t=2, v=0.5, curve=Curve.HOLD))),
    )
    sound = mixed(folder, track("noise.wav", group="inner"), groups=groups)
    outer = np.interp(np.arange(len(noise)) / SAMPLE_RATE, [0, 2], [1, 0.5])
    assert np.allclose(sound[: len(noise)], noise * (0.5 * outer)[:, None], atol=1e-6)


def test_tracks_are_added_and_not_averaged(folder):
    sound = mixed(
        folder, track("tone.wav", volume=0.5), track("tone.wav", volume=0.5), track("tone.wav", volume=0.5)
    )
    assert tones.level(sound[20_000:100_000, 0], 1000) == pytest.approx(-12 + 20 * np.log10(1.5), abs=0.01)


@pytest.mark.parametrize("first", [1, 12_345, 100_000])
def test_a_part_is_what_the_whole_has_there(folder, first):
    tracks = (
        track("noise.wav", start=0.1, lane=(Point(t=0, v=0), Point(t=3, v=1))),
        track("sweeps.wav", start=0.4, rate=1.3),
        track("noise.wav", loop=True, until=0.7, fade_in=2, pan=0.3),
        track("tone.wav", volume=6.0, duration=1.0),
    )
    whole = mixed(folder, *tracks, samples=150_000)
    part = mixed(folder, *tracks, samples=150_000 - first, first=first)
    assert np.abs(whole).max() > 0.7  # the limiter is at work
    assert np.array_equal(part, whole[first:])


@pytest.mark.parametrize("block", [1_000, 7_777, 65_536])
def test_the_size_of_blocks_changes_no_bit(folder, monkeypatch, block):
    """Gains that are one a block in some blocks and one a sample in others are rounded alike."""
    lane = (Point(t=0.3, v=0.7), Point(t=0.9, v=0.33, curve=Curve.EASE_OUT), Point(t=1.5, v=0.9))
    groups = (SoundGroup(id="inner", volume=0.83, parent="outer"), SoundGroup(id="outer", lane=lane))
    tracks = [
        track("noise.wav", start=0.1, lane=lane, pan=0.3, group="inner", fade_out=1.0),
        track("sweeps.wav", volume=0.77, pan=-0.6, group="outer", fade_in=0.21),
        track("tone.wav", volume=5.1, duration=1.0),
    ]
    once = mixed(folder, *tracks, samples=100_000, groups=groups)
    monkeypatch.setattr("framewright.sound.mixing.BLOCK", block)
    assert np.array_equal(once, mixed(folder, *tracks, samples=100_000, groups=groups))


def test_nothing_planned_is_silence(folder):
    assert not mixed(folder, samples=1000).any()
    assert mixed(folder, samples=0).shape == (0, 2)
    assert not mixed(folder, track("noise.wav", offset=100.0)).any()
    assert not mixed(folder, track("noise.wav", start=100.0)).any()
    assert not mixed(folder, track("noise.wav", duration=0.0)).any()


def test_many_tracks_hold_files_only_while_they_are_heard(folder):
    tracks = [track("noise.wav", start=index * 0.5, duration=0.4) for index in range(40)]
    files = {"noise.wav": folder / "noise.wav"}
    open_files = []
    blocks = mix(SoundPlan(tracks=tuple(tracks), samples=20 * SAMPLE_RATE), files)
    for _ in blocks:
        open_files.append(sum("noise.wav" in os.readlink(f"/proc/self/fd/{fd}") for fd in _descriptors()))
    assert max(open_files) <= 6
    assert not any("noise.wav" in os.readlink(f"/proc/self/fd/{fd}") for fd in _descriptors())


def _descriptors():
    kept = []
    for fd in os.listdir("/proc/self/fd"):
        try:
            os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            continue
        kept.append(fd)
    return kept
