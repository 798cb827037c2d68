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


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ('data-start="0"', {"start": 0.0, "duration": 6.0}),
        ('data-start="1" data-duration="2"', {"start": 1.0, "duration": 2.0}),
        ('data-start="1" data-end="2.5"', {"start": 1.0, "duration": 1.5}),
        ('data-start="1" data-media-start="2"', {"start": 1.0, "duration": 4.0, "offset": 2.0}),
        ('data-start="0" data-media-start="9" data-playback-start="1"', {"duration": 5.0, "offset": 1.0}),
        ('data-start="0" data-playback-rate="2"', {"duration": 3.0, "rate": 2.0}),
        ('data-start="0" data-playback-rate="2" data-media-start="2"', {"duration": 2.0, "offset": 2.0, "rate": 2.0}),
        ('data-start="0" loop', {"duration": None, "loop": True}),
        ('data-start="0" loop data-duration="15" data-media-start="1"', {"duration": 15.0, "loop": True, "offset": 1.0}),
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
    ],
)  # fmt: skip
async def test_each_attribute_says_something_of_the_track(stages, attributes, told):
    tracks, dropped, codes, _ = await heard(stages, f'<audio id="a" src="a.wav" {attributes}></audio>')
    told = dict(told)
    assert codes == ({told.pop("code")} if "code" in told else set())
    assert dropped == ({"#a": told["why"]} if "why" in told else {})
    if "why" in told:
        assert not tracks
        return
    expected = {"source": "a.wav", **told}
    if expected.get("start") == 0:
        del expected["start"]
    if expected["duration"] is None:
        del expected["duration"]
    assert tracks == {"#a": [pytest.approx(expected)]}
