"""What a page is: its root, its size, its length, and what forbids to render it."""

from __future__ import annotations

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from framewright.model.errors import CompositionError
from truth.grids import thorough
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOTHING = 'data-duration="1" data-no-timeline'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def page(body, head=""):
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("body", "composition", "size"),
    [
        ('<div data-composition-id="a" data-width="320" data-height="200" {}></div>', "a", (320, 200)),
        ('<div data-composition-id="a" {}></div>', "a", (1080, 1920)),
        *thorough(('<div data-composition-id="a" data-width="320" {}></div>', "a", (320, 1920))),
        *thorough(
            (
                '<div data-composition-id="a" data-width=" 320px " data-height="200.0" {}></div>',
                "a",
                (320, 200),
            )
        ),
        (
            '<div data-composition-id="a" data-no-timeline></div><div data-composition-id="b" data-root="true" data-width="100" data-height="50" {}></div>',
            "b",
            (100, 50),
        ),
        (
            '<main data-composition-id="outer" data-width="300" data-height="100" {}><div data-composition-id="inner" data-no-timeline data-width="9" data-height="9"></div></main>',
            "outer",
            (300, 100),
        ),
        ("<p>no root</p>", None, (None, None)),
    ],
)
async def test_roots_and_sizes(stages, body, composition, size):
    opened = await stages.open(page(body.format(NOTHING)))
    told = opened.description
    assert (told.composition, told.width, told.height) == (composition, *size)
    wanted = size if composition else (1920, 1080)
    assert await opened.ask("[innerWidth, innerHeight]") == list(wanted)
    assert (opened.stage.size.width, opened.stage.size.height) == wanted


async def test_the_root_is_forced_to_its_size(stages):
    style = "width:10px;height:10px;overflow:visible"
    html = page(
        f'<div id="r" data-composition-id="a" data-width="320" data-height="200" {NOTHING} style="{style}"></div>'
    )
    opened = await stages.open(html)
    facts = await opened.ask(
        "(({position, overflow}) => [r.offsetWidth, r.offsetHeight, position, overflow,"
        " r.style.getPropertyValue('--comp-width'), r.style.getPropertyValue('--comp-height')])(getComputedStyle(r))"
    )
    assert facts == [320, 200, "relative", "hidden", "320px", "200px"]


async def test_a_root_keeps_the_position_that_it_has(stages):
    opened = await stages.open(composed("", root=f'id="r" {NOTHING} style="position:absolute"'))
    assert await opened.ask("getComputedStyle(r).position") == "absolute"


async def test_wishes_count_where_the_page_says_nothing(stages):
    wishes = Wishes(width=400, height=300)
    plain = await stages.open(page("<p>plain</p>"), wishes=wishes)
    assert await plain.ask("[innerWidth, innerHeight]") == [400, 300]
    declared = await stages.open(composed("", root=NOTHING), wishes=wishes)
    assert (declared.description.width, declared.description.height) == (640, 360)


async def test_scripts_measure_the_size_that_is_rendered(stages):
    script = "<script>document.addEventListener('DOMContentLoaded', () => { window.seen = r.offsetWidth })</script>"
    opened = await stages.open(composed(script, root=f'id="r" {NOTHING}'))
    assert await opened.ask("seen") == 640


@pytest.mark.parametrize(
    ("attributes", "body", "duration", "source"),
    [
        ('data-duration="2.5"', "", 2.5, "declared"),
        ('data-composition-duration="3"', "", 3, "declared"),
        *thorough(('data-end="4"', "", 4, "declared")),
        *thorough(('data-duration="2" data-composition-duration="3"', "", 2, "declared")),
        ("", "", None, None),
        ("", '<i data-start="1" data-duration="2"></i><i data-start="2"></i>', 3, "clips"),
        *thorough(("", '<i data-start="1" data-duration="2" data-hidden></i>', None, None)),
        *thorough(("", "<i style='animation: k 2s 1s'>x</i>", 3, "animations")),
        *thorough(("", "<i style='animation: k 2s infinite'>x</i>", None, None)),
        *thorough(("", "<i style='animation: k 1s' data-start=1 data-duration=4>x</i>", 5, "clips")),
        ("", "<script>document.body.animate({opacity: [0, 1]}, 1500)</script>", 1.5, "animations"),
        ("", "<script>__timelines.main = {seek() {}, duration: () => 7}</script>", 7, "timeline"),
        *thorough(
            (
                "",
                "<script>__timelines.main = {seek() {}, totalDuration: () => 1e9, duration: () => 7}</script>",
                None,
                None,
            ),
            ("", "<script>__hf = {duration: 9, seek() {}}</script>", 9, "page"),
        ),
        ("", "<script>__hf.duration = 8</script>", 8, "page"),
        *thorough(('data-duration="2"', "<script>__hf.duration = 8</script>", 2, "declared")),
    ],
)
async def test_durations(stages, attributes, body, duration, source):
    head = "<style>@keyframes k { to { opacity: 0 } }</style>"
    wait = "" if "__timelines" in body else "data-no-timeline"
    opened = await stages.open(composed(body, root=f"{attributes} {wait}", head=head))
    assert (opened.description.duration, opened.description.duration_source) == (duration, source)


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ('data-width="0" data-height="10" data-duration="1"', "SIZE_INVALID"),
        ('data-width="wide" data-height="10" data-duration="1"', "SIZE_INVALID"),
        ('data-width="-5" data-height="10" data-duration="1"', "SIZE_INVALID"),
        ('data-width="20000" data-height="20000" data-duration="1"', "SIZE_INVALID"),
        ('data-width="10" data-height="10" data-duration="0"', "DURATION_INVALID"),
        ('data-width="10" data-height="10" data-duration="-1"', "DURATION_INVALID"),
        ('data-width="10" data-height="10" data-duration="NaN"', "DURATION_INVALID"),
        ('data-width="10" data-height="10" data-duration="Infinity"', "DURATION_INVALID"),
        ('data-width="10" data-height="10" data-duration="ten"', "DURATION_INVALID"),
        ('data-width="10" data-height="10" data-duration=""', "DURATION_INVALID"),
    ],
)
async def test_roots_that_cannot_be_rendered(stages, attributes, code):
    with pytest.raises(CompositionError) as raised:
        await stages.open(page(f'<div data-composition-id="a" data-no-timeline {attributes}></div>'))
    assert raised.value.code == code
    assert raised.value.message.endswith(".")


async def test_a_script_that_throws_before_the_page_is_ready(stages):
    script = "<script>\nfunction draw() { throw new Error('no canvas') }\ndraw()</script>"
    with pytest.raises(CompositionError, match=r"no canvas.*index\.html:3:25") as raised:
        await stages.open(composed(script, root='data-duration="1"'))
    assert raised.value.code == "SCRIPT_ERROR"


async def test_a_script_that_cannot_be_parsed(stages):
    with pytest.raises(CompositionError, match="app.js:1") as raised:
        await stages.open(composed('<script src="app.js"></script>', root=NOTHING), {"app.js": "let let = 1"})
    assert raised.value.code == "SCRIPT_ERROR"


async def test_a_rejected_promise_is_a_warning(stages):
    opened = await stages.open(composed("<script>Promise.reject(new Error('later'))</script>", root=NOTHING))
    assert "SCRIPT_ERROR" in opened.codes


async def test_an_observer_that_goes_round_is_no_error(stages):
    script = """<p id="x">x</p><script>
        let width = 10;
        new ResizeObserver(() => { if (width < 20) x.style.width = `${++width}px` }).observe(x)</script>"""
    opened = await stages.open(composed(script, root=NOTHING))
    assert opened.description.duration == 1


async def test_transparency_is_told_by_backgrounds(stages):
    clear = await stages.open(composed("<p>over</p>", root=NOTHING))
    assert clear.description.transparent
    for css in (
        "html { background: white }",
        "body { background: linear-gradient(red, blue) }",
        "[data-composition-id] { background: rgb(0 0 0 / .01) }",
    ):
        painted = await stages.open(composed("", root=NOTHING, head=f"<style>{css}</style>"))
        assert not painted.description.transparent, css


async def test_fragments_get_a_black_document_without_margins(stages):
    opened = await stages.open(
        f'<div id="r" data-composition-id="a" data-width="320" data-height="200" {NOTHING}>ä</div>'
    )
    facts = await opened.ask(
        "(({backgroundColor, margin, overflow}) => [backgroundColor, margin, overflow, getComputedStyle(r).boxSizing,"
        " document.compatMode, r.textContent])(getComputedStyle(document.body))"
    )
    assert facts == ["rgb(0, 0, 0)", "0px", "hidden", "border-box", "CSS1Compat", "ä"]
    assert not opened.description.transparent


async def test_title_rate_and_remote_addresses(stages):
    remote = "http://framewright.invalid/logo.png"
    opened = await stages.open(composed(f'<img src="{remote}">', root=f'{NOTHING} data-fps="24000/1001"'))
    told = opened.description
    assert (told.title, told.fps, told.remote) == ("Page", "24000/1001", (remote,))


@pytest.mark.parametrize(
    "script",
    [
        *thorough("for (;;);"),
        "addEventListener('load', () => setTimeout(() => { for (;;); }, 5))",
        *thorough("addEventListener('hf-seek', () => { for (;;); })"),
    ],
)
async def test_loops_that_never_end(stages, script):
    with pytest.raises(CompositionError) as raised:
        await stages.open(
            composed(f"<script>{script}</script>", root=NOTHING), wishes=Wishes(page_timeout=1.5)
        )
    assert raised.value.code == "PAGE_HANGS"


@pytest.mark.thorough
async def test_a_form_in_the_place_of_the_title(stages):
    opened = await stages.open(composed('<form name="title"></form>', root=NOTHING))
    assert opened.description.title == "Page"


async def test_an_account_that_makes_no_sense(stages):
    script = "<script>Array.prototype.flatMap = () => 7</script>"
    with pytest.raises(CompositionError, match="replaces") as raised:
        await stages.open(composed(script, root=NOTHING))
    assert raised.value.code == "ACCOUNT_INVALID"


@pytest.mark.thorough
async def test_a_picture_in_the_place_of_a_method(stages):
    with pytest.raises(CompositionError, match="replaces") as raised:
        await stages.open(composed('<img name="querySelectorAll">', root=NOTHING))
    assert raised.value.code == "NEVER_READY"


async def test_a_page_that_breaks_what_moves_it(stages):
    script = "<script>Array.prototype.filter = () => { throw new Error('mine'); }</script>"
    late = f"<script>addEventListener('hf-seek', () => {{ {script[8:-9]} }})</script>"
    with pytest.raises(CompositionError, match="replaces.*mine") as raised:
        await stages.open(composed(late, root=NOTHING))
    assert raised.value.code == "ACCOUNT_INVALID"


async def test_a_script_that_misses_what_another_should_have_brought(stages):
    body = "<script src='gsap.min.js'></script><script>gsap.timeline();</script>"
    with pytest.raises(
        CompositionError, match=r"gsap is not defined.*gsap\.min\.js answered 404\.$"
    ) as raised:
        await stages.open(composed(body, root=NOTHING))
    assert raised.value.code == "SCRIPT_ERROR"
