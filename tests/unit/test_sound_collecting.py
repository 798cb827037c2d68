"""What becomes of what pages tell: plays of scripts, stretches that are cut, and reasons for silence."""

from __future__ import annotations

import numpy as np
import pytest

from framewright.composition.sounds import ToldSounds, collect
from framewright.model.media import AudioFacts, MediaFacts, VideoFacts
from framewright.model.sound import SoundPlan, SoundTrack, Unheard
from framewright.render.listening import wide_step
from framewright.sound import mix
from truth import tones

SOUND = AudioFacts(codec="pcm_s16le", rate=48000, layout="mono", seconds=6.0)
PICTURE = VideoFacts(codec="h264", width=64, height=36, rate="30", seconds=6.0)
FACTS = MediaFacts(container="wav", seconds=6.0, audio=SOUND)


def told(**changes):
    """One sound as a page tells it."""
    usual = {
        "name": "#a", "kind": "audio", "address": "http://x/a.wav", "placed": True, "start": 0.0, "duration": 6.0,
        "window": (0.0, None), "offset": 0.0, "rate": 1.0, "pace": 1.0, "loop": False, "muted": False, "hidden": False,
        "heard": None, "refused": False, "volume": None, "automation": None, "chain": None, "fade_in": None,
        "fade_out": None, "pan": None, "group": None, "keeps_pitch": True, "facts": FACTS, "failure": None,
    }  # fmt: skip
    return collect(ToldSounds.model_validate({"tracks": [usual | changes]}))


def test_a_loop_that_is_cut_at_its_front_goes_on_where_it_would_have_been(tmp_path):
    source = tones.write(tmp_path / "a.wav", tones.sweeps([0.1, 0.5], 1.0))
    whole = SoundTrack(name="a", source="a", start=0, duration=4, offset=0.25, loop=True)
    cut = whole.model_copy(update={"duration": 2.5, "skip": 1.5})
    heard = [
        np.concatenate(list(mix(SoundPlan(tracks=(track,), samples=count), {"a": source})))
        for track, count in ((whole, 4 * 48000), (cut, 120_000))
    ]
    assert np.abs(heard[0]).max() > 0.1
    np.testing.assert_allclose(heard[1], heard[0][72_000:], atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"facts": None}, None),
        ({"hidden": True}, Unheard.HIDDEN),
        ({"muted": True}, Unheard.MUTED),
        ({"muted": True, "volumes": [(0, 0, True), (2, 1, False)]}, None),
        ({"muted": True, "volumes": [(0, 0, False)]}, Unheard.MUTED),
        ({"volumes": [(0, 0, False)]}, Unheard.SILENT),
        ({"volume": "0"}, Unheard.SILENT),
        ({"volume": "0", "volumes": [(0, 0, False), (1, 0.5, False)]}, None),
        ({"address": None, "facts": None}, Unheard.SOURCELESS),
        ({"facts": MediaFacts(container="mp4", seconds=6, video=PICTURE)}, Unheard.SOUNDLESS),
        ({"offset": 6.0}, Unheard.TRIMMED),
        ({"offset": 7.0, "loop": True}, Unheard.TRIMMED),
        ({"window": (7.0, 9.0)}, Unheard.UNSEEN),
        ({"duration": 9.0, "window": (7.0, 9.0)}, Unheard.TRIMMED),
        ({"kind": "video", "heard": "false"}, Unheard.REFUSED),
        ({"kind": "video", "heard": "true", "muted": True}, Unheard.MUTED),
        ({"placed": False}, Unheard.UNPLAYED),
        ({"placed": False, "plays": [{"start": 1}]}, None),
        ({"placed": True, "start": 0, "plays": [{"start": 5}]}, None),
    ],
)  # fmt: skip
def test_the_first_reason_for_silence_is_told(changes, why):
    heard = told(**changes)
    assert [one.why for one in heard.sounds.dropped] == ([why] if why else [])
    assert len(heard.sounds.tracks) == (why is None)
    assert [use.unheard for use in heard.media] == [why]


@pytest.mark.parametrize(
    ("kind", "heard", "codes"), [("audio", None, 1), ("video", "true", 1), ("video", None, 0)]
)
def test_only_what_asks_to_be_heard_is_missed_when_its_source_is_silent(kind, heard, codes):
    facts = MediaFacts(container="mp4", seconds=6, video=PICTURE)
    found = told(kind=kind, heard=heard, facts=facts)
    assert [notice.code for notice in found.notices] == ["SOUND_MISSING"] * codes


def test_each_play_of_a_script_is_a_track_and_one_that_goes_on_is_no_new_one():
    plays = [
        {"start": 1, "stop": 2, "offset": 0},
        {"start": 2, "stop": 3, "offset": 1},
        {"start": 4, "stop": None, "offset": 2, "rate": 0.5},
        {"start": 9, "offset": 4, "loop": True},
    ]
    tracks = told(placed=False, plays=plays, offset=1.0).sounds.tracks
    assert [(one.start, one.duration, one.offset, one.rate, one.loop, one.skip) for one in tracks] == [
        (1, 2, 0, 1, False, 0),
        (4, None, 2, 0.5, False, 0),
        (9, None, 1, 1, True, 3),
    ]
    assert tracks[2].until == 6


def test_a_rate_that_nobody_can_hear_is_brought_to_one_that_can_be():
    assert told(rate=25.0).sounds.tracks[0].rate == 20


def test_a_pitch_that_is_not_to_be_kept_is_told():
    assert [notice.code for notice in told(rate=2.0, keeps_pitch=False).notices] == ["PITCH_KEPT"]
    assert told(keeps_pitch=False).notices == ()


@pytest.mark.parametrize(
    ("done", "stop", "seconds", "step"),
    [(0, 900, 9, 1), (30, 900, 1, 1), (900, 18_000, 10, 1), (300, 18_000, 6, 2), (30, 18_000, 60, 8)],
)
def test_slow_pages_are_gone_through_in_wider_steps(done, stop, seconds, step):
    assert wide_step(done, stop, seconds) == step


def test_a_gain_among_the_effects_makes_its_track_and_its_group_quieter():
    chain = '{"version": 1, "nodes": [{"type": "gain", "id": "n", "params": {"gain": -20}}]}'
    (track,) = told(volume="0.5", chain=chain).sounds.tracks
    assert [point.v for point in track.lane] == [pytest.approx(0.05)]
    group = {
        "id": "g",
        "name": "#g",
        "parent": None,
        "volume": "0.5",
        "automation": None,
        "chain": chain,
        "hidden": False,
    }
    found = collect(ToldSounds.model_validate({"groups": [group], "chain": chain}))
    assert [point.v for point in found.sounds.groups[0].lane] == [pytest.approx(0.05)]
    assert [(notice.code, notice.element) for notice in found.notices] == [("EFFECT_UNSUPPORTED", "the root")]
