"""What scripts make of the sound: volumes tweened, set by timers, played and paused, and when a page is gone through for it."""

from __future__ import annotations

import asyncio
import math
from fractions import Fraction

import numpy as np
import pytest
import pytest_asyncio
from test_sounds import silence

import framewright
from framewright.capture.stream import StreamSource
from framewright.composition import Wishes
from framewright.composition.sounds.lanes import value_at
from framewright.model.errors import CompositionError
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.settings import Settings
from framewright.model.sound import Curve, SoundPlan
from framewright.render import RenderOptions
from framewright.render.listening import Listening
from framewright.render.opening import open_composition
from framewright.render.telling import Teller
from framewright.sound import mix
from truth import tones
from truth.grids import thorough
from truth.libraries import bundle, library
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
RATE = FrameRate(Fraction(30))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


async def listened(stages, body, *, seconds=4, head="", root=""):
    """What is heard of a page that was gone through, and whether it says itself that this was needed."""
    html = composed(body, root=root or f'data-duration="{seconds}" data-no-timeline', head=head)
    page = await stages.open(html, {"a.wav": silence(6), "b.wav": silence(2)}, Wishes(listening=True))
    needed = await page.stage.may_be_heard()
    stop = 30 * seconds
    reached = 0
    while reached < stop:
        reached, _ = await page.stage.listen_through(FrameRange(reached, stop), RATE)
    heard = await page.stage.sounds()
    await page.close()
    return {track.name: track for track in heard.sounds.tracks}, heard, needed


def knots(track):
    return [(point.t, point.v, point.curve is Curve.HOLD) for point in track.lane]


def tweened(script):
    return f"""<audio id="a" src="a.wav" data-start="0" data-volume="0.8"></audio>
<script>{library("gsap/dist/gsap.min.js")}</script><script>{script}</script>"""


async def test_a_tweened_volume_is_a_lane_that_strays_from_it_by_less_than_a_tenth_of_a_decibel(stages):
    tracks, _, needed = await listened(
        stages,
        tweened(
            "const tl = gsap.timeline({ paused: true });"
            "tl.to('#a', { volume: 0.1, duration: 2, ease: 'power2.in' }, 1); window.__timelines.main = tl;"
        ),
        root='data-duration="4"',
    )
    lane = knots(tracks["#a"])
    assert needed
    assert len(lane) < 70
    for frame in range(120):
        at = frame / 30
        share = min(1, max(0, (at - 1) / 2))
        truth = 0.8 - 0.7 * share**3
        assert value_at(lane, at) == pytest.approx(truth, rel=0.0115), at  # 0.1 dB


async def test_a_timer_changes_a_volume_at_its_own_time_and_at_once(stages):
    tracks, _, _ = await listened(
        stages,
        """<audio id="a" src="a.wav" data-start="0.5"></audio>
        <script>setTimeout(() => { document.querySelector('#a').volume = 0.25 }, 1111)</script>""",
    )
    assert knots(tracks["#a"]) == [
        (0, 1, True),
        (pytest.approx(0.611), 0.25, False),
    ]


async def test_what_a_script_mutes_and_opens_again_is_heard_between(stages):
    tracks, _, _ = await listened(
        stages,
        """<audio id="a" src="a.wav" data-start="0" muted></audio>
        <script>const a = document.querySelector('#a');
        setTimeout(() => { a.muted = false }, 1000); setTimeout(() => { a.muted = true }, 2000)</script>""",
    )
    assert knots(tracks["#a"]) == [(0, 0, True), (1, 1, True), (2, 0, False)]


async def test_a_lane_wins_over_a_tween(stages):
    tracks, _, _ = await listened(
        stages,
        """<audio id="a" src="a.wav" data-start="1"
          data-automation='{"version":1,"lanes":[{"target":"volume","points":[{"t":0,"v":0.5},{"t":1,"v":1}]}]}'></audio>
        <script>setInterval(() => { document.querySelector('#a').volume = 0.1 }, 500)</script>""",
    )
    assert knots(tracks["#a"]) == [(0, 0.5, False), (1, 1, False)]


async def test_a_volume_that_a_script_sets_at_the_start_takes_the_place_of_the_written_one(stages):
    tracks, _, _ = await listened(
        stages,
        """<audio id="a" src="a.wav" data-start="0" data-volume="0.5"></audio>
        <script>document.querySelector('#a').volume = 0.2</script>""",
    )
    assert knots(tracks["#a"]) == [(0, 0.2, False)]


PLAYED = [
    # body, then (start, duration, offset, rate, loop) of each track
    ("<audio src='a.wav' autoplay></audio>", [(0, 6, 0, 1, False)]),
    ("<audio src='a.wav' autoplay loop></audio>", [(0, None, 0, 1, True)]),
    ("<script>setTimeout(() => new Audio('a.wav').play(), 1250)</script>", [(1.25, 6, 0, 1, False)]),
    (
        ("<audio id='a' src='a.wav'></audio><script>setTimeout(() => a.play(), 500); setTimeout(() => a.pause(), 1500);"
        "setTimeout(() => { a.currentTime = 4; a.playbackRate = 2; a.play() }, 2500)</script>"),
        [(0.5, 1, 0, 1, False), (2.5, 1, 4, 2, False)],
    ),
    (
        ("<script>const b = document.createElement('audio'); b.src = 'b.wav'; b.loop = true;"
        "requestAnimationFrame(function step() { performance.now() >= 1000 ? b.play() : requestAnimationFrame(step) })</script>"),
        [(1, None, 0, 1, True)],
    ),
    (
        "<script>const b = new Audio('b.wav'); b.onended = () => { new Audio('a.wav').play() }; setTimeout(() => b.play(), 1000)</script>",
        [(1, 2, 0, 1, False), (3, 6, 0, 1, False)],
    ),
    (
        "<video src='a.wav' id='a'></video><script>a.muted = true; setTimeout(() => a.play(), 1000)</script>",
        [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("body", "plays"), [*thorough(*PLAYED[:2]), *PLAYED[2:]])
async def test_what_scripts_play_is_heard_from_then_on(stages, body, plays):
    _, heard, _ = await listened(stages, body)
    tracks = sorted(heard.sounds.tracks, key=lambda track: track.start)
    assert [(track.start, track.duration, track.offset, track.rate, track.loop) for track in tracks] == [
        pytest.approx(play, abs=1e-6) for play in plays
    ]


async def test_a_sound_that_a_timeline_plays_is_heard_from_its_callback_on(stages):
    tracks, _, needed = await listened(
        stages,
        f"""<audio id="a" src="a.wav"></audio><script>{library("gsap/dist/gsap.min.js")}</script>
        <script>const tl = gsap.timeline({{ paused: true }}); tl.to({{}}, {{ duration: 4 }});
        tl.call(() => document.querySelector("#a").play(), null, 1.77); window.__timelines.main = tl</script>""",
        root='data-duration="4"',
    )
    assert needed
    assert tracks["#a"].start == pytest.approx(1.77, abs=1e-3)


@pytest.mark.parametrize(
    ("body", "needed"),
    [
        ('<audio id="a" src="a.wav" data-start="0"></audio>', False),
        *thorough(('<audio id="a" src="a.wav" data-start="0" data-volume="0.5"></audio><script>let speed = 1</script>', False)),
        ('<audio id="a" src="a.wav" data-start="0"></audio><script>a.volume = 0.5</script>', True),
        ('<audio id="a" src="a.wav"></audio><script>setTimeout(() => a.play(), 1000)</script>', True),
        *thorough(('<audio id="a" src="a.wav" autoplay></audio><script>let speed = 1</script>', False),
        ('<audio id="a" src="a.wav" data-start="0"></audio><script>({ play() {} }).play()</script>', False)),
        ('<script>setTimeout(() => new Audio("a.wav").play(), 1000)</script>', True),
        *thorough(('<script>document.createElement("video")</script>', True),
        ('<p onclick="new Audio()">x</p>', True)),
        *thorough(('<script src="late.js"></script>', True)),
    ],
)  # fmt: skip
async def test_a_page_is_gone_through_where_a_script_may_change_what_is_heard(stages, body, needed):
    late = {"late.js": "document.body.dataset.x = 'muted'"}
    page = await stages.open(
        composed(body, root='data-duration="2" data-no-timeline'), {"a.wav": silence(1), **late}
    )
    assert await page.stage.may_be_heard() is needed
    await page.close()


async def test_sound_of_webaudio_and_speech_is_said_to_be_missing(stages):
    script = """
    const offline = new OfflineAudioContext(1, 10, 8000).createOscillator(); offline.start();
    setTimeout(() => { const c = new AudioContext(); const o = c.createOscillator(); o.connect(c.destination); o.start() }, 1000);
    setTimeout(() => new AudioContext().createMediaElementSource(document.querySelector('#a')), 2000);
    setTimeout(() => speechSynthesis.speak(new SpeechSynthesisUtterance('hello')), 3000);"""
    page = await stages.open(
        composed(
            f'<audio id="a" src="a.wav" data-start="0"></audio><script>{script}</script>',
            root='data-duration="4" data-no-timeline',
        ),
        {"a.wav": silence(1)},
    )
    assert page.codes == set()
    for seconds, code in ((1, "WEB_AUDIO_UNHEARD"), (2, "WEB_AUDIO_ROUTED"), (3, "SPEECH_UNHEARD")):
        await page.at(seconds)
        assert [notice.code for notice in page.step.notices] == [code]
    await page.close()


async def test_what_is_taken_away_stays_heard_and_what_comes_is_heard_from_then_on(stages):
    tracks, _, _ = await listened(
        stages,
        """<div id="scene"><audio id="a" src="a.wav" data-start="0.5" data-volume="0.5"></audio></div>
        <script>setTimeout(() => scene.remove(), 2000); setTimeout(() => { document.body.firstElementChild.insertAdjacentHTML(
          'beforeend', '<p><audio id="b" src="b.wav" data-start="2" data-volume="0.25"></audio>') }, 3000)</script>""",
    )
    assert (tracks["#a"].start, tracks["#a"].duration, tracks["#a"].volume) == (0.5, 1.5, 0.5)
    assert (tracks["#b"].start, tracks["#b"].duration, tracks["#b"].offset) == (3, 1, 1)


async def test_an_element_that_plays_one_source_after_the_other_is_heard_with_both(stages):
    _, heard, _ = await listened(
        stages,
        """<audio id="a" src="a.wav"></audio><script>setTimeout(() => a.play(), 500);
        setTimeout(() => { a.src = 'b.wav'; a.play() }, 1500)</script>""",
    )
    found = [(track.source.rsplit("/", 1)[-1], track.start, track.duration) for track in heard.sounds.tracks]
    assert found == [("a.wav", 0.5, 1), ("b.wav", 1.5, 2)]


@pytest.mark.parametrize("driven", ["", *thorough("autoSyncAnimations: true")])
async def test_media_of_a_helios_page_follow_its_time_with_their_fades(stages, driven):
    script = bundle(
        "import { Helios } from '@helios-project/core';"
        f"window.helios = new Helios({{ duration: 4, fps: 30, {driven} }});"
    )
    html = f"""<!doctype html><audio id="a" src="a.wav" data-helios-fade-in="1"></audio>
      <audio id="b" src="b.wav" data-helios-offset="1" data-helios-seek="0.5" data-helios-fade-out="0.5"></audio>
      <audio id="c" src="b.wav" data-helios-no-audio></audio><script>{script}</script>"""
    page = await stages.open(html, {"a.wav": silence(6), "b.wav": silence(2)}, Wishes(listening=True))
    reached = 0
    while reached < 120:
        reached, _ = await page.stage.listen_through(FrameRange(reached, 120), RATE)
    heard = await page.stage.sounds()
    await page.close()
    tracks = {track.name: track for track in heard.sounds.tracks}
    assert {one.name: one.why.value for one in heard.sounds.dropped} == {"#c": "sound-not-wanted"}
    assert (tracks["#a"].start, tracks["#a"].offset, tracks["#a"].duration) == (0, 0, 6)
    assert (tracks["#b"].start, tracks["#b"].offset, tracks["#b"].duration) == (1, 0.5, 1.5)
    for at, gain in ((0.25, 0.25), (0.5, 0.5), (2, 1)):
        assert level(tracks["#a"], at) == pytest.approx(gain, abs=0.01)
    assert level(tracks["#b"], 1.25) == pytest.approx(0.5, abs=0.01)


def level(track, at):
    """The gain of a track so many seconds after its start, as it comes of its lane and its fades."""
    gain = value_at(knots(track), at) if track.lane else track.volume
    if track.fade_in:
        gain *= min(1, at / track.fade_in)
    return gain * min(1, (track.duration - at) / track.fade_out) if track.fade_out else gain


async def test_what_is_mixed_of_a_page_follows_its_tweens_to_a_tenth_of_a_decibel(stages, tmp_path):
    source = tones.write(tmp_path / "tone.wav", tones.tone(5, 1000, db=-6))
    html = composed(
        f"""<audio id="a" src="tone.wav" data-start="0.5" data-volume="0.9"></audio>
        <script>{library("gsap/dist/gsap.min.js")}</script><script>const tl = gsap.timeline({{ paused: true }});
        tl.to("#a", {{ volume: 0.2, duration: 2, ease: "sine.inOut" }}, 1); window.__timelines.main = tl</script>""",
        root='data-duration="4"',
    )
    page = await stages.open(html, {"tone.wav": source.read_bytes()}, Wishes(listening=True))
    reached = 0
    while reached < 120:
        reached, _ = await page.stage.listen_through(FrameRange(reached, 120), RATE)
    sounds = (await page.stage.sounds()).sounds
    await page.close()
    plan = SoundPlan(tracks=sounds.tracks, groups=sounds.groups, samples=4 * 48_000)
    heard = np.concatenate(list(mix(plan, {sounds.tracks[0].source: source})))[:, 0]
    assert np.abs(heard[:23_990]).max() < 1e-3
    for at in np.arange(0.6, 3.9, 0.1):
        share = min(1, max(0, (at - 1) / 2))
        gain = 0.9 - 0.7 * (1 - math.cos(math.pi * share)) / 2
        first = round(at * 48_000)
        found = tones.level(heard[first - 480 : first + 480], 1000)
        assert found == pytest.approx(20 * math.log10(gain) - 6, abs=0.1), at


@pytest.mark.thorough
async def test_a_sound_that_a_script_plays_and_that_is_not_there_ends_the_render(tmp_path, browser_files):
    script = (
        "setTimeout(() => { const a = new Audio('no.mp3'); a.id = 'late'; a.play().catch(() => {}) }, 500)"
    )
    page = composed(f"<script>{script}</script>", root='data-duration="1" data-no-timeline')
    (tmp_path / "index.html").write_text(page)
    with pytest.raises(CompositionError, match=r"audio #late: .*no\.mp3"):
        await framewright.probe_async(str(tmp_path))


def played_late(folder):
    (folder / "index.html").write_text(
        composed(
            "<script>setTimeout(() => new Audio('a.wav').play(), 1900)</script>",
            root='data-duration="2" data-no-timeline',
        )
    )
    (folder / "a.wav").write_bytes(silence(1))
    return open_composition(str(folder), RenderOptions(), Settings(), Teller(None))


@pytest.mark.thorough
async def test_listening_begins_anew_when_its_browser_has_ended(tmp_path, browser_files):
    async with played_late(tmp_path) as opened, Listening(opened.theatre, opened) as listener:
        await opened.theatre.close(opened.first)
        heard = await listener.listen()
    assert heard.passed
    assert [track.start for track in heard.tracks] == [1.9]


@pytest.mark.thorough
async def test_no_picture_of_the_stream_is_lost_to_who_listens_beside_it(tmp_path, browser_files):
    """A page that is opened in the browser takes pictures away from the stream of another."""
    async with played_late(tmp_path) as opened, Listening(opened.theatre, opened) as listener:
        first = opened.first
        stream = await StreamSource.open(first.page, first, opened.drawn, first.browser.profile)
        listening = asyncio.create_task(listener.listen())
        runs = [await stream.capture(first, FrameRange(12 * at, 12 * at + 12), RATE) for at in range(4)]
        heard = await listening
        await stream.close()
    assert [run.pictures[0] is None for run in runs] == [False] * 4
    assert heard.passed
