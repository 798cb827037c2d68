"""What would take the page's document or its size away: opening it anew, and full screen."""

from __future__ import annotations

import json

import pytest
import pytest_asyncio

from framewright.model.errors import CompositionError
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = 'data-duration="2" data-no-timeline'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


TRY = """
<script>
said = [];
const attempt = (how) => { try { how(); said.push('done'); } catch (error) { said.push(error.name); } };
</script>
"""


async def test_a_document_that_has_loaded_is_not_opened_anew(stages):
    ways = """
      attempt(() => document.open());
      attempt(() => document.write('<p>gone'));
      attempt(() => document.writeln('<p>gone'));
      const frame = document.body.appendChild(document.createElement('iframe'));
      attempt(() => frame.contentWindow.Document.prototype.open.call(document));
      attempt(() => frame.contentWindow.Document.prototype.write.call(document, '<p>gone'));
    """
    page = await stages.open(
        composed(f"<p id=here>here</p>{TRY}<script>setTimeout(() => {{ {ways} }}, 500)</script>", root=ROOT)
    )
    assert page.codes == set()
    await page.at(1)
    assert await page.ask("said") == ["InvalidStateError"] * 5
    assert await page.ask("document.querySelector('#here').textContent") == "here"
    assert {notice.code for notice in page.step.notices} == {"DOCUMENT_OPEN_REFUSED"}
    assert await page.ask("document.readyState") == "complete"


async def test_documents_of_frames_and_of_nobody_are_opened(stages):
    script = """setTimeout(() => {
      attempt(() => {
        const inside = document.body.appendChild(document.createElement('iframe')).contentDocument;
        inside.open(); inside.write('<p>inside'); inside.close();
        said.push(inside.body.textContent);
      });
      attempt(() => document.implementation.createHTMLDocument('').write('<p>nobody'));
    }, 500)"""
    page = await stages.open(composed(f"{TRY}<script>{script}</script>", root=ROOT))
    await page.at(1)
    assert (await page.ask("said"))[:2] == ["inside", "done"]
    assert page.step.notices == ()


async def test_what_is_written_while_the_page_is_parsed_stays(stages):
    written = "<b id=one>1</b><script>document.write('<b id=two>2</b>')<\\/script>"
    script = f"document.write({json.dumps(written)[:-1]}<b id=three>3</b>\"); Promise.resolve().then(() => document.writeln('<b id=four>4</b>'))"
    page = await stages.open(composed(f"<script>{script.replace(chr(92) * 2, chr(92))}</script>", root=ROOT))
    assert {"one", "two", "three", "four"} <= await page.shown()
    assert page.codes == set()


UNPACKED = composed(
    "<style>@keyframes m { to { opacity: 0.5 } } #a { animation: m 0.5s }</style><p id=a>a</p>"
    "<script>ends = []; addEventListener('animationend', (event) => ends.push(event.isTrusted))</script>",
    root=ROOT,
)


@pytest.mark.parametrize("moment", ["DOMContentLoaded", "load"])
async def test_a_page_may_unpack_itself_while_it_loads(stages, moment):
    packed = json.dumps(UNPACKED).replace("</", "<\\/")
    unpack = f"document.open(); document.write({packed}); document.close()"
    page = await stages.open(
        f"<!doctype html><script>addEventListener('{moment}', () => {{ {unpack} }})</script>"
    )
    assert page.description.duration == 2
    for tenth in range(10):
        await page.at(tenth / 10)
        await page.page.begin_frame()
    # By the clock, and not by the browser as well.
    assert await page.ask("ends") == [False]


async def test_a_document_that_is_left_open_is_told_soon(stages):
    with pytest.raises(CompositionError, match=r"call document\.close\(\)") as caught:
        await stages.open(
            composed("<script>addEventListener('load', () => document.write('<p>hello'))</script>", root=ROOT)
        )
    assert caught.value.code == "LOAD_TIMEOUT"


NAMES = ["requestFullscreen", "webkitRequestFullscreen", "webkitRequestFullScreen"]


async def test_full_screen_is_refused_wherever_it_is_asked_for(stages):
    script = f"""
    said = []; events = [];
    const host = document.body.appendChild(Object.assign(document.createElement('div'), {{ id: 'host' }}));
    const inside = host.attachShadow({{ mode: 'closed' }}).appendChild(document.createElement('p'));
    const frame = document.body.appendChild(Object.assign(document.createElement('iframe'), {{ allowFullscreen: true }}));
    frame.srcdoc = '<p id=within>within';
    const video = document.body.appendChild(document.createElement('video'));
    addEventListener('fullscreenerror', () => events.push('standard'));
    addEventListener('webkitfullscreenerror', () => events.push('prefixed'));
    ask = () => {{
      for (const element of [document.documentElement, inside, frame.contentDocument.querySelector('p')]) {{
        for (const name of {json.dumps(NAMES)}) element[name]()?.then(() => said.push(name), (error) => said.push(error.name));
      }}
      try {{ video.webkitEnterFullscreen(); }} catch {{ /* it is not loaded */ }}
    }};"""
    page = await stages.open(composed(f"<script>{script}</script>", root=ROOT))
    await page.page.evaluate("ask()", user_gesture=True)
    await page.at(1)
    await page.page.begin_frame()
    assert {notice.code for notice in page.step.notices} == {"FULL_SCREEN_REFUSED"}
    assert await page.ask("said") == ["TypeError"] * 3
    assert await page.ask("[document.fullscreenEnabled, document.fullscreenElement, innerWidth]") == [
        False,
        None,
        640,
    ]


@pytest.mark.parametrize(
    "take",
    [
        "document.documentElement.remove()",
        "document.replaceChild(document.createElement('main'), document.documentElement)",
    ],
)
async def test_a_page_without_its_element_cannot_be_covered(stages, take):
    page = await stages.open(composed(f"<script>setTimeout(() => {take}, 500)</script>", root=ROOT))
    await page.stage.cover(20)
    await page.stage.cover(None)
    await page.at(1)
    with pytest.raises(CompositionError, match="no <html> element") as caught:
        await page.stage.cover(20)
    assert caught.value.code == "DOCUMENT_LOST"


async def test_a_refusal_that_nobody_hears_is_told_with_the_authors_line(stages):
    script = "setTimeout(() => document.body.requestFullscreen(), 500)"
    page = await stages.open(composed(f"<script>{script}</script>", root=ROOT))
    await page.at(1)
    await page.at(1.1)
    assert len(page.page.script_errors) == 1
    assert "/index.html:2:" in page.page.script_errors[0]


@pytest.mark.parametrize("moment", ["setTimeout(leave, 500)", "setInterval(() => {}, 100); later = leave"])
async def test_a_page_that_makes_another_of_itself_has_left(stages, moment):
    leave = "const leave = () => { location = 'javascript:\"<p>new\"'; };"
    page = await stages.open(composed(f"<script>{leave} {moment};</script>", root=ROOT))
    if "later" in moment:
        await page.ask("void later()")
    with pytest.raises(CompositionError) as caught:
        for tenth in range(10):
            await page.at(tenth / 10)
            await page.page.begin_frame()
    assert caught.value.code == "NAVIGATED"
