"""What is heard of a page: from attributes, through the clocks of hosts, to tracks and to what is left out."""

from __future__ import annotations

import io
import wave

import pytest
import pytest_asyncio

from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = 'data-duration="20" data-no-timeline'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def silence(seconds):
    """A sound of so many seconds."""
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * round(8000 * seconds)))
    return held.getvalue()


def row(track):
    """What a track says beyond the usual, without its names."""
    told = track.model_dump(exclude_defaults=True)
    told.pop("name")
    told["source"] = track.source.rsplit("/", 1)[-1]
    return told


async def heard(stages, body, files=None):
    """The page's tracks by the names of their elements, what is dropped, and the codes of its warnings."""
    page = await stages.open(composed(body, root=ROOT), {"a.wav": silence(6), **(files or {})})
    sounds = page.description.sounds
    await page.close()
    tracks = {}
    for track in sounds.tracks:
        tracks.setdefault(track.name, []).append(row(track))
    dropped = {one.name: one.why.value for one in sounds.dropped}
    return tracks, dropped, {notice.code for notice in page.description.notices}, sounds


WRITTEN = [
    ('data-start="0"', {"duration": 6.0}),
    ('data-start="1" data-duration="2"', {"start": 1.0, "duration": 2.0}),
    ('data-start="1" data-end="2.5"', {"start": 1.0, "duration": 1.5}),
    ('data-start="1" data-media-start="2"', {"start": 1.0, "duration": 4.0, "offset": 2.0}),
    ('data-start="0" data-media-start="9" data-playback-start="1"', {"duration": 5.0, "offset": 1.0}),
    ('data-start="0" data-playback-rate="2"', {"duration": 3.0, "rate": 2.0}),
    ('data-start="0" data-playback-rate="2" data-media-start="2"', {"duration": 2.0, "offset": 2.0, "rate": 2.0}),
    ('data-start="0" loop', {"loop": True, "until": 6.0}),
    ('data-start="0" loop data-duration="15" data-media-start="1"', {"duration": 15.0, "loop": True, "offset": 1.0, "until": 6.0}),
    ('data-start="0" data-volume="0.25"', {"duration": 6.0, "volume": 0.25}),
    ('data-start="0" data-volume="9"', {"duration": 6.0, "volume": 3.981, "code": "VOLUME_INVALID"}),
    ('data-start="0" data-volume="-1"', {"why": "volume-0", "code": "VOLUME_INVALID"}),
    ('data-start="0" data-volume="loud"', {"duration": 6.0, "code": "VOLUME_INVALID"}),
    ('data-start="0" data-volume="NaN"', {"duration": 6.0, "code": "VOLUME_INVALID"}),
    ('data-start="0" data-fade-in="0.5" data-fade-out="1"', {"duration": 6.0, "fade_in": 0.5, "fade_out": 1.0}),
    ('data-start="0" data-duration="1" data-fade-in="3" data-fade-out="1"', {"duration": 1.0, "fade_in": 0.75, "fade_out": 0.25}),
    ('data-start="0" data-fade-in="-2"', {"duration": 6.0, "code": "FADE_INVALID"}),
    ('data-start="0" data-pan="-0.5"', {"duration": 6.0, "pan": -0.5}),
    ('data-start="0" data-pan="left"', {"duration": 6.0, "code": "PAN_INVALID"}),
    ('data-volume="0.5"', {"duration": 6.0, "volume": 0.5}),
    ('data-start="0" muted', {"why": "muted"}),
    ('data-start="0" data-hidden', {"why": "hidden"}),
    ('data-start="0" data-volume="0"', {"why": "volume-0"}),
    ('data-start="0" data-helios-no-audio', {"why": "sound-not-wanted"}),
    ("", {"why": "never-played"}),
    ('data-helios-offset="2" data-helios-seek="1" data-helios-fade-in="1"', {"start": 2.0, "duration": 5.0, "offset": 1.0, "fade_in": 1.0}),
]  # fmt: skip


async def test_each_attribute_says_something_of_the_track(stages):
    body = "".join(
        f'<audio id="a{number}" src="a.wav" {row[0]}></audio>' for number, row in enumerate(WRITTEN)
    )
    page = await stages.open(composed(body, root=ROOT), {"a.wav": silence(6)})
    sounds, notices = page.description.sounds, page.description.notices
    await page.close()
    found = {track.name: row(track) for track in sounds.tracks}
    dropped = {one.name: one.why.value for one in sounds.dropped}
    for number, (attributes, told) in enumerate(WRITTEN):
        name, expected = f"#a{number}", {"source": "a.wav", **told}
        codes = {notice.code for notice in notices if notice.element == name}
        assert codes == ({expected.pop("code")} if "code" in expected else set()), attributes
        assert dropped.get(name) == expected.get("why"), attributes
        if "why" not in expected:
            assert found[name] == pytest.approx(expected), attributes
        else:
            assert name not in found


SUB = """<template><div data-composition-id="sub" data-width="100" data-height="100" data-duration="10">
<audio id="in{number}" src="a.wav" {inside}></audio></div></template>"""


HOSTED = [
    ('data-start="2"', 'data-start="1"', {"start": 3.0, "duration": 6.0}),
    ('data-start="2" data-duration="3"', 'data-start="1"', {"start": 3.0, "duration": 2.0}),
    ('data-start="2" data-playback-rate="2"', 'data-start="1"', {"start": 2.5, "duration": 3.0, "rate": 2.0}),
    ('data-start="2" data-playback-rate="0.5"', 'data-start="1" data-playback-rate="3"', {"start": 4.0, "duration": 4.0, "rate": 1.5}),
    ('data-start="2" data-playback-start="3"', 'data-start="1"', {"start": 2.0, "duration": 4.0, "offset": 2.0}),
    ('data-start="2" data-playback-start="3" data-playback-rate="2"', 'data-start="1"', {"start": 2.0, "duration": 2.0, "offset": 2.0, "rate": 2.0}),
    ('data-start="2" data-playback-start="3"', 'data-start="1" loop data-duration="9"', {"start": 2.0, "duration": 7.0, "loop": True, "skip": 2.0, "until": 6.0}),
    ('data-start="2" data-playback-start="8"', 'data-start="1"', {"why": "never-shown"}),
    ('data-start="2" data-hidden', 'data-start="1"', {"why": "hidden"}),
    ('data-start="2" data-playback-start="1.5"', 'data-start="1" data-fade-in="1"', {"start": 2.0, "duration": 5.5, "offset": 0.5, "lane": [(0, 0.5), (0.5, 1)]}),
    ('data-start="2" data-duration="3"', 'data-start="1" data-fade-out="1"', {"start": 3.0, "duration": 2.0}),
    ('data-start="2" data-playback-rate="2"', 'data-start="1" data-fade-out="1"', {"start": 2.5, "duration": 3.0, "rate": 2.0, "fade_out": 0.5}),
]  # fmt: skip


async def test_a_sound_in_a_sub_composition_is_heard_by_the_clock_of_its_host(stages):
    files = {
        f"sub{number}.html": SUB.format(number=number, inside=row[1]) for number, row in enumerate(HOSTED)
    }
    hosts = (
        f'<div data-composition-src="sub{number}.html" {row[0]}></div>' for number, row in enumerate(HOSTED)
    )
    tracks, dropped, codes, _ = await heard(stages, "".join(hosts), files)
    assert codes == set()
    for number, (host, inside, told) in enumerate(HOSTED):
        name, expected = f"#in{number}", {"source": "a.wav", **told}
        assert dropped.get(name) == expected.get("why"), (host, inside)
        if "why" in expected:
            assert name not in tracks
            continue
        track = tracks[name][0]
        lane = [(point["t"], point["v"]) for point in track.pop("lane", [])]
        assert lane == [pytest.approx(point) for point in expected.pop("lane", [])], (host, inside)
        assert track == pytest.approx(expected), (host, inside)


async def test_hosts_within_hosts_multiply_their_rates_and_cut_each_other(stages):
    outer = """<template><div data-composition-id="outer" data-width="100" data-height="100" data-duration="20">
    <div id="inner" data-composition-src="sub.html" data-start="2" data-playback-rate="2" data-duration="4"></div></div></template>"""
    files = {"outer.html": outer, "sub.html": SUB.format(number="", inside='data-start="1"')}
    body = '<div id="host" data-composition-src="outer.html" data-start="1" data-playback-rate="0.5" data-duration="10"></div>'
    tracks, _, _, _ = await heard(stages, body, files)
    # The inner clock reads 0 at 1 + 2 / 0.5 = 5 s and goes at 0.5 × 2; it shows for 4 / 0.5 = 8 s, the outer until 11 s.
    assert tracks == {"#in": [pytest.approx({"source": "a.wav", "start": 6.0, "duration": 5.0})]}


async def test_what_stands_in_a_clip_is_heard_while_that_is_shown(stages):
    tracks, dropped, _, _ = await heard(
        stages,
        """<div data-start="2" data-duration="3"><audio id="a" src="a.wav" data-start="1"></audio></div>
        <div data-hidden><audio id="b" src="a.wav" data-start="1"></audio></div>
        <div data-start="9" data-duration="3"><audio id="c" src="a.wav" data-start="1"></audio></div>""",
    )
    assert tracks == {
        "#a": [pytest.approx({"source": "a.wav", "start": 2.0, "duration": 3.0, "offset": 1.0})]
    }
    assert dropped == {"#b": "hidden", "#c": "never-shown"}


async def test_a_lane_goes_by_the_clock_of_its_clip(stages):
    lane = '{"version":1,"lanes":[{"target":"volume","points":[{"t":0,"v":0},{"t":4,"v":1}]}]}'
    inside = f'data-start="1" data-volume="0.3" data-automation=\'{lane}\''
    body = '<div data-composition-src="sub.html" data-start="2" data-playback-start="3" data-playback-rate="2"></div>'
    tracks, _, _, _ = await heard(stages, body, {"sub.html": SUB.format(number="", inside=inside)})
    points = [(point["t"], point["v"]) for point in tracks["#in"][0]["lane"]]
    # Two of its four seconds are gone when it is first heard, and the other two go by in one.
    assert points == [pytest.approx((0, 0.5)), pytest.approx((1, 1))]


async def test_groups_hold_what_names_them_and_what_stands_in_them(stages):
    files = {
        "sub.html": """<template><div data-composition-id="sub" data-duration="9">
        <hf-audio-group id="voice" data-volume="0.5"></hf-audio-group>
        <audio id="in" src="a.wav" data-start="0" data-audio-group="voice"></audio>
        <audio id="over" src="a.wav" data-start="0" data-audio-group="all"></audio></div></template>"""
    }
    tracks, dropped, codes, sounds = await heard(
        stages,
        """<hf-audio-group id="all" data-volume="0.8"><hf-audio-group id="voice" data-volume="0.9"
          data-automation='{"version":1,"lanes":[{"target":"volume","points":[{"t":0,"v":0},{"t":2,"v":1}]}]}'></hf-audio-group>
          <audio id="within" src="a.wav" data-start="0"></audio></hf-audio-group>
        <hf-audio-group id="one" data-audio-group="two"></hf-audio-group><hf-audio-group id="two" data-audio-group="one"></hf-audio-group>
        <hf-audio-group id="gone" data-hidden></hf-audio-group>
        <audio id="a" src="a.wav" data-start="0" data-audio-group="voice"></audio>
        <audio id="b" src="a.wav" data-start="0" data-audio-group="nobody"></audio>
        <audio id="c" src="a.wav" data-start="0" data-audio-group="gone"></audio>
        <div data-composition-src="sub.html" data-start="0"></div><div data-composition-src="sub.html" data-start="1"></div>""",
        files,
    )
    assert dropped == {"#c": "group-hidden"}
    assert codes == set()
    assert {name: [one.get("group") for one in found] for name, found in tracks.items()} == {
        "#within": ["all"],
        "#a": ["voice"],
        "#b": [None],
        "#in": ["voice@1", "voice@2"],
        "#over": ["all", "all"],
    }
    groups = {group.id: group for group in sounds.groups}
    assert set(groups) == {"all", "voice", "one", "two", "gone", "voice@1", "voice@2"}
    assert (groups["voice"].parent, groups["voice"].volume, len(groups["voice"].lane)) == ("all", 0.9, 2)
    assert (
        groups["all"].parent
        is groups["one"].parent
        is groups["two"].parent
        is groups["voice@1"].parent
        is None
    )


async def test_effects_and_other_lanes_are_named_not_silently_left_out(stages):
    chain = """{"version":1,"nodes":[{"type":"highpass","id":"n1"},{"type":"reverb","id":"n2"},{"type":"gate","enabled":false}]}"""
    lanes = '{"version":1,"lanes":[{"target":"fx.n1.frequency","points":[{"t":0,"v":80}]}]}'
    page = await stages.open(
        composed(
            f"""<audio id="a" src="a.wav" data-start="0" data-fx-chain='{chain}' data-automation='{lanes}'></audio>
            <hf-audio-group id="g" data-fx-chain="nonsense"></hf-audio-group>""",
            root=f"{ROOT} data-fx-chain='{chain}'",
        ),
        {"a.wav": silence(1)},
    )
    told = {(notice.code, notice.element): notice.message for notice in page.description.notices}
    assert "highpass, reverb," in told["EFFECT_UNSUPPORTED", "#a"]
    assert "something unreadable" in told["EFFECT_UNSUPPORTED", "#g"]
    assert "highpass" in told["EFFECT_UNSUPPORTED", "the root"]
    assert "fx.n1.frequency" in told["AUTOMATION_UNSUPPORTED", "#a"]
    await page.close()


async def test_sounds_in_shadows_and_frames_are_found(stages):
    tracks, _, _, _ = await heard(
        stages,
        """<div id="host"><template shadowrootmode="open"><audio id="deep" src="a.wav" data-start="1"></audio></template></div>
        <iframe srcdoc='<audio id="framed" src="a.wav" data-start="2"></audio>'></iframe>""",
    )
    assert {name: found[0].get("start") for name, found in tracks.items()} == {"#deep": 1.0, "#framed": 2.0}
