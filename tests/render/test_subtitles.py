"""Subtitles over a page: there when they should be, above everything, and as if they were not there for the page."""

from __future__ import annotations

import io
import itertools
import subprocess
from fractions import Fraction

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from framewright.composition import Wishes
from framewright.composition.subtitles import page_subtitles
from framewright.media.subtitles import parse_subtitles
from truth.decoding import greys
from truth.stages import Stages, composed

in_the_module = pytest.mark.asyncio(loop_scope="module")
VTT = """WEBVTT

00:00.100 --> 00:00.300
first

00:00.200 --> 00:00.500
second

00:00.600 --> 00:00.700
third
"""
FLAT = """<!doctype html><html><body style="margin:0"><div data-composition-id="m" data-width="320" data-height="180"
data-duration="1" style="background:#000"></div></body></html>"""


def wishes(text, **others):
    return Wishes(subtitles=page_subtitles(parse_subtitles(text.encode(), "a.vtt")), **others)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def _walk(node):
    yield node
    for below in itertools.chain(node.get("children", ()), node.get("shadowRoots", ())):
        yield from _walk(below)


def _attributes(node):
    given = node.get("attributes", [])
    return dict(zip(given[::2], given[1::2], strict=True))


def _text(node):
    return "".join(one["nodeValue"] for one in _walk(node) if one["nodeType"] == 3)


async def layer(opened):
    """The layer's element, as the debugger sees it: it looks into closed trees."""
    document = await opened.page.call("DOM.getDocument", {"depth": -1, "pierce": True})
    (found,) = [one for one in _walk(document["root"]) if one["nodeName"] == "SUBTITLE-LAYER"]
    return found


async def shown(opened):
    """The texts of the cues that are seen, from the top to the bottom of what is written."""
    items = [one for one in _walk(await layer(opened)) if "item" in _attributes(one).get("class", "").split()]
    return [_text(item) for item in items if "data-past" not in _attributes(item)]


async def picture(opened):
    """The pixels of the page as it stands."""
    for _ in range(3):
        drawn = await opened.page.begin_frame(png=True)
        if drawn.png:
            return np.asarray(Image.open(io.BytesIO(drawn.png)).convert("RGB")).astype(int)
    raise AssertionError("no picture")


@in_the_module
async def test_each_cue_shows_from_its_first_frame_to_before_its_end(stages):
    opened = await stages.open(FLAT, wishes=wishes(VTT))
    times = {"first": (100, 300), "second": (200, 500), "third": (600, 700)}
    for rate in (Fraction(30000, 1001), Fraction(24)):
        # Not in their order: what is seen follows from the time alone.
        frames = sorted(range(int(rate)), key=lambda frame: frame * 7 % 31)
        for frame in frames:
            at = frame / rate
            await opened.at(at)
            expected = {text for text, (start, stop) in times.items() if start <= at * 1000 < stop}
            assert set(await shown(opened)) == expected, (rate, frame)


@in_the_module
async def test_the_picture_holds_from_edge_to_edge(stages):
    opened = await stages.open(FLAT, wishes=wishes(VTT))
    assert opened.description.foreseeable
    edges = [0.1, 0.2, 0.3, 0.5, 0.6, 0.7]
    for at in (0.0, 0.15, 0.2, 0.45, 0.55, 0.65):
        await opened.at(at)
        assert opened.step.still_until == min(edge for edge in edges if edge > at)
    await opened.at(0.7)
    assert opened.step.still_until == 86_400


@in_the_module
async def test_a_cue_stays_where_it_is_when_the_one_below_it_ends(stages):
    opened = await stages.open(FLAT, wishes=wishes(VTT))

    async def rows(at):
        await opened.at(at)
        return np.flatnonzero((await picture(opened)).max(axis=(1, 2)) > 128)

    alone, both, rest = await rows(0.15), await rows(0.25), await rows(0.35)
    assert both.max() == alone.max()
    assert both.min() == rest.min()
    assert rest.max() < alone.min()


@in_the_module
async def test_nothing_of_the_page_hides_or_moves_it(stages):
    """Transforms, filters, z-index, dialogs in the top layer, and rules for everything there is."""
    head = """<style>
        html { zoom: 1.5; transform: scale(0.5) rotate(9deg); filter: blur(9px); opacity: 0.1; overflow: hidden; visibility: hidden }
        * { transition: all 2s; border: 3px solid red; font-size: 90px !important; opacity: 0.5; clip-path: none }
        * { display: none; } html, body, div { display: block } subtitle-layer { display: none !important; color: red }
        ::backdrop { background: rgb(255, 0, 0) !important } [popover] { margin: 90px; background: blue }
    </style>"""
    body = "<dialog id='d' style='all:initial;position:fixed;inset:0;background:#000'></dialog>"
    script = (
        "<script>addEventListener('DOMContentLoaded', () => setTimeout(() => d.showModal(), 120))</script>"
    )
    plain = await stages.open(FLAT.replace("320", "640").replace("180", "360"), wishes=wishes(VTT))
    loud = await stages.open(composed(body + script, head=head), wishes=wishes(VTT))
    await plain.at(0.25)
    await loud.at(0.25)
    assert await loud.ask("d.matches(':modal')")
    expected, found = await picture(plain), await picture(loud)
    assert expected[-60:].max() > 250
    # The dialog is as black as the other page.
    assert np.abs(expected - found).max() < 8


@pytest.mark.thorough
@in_the_module
async def test_the_page_does_not_notice(stages):
    script = """<script>
        window.seen = [];
        new MutationObserver((all) => seen.push(...all.map((one) => one.target.localName))).observe(document.body, { subtree: true, childList: true, attributes: true });
        for (const type of ["toggle", "beforetoggle", "focusin", "slotchange"]) document.body.addEventListener(type, () => seen.push(type), true);
        window.facts = () => JSON.stringify([
            document.body.innerHTML.length, document.body.innerText, document.activeElement.localName, seen,
            document.documentElement.scrollHeight, document.documentElement.scrollWidth, getComputedStyle(p).color,
            document.elementFromPoint(320, 340).id, document.body.matches(":nth-child(2)"), getSelection().toString(),
            document.getAnimations().length, [...document.body.children].map((one) => one.localName).join(),
            [...document.querySelectorAll("div, span, p")].length, document.styleSheets.length,
            document.adoptedStyleSheets.length, document.fonts.size, Object.keys(window).filter((name) => /subtitle/i.test(name)),
        ]);
    </script>"""
    page = composed(f"<p id='p'>Text</p><div id='below' style='position:absolute;inset:0'></div>{script}")
    plain = await stages.open(page)
    with_layer = await stages.open(page, wishes=wishes(VTT))
    for at in (0.0, 0.25, 0.65):
        await plain.at(at)
        await with_layer.at(at)
        assert await with_layer.ask("facts()") == await plain.ask("facts()")
    assert await with_layer.ask("document.querySelector('subtitle-layer').shadowRoot") is None
    assert await plain.ask("document.querySelector('subtitle-layer')") is None


@in_the_module
async def test_authors_style_it_from_their_own_sheet(stages):
    head = """<style>
        :root { --subtitle-color: rgb(0, 255, 0); --subtitle-bottom: 100px; --subtitle-outline: transparent }
        ::part(cue) { background: rgb(0, 0, 255); padding: 0; border-radius: 0; text-shadow: none }
    </style>"""
    opened = await stages.open(composed("", head=head), wishes=wishes(VTT))
    await opened.at(0.15)
    pixels = (await picture(opened)).reshape(360, 640, 3)
    blue = np.argwhere((pixels == (0, 0, 255)).all(axis=2))
    assert len(blue) > 300
    assert blue[:, 0].max() == 360 - 100 - 1
    assert (pixels == (0, 255, 0)).all(axis=2).any()


@in_the_module
async def test_styles_and_colours_of_the_file(stages):
    text = (
        "WEBVTT\n\nSTYLE\n::cue(.a) { color: rgb(1, 254, 3) }\n::cue(v[voice=Ann]) { color: red }\n"
        "::cue(v[voice='Ann']) { background-color: rgb(3, 3, 250) }\n\n"
        "00:00.000 --> 00:01.000\n<c.a>MMMM</c> <v Ann>MMMM</v> <c.yellow>MMMM</c>\n"
    )
    opened = await stages.open(composed("", head="<style>html{background:#000}</style>"), wishes=wishes(text))
    await opened.at(0.5)
    colours = {tuple(colour) for colour in (await picture(opened)).reshape(-1, 3)}
    assert {(1, 254, 3), (3, 3, 250), (255, 255, 0)} <= colours


@in_the_module
async def test_places_of_cues(stages):
    text = (
        "WEBVTT\n\n00:00.000 --> 00:01.000 line:0 align:left\nMMM\n\n00:01.000 --> 00:02.000 position:95% align:right\nMMM\n\n"
        "00:02.000 --> 00:03.000 line:50%,center\nMMM\n\n00:03.000 --> 00:04.000 line:100%\nMMM\nMMM\n\n"
        "00:04.000 --> 00:05.000 vertical:rl line:0\nMMM\n\n00:05.000 --> 00:06.000 align:start\n\u05d0\u05d1\u05d2\n"
    )
    opened = await stages.open(FLAT.replace("320", "640").replace("180", "360"), wishes=wishes(text))
    centres = []
    for at in range(6):
        await opened.at(at + 0.5)
        lit = np.argwhere((await picture(opened)).max(axis=2) > 128)
        assert lit[:, 0].max() < 360 - 3, at  # none is cut off
        centres.append(
            ((lit[:, 1].min() + lit[:, 1].max()) / 2 / 640, (lit[:, 0].min() + lit[:, 0].max()) / 2 / 360)
        )
    top_left, right, middle, low, column, hebrew = centres
    assert top_left[0] < 0.25
    assert top_left[1] < 0.15
    assert right[0] > 0.75
    assert right[1] > 0.8
    assert middle == pytest.approx((0.5, 0.5), abs=0.02)
    assert low[1] > 0.8
    assert column[0] > 0.85
    assert hebrew[0] > 0.75


@pytest.mark.thorough
async def test_size_follows_the_frame(tmp_path):
    """A line is as high a part of the frame in a small one as in a large one, and in a tall one by its width."""
    async with Stages(tmp_path) as stages:
        shares = {}
        for width, height in ((320, 180), (1920, 1080), (540, 960)):
            page = FLAT.replace("320", str(width)).replace("180", str(height))
            opened = await stages.open(page, wishes=wishes("WEBVTT\n\n00:00.000 --> 00:01.000\nMMM\n"))
            await opened.at(0.5)
            rows = np.flatnonzero((await picture(opened)).max(axis=(1, 2)) > 128)
            shares[width, height] = len(rows) / height
    assert shares[320, 180] == pytest.approx(shares[1920, 1080], rel=0.15)
    assert shares[540, 960] == pytest.approx(shares[1920, 1080] * 5.6 / 5.2 * 540 / 960, rel=0.1)


@in_the_module
async def test_its_font_is_waited_for_and_told(stages):
    head = "<style>:root { --subtitle-font: 'Nowhere Sans', sans-serif }</style>"
    opened = await stages.open(composed("", head=head), wishes=wishes(VTT))
    await opened.stage.look_at_fonts(stages._browser.options.fonts)
    told = {(notice.code, notice.element) for notice in opened.stage.description.notices}
    assert ("FONT_SUBSTITUTED", "subtitle-cue") in told


@pytest.mark.thorough
@in_the_module
async def test_a_hundred_thousand_cues_cost_a_frame_next_to_nothing(stages):
    count = 100_000
    cues = "".join(
        f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.000 --> 99:00:00.000\nx{n}\n\n" for n in range(20)
    )
    cues += "".join(
        f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.000 --> {n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.900\n{n}\n\n"
        for n in range(20, count)
    )
    opened = await stages.open(FLAT, wishes=wishes("WEBVTT\n\n" + cues))
    await opened.at(count - 1 + 0.5)
    assert str(count - 1) in await shown(opened)
    assert len(await shown(opened)) <= 9


def _lit(path):
    """Whether text is seen, of every frame of a file."""
    return [bool(frame.max() > 150) for frame in greys(path)]


def test_burnt_in_by_two_browsers_within_a_range(render, tmp_path):
    page = tmp_path / "page"
    page.mkdir()
    (page / "index.html").write_text(FLAT.replace('data-duration="1"', 'data-duration="4"'))
    file = tmp_path / "film.de.vtt"
    cues = "".join(f"00:0{n}.{m}00 --> 00:0{n}.{m}50\nMMMM\n\n" for n in range(4) for m in range(0, 10, 2))
    file.write_text("WEBVTT\n\n" + cues)
    video, report = render(page, "a.mp4", subtitles=file, start_frame=17, end_frame=109, workers=2)
    expected = [(Fraction(1000 * frame, 30) % 200) < 50 for frame in range(17, 109)]
    assert _lit(video) == expected
    (facts,) = report.subtitles
    assert (facts.path, facts.mode, facts.language, facts.cues) == (str(file), "burn", "de", 20)
    assert facts.shown == len(
        {frame * 1000 // 6000 for frame in range(17, 109) if (Fraction(1000 * frame, 30) % 200) < 50}
    )
    assert report.unchanged > 40


def test_a_track_of_a_finished_file(render, tmp_path):
    page = tmp_path / "page"
    page.mkdir()
    (page / "index.html").write_text(FLAT)
    file = tmp_path / "film.en.srt"
    file.write_text("1\n00:00:00,100 --> 00:00:00,700\nHello\n")
    video, report = render(page, "a.mp4", subtitles=f"{file},lang=fr", subtitles_mode="track", start_frame=6)
    told = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", video, "-map", "0:s:0", "-f", "srt", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "1\n00:00:00,000 --> 00:00:00,500\nHello\n\n"
    assert [(one.mode, one.language, one.shown) for one in report.subtitles] == [("track", "fr", 1)]
    assert not any(_lit(video))
