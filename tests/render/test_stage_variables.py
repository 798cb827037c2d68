"""Variables in the page: where their values come from, when they are there, and where they show."""

from __future__ import annotations

import json

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from truth.grids import thorough
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")

CARD = [
    {"id": "title", "type": "string", "label": "Title", "default": "Hello"},
    {"id": "count", "type": "number", "label": "Count", "default": 3},
    {"id": "tint", "type": "color", "label": "Tint", "default": "#ff0000"},
    {"id": "loud", "type": "boolean", "label": "Loud", "default": False},
    {
        "id": "plan",
        "type": "enum",
        "label": "Plan",
        "default": "pro",
        "options": [{"value": "pro", "label": "Pro"}, {"value": "team", "label": "Team"}],
    },
    {"id": "face", "type": "font", "label": "Face", "default": {"name": "Inter", "source": "local"}},
    {"id": "photo", "type": "image", "label": "Photo", "default": {"url": "photo.svg"}},
]
DEFAULTS = {one["id"]: one["default"] for one in CARD}
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"/>'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def attribute(name, value):
    text = value if isinstance(value, str) else json.dumps(value)
    return f"{name}='{text}'"


def card(body="", *, declared=CARD, html="", root="", head=""):
    page = composed(body, root=f'data-duration="2" data-no-timeline {root}', head=head)
    return page.replace("<html>", f"<html {attribute('data-composition-variables', declared)} {html}>")


def given(**variables):
    return Wishes(variables=variables)


async def test_defaults_are_there_before_the_first_script(stages):
    script = """<script>
        window.first = __hyperframes.getVariables();
        window.alias = framewright.variables();
    </script>"""
    page = await stages.open(card(head=script), {"photo.svg": PICTURE})
    assert await page.ask("first") == DEFAULTS
    assert await page.ask("alias") == DEFAULTS
    assert page.codes == set()


async def test_the_page_then_what_the_render_was_given_take_the_place_of_defaults(stages):
    html = attribute("data-variable-values", {"title": "of the page", "count": 4})
    script = "<script>window.first = __hyperframes.getVariables()</script>"
    page = await stages.open(
        card(html=html, head=script, declared=CARD[:3]), wishes=given(count=5, tint="rgb(0 0 255)")
    )
    assert await page.ask("first") == {"title": "of the page", "count": 5, "tint": "rgb(0 0 255)"}
    assert page.codes == set()


async def test_the_root_may_declare_and_is_read_as_soon_as_it_is_parsed(stages):
    root = attribute(
        "data-composition-variables", [{"id": "side", "type": "string", "label": "Side", "default": "left"}]
    )
    head = "<script>window.early = __hyperframes.getVariables()</script>"
    body = "<script>window.late = __hyperframes.getVariables()</script>"
    page = await stages.open(card(body, declared=CARD[:1], root=root, head=head), wishes=given(side="right"))
    assert await page.ask("early") == {"title": "Hello", "side": "right"}
    assert await page.ask("late") == {"title": "Hello", "side": "right"}
    assert [one.id for one in page.description.variables] == ["title", "side"]
    assert page.codes == set()


async def test_a_marked_root_that_comes_late_is_the_one_that_counts(stages):
    body = """<script>window.early = __hyperframes.getVariables()</script></div>
        <div data-composition-id="true" data-root="true" data-width="320" data-height="180" data-no-timeline
          data-composition-variables='[{"id": "a", "type": "number", "label": "A", "default": 7}]'>"""
    page = await stages.open(composed(body, root="data-no-timeline data-duration='1'"))
    assert await page.ask("early") == {}
    assert await page.ask("__hyperframes.getVariables()") == {"a": 7}
    assert page.description.width == 320


async def test_each_call_answers_with_values_of_its_own(stages):
    page = await stages.open(card(), {"photo.svg": PICTURE})
    await page.ask("__hyperframes.getVariables().face.name = 'spoilt'")
    assert await page.ask("__hyperframes.getVariables()") == DEFAULTS


async def test_frames_of_the_page_read_the_same_and_declare_their_own(stages):
    inner = card(declared=[{"id": "own", "type": "number", "label": "Own", "default": 1}])
    page = await stages.open(
        card("<iframe src='inner.html'></iframe>", declared=CARD[:1]),
        {"inner.html": inner},
        given(title="Given"),
    )
    assert await page.ask("frames[0].__hyperframes.getVariables()") == {"own": 1, "title": "Given"}
    assert page.codes == set()


async def test_properties_of_css_are_there_when_the_next_script_runs(stages):
    head = """<style>p { color: var(--tint); width: calc(var(--count) * 10px); font-family: var(--face) }</style>"""
    body = """<p id="p">text</p><script>
        const { color, width, fontFamily } = getComputedStyle(p);
        window.seen = [color, width, fontFamily];
        const of = (name) => p.parentElement.style.getPropertyValue(name);
        window.said = ['--title', '--loud', '--hf-var-tint', '--plan', '--photo'].map(of);
    </script>"""
    page = await stages.open(
        card(body, head=head), {"photo.svg": PICTURE}, given(count=12, tint="#00ff00", face="Lora")
    )
    assert await page.ask("seen") == ["rgb(0, 255, 0)", "120px", "Lora"]
    assert await page.ask("said") == ["Hello", "false", "#00ff00", "pro", ""]


async def test_names_in_css(stages):
    declared = [
        {"id": "swap_at", "type": "number", "label": "", "default": 1},
        {"id": "accentColor", "type": "color", "label": "", "default": "red"},
    ]
    page = await stages.open(card(declared=declared))
    names = ["--swap_at", "--hf-var-swap-at", "--accentColor", "--accentcolor", "--hf-var-accentcolor"]
    root = "document.querySelector('[data-composition-id]')"
    told = [await page.ask(f"{root}.style.getPropertyValue('{name}')") for name in names]
    assert told == ["1", "1", "red", "red", "red"]


@pytest.mark.parametrize(
    ("head", "colour"),
    [
        ("", "rgb(0, 0, 255)"),
        ("<style>:root { --accent: rgb(1, 2, 3) }</style>", "rgb(1, 2, 3)"),
        *thorough(("<link rel=stylesheet href=theme.css>", "rgb(1, 2, 3)")),
    ],
)
async def test_the_colours_of_a_theme_around_the_composition_win(stages, head, colour):
    declared = [{"id": "accent", "type": "color", "label": "", "default": "blue"}]
    body = "<p id=p style='color: var(--accent)'></p><i id=i style='color: var(--hf-var-accent)'></i>"
    page = await stages.open(
        card(body, declared=declared, head=head), {"theme.css": ":root { --accent: rgb(1, 2, 3) }"}
    )
    assert await page.ask("getComputedStyle(p).color") == colour
    assert await page.ask("getComputedStyle(i).color") == "rgb(0, 0, 255)"


async def test_what_a_script_sets_stays(stages):
    body = """<script>
        document.querySelector('[data-composition-id]').style.setProperty('--tint', 'rgb(9, 9, 9)');
        document.querySelector('[data-composition-id]').style.setProperty('--accent', 'rgb(8, 8, 8)');
    </script><p id=p style="color: var(--tint)"></p><i id=i style="color: var(--accent)"></i>"""
    accent = {"id": "accent", "type": "color", "label": "", "default": "blue"}
    page = await stages.open(card(body, declared=[CARD[2], accent]))
    assert await page.ask("getComputedStyle(p).color") == "rgb(9, 9, 9)"
    assert await page.ask("getComputedStyle(i).color") == "rgb(8, 8, 8)"


async def test_text_is_written_before_the_next_script_and_not_over_what_it_does(stages):
    body = """<h1 id="h" data-var-text="title">Fallback</h1>
    <script>
        window.seen = h.textContent;
        h.replaceChildren(...Array.from(h.textContent, (letter) => {
            const span = document.createElement('span');
            span.textContent = letter;
            return span;
        }));
    </script><p id="p" data-var-text="count">0</p><p id="none" data-var-text="nobody">stays</p>"""
    page = await stages.open(card(body, declared=CARD[:2]), wishes=given(title="Given"))
    assert await page.ask("seen") == "Given"
    assert await page.ask("h.children.length") == 5
    assert await page.ask("[p.textContent, none.textContent]") == ["3", "stays"]


async def test_text_keeps_the_elements_beside_it(stages):
    body = """<h1 id="h" data-var-text="title">
        Before <b id="b">bold</b> after</h1><h2 id="g" data-var-text="title"><i>i</i></h2>"""
    page = await stages.open(card(body, declared=CARD[:1]))
    assert await page.ask("h.innerText") == "Hellobold"
    assert await page.ask("document.getElementById('b') === h.children[0]")
    assert await page.ask("g.textContent") == "Helloi"


async def test_text_that_is_markup_is_text(stages):
    wishes = given(title="<img src=x onerror=alert(1)>")
    page = await stages.open(card("<p id=p data-var-text=title></p>", declared=CARD[:1]), wishes=wishes)
    assert await page.ask("[p.textContent, p.children.length]") == ["<img src=x onerror=alert(1)>", 0]


async def test_a_long_text_that_comes_in_pieces_is_replaced_as_a_whole(stages):
    body = f"<p id=p data-var-text=title>{'fallback ' * 40_000}<b>b</b>{'more ' * 40_000}</p>"
    page = await stages.open(card(body, declared=CARD[:1]))
    assert await page.ask("p.textContent") == "Hellob"


async def test_elements_that_scripts_add_later_are_filled_too(stages):
    script = """<script>addEventListener('load', () => setTimeout(() => {
        const p = document.createElement('p');
        p.id = 'p'; p.setAttribute('data-var-text', 'title');
        document.querySelector('[data-composition-id]').append(p);
        const host = document.createElement('div');
        host.attachShadow({ mode: 'open' }).innerHTML = '<p data-var-text="title">in the shadow</p>';
        host.id = 'host'; document.body.append(host);
    }, 0))</script>"""
    page = await stages.open(card(script, declared=CARD[:1]))
    assert await page.ask("p.textContent") == "Hello"


async def test_open_shadow_roots_of_the_document_are_filled(stages):
    body = "<div id=host><template shadowrootmode=open><p data-var-text=title>old</p><slot></slot></template></div>"
    page = await stages.open(card(body, declared=CARD[:1]))
    assert await page.ask("host.shadowRoot.querySelector('p').textContent") == "Hello"


@pytest.mark.parametrize("photo", ["new.svg", *thorough({"url": "new.svg"})])
async def test_a_source_from_a_variable(stages, photo):
    body = """<img id="i" data-var-src="photo" src="old.svg" srcset="wide.svg 400w" sizes="100px">
        <picture><source id="s" data-var-src="photo" srcset="wide.svg 400w" sizes="50px"><img id="j" src="old.svg"></picture>"""
    files = {"old.svg": PICTURE, "wide.svg": PICTURE, "new.svg": PICTURE.replace('"8"', '"16"')}
    page = await stages.open(card(body), files, given(photo=photo))
    assert await page.ask("[i.naturalWidth, j.naturalWidth]") == [16, 16]
    assert page.codes == set()


@pytest.mark.parametrize(
    "address", [*thorough("javascript:alert(1)", "vbscript:x"), " JavaScript:alert(1)", "file:///etc/passwd"]
)
async def test_an_address_that_is_none_for_a_picture_is_refused(stages, address):
    body = '<img id="i" data-var-src="photo" src="old.svg">'
    page = await stages.open(card(body), {"old.svg": PICTURE}, given(photo=address))
    assert await page.ask("i.getAttribute('src')") == "old.svg"
    assert page.codes == {"VARIABLE_ADDRESS"}


async def test_code_is_never_written_from_a_variable(stages):
    body = """<script data-var-text="title">window.ran = 'mine'</script><style data-var-text="title">p{}</style>
        <iframe data-var-src="photo"></iframe>"""
    page = await stages.open(card(body), {"photo.svg": PICTURE}, given(title="window.ran = 'theirs'"))
    assert await page.ask("ran") == "mine"
    assert page.codes == {"VARIABLE_PLACE"}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"titel": "x"}, ("VARIABLE_UNKNOWN", "'titel'")),
        ({"title": 5}, ("VARIABLE_TYPE", "'title' is 5, which is not a text")),
        ({"count": "12"}, ("VARIABLE_TYPE", "a number")),
        *thorough(
            ({"tint": "blurple"}, ("VARIABLE_TYPE", "a colour")),
            ({"loud": "true"}, ("VARIABLE_TYPE", "true or false")),
            ({"plan": "free"}, ("VARIABLE_TYPE", "one of its options")),
            ({"face": 1}, ("VARIABLE_TYPE", "a font")),
            ({"photo": {"src": "x"}}, ("VARIABLE_TYPE", "an address")),
            ({"title": None}, ("VARIABLE_TYPE", "null")),
        ),
    ],
)
async def test_what_does_not_fit_is_said_and_given_all_the_same(stages, values, told):
    page = await stages.open(card(), {"photo.svg": PICTURE}, Wishes(variables=values))
    (notice,) = page.description.notices
    assert notice.code == told[0] and told[1] in notice.message
    assert await page.ask("__hyperframes.getVariables()") == DEFAULTS | values


async def test_a_page_that_declares_nothing_takes_what_it_is_given(stages):
    page = await stages.open(
        composed("", root='data-duration="1" data-no-timeline'), wishes=given(any=[1, {}])
    )
    assert await page.ask("__hyperframes.getVariables()") == {"any": [1, {}]}
    assert page.codes == set()


@pytest.mark.parametrize(
    ("declared", "code", "words"),
    [
        ("[{", "VARIABLES_MALFORMED", "is no JSON"),
        *thorough(("{}", "VARIABLES_MALFORMED", "write a list")),
        ("[{}, null]", "VARIABLE_INVALID", "Variable 1"),
        *thorough(
            ('[{"id": "a", "type": "colour", "default": "red"}]', "VARIABLE_INVALID", 'the type "colour"'),
            ('[{"id": "a", "type": "number", "default": "red"}]', "VARIABLE_INVALID", "not a number"),
        ),
        ('[{"id": "a", "type": "number"}]', "VARIABLE_INVALID", "no default"),
    ],
)
async def test_declarations_that_are_written_wrong(stages, declared, code, words):
    page = await stages.open(card(declared=declared))
    assert page.codes == {code}
    assert any(words in notice.message for notice in page.description.notices)


@pytest.mark.parametrize("text", [*thorough("[1]"), "{,}", *thorough("7")])
async def test_values_in_the_page_that_are_written_wrong(stages, text):
    page = await stages.open(card(html=attribute("data-variable-values", text), declared=CARD[:1]))
    assert page.codes == {"VARIABLES_MALFORMED"}
    assert await page.ask("__hyperframes.getVariables()") == {"title": "Hello"}


async def test_ids_that_are_names_of_the_language(stages):
    values = {"__proto__": {"polluted": 1}, "constructor": "c", "toString": "t"}
    page = await stages.open(
        composed("<p id=p data-var-text=constructor></p>", root='data-duration="1" data-no-timeline'),
        wishes=Wishes(variables=values),
    )
    assert await page.ask("Object.entries(__hyperframes.getVariables())") == [
        list(one) for one in values.items()
    ]
    assert await page.ask("[typeof {}.polluted, p.textContent]") == ["undefined", "c"]


async def test_cells_of_a_table_are_read_by_the_declared_type(stages):
    plans = {"id": "size", "type": "enum", "label": "", "default": 1, "options": [1, 2]}
    cells = {"title": "007", "count": " 12.5 ", "loud": "TRUE", "size": "2", "extra": "7"}
    wishes = Wishes(variables=cells, written_variables=True, spare_variables=("extra",))
    page = await stages.open(card(declared=[CARD[0], CARD[1], CARD[3], plans]), wishes=wishes)
    assert await page.ask("__hyperframes.getVariables()") == {
        "title": "007", "count": 12.5, "loud": True, "size": 2, "extra": "7"
    }  # fmt: skip
    assert page.codes == set()


async def test_a_cell_that_is_no_number_stays_what_it_is(stages):
    wishes = Wishes(variables={"count": "many"}, written_variables=True)
    page = await stages.open(card(declared=CARD[:2]), wishes=wishes)
    assert page.codes == {"VARIABLE_TYPE"}


async def test_a_page_that_has_replaced_what_we_stand_on(stages):
    head = "<script>JSON.parse = JSON.stringify = CSS.supports = () => { throw new Error('mine') }</script>"
    page = await stages.open(card("<p id=p data-var-text=title></p>", declared=CARD[:3], head=head))
    assert await page.ask("p.textContent") == "Hello"


async def test_the_description_lists_what_may_differ(stages):
    page = await stages.open(card(), {"photo.svg": PICTURE}, given(plan="team"))
    plan = next(one for one in page.description.variables if one.id == "plan")
    assert (plan.type, plan.label, plan.default, plan.value, plan.options) == (
        "enum", "Plan", "pro", "team", ("pro", "team")
    )  # fmt: skip
    assert [one.id for one in page.description.variables] == list(DEFAULTS)
