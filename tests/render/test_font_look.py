"""The fonts that really drew a page's text, by the browser's word."""

from __future__ import annotations

import pytest
import pytest_asyncio

import framewright
from framewright.browser import find_fonts
from framewright.model.errors import CompositionError
from framewright.model.settings import Settings
from truth.grids import thorough
from truth.stages import Stages, composed
from truth.typefaces import face

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOTHING = 'data-duration="1" data-no-timeline'
OWN = "<style>@font-face { font-family: Own; src: url(own.ttf) }</style>"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@pytest.fixture
def look(stages):
    async def at(body, files=None, **parts):
        page = await stages.open(composed(body, root=NOTHING, **parts), files)
        await page.stage.look_at_fonts(find_fonts(Settings()))
        page.description = page.stage.description
        return page

    return at


def used(page):
    return {use.asked: use.used for use in page.description.fonts}


def told(page):
    return {(notice.code, notice.element) for notice in page.description.notices if "FONT" in notice.code}


async def test_what_is_asked_for_and_what_draws(look):
    page = await look(
        f"""{OWN}<p style="font-family: Own">own</p><p style="font-family: Helvetica">system</p>
        <p style="font-family: Inter, sans-serif">Mixed 日本語 😀 שלום</p>""",
        {"own.ttf": face("Cousine-Regular.ttf")},
    )
    assert used(page) == {
        "Own": ("Cousine",),
        "Helvetica": ("Arimo",),
        "Inter": ("Arimo", "Inter", "Noto Color Emoji", "Noto Sans CJK JP"),
    }
    assert told(page) == set()


async def test_scripts_of_the_world_are_drawn_by_fonts_that_we_bring(look):
    words = "한국어 ไทย हिन्दी العربية ქართული አማርኛ தமிழ் ∑∮ ★ 👩🏽‍🚀"
    page = await look(f'<p style="font-family: sans-serif">{words}</p>')
    (fonts,) = used(page).values()
    assert len(fonts) >= 8
    assert all(name.startswith(("Noto ", "Arimo", "Inter")) for name in fonts)


@pytest.mark.parametrize(
    ("body", "element"),
    [
        ('<p id="x" style="font-family: Futura">word</p>', "#x"),
        *thorough(
            ('<p id="x" style="font-family: Futura; visibility: hidden">word</p>', "#x"),
            ('<p id="x" style="font-family: Futura; display: none">word</p>', "#x"),
            ('<p id="x" style="font-family: Futura" class="clip" data-start="0.5">word</p>', "#x"),
        ),
        *thorough(
            ("<style>b::before { content: 'word'; font-family: Futura }</style><b id='x'></b>", "#x"),
            ('<input id="x" value="word" style="font-family: Futura">', "#x"),
        ),
        (
            (
                "<p id='host'></p><script>host.attachShadow({ mode: 'closed' }).innerHTML = "
                "'<i id=x style=\"font-family: Futura\">word</i>'</script>"
            ),
            "#x",
        ),
        ("<iframe srcdoc=\"<i id=x style='font-family: Futura'>word</i>\"></iframe>", "#x"),
        *thorough(
            ('<svg><text id="x" y="20" font-family="Futura">word</text></svg>', "#x"),
            # Only one of many, and far behind.
            (
                "<p style='font-family: serif'>word</p>" * 300
                + "<p id=x style='font-family: Futura'>word</p>",
                "#x",
            ),
        ),
    ],
)
async def test_a_family_that_is_nowhere(look, body, element):
    page = await look(body)
    assert told(page) == {("FONT_SUBSTITUTED", element)}
    [notice] = [one for one in page.description.notices if one.code == "FONT_SUBSTITUTED"]
    assert "'Futura'" in notice.message


async def test_letters_are_found_wherever_they_stand(look):
    latin = "<p style='font-family: Inter'>word</p>" * 40
    page = await look(f"{latin}<p style='font-family: Inter'>wor日d</p>")
    assert used(page) == {"Inter": ("Inter", "Noto Sans CJK JP")}
    assert told(page) == {("FONT_LETTERS_MISSING", "p:nth-of-type(1)")}


async def test_a_font_file_that_is_missing(look):
    page = await look(f'{OWN}<p id="x" style="font-family: Own, sans-serif">word</p>')
    assert ("FONT_SUBSTITUTED", "#x") in told(page)
    assert used(page) == {"Own": ("Arimo",)}


async def test_text_that_comes_later_is_looked_at_too(look):
    script = """<script>setTimeout(() => {
        document.body.insertAdjacentHTML('beforeend', '<p id=x style="font-family: Futura">x</p><p style="font-family: Arial">y</p>'
            + '<p style="font-family: Bodoni">z</p>') }, 1500)</script>"""
    page = await look(f"<p style='font-family: Bodoni'>a</p>{script}")
    assert told(page) == {("FONT_SUBSTITUTED", "p")}
    notices = []
    for time in (0.5, 1.5, 2, 2.5, 1, 3):
        notices += (await page.at(time)).step.notices
    # Bodoni was told before.
    assert [(notice.code, notice.element) for notice in notices] == [("FONT_SUBSTITUTED", "#x")]
    assert "'Futura'" in notices[0].message


async def test_other_weights_of_a_family_in_use_are_there_too(look):
    style = """<style>@font-face { font-family: Two; font-weight: 400; src: url(a.ttf) }
        @font-face { font-family: Two; font-weight: 700; src: url(b.ttf) } p { font-family: Two }
        @font-face { font-family: Idle; src: url(none.ttf) }</style>"""
    files = {"a.ttf": face("Cousine-Regular.ttf"), "b.ttf": face("Cousine-Bold.ttf")}
    page = await look(f"{style}<p>word</p>", files)
    assert await page.ask("[...document.fonts].map((face) => face.status)") == [
        "loaded",
        "loaded",
        "unloaded",
    ]


async def test_the_look_leaves_no_trace(look):
    script = """<script>seen = []; new MutationObserver((records) => seen.push(...records))
        .observe(document, { childList: true, subtree: true, attributes: true, characterData: true })</script>"""
    page = await look(f"{script}<p style='font-family: Futura'>a</p><p style='display: none'>b</p>")
    state = (
        "[seen.length, document.documentElement.outerHTML, document.fonts.size, Object.keys(window).length]"
    )
    before = await page.ask(state)
    await page.stage.look_at_fonts(find_fonts(Settings()))
    assert await page.ask(state) == before


@pytest.mark.thorough
async def test_ten_thousand_texts_are_a_few_questions(look, monkeypatch):
    from framewright.browser import Page

    asked = []
    call = Page.call

    async def counted(self, method, *args, **kwargs):
        asked.append(method)
        return await call(self, method, *args, **kwargs)

    monkeypatch.setattr(Page, "call", counted)
    page = await look("<p style='font-family: Futura'>word <b>word</b></p>" * 5000)
    assert ("FONT_SUBSTITUTED", "p:nth-of-type(1)") in told(page)
    assert asked.count("CSS.getPlatformFontsForNode") <= 12
    many = "".join(f"<p style='font-family: Family{number}'>word</p>" for number in range(500))
    asked.clear()
    page = await look(many)
    assert asked.count("CSS.getPlatformFontsForNode") <= 200
    assert len(page.description.notices) < 450


async def test_a_page_that_replaces_what_the_look_stands_on(look):
    page = await look(
        "<p style='font-family: Futura'>word</p>"
        "<script>document.fonts.load = () => { throw 1 }; getComputedStyle = () => ({});</script>"
    )
    assert ("FONT_SUBSTITUTED", "p") in told(page)


@pytest.mark.thorough
async def test_strict_names_element_and_family(tmp_path):
    (tmp_path / "index.html").write_text(
        composed("<p id='title' style='font-family: Futura, serif'>word</p>", root=NOTHING)
    )
    with pytest.raises(CompositionError, match=r"'Futura'.*'Tinos'.*#title") as caught:
        await framewright.probe_async(tmp_path, strict=True)
    assert caught.value.code == "STRICT"
    found = await framewright.probe_async(tmp_path)
    assert [notice.code for notice in found.notices] == ["FONT_SUBSTITUTED"]
    assert [use.model_dump() for use in found.description.fonts] == [
        {"asked": "Futura", "used": ("Tinos",), "own": False}
    ]
