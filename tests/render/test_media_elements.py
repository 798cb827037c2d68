"""What authors see of video and audio elements: the source as it stands at the frame's time."""

from __future__ import annotations

import base64
import itertools
from fractions import Fraction

import pytest
import pytest_asyncio

from framewright.model.errors import CompositionError
from truth import footage
from truth.grids import thorough
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOTHING = "data-duration='8' data-no-timeline"
LOG = """window.log = [];
const TYPES = ['loadstart', 'durationchange', 'resize', 'loadedmetadata', 'loadeddata', 'canplay', 'canplaythrough', 'play', 'playing',
    'pause', 'seeking', 'seeked', 'ended', 'ratechange', 'volumechange', 'emptied', 'error', 'abort', 'stalled', 'suspend', 'waiting'];
const listen = (element, types = TYPES) => {
    for (const type of types) element.addEventListener(type, () => log.push(`${type} ${+(performance.now() / 1000).toFixed(3)}`));
};
const said = () => log.splice(0).join(', ');"""
LOADED = (
    "loadstart 0, durationchange 0, resize 0, loadedmetadata 0, loadeddata 0, canplay 0, canplaythrough 0"
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Two seconds at 25 frames a second, in a codec that Chromium has too."""
    path = tmp_path_factory.mktemp("clips") / "clip.webm"
    return footage.write(path, fps=25, frames=50, codec="libvpx", b_frames=0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def page(body, script=""):
    return composed(body, root=NOTHING, head=f"<script>{LOG}</script>") + f"<script>{script}</script>"


async def opened(stages, clip, body, script="", files=None):
    return await stages.open(page(body, script), {"clip.webm": clip.path.read_bytes(), **(files or {})})


async def test_each_property_and_method_answers_as_if_the_source_were_there(stages, clip):
    body = """<video id="v" src="clip.webm" poster="there.svg" data-start="1" data-media-start="0.5" data-duration="4" muted
        preload="none"></video><audio id="a"></audio>"""
    one = await opened(
        stages,
        clip,
        body,
        files={"there.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"},
    )
    assert not one.codes
    ranges = "(ranges) => Array.from(ranges, (_, n) => [ranges.start(n), ranges.end(n)])"
    table = {
        "v.duration": 2,
        "[v.videoWidth, v.videoHeight]": [160, 90],
        "[v.getBoundingClientRect().width, v.getBoundingClientRect().height]": [160, 90],
        "v.readyState": 4,
        "v.networkState": 1,
        "v.error": None,
        "v.currentSrc === document.baseURI.replace('index.html', '') + 'clip.webm'": True,
        "v.poster === new URL('there.svg', document.baseURI).href && v.getAttribute('poster')": "there.svg",
        "[v.muted, v.defaultMuted, v.volume, v.playbackRate, v.preservesPitch]": [True, True, 1, 1, True],
        "v.cloneNode().outerHTML.includes('svg+xml')": False,
        f"({ranges.replace('Array.from(ranges', 'Array.from({length: ranges.length}')})(v.buffered)": [[0, 2]],
        f"({ranges.replace('Array.from(ranges', 'Array.from({length: ranges.length}')})(v.seekable)": [[0, 2]],
        "v.buffered instanceof TimeRanges": True,
        "(() => { try { v.buffered.start(1) } catch (error) { return error.name } })()": "IndexSizeError",
        "v.canPlayType('video/webm; codecs=\"vp8\"')": "probably",
        "v.canPlayType('video/quicktime; codecs=\"avc1.4d0029\"')": "probably",
        "v.canPlayType('video/x-unheard-of')": "",
        "v.getVideoPlaybackQuality().droppedVideoFrames": 0,
        "v.textTracks.length": 0,
        "v.requestPictureInPicture().catch((error) => error.name)": "NotSupportedError",
        "v.setSinkId('').then(() => 'set')": "set",
        "v.play().then(() => 'plays')": "plays",
        "v.srcObject": None,
        "navigator.mediaCapabilities.decodingInfo({type: 'file', video: {contentType: 'video/mp4; codecs=\"hvc1.1.6.L93.B0\"',"
        " width: 640, height: 360, bitrate: 1e6, framerate: 30}}).then(({supported}) => supported)": True,
        "[a.readyState, a.networkState, a.currentSrc, a.paused, a.currentTime]": [0, 0, "", True, 0],
        "Number.isNaN(a.duration)": True,
        "(() => { try { v.currentTime = NaN } catch (error) { return error.name } })()": "TypeError",
        "(() => { try { a.playbackRate = 99 } catch (error) { return error.name } })()": "NotSupportedError",
        "Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'currentTime').get.name": "get currentTime",
        "HTMLMediaElement.prototype.play.name": "play",
    }  # fmt: skip
    for expression, value in table.items():
        assert await one.ask(expression) == value, expression
    states = {}
    for seconds in (0, 1, 1.5, 2.5, 4, 6, 1.5):
        await one.at(seconds)
        states[seconds] = await one.ask("[v.currentTime, v.paused, v.ended, v.played.length]")
    assert states == {
        0: [0.5, True, False, 0],
        1: [0.5, False, False, 0],
        1.5: [1, False, False, 1],
        2.5: [2, True, True, 1],
        4: [2, True, True, 1],
        6: [2, True, True, 1],
    }
    await one.close()


async def test_events_of_a_placed_video_come_at_their_times_once(stages, clip):
    body = """<video id="v" src="clip.webm" data-start="1" data-duration="3" onloadedmetadata="log.push('attribute')"></video>
        <video id="w" src="clip.webm" data-start="0" data-duration="2.5" loop></video>"""
    one = await opened(stages, clip, body, "listen(v); listen(w, ['seeked', 'pause', 'ended'])")
    assert await one.ask("said()") == LOADED.replace("loadedmetadata 0", "attribute, loadedmetadata 0")
    await one.at(4)
    assert await one.ask("said()") == "play 1, playing 1, seeked 2, pause 2.5, pause 3, ended 3"
    await one.at(0)
    await one.at(4)
    assert await one.ask("said()") == ""
    await one.close()


async def test_a_video_that_scripts_play_keeps_to_the_clock_both_ways(stages, clip):
    script = """const v = document.createElement('video');
    window.v = v;
    listen(v);
    v.src = 'clip.webm';
    setTimeout(() => { v.play().then(() => log.push('played')) }, 1000);
    setTimeout(() => { v.playbackRate = 2 }, 1500);
    setTimeout(() => { v.pause() }, 1750);
    setTimeout(() => { v.currentTime = 0.2; log.push(`${v.seeking}`) }, 3000);
    setTimeout(() => { v.loop = true; v.play() }, 4000);"""
    one = await opened(stages, clip, "", script)
    assert await one.ask("said()") == LOADED
    await one.at(7)
    assert await one.ask("said()") == (
        "play 1, playing 1, played, ratechange 1.5, pause 1.75, true, seeking 3, seeked 3, "
        "play 4, playing 4, seeking 4.9, seeked 4.9, seeking 5.9, seeked 5.9, seeking 6.9, seeked 6.9"
    )
    expected = {
        0: 0,
        1: 0,
        1.25: 0.25,
        1.5: 0.5,
        1.6: 0.7,
        1.75: 1,
        2.9: 1,
        3: 0.2,
        4.4: 1,
        4.9: 0,
        5: 0.2,
        7: 0.2,
    }
    for order in (expected, list(expected)[::-1]):
        found = {}
        for seconds in order:
            await one.at(seconds)
            found[seconds] = await one.ask("v.currentTime")
        assert found == pytest.approx(expected)
    await one.close()


async def test_autoplay_begins_when_its_composition_shows_and_obeys_its_clock(stages, clip):
    body = """<video id="v" src="clip.webm" autoplay></video>
        <div data-start="2" data-duration="4"><video id="w" src="clip.webm" autoplay loop></video></div>
        <div data-composition-src="inner.html" data-start="1" data-playback-rate="2" data-duration="5"></div>"""
    inner = """<template><div data-composition-id="inner" data-no-timeline><video class="x" src="clip.webm" autoplay></video>
        <video class="y" src="clip.webm" data-start="0.5" data-playback-rate="0.5"></video></div></template>"""
    one = await opened(stages, clip, body, files={"inner.html": inner})
    found = {}
    for seconds in (3.5, 0.5, 1.5, 2.25):
        await one.at(seconds)
        found[seconds] = await one.ask(
            "[v, w, ...document.querySelectorAll('.x, .y')].map((one) => +one.currentTime.toFixed(6))"
        )
    assert found == {
        0.5: [0.5, 0, 0, 0],
        1.5: [1.5, 0, 1, 0.25],
        2.25: [2, 0.25, 2, 1],
        3.5: [2, 1.5, 2, 2],
    }
    await one.close()


WHERE = {
    "shadow": """<div id="h"></div><script>
        h.attachShadow({ mode: 'closed' }).innerHTML = '<video src="clip.webm" data-start="1"></video>';
        </script>""",
    "sources": """<video><source src="none.mp4" type="video/x-unheard-of"><source src="none.webm" media="(max-width: 1px)">
        <source src="clip.webm" type="video/webm"></video>""",
    "broken first": '<video><source src="none.mp4" type="video/mp4"><source src="clip.webm" type="video/webm"></video>',
    "frame": """<iframe srcdoc="<video src='clip.webm'></video>"></iframe>""",
    "later": "<script>addEventListener('load', () => document.body.insertAdjacentHTML('beforeend', '<video src=clip.webm></video>'))</script>",
    "template": """<template id="t"><p><video src="clip.webm"></video></p></template>
        <script>document.body.append(t.content.cloneNode(true))</script>""",
    "changed": '<video id="c" src="none.mp4"></video><script>c.src = "clip.webm"</script>',
    "mended": """<video src="none.mp4" onerror="this.onerror = null; this.src = 'clip.webm'"></video>""",
}  # fmt: skip


@pytest.mark.thorough
async def test_a_video_is_known_wherever_it_stands(stages, clip):
    """Each page closes with clips that all were read: one that is not would stop the opening, or be no wider than 0."""
    for where, body in WHERE.items():
        heard = "window.seen = []; for (const type of ['error', 'abort', 'stalled']) addEventListener(type, ({ target }) => seen.push(`${type} ${target.localName}`), true);"
        html = composed(body, root=NOTHING, head=f"<script>{heard}</script>")
        one = await stages.open(html, {"clip.webm": clip.path.read_bytes()})
        assert not one.codes - {"FRAME_FOREIGN"}, where
        told = await one.ask("seen.join()")
        assert told == ("error video" if where == "mended" else ""), where
        if where not in {"shadow", "frame"}:
            assert await one.ask("document.querySelector('video').videoWidth") == 160, where
        await one.close()


async def test_addresses_that_are_no_files(stages, clip):
    data = "data:video/webm;base64," + base64.b64encode(clip.path.read_bytes()).decode()
    script = """fetch('clip.webm').then((answer) => answer.blob()).then((blob) => {
        window.b = document.createElement('video');
        b.src = URL.createObjectURL(blob);
    });
    addEventListener('load', () => {
        window.s = document.createElement('audio');
        s.srcObject = new MediaStream();
    });"""
    one = await opened(
        stages, clip, f'<video id="d" src="{data}" autoplay muted></video>', "listen(d);" + script
    )
    assert one.codes == {"MEDIA_OWN"}
    assert await one.ask("said()") == f"{LOADED}, play 0, playing 0"
    await one.at(1)
    assert await one.ask("[d.currentTime, d.paused, b.duration, d.srcObject]") == [1, False, 2, None]
    assert await one.ask("s.srcObject instanceof MediaStream") is True
    assert (
        await one.ask(
            "(s.srcObject = null, s.src = 'clip.webm', new Promise((done) => { s.onloadeddata = () => done(s.duration) }))"
        )
        == 2
    )
    await one.close()


SHOWN_OR_HEARD = (
    "<video src='{}'></video>",
    "<audio src='{}' data-start='1'></audio>",
    "<audio src='{}' autoplay></audio>",
)
NEITHER = (
    "<video src='{}' data-start='0' data-hidden></video>",
    "<video src='{}' style='display: none'></video>",
    "<audio src='{}'></audio>",
    "<audio src='{}' data-start='0' muted></audio>",
    "<script>new Audio('{}')</script>",
)


async def test_what_is_shown_or_heard_must_be_readable(stages):
    for body in SHOWN_OR_HEARD:
        with pytest.raises(CompositionError, match=r"(video|audio) (video|audio): .*none\.mp4") as caught:
            await stages.open(composed(body.format("none.mp4"), root=NOTHING))
        assert caught.value.code == "SOURCE_MISSING"
    one = await stages.open(composed("".join(NEITHER).replace("{}", "none.mp4"), root=NOTHING))
    assert [notice.code for notice in one.description.notices] == ["MEDIA_FAILED"] * len(NEITHER)
    assert (
        await one.ask("document.querySelector('audio').play().catch((error) => error.name)")
        == "NotSupportedError"
    )
    assert await one.ask("document.querySelector('audio').error.code") == 4
    await one.close()


async def test_a_source_that_comes_in_mid_video_is_there_at_its_time(stages, clip):
    """At any frame rate: the video is described while the clock stands where its script has run."""
    script = """setTimeout(() => {
        const v = window.v = document.body.appendChild(document.createElement('video'));
        listen(v, ['loadeddata', 'playing', 'ended']);
        v.autoplay = true;
        v.src = 'clip.webm';
    }, 1500)"""
    one = await opened(stages, clip, "", script)
    await one.at(Fraction(25, 10))
    assert await one.ask("[said(), v.currentTime]") == ["loadeddata 1.5, playing 1.5", 1]
    await one.at(5)
    assert await one.ask("[said(), v.currentTime]") == ["ended 3.5", 2]
    await one.close()


@pytest.mark.parametrize("placed", [*thorough("data-start='0'"), ""])
async def test_listeners_that_seek_without_end_do_not_stop_the_clock(stages, clip, placed):
    script = """window.told = 0;
        clip.ontimeupdate = () => { told += 1; clip.currentTime = told % 2; };
        clip.onseeked = () => { clip.currentTime += 0.01; };
        clip.onpause = () => clip.play();
        clip.onplay = () => clip.pause();
        clip.currentTime = 1; clip.play();"""
    page = await opened(stages, clip, f"<video id='clip' src='clip.webm' {placed}></video>", script)
    counts, codes = [await page.ask("told")], page.codes
    for seconds in (0, 0.5, 1):
        await page.at(seconds)
        counts.append(await page.ask("told"))
        codes |= {notice.code for notice in page.step.notices}
    assert 100 < counts[0] < 10_000
    assert max(after - before for before, after in itertools.pairwise(counts)) < 10_000
    assert "MEDIA_RESTLESS" in codes and "MEDIA_LATE" not in codes
    await page.close()


async def test_a_sheet_of_all_frames_is_drawn_by_seeking_from_each_to_the_next(stages, clip):
    script = """window.seen = 0;
        clip.onseeked = () => { seen += 1; if (seen < 500) clip.currentTime = (seen % 50) / 25; };
        clip.currentTime = 0.02;"""
    page = await opened(stages, clip, "<video id='clip' src='clip.webm'></video>", script)
    await page.at(0)
    assert await page.ask("seen") == 500
    assert "MEDIA_RESTLESS" not in page.codes
    await page.close()


async def test_autoplay_that_is_set_after_the_source_counts_from_then_on(stages, clip):
    """So do frameworks; what a script has already played is left as it is."""
    script = """
    const made = (id) => document.body.appendChild(Object.assign(window[id] = document.createElement('video'), { src: 'clip.webm' }));
    setTimeout(() => {
        made('v').autoplay = true;
        made('sought').currentTime = 0.5;
        sought.autoplay = true;
        made('stopped').play();
    }, 1500);
    setTimeout(() => stopped.pause(), 1750);
    setTimeout(() => { stopped.autoplay = true }, 2000)"""
    one = await opened(stages, clip, "", script)
    await one.at(Fraction(25, 10))
    assert await one.ask("[v, sought, stopped].map(({ currentTime, paused }) => [currentTime, paused])") == [
        [1, False],
        [1.5, False],
        [0.25, True],
    ]
    await one.close()
