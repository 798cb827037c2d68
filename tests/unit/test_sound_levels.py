"""Lanes, the limiter and loudness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framewright.model.sound import SAMPLE_RATE, Curve, Point, SoundPlan, SoundTrack
from framewright.sound import limiter, loudness_of, measure, mix
from framewright.sound.lanes import Lane, faded, sides
from framewright.sound.limiter import Limiter
from framewright.sound.true_peak import CELL, REACH, bound, cell_peaks
from truth import tones


def limited(sound, block=32_768):
    one = Limiter()
    parts = [one.push(sound[place : place + block]) for place in range(0, len(sound), block)]
    made = np.concatenate([*parts, one.finish()])
    assert made.shape == sound.shape
    return made


def true_peak(sound, times=8):
    """By a filter of its own: zeros between the samples, and a windowed sinc."""
    shape = np.sinc(np.arange(-20 * times, 20 * times + 1) / times) * np.kaiser(40 * times + 1, 6)
    highest = 0.0
    for channel in sound.T:
        spread = np.zeros(channel.size * times)
        spread[::times] = channel
        size = 1 << int(np.ceil(np.log2(spread.size + shape.size)))
        wave = np.fft.irfft(np.fft.rfft(spread, size) * np.fft.rfft(shape, size), size)
        highest = max(highest, float(np.abs(wave).max()))
    return 20 * np.log10(highest)


def both(channel):
    return np.repeat(channel[:, None], 2, axis=1).astype(np.float32)


LOUD = {
    "a sine between its samples": both(tones.tone(1.0, 12_000, db=6) + tones.tone(1.0, 11_990, db=0)),
    "a high sine": both(tones.tone(1.0, 19_013, db=2)),
    "bursts": both(tones.tone(2.0, 997, db=10) * (np.sin(np.arange(96_000) / 2500) > 0.9)),
    "a square": both(np.where(np.arange(48_000) // 500 % 2, 1.5, -1.5)),
    "noise": np.random.default_rng(1).normal(0, 0.5, (48_000, 2)).astype(np.float32),
    "a single sample": both(np.eye(1, 20_000, 9_999)[0] * 4),
    "louder than any number": both(tones.tone(0.5, 440, db=180)),
}


@pytest.mark.parametrize("name", LOUD)
def test_no_true_peak_is_above_the_ceiling(name):
    made = limited(LOUD[name])
    assert true_peak(LOUD[name]) > -1
    assert true_peak(made) <= -1
    silence = np.zeros((4800, 2), np.float32)  # FFmpeg's meter mirrors what a file begins with
    assert loudness_of([silence, made, silence]).true_peak <= -1


def test_what_is_below_the_ceiling_stays_bit_for_bit():
    for frequency in (50, 997, 8_000, 15_000):
        soft = np.clip(
            np.minimum(np.arange(48_000), np.arange(48_000, 0, -1)) / 2400, 0, 1
        )  # a cut tone overshoots
        sound = both(tones.tone(1.0, frequency, db=-1.05) * soft)
        assert np.array_equal(limited(sound), sound)


def test_a_loud_wave_between_quiet_samples_is_found():
    """Samples of the worst signs: between two of them the wave is 8 dB higher than any of them."""
    sound = np.zeros((4800, 2), dtype=np.float32)
    place = np.arange(-40, 40)
    sound[2400 + place] = 0.4 * np.sign(np.sinc(place + 0.5))[:, None]
    assert true_peak(sound) > -1
    made = limited(sound)
    assert true_peak(made) <= -1
    assert np.array_equal(made, limited(sound, 333))


def test_no_wave_goes_above_what_its_samples_are_said_to_allow():
    chance = np.random.default_rng(3).normal(0, 0.3, 2 * REACH + 500 * CELL)
    swept = np.sin(np.arange(chance.size) ** 2 / 8000)
    waves = (chance, np.sign(chance), np.cumsum(chance) / 20, np.cumsum(np.cumsum(chance)) / 9000, swept)
    for wave in waves:
        sound = both(wave)
        limits = bound(sound[:, 0], np.abs(sound[:, 0]).reshape(-1, CELL).max(axis=1))
        shares = cell_peaks(sound, 0.0) / limits
        assert np.all(shares <= 1)
    assert shares.max() > 0.9  # of what is smooth, hardly anything is looked at in vain


@pytest.mark.parametrize("name", LOUD)
def test_what_lies_in_the_shadow_of_a_peak_changes_no_sample(name, monkeypatch):
    """Peaks are looked at closely only where they may have a part in the gain."""
    chance = np.random.default_rng(7).normal(0, 0.3, LOUD[name].shape).astype(np.float32)
    for sound in (LOUD[name], LOUD[name] + chance, np.concatenate([chance, LOUD[name], chance / 2])):
        made = limited(sound)
        with monkeypatch.context() as patched:
            patched.setattr(limiter, "cell_peaks", lambda given, above, _: cell_peaks(given, above))
            assert np.array_equal(made, limited(sound))


def test_far_from_a_peak_nothing_is_changed():
    sound = both(tones.tone(6.0, 440, db=-6))
    sound[48_000:48_100] *= 4
    made = limited(sound)
    assert np.array_equal(made[:47_000], sound[:47_000])
    assert np.array_equal(made[144_000:], sound[144_000:])
    gain = made[40_000:60_000, 0] / np.where(
        np.abs(sound[40_000:60_000, 0]) > 0.05, sound[40_000:60_000, 0], np.nan
    )
    steps = np.abs(np.diff(gain))
    assert np.nanmax(steps) < 0.02  # 4 dB a millisecond: no click


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 1000),
    db=st.floats(-12, 40),
    frequency=st.floats(20, 20_000),
    block=st.sampled_from([1, 100, 4096, 7_777]),
)
def test_the_limiter_keeps_its_promise_in_blocks_of_any_size(seed, db, frequency, block):
    chance = np.random.default_rng(seed)
    sound = both(tones.tone(0.1, frequency, db=db) * chance.uniform(0, 1, 4800).round())
    sound += chance.normal(0, 0.01, sound.shape).astype(np.float32)
    made = limited(sound, block if block > 1 else 4799)
    assert np.array_equal(made, limited(sound))
    assert true_peak(made) <= -1
    assert np.all(np.abs(made) <= np.abs(sound))


def test_lane_curves():
    count = SAMPLE_RATE
    moments = np.arange(count) / SAMPLE_RATE
    ways = {
        Curve.LINEAR: moments,
        Curve.HOLD: 0 * moments,
        Curve.EASE_IN: moments**2,
        Curve.EASE_OUT: 1 - (1 - moments) ** 2,
        Curve.EASE_IN_OUT: moments**2 * (3 - 2 * moments),
    }
    for curve, way in ways.items():
        lane = Lane([Point(t=0, v=0.5, curve=curve), Point(t=1, v=2)])
        assert np.allclose(lane.over(0, count), 0.5 + 1.5 * way, atol=1e-6)
        assert lane.over(count, 10) == 2.0
    steep = Lane([Point(t=0, v=0.01, curve=Curve.EXPONENTIAL), Point(t=1, v=1)])
    assert np.allclose(steep.over(0, count), 0.01 * 100**moments, atol=1e-6)
    straight = Lane([Point(t=0, v=0, curve=Curve.EXPONENTIAL), Point(t=1, v=1)])
    assert np.allclose(straight.over(0, count), moments, atol=1e-6)


def test_lanes_hold_outside_their_points_and_step_at_equal_times():
    lane = Lane([Point(t=1, v=0.2), Point(t=1, v=0.8), Point(t=0.5, v=0.4)])
    assert lane.over(0, 100) == pytest.approx(0.4)
    around = lane.over(SAMPLE_RATE - 2, 4)
    assert around[1] == pytest.approx(0.2, abs=1e-4)
    assert around[2] == pytest.approx(0.8)
    assert lane.over(5 * SAMPLE_RATE, 100) == pytest.approx(0.8)


def test_lanes_bear_what_should_have_been_refused():
    odd = [Point.model_construct(t=float("nan"), v=1.0, curve=Curve.LINEAR), Point(t=0, v=0.5)]
    assert Lane(odd).over(0, 10) == 0.5
    assert Lane(odd[:1]).over(0, 10) == 1.0


def test_a_lane_of_100_000_points_is_followed():
    values = np.random.default_rng(1).uniform(0, 1, 100_000)
    lane = Lane([Point(t=index / 1000, v=value) for index, value in enumerate(values)])
    gains = np.concatenate(
        [np.broadcast_to(lane.over(place, 32_768), 32_768) for place in range(0, 10 * 32_768, 32_768)]
    )
    expected = np.interp(np.arange(gains.size) / SAMPLE_RATE, np.arange(100_000) / 1000, values)
    assert np.allclose(gains, expected, atol=1e-5)


@given(first=st.integers(0, 5_000), count=st.integers(1, 500), cut=st.integers(0, 499))
@settings(max_examples=20, deadline=None)
def test_gains_do_not_depend_on_the_blocks(first, count, cut):
    lane = Lane(
        [
            Point(t=0.01, v=0.2, curve=Curve.EASE_IN),
            Point(t=0.05, v=0.9),
            Point(t=0.05, v=0.1),
            Point(t=0.1, v=1),
        ]
    )
    fades = {"length": 5_000, "fade_in": 1_000, "fade_out": 2_000}
    cut = min(cut, count - 1)
    for over in (lane.over, lambda begin, size: faded(begin, size, **fades)):
        whole = np.broadcast_to(over(first, count), count)
        part = np.broadcast_to(over(first + cut, count - cut), count - cut)
        assert np.array_equal(whole[cut:], part)


def test_the_middle_is_at_full_level():
    assert sides(0) == (1, 1)
    assert sides(-1) == (1, 0)
    assert sides(1) == (0, 1)


def test_the_meter_reads_the_standard_tone():
    """EBU Tech 3341, case 1: a stereo sine of 1000 Hz at -23 dBFS is -23 LUFS."""
    found = loudness_of([both(tones.tone(5.0, 1000, db=-23))])
    assert found.integrated == pytest.approx(-23, abs=0.1)
    assert found.true_peak == pytest.approx(-23, abs=0.1)
    assert loudness_of([np.zeros((48_000, 2), np.float32)]).integrated == -70
    assert loudness_of([]).true_peak == -np.inf
    assert loudness_of([both(tones.tone(0.1, 1000, db=-10))]).integrated > -30


@pytest.mark.parametrize("target", [-16.0, -30.0])
def test_a_mix_is_brought_to_the_loudness_that_is_asked_for(tmp_path, target):
    tones.write(tmp_path / "a.wav", both(tones.tone(4.0, 1000, db=-20)))
    track = SoundTrack(name="a", source="a.wav")
    plan = SoundPlan(tracks=(track,), samples=4 * SAMPLE_RATE, loudness=target)
    found = measure(plan, {"a.wav": tmp_path / "a.wav"})
    assert found.integrated == pytest.approx(target, abs=0.1)


def test_loudness_beyond_the_ceiling_is_limited_and_silence_stays(tmp_path):
    tones.write(tmp_path / "a.wav", both(tones.tone(2.0, 1000, db=-40)))
    tones.write(tmp_path / "b.wav", np.zeros((96_000, 2)))
    plan = SoundPlan(tracks=(SoundTrack(name="a", source="a.wav"),), samples=96_000, loudness=-5)
    (found,) = [measure(plan, {"a.wav": tmp_path / "a.wav"})]
    assert found.true_peak <= -1
    silent = SoundPlan(tracks=(SoundTrack(name="b", source="b.wav"),), samples=96_000, loudness=-16)
    assert not np.concatenate(list(mix(silent, {"b.wav": tmp_path / "b.wav"}))).any()
