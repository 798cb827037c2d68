"""What the first frame waits for, what it says when that does not come, and the cover of the sync frames."""

from __future__ import annotations

import asyncio
import base64
import io
import subprocess
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from framewright.composition import Wishes
from framewright.model.errors import CompositionError
from truth.grids import thorough
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOTHING = 'data-duration="1" data-no-timeline'
HASTE = Wishes(font_timeout=0.4, image_timeout=0.4)
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs="


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def silence():
    """The address of a server that takes every call and never answers."""
    open_ends = []
    server = await asyncio.start_server(lambda _, writer: open_ends.append(writer), "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for writer in open_ends:
        writer.close()
    server.close()


@pytest_asyncio.fixture(loop_scope="module")
async def late():
    """The address of a server that answers with a picture after more seconds than :data:`HASTE` allows."""
    over = asyncio.Event()

    async def answer(_, writer):
        try:
            await asyncio.wait_for(over.wait(), 3)
        except TimeoutError:
            picture = base64.b64decode(PIXEL.partition(",")[2])
            head = f"HTTP/1.1 200 OK\r\ncontent-type: image/gif\r\ncontent-length: {len(picture)}\r\n\r\n"
            writer.write(head.encode() + picture)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    over.set()
    server.close()


def face(address):
    return f"<style>@font-face {{ font-family: Own; src: url({address}) }} p {{ font-family: Own, serif }}</style>"


async def test_fonts_are_there_at_the_first_frame(stages):
    file = subprocess.run(
        ["fc-match", "-f", "%{file}", "sans"], capture_output=True, check=True, text=True
    ).stdout
    page = await stages.open(
        composed("<p>words</p>", root=NOTHING, head=face("own.ttf")), {"own.ttf": Path(file).read_bytes()}
    )
    assert await page.ask("[...document.fonts].map((face) => face.status)") == ["loaded"]
    assert await page.ask("document.fonts.check('16px Own')")
    assert not page.codes


async def test_a_font_that_is_missing(stages):
    page = await stages.open(composed("<p>words</p>", root=NOTHING, head=face("none.woff2")))
    assert "FONT_FAILED" in page.codes


async def test_a_font_that_nobody_writes_with_is_not_asked_for(stages):
    page = await stages.open(composed("<b>words</b>", root=NOTHING, head=face("none.woff2")))
    assert not page.codes


@pytest.mark.thorough
async def test_a_font_that_never_comes(stages, silence):
    script = f"""<p>words</p><script>addEventListener('load', () => {{
        document.head.insertAdjacentHTML('beforeend', `{face(silence + "/font.woff2")}`) }})</script>"""
    page = await stages.open(composed(script, root=NOTHING), wishes=HASTE)
    assert "FONT_TIMEOUT" in page.codes


@pytest.mark.parametrize(
    "body",
    [
        '<img id="x" src="none.png">',
        *thorough('<img id="x" loading="lazy" src="none.png" style="margin-top:9000px">'),
        '<div id="x" style="background: url(\'none.png\')"></div>',
        *thorough(
            "<div id=\"x\" style=\"background: red; mask-image: url('none.png'), url('none.png')\"></div>",
            "<style>#x::after { content: 'a'; background: url('none.png') }</style><div id=\"x\"></div>",
        ),
        *thorough(
            '<video id="x" poster="none.png"></video>',
            '<svg><image id="x" href="none.png" width="9" height="9"/></svg>',
        ),
        (
            '<template shadowrootmode="open"></template><div id="h"></div><script>h.attachShadow({mode: "open"})'
            '.innerHTML = `<img id="x" src="none.png">`</script>'
        ),
    ],
)
async def test_pictures_that_are_missing_wherever_they_stand(stages, body):
    page = await stages.open(composed(body, root=NOTHING))
    (told,) = [one for one in page.description.notices if one.code in {"IMAGE_FAILED", "ASSET_UNAVAILABLE"}]
    assert told.code == "IMAGE_FAILED"
    assert "none.png" in told.message
    assert told.element == "#x"
    assert told.address.endswith("/none.png")


async def test_a_picture_that_only_a_script_asks_for_is_told_too(stages):
    script = "<script>const hung = new Image(); hung.src = 'none.png'; addEventListener('load', () => hung.src)</script>"
    page = await stages.open(composed(script, root=NOTHING))
    assert page.codes == {"ASSET_UNAVAILABLE"}


async def test_the_same_complaint_is_made_twenty_times_and_then_counted_out(stages):
    page = await stages.open("".join(f'<img src="missing-{number}.png">' for number in range(30)))
    told = [notice.message for notice in page.description.notices if notice.code == "IMAGE_FAILED"]
    assert len(told) == 21
    assert told[-1] == "There are more like these 20, which are not told."


async def test_a_page_may_ask_whether_something_is_there(stages):
    script = "<script>fetch('none.png', {method: 'HEAD'}).then(({ok}) => { window.there = ok })</script>"
    page = await stages.open(composed(script, root=NOTHING))
    assert await page.ask("there") is False
    assert not page.codes


async def test_pictures_are_decoded_at_the_first_frame(stages):
    body = f'<img src="{PIXEL}"><div style="background: url(&quot;{PIXEL}&quot;)"></div><svg><image href="{PIXEL}"/></svg>'
    page = await stages.open(composed(body, root=NOTHING))
    assert await page.ask("document.images[0].naturalWidth") == 1
    assert not page.codes


async def test_pictures_that_never_come_or_too_late(stages, silence, late):
    script = f"""<script>addEventListener('load', () => {{ for (const there of ['{silence}', '{late}'])
        document.body.append(Object.assign(new Image(), {{src: `${{there}}/a.png`}})) }})</script>"""
    page = await stages.open(composed(script, root=NOTHING), wishes=HASTE)
    told = {notice.address for notice in page.description.notices if notice.code == "IMAGE_TIMEOUT"}
    assert told == {f"{silence}/a.png", f"{late}/a.png"}


async def test_media_that_cannot_be_opened(stages):
    with pytest.raises(CompositionError, match=r"audio #x: .*none\.mp3") as caught:
        await stages.open(composed('<audio id="x" src="none.mp3" data-start="0"></audio>', root=NOTHING))
    assert caught.value.code == "SOURCE_MISSING"


async def test_tailwind_is_waited_for(stages):
    script = "<script>__tailwindReady = new Promise((done) => setTimeout(() => { window.styled = true; done() }, 200))</script>"
    page = await stages.open(composed(script, root=NOTHING))
    assert await page.ask("styled") is True
    assert not page.codes


async def picture(page):
    """The colours of the page as it is drawn now: how many of each."""
    await page.page.begin_frame()
    for _ in range(5):
        drawn = await page.page.begin_frame(png=True)
        if drawn.png is not None:
            return Image.open(io.BytesIO(drawn.png)).convert("RGB")
    raise AssertionError("the browser delivers no picture")


@pytest.mark.parametrize(
    "body",
    [
        '<p style="position:fixed;inset:0;z-index:2147483647;background:red;color:lime">high</p>',
        *thorough('<dialog id="d" style="background:red">top</dialog><script>d.showModal()</script>'),
        '<p id="d" popover style="background:red">top</p><script>d.showPopover()</script>',
        *thorough(
            "<style>html::after { content: 'mine'; color: red; animation: k 1s infinite } @keyframes k { to { opacity: 0 } }"
            " html, body { background: linear-gradient(red, blue); transition: all 1s }</style>"
        ),
    ],
)
async def test_the_cover_hides_everything_and_leaves_no_trace(stages, body):
    page = await stages.open(composed(body, root=NOTHING))
    before = await picture(page)
    assert len(before.getcolors(1 << 20)) > 1
    for grey in (40, 200):
        await page.stage.cover(grey)
        half = before.width * before.height // 2
        assert sorted((await picture(page)).getcolors()) == [
            (half, (one,) * 3) for one in sorted((grey, 255 - grey))
        ]
    await page.stage.cover(None)
    assert (await picture(page)).tobytes() == before.tobytes()
    assert await page.ask("document.adoptedStyleSheets.length") == 0
