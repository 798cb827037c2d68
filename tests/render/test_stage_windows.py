"""Which elements show when: every row of the attribute table that is about time."""

from __future__ import annotations

from fractions import Fraction

import pytest
import pytest_asyncio

from truth.grids import thorough
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = 'data-duration="6" data-no-timeline'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def clip(name, attributes, inside="x"):
    return f'<div id="{name}" {attributes}>{inside}</div>'


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ('data-start="1" data-duration="2"', (1, 3)),
        *thorough(('data-start="0" data-duration="2"', (0, 2)), ('data-start="1"', (1, 6))),
        ('data-start="1.5" data-end="2.5"', (1.5, 2.5)),
        *thorough(
            ('data-start="1" data-duration="1" data-end="5"', (1, 2)),
            ('data-start="1" data-composition-duration="1"', (1, 2)),
            ('data-start="" data-duration="1"', (0, 1)),
        ),
        *thorough(
            ('data-start="-3" data-duration="1"', (0, 1)),
            ('data-start=" 2 " data-duration=" 1 "', (2, 3)),
            ('data-start="1" data-duration="0"', (1, 6)),
            ('data-start="1" data-duration="soon"', (1, 6)),
        ),
        *thorough(('data-start="first" data-duration="1"', (2, 3))),
        ('data-start="first + 1" data-duration="1"', (3, 4)),
        *thorough(
            ('data-start="first  -  .5" data-duration="1"', (1.5, 2.5)),
            ('data-start="first - 9" data-duration="1"', (0, 1)),
            ('data-start="in-2" data-duration="1"', (3, 4)),
        ),
        ('data-start="open" data-duration="1"', (4, 5)),
        *thorough(('data-start="open + 0.5" data-duration="1"', (4.5, 5.5))),
        ('data-start="nobody" data-duration="1"', (0, 1)),
        *thorough(('data-start="x" data-duration="1"', (0, 1))),
        ('data-start="0" data-hidden', None),
        *thorough(("data-hidden", None)),
        ('data-start="0" data-hidden="false"', (0, 6)),
        *thorough(('data-start="1" data-duration="1" data-track-index="7"', (1, 2))),
    ],
)
async def test_windows_and_references(stages, attributes, shown):
    others = (
        clip("first", 'data-start="0" data-duration="2"')
        + clip("in-2", 'data-start="1" data-duration="2"')
        + clip("open", 'data-start="4"')
    )
    page = await stages.open(composed(others + clip("x", attributes), root=ROOT))
    for tenth in range(0, 60, 5):
        inside = shown is not None and shown[0] <= tenth / 10 < shown[1]
        await page.at(Fraction(tenth, 10))
        assert ("x" in await page.shown()) is inside, tenth


@pytest.mark.parametrize("fps", [*thorough("24", "25", "30", "60"), "30000/1001"])
async def test_windows_open_and_close_on_their_frames(stages, fps):
    rate = Fraction(fps)
    names = range(40)
    body = "".join(
        clip(f"f{n}", f'data-start="{float(n / rate)!r}" data-duration="{float(1 / rate)!r}"') for n in names
    )
    page = await stages.open(composed(body, root=ROOT))
    for frame in names:
        await page.at(frame / rate)
        assert await page.shown() == {f"f{frame}"}


async def test_seeking_back_and_far(stages):
    body = clip("a", 'data-start="1" data-duration="1"') + clip("b", 'data-start="a" data-duration="1"')
    page = await stages.open(composed(body, root=ROOT))
    for seconds, shown in ((2.5, {"b"}), (1, {"a"}), (0, set()), (5, set()), (1.9, {"a"}), (2, {"b"})):
        await page.at(seconds)
        assert await page.shown() == shown


async def test_chains_and_circles_of_references(stages):
    body = (
        clip("c", 'data-start="b" data-duration="1"')
        + clip("b", 'data-start="a + 1" data-duration="1"')
        + clip("a", 'data-start="0" data-duration="1"')
        + clip("p", 'data-start="q" data-duration="1"')
        + clip("q", 'data-start="p + 2" data-duration="1"')
        + clip("self", 'data-start="self" data-duration="1"')
    )
    page = await stages.open(composed(body, root=ROOT))
    assert {one.element: one.start for one in page.description.clips} == {
        "#c": 3,
        "#b": 2,
        "#a": 0,
        "#p": 0,
        "#q": 0,
        "#self": 0,
    }
    assert "REFERENCE_CYCLE" in page.codes


async def test_what_is_written_wrong_is_told(stages):
    body = (
        clip("a", 'data-start="nobody"')
        + clip("b", 'data-start="-1"')
        + clip("c", 'data-start="0" data-duration="0"')
    )
    page = await stages.open(composed(body, root=ROOT))
    told = {notice.code: notice.element for notice in page.description.notices}
    assert told == {"REFERENCE_UNKNOWN": "#a", "START_INVALID": "#b", "CLIP_DURATION_INVALID": "#c"}


async def test_nothing_shows_inside_a_hidden_element(stages):
    inside = clip("inner", 'data-start="0"') + '<i id="loud" style="visibility:visible">!</i>'
    page = await stages.open(composed(clip("outer", 'data-start="1" data-duration="1"', inside), root=ROOT))
    assert await page.shown() == set()
    await page.at(1)
    assert await page.shown() == {"outer", "inner", "loud"}


async def test_a_nested_composition_has_its_own_clock(stages):
    inside = clip("early", 'data-start="0" data-duration="1"') + clip(
        "late", 'data-start="early + 1" data-duration="1"'
    )
    nested = f'<div id="host" data-composition-id="inner" data-no-timeline data-start="2" data-duration="3">{inside}</div>'
    page = await stages.open(
        composed(nested + clip("after", 'data-start="late" data-duration="1"'), root=ROOT)
    )
    starts = {one.element: one.start for one in page.description.clips}
    assert starts == {"#host": 2, "#early": 2, "#late": 4, "#after": 5}


async def test_what_the_author_wrote_inline_stays(stages):
    style = "visibility:visible;display:inline-block"
    body = clip("a", f'data-start="1" data-duration="1" style="{style}"')
    page = await stages.open(composed(body, root=ROOT))
    for seconds, shown in ((0, set()), (1, {"a"}), (2, set())):
        await page.at(seconds)
        assert await page.shown() == shown
        kept = await page.ask("[a.style.visibility, a.style.display].join()")
        assert kept == "visible,inline-block"


async def test_scripts_may_play_with_visibility_inside_the_window(stages):
    script = "<script>addEventListener('hf-seek', (e) => { a.style.visibility = e.detail.time % 1 < .5 ? 'inherit' : 'hidden' })</script>"
    page = await stages.open(composed(clip("a", 'data-start="1" data-duration="2"') + script, root=ROOT))
    for seconds, shown in ((0, False), (1, True), (1.75, False), (2, True), (3, False)):
        await page.at(seconds)
        assert ("a" in await page.shown()) is shown


async def test_only_leaves_in_normal_flow_give_up_their_room(stages):
    body = (
        '<div style="position:relative">'
        '<span id="flow" data-start="1">a</span>'
        '<div id="box" data-start="1"><i data-start="1">b</i></div>'
        '<div id="placed" data-start="1" style="position:absolute">c</div></div>'
    )
    page = await stages.open(composed(body, root=ROOT))
    shown = "[flow, box, placed].map((e) => getComputedStyle(e).display).join()"
    assert await page.ask(shown) == "none,block,block"
    await page.at(1)
    assert await page.ask(shown) == "inline,block,block"


async def test_transitions_of_everything_do_not_delay_a_window(stages):
    head = "<style>* { transition: all 1s }</style>"
    page = await stages.open(composed(clip("a", 'data-start="1" data-duration="1"'), root=ROOT, head=head))
    for seconds, shown in ((0, set()), (1, {"a"}), (1.5, {"a"}), (2, set()), (2.1, set())):
        await page.at(seconds)
        assert await page.shown() == shown, seconds


async def test_elements_that_come_later(stages):
    script = """<script>addEventListener('hf-seek', (e) => {
        if (e.detail.time < 1 || window.done) return;
        window.done = true;
        document.querySelector('[data-composition-id]').insertAdjacentHTML(
            'beforeend', '<div id=late data-start=2 data-duration=1>late</div>');
        first.dataset.duration = '3';
    })</script>"""
    page = await stages.open(composed(clip("first", 'data-start="0" data-duration="1"') + script, root=ROOT))
    for seconds, shown in ((0, {"first"}), (1, {"first"}), (2, {"first", "late"}), (3, set())):
        await page.at(seconds)
        assert await page.shown() == shown


async def test_children_of_the_root_find_their_place(stages):
    body = (
        clip("plain", 'data-start="0"', "")
        + clip("text", 'data-start="0"', "words")
        + clip("anchored", 'data-start="0" style="right:3px"')
        + clip("own", 'data-start="0" style="position:relative;width:7px"')
        + clip("untimed", "")
        + "<div>"
        + clip("deep", 'data-start="0"')
        + "</div>"
    )
    page = await stages.open(composed(body, root=ROOT))
    places = await page.ask(
        "Object.fromEntries([plain, text, anchored, own, untimed, deep].map((e) => [e.id, getComputedStyle(e).position]))"
    )
    assert places == {
        "plain": "absolute",
        "text": "absolute",
        "anchored": "static",
        "own": "relative",
        "untimed": "static",
        "deep": "static",
    }
    assert await page.ask("[plain.offsetWidth, plain.offsetHeight, plain.offsetLeft, plain.offsetTop]") == [
        640,
        360,
        0,
        0,
    ]
    assert await page.ask("text.offsetWidth < 640 && text.offsetHeight < 360")


@pytest.mark.parametrize(
    ("root", "place"),
    [
        *thorough(("", [0, 0]), ("display:flex;align-items:center;justify-content:center", [280, 150])),
        ("display:grid;place-items:end", [560, 300]),
    ],
)
async def test_children_without_a_place_lie_where_each_would_lie_alone(stages, root, place):
    child = clip("%s", 'data-start="%s" data-duration="1" style="width:80px;height:60px"')
    body = "".join(child % (name, start) for name, start in (("one", 0), ("two", 0), ("three", 1)))
    page = await stages.open(composed(body, root=ROOT + f' style="{root}"'))
    await page.at(1)
    for name in ("one", "two", "three"):
        assert await page.ask(f"[{name}.offsetLeft, {name}.offsetTop]") == place


async def test_known_holds_are_foreseen(stages):
    page = await stages.open(composed(clip("a", 'data-start="1" data-duration="2"'), root=ROOT))
    assert page.description.foreseeable
    for seconds, until in ((0, 1), (0.5, 1), (1, 3), (2.9, 3)):
        await page.at(seconds)
        assert page.step.still_until == until
    await page.at(3)
    assert page.step.still_until > 6


async def test_clips_are_described(stages):
    body = (
        '<img id="i" data-start="0" data-duration="2" data-track-index="3" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'
        '<audio id="s" data-start="1" data-duration="2" data-hidden src="none.mp3"></audio>'
        '<div class="title big" data-start="i" data-duration="1"></div>'
    )
    page = await stages.open(composed(body, root=ROOT))
    told = [clip.model_dump(exclude={"source"}) for clip in page.description.clips]
    assert told == [
        {"element": "#i", "kind": "image", "start": 0, "duration": 2, "track": 3, "hidden": False},
        {"element": "#s", "kind": "audio", "start": 1, "duration": 2, "track": None, "hidden": True},
        {
            "element": "div.title",
            "kind": "element",
            "start": 2,
            "duration": 1,
            "track": None,
            "hidden": False,
        },
    ]
    assert page.description.clips[1].source == "none.mp3"


async def test_clips_without_an_id_are_told_apart_by_their_number(stages):
    body = (
        "<p data-start=0></p><i data-start=0></i><p class=x data-start=0></p><div><p data-start=0></p></div>"
    )
    page = await stages.open(composed(body, root=ROOT))
    assert [clip.element for clip in page.description.clips] == [
        "p:nth-of-type(1)",
        "i",
        "p.x:nth-of-type(2)",
        "p",
    ]


async def test_many_clips_are_laid_out_together(stages):
    page = await stages.open(composed("<p data-start='0'>first</p>", root=ROOT))
    await page.page.call("Performance.enable")
    await page.ask(
        "document.querySelector('[data-composition-id]').insertAdjacentHTML('beforeend', '<p data-start=0>more</p>'.repeat(300))"
    )
    before = await layouts(page)
    await page.at(1)
    assert await page.ask("document.querySelectorAll('p[style*=absolute]').length") == 301
    assert await layouts(page) - before < 50


async def layouts(page):
    """How often the page has been laid out."""
    told = await page.page.call("Performance.getMetrics")
    return next(one["value"] for one in told["metrics"] if one["name"] == "LayoutCount")


@pytest.mark.parametrize("last", ["0", *thorough("c0")])
async def test_starts_that_wait_for_one_another_deeper_than_calls_may_be(stages, last):
    links = [f"c{number + 1}" for number in range(2999)] + [last]
    clips = "".join(
        f'<i id="c{number}" data-start="{link}" data-duration="1"></i>' for number, link in enumerate(links)
    )
    page = await stages.open(composed(clips, root='data-duration="9" data-no-timeline'))
    starts = [clip.start for clip in page.description.clips]
    assert starts == ([0.0] * 3000 if last == "c0" else [2999.0 - number for number in range(3000)])
    assert ("REFERENCE_CYCLE" in page.codes) == (last == "c0")
