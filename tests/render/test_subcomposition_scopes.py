"""What belongs to one instance of a sub-composition stays there: its styles, its scripts, its ids."""

from __future__ import annotations

import pytest
import pytest_asyncio

from truth.grids import ordinary, thorough
from truth.libraries import library
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = 'data-duration="20" data-no-timeline'
GSAP = {"gsap.js": library("gsap/dist/gsap.min.js")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def host(name, source, attributes=""):
    return f'<div id="{name}" data-composition-src="{source}" {attributes}></div>'


def sub(body, root='data-composition-id="sub" data-no-timeline', head=""):
    return f"<!doctype html><html><head>{head}</head><body><template><div {root}>{body}</div></template></body></html>"


def styled(
    stages,
    css,
    body="",
    *,
    page="",
    root='data-composition-id="sub" class="card" data-no-timeline',
    attributes="",
):
    """A page with a paragraph of its own around one host with a style sheet."""
    inner = sub(f'<p class="title" id="t">x</p>{body}<style>{css}</style>', root)
    outer = '<p class="title card" id="outside">x</p>' + host("h", "a.html", attributes)
    return stages.open(composed(outer, root=ROOT, head=f"<style>{page}</style>"), {"a.html": inner})


STYLE = "getComputedStyle({element}).getPropertyValue('{name}')"
T = "document.querySelector('#h #t')"
R = "document.querySelector('#h > [data-composition-id]')"


@pytest.mark.parametrize(
    ("css", "element", "name", "value"),
    [
        (".title { top: 7px }", T, "top", "7px"),
        (".title { top: 7px }", "outside", "top", "auto"),
        *thorough(
            ("[data-composition-id='sub'] .title { top: 7px }", T, "top", "7px"),
            ("[data-composition-id=sub] { top: 7px }", R, "top", "7px"),
            (".card { top: 7px }", R, "top", "7px"),
            (".card { top: 7px }", "outside", "top", "auto"),
        ),
        ("body { top: 7px }", "h", "top", "7px"),
        *thorough(("body { top: 7px }", "document.body", "top", "auto")),
        ("html, body { color: rgb(1, 2, 3) }", T, "color", "rgb(1, 2, 3)"),
        *thorough(("html, body { color: rgb(1, 2, 3) }", "outside", "color", "rgb(0, 0, 0)")),
        (":root { --accent: red }", T, "--accent", "red"),
        *thorough((":root { --accent: red }", "outside", "--accent", "")),
        *thorough(
            ("html body > .card .title { top: 7px }", T, "top", "7px"),
            ("body .title::before { content: 'a' }", T, "top", "auto"),
            ("* { top: 7px }", "outside", "top", "auto"),
            ("* { top: 7px }", T, "top", "7px"),
        ),
        *thorough(
            ("@media all { .title { top: 7px } }", T, "top", "7px"),
            ("@supports (top: 0) { .title { top: 7px } }", "outside", "top", "auto"),
        ),
        *thorough(
            (".card { .title { top: 7px } }", T, "top", "7px"),
            ("[data-composition-id='sub'] { .title { top: 7px } }", T, "top", "7px"),
            (".title { &#t { top: 7px } }", T, "top", "7px"),
        ),
        (
            "@layer low, high; @layer high { .title { top: 7px } } @layer low { .title { top: 3px } }",
            T,
            "top",
            "7px",
        ),
        *thorough(("p[title='body'], .title:not(html) { top: 7px }", T, "top", "7px")),
        ("@import 'more.css'; .title { left: 1px }", T, "left", "1px"),
        (".title { top: calc(3px + 4px); background: url(x.png) }", T, "top", "7px"),
    ],
)
async def test_styles(stages, css, element, name, value):
    opened = await styled(stages, css)
    assert await opened.ask(STYLE.format(element=element, name=name)) == value


async def test_the_page_places_the_host_whatever_the_body_of_the_file_says(stages):
    opened = await styled(
        stages,
        "body { position: static; left: 3px }",
        page=".place { position: absolute; left: 9px }",
        attributes='class="place"',
    )
    assert await opened.ask("[getComputedStyle(h).position, getComputedStyle(h).left]") == ["absolute", "9px"]


async def test_styles_end_at_hosts_within(stages):
    files = {
        "a.html": sub(
            '<p class="title" id="t">x</p><style>.title { top: 7px }</style>' + host("inner", "b.html")
        ),
        "b.html": sub('<p class="title" id="u">x</p><style>.title { left: 3px }</style>'),
    }
    opened = await stages.open(composed(host("h", "a.html"), root=ROOT), files)
    facts = "(({top, left}) => [top, left])(getComputedStyle({}))"
    assert await opened.ask(facts.replace("{}", "t")) == ["7px", "auto"]
    assert await opened.ask(facts.replace("{}", "u")) == ["auto", "3px"]


async def test_keyframes_of_one_name_in_many_files(stages):
    """Each file means its own; where two mean the same they share."""

    def moving(name, pixels):
        return sub(
            f'<p id="{name}" class="m">x</p><p id="{name}i" style="animation: go 10s linear both">x</p>'
            f"<style>@keyframes go {{ to {{ margin-left: {pixels}px }} }} .m {{ --go: go; animation: var(--go) 10s linear both }}</style>"
        )

    files = {f"{name}.html": moving(name, pixels) for name, pixels in (("a", 100), ("b", 200), ("c", 300))}
    head = "<style>@keyframes go { to { margin-left: 400px } } #d { animation: go 10s linear both }</style>"
    body = '<p id="d">x</p>' + "".join(host(f"h{name}", f"{name}.html") for name in "abc")
    opened = await stages.open(composed(body, root=ROOT, head=head), files)
    await opened.at(5)
    margins = await opened.ask(
        "[a, ai, b, bi, c, ci, d].map((element) => getComputedStyle(element).marginLeft)"
    )
    assert margins == ["50px", "50px", "100px", "100px", "150px", "150px", "200px"]


def said(script, body='<p class="title">x</p>'):
    """A file whose script says something in a paragraph of its own."""
    return sub(
        f'{body}<p class="said"></p><script>const say = (what) => {{ document.querySelector(".said").textContent = what }};{script}</script>'
    )


SAID = "[...document.querySelectorAll('.said')].map((one) => one.textContent)"


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("say(document.querySelectorAll('.title').length)", "1"),
        (
            "say(document.getElementsByClassName('title').length + document.getElementsByTagName('b').length)",
            "1",
        ),
        *thorough(
            ("say(document.querySelector('[data-composition-id] .title').textContent)", "x"),
            ("say(document.querySelector('body .title').textContent)", "x"),
            ("say(window.document.body.querySelectorAll('.title').length)", "1"),
            (
                "say(document.body === document.documentElement && document.querySelector('body') === document.body)",
                "true",
            ),
        ),
        *thorough(("say(document.currentScript.parentElement.dataset.compositionId)", "sub")),
        ("say(String(document.querySelector('#outside')))", "null"),
        *thorough(
            ("say(String(document.getElementById('outside')))", "null"),
            ("document.addEventListener('DOMContentLoaded', () => say('loaded'))", "loaded"),
        ),
        ("window.addEventListener('load', () => say('loaded'))", "loaded"),
        *thorough(("window.onload = () => say('loaded')", "loaded")),
        ("window.mine = (window.mine ?? 0) + 1; setTimeout(() => say(window.mine))", "1"),
        *thorough(("window.mine = 1; mine++; say(window.mine)", "2")),
        (
            "say(window === self && self === globalThis && this === window && window.window === window)",
            "true",
        ),
        *thorough(
            ("say(typeof getComputedStyle(document.querySelector('.title')).color)", "string"),
            ("say(window.getComputedStyle(document.body).display)", "block"),
            ("const self = 'mine'; say(self)", "mine"),
        ),
        (
            "const text = document.createElement('b'); document.body.append(text); say(document.querySelectorAll('b').length)",
            "1",
        ),
        ("Promise.resolve().then(() => say(document.querySelectorAll('.title').length))", "1"),
        ("document.write('<b>written</b>'); say(document.querySelector('b').textContent)", "written"),
        (
            "say(new Date().getTime() - Date.now() + performance.now() + (new Date() instanceof Date ? 0 : 9))",
            "0",
        ),
        *thorough(
            (
                "say(__hyperframes.getVariables().n === undefined && window.__hyperframes.getVariables() !== 1)",
                "true",
            )
        ),
        ("try { document.querySelector('::') } catch (error) { say(error.name) }", "SyntaxError"),
    ],
)
async def test_scripts(stages, script, wanted):
    body = '<p class="title" id="outside">x</p>' + host("h", "a.html") + host("i", "a.html")
    opened = await stages.open(composed(body, root=ROOT), {"a.html": said(script)})
    await opened.at(0.1)
    assert await opened.ask(SAID) == [wanted, wanted]
    assert await opened.ask("document.querySelectorAll('.title').length") == 3


async def test_ids_repeat_within_one_page(stages):
    file = sub(
        '<canvas id="c" width="4" height="4"></canvas><script>document.getElementById("c").getContext("2d").fillRect(0, 0, 4, 4)</script>'
    )
    body = "".join(host(f"h{number}", "a.html") for number in range(3))
    opened = await stages.open(composed(body, root=ROOT), {"a.html": file})
    drawn = "[...document.querySelectorAll('canvas')].map((one) => one.getContext('2d').getImageData(0, 0, 1, 1).data[3])"
    assert await opened.ask(drawn) == [255] * 3


async def test_scripts_of_one_file_share_what_they_declare(stages):
    file = sub(
        '<p class="said"></p><script>const first = 1; function add(n) { return first + n }</script>'
        '<script src="more.js"></script><script>document.querySelector(".said").textContent = add(second)</script>'
    )
    files = {"sub/a.html": file, "sub/more.js": "const second = 2"}
    opened = await stages.open(composed(host("h", "sub/a.html") + host("i", "sub/a.html"), root=ROOT), files)
    assert await opened.ask(SAID) == ["3", "3"]
    assert await opened.ask("typeof first + typeof add") == "undefinedundefined"


async def test_modules(stages):
    module = """<script type="module">
        import { twice } from "./lib/twice.js";
        document.querySelector(".said").textContent = `${twice(4)} ${document.querySelectorAll(".said").length} ${import.meta.url.split("/").pop()}`;
    </script>"""
    files = {
        "sub/a.html": sub(f'<p class="said"></p>{module}'),
        "sub/lib/twice.js": "export const twice = (n) => n * 2",
    }
    opened = await stages.open(composed(host("h", "sub/a.html") + host("i", "sub/a.html"), root=ROOT), files)
    assert await opened.ask(SAID) == ["8 1 a.html"] * 2


async def test_libraries_are_loaded_once_for_everybody(stages):
    file = sub(
        '<p class="said"></p><script src="../gsap.js"></script><script>document.querySelector(".said").textContent = gsap.version</script>'
    )
    body = host("h", "sub/a.html") + host("i", "sub/a.html")
    opened = await stages.open(composed(body, root=ROOT), {"sub/a.html": file, **GSAP})
    assert await opened.ask("document.querySelectorAll('head script').length") == 1
    assert await opened.ask(SAID) == [await opened.ask("gsap.version")] * 2


TARGETS = {
    "at once": "TWEENS",
    "later": "Promise.resolve().then(() => { TWEENS })",
    "after a callback": "document.fonts.ready.then(async () => { await null; TWEENS })",
    "in a function": "window.addEventListener('load', () => { TWEENS })",
}


@pytest.mark.parametrize("when", ordinary(TARGETS, "at once", "after a callback"))
async def test_targets_that_are_texts(stages, when):
    tweens = """const tl = gsap.timeline({ paused: true });
        gsap.set(".box", { y: 5 });
        tl.to(".box", { x: 100, duration: 10, ease: "none" }).fromTo(gsap.utils.toArray(".box"), { rotation: 0 }, { rotation: 10, duration: 10, ease: "none" }, 0);
        window.__timelines["sub"] = tl;"""
    file = sub(
        f'<p class="box">x</p><script>{TARGETS[when].replace("TWEENS", tweens)}</script>',
        'data-composition-id="sub"',
    )
    body = (
        '<script src="gsap.js"></script><p class="box">x</p>'
        + host("h", "a.html")
        + host("i", "a.html", 'data-start="2"')
    )
    opened = await stages.open(composed(body, root=ROOT), {"a.html": file, **GSAP})
    boxes = "[...document.querySelectorAll('.box')].map((box) => ['x', 'y', 'rotation'].map((name) => Math.round(gsap.getProperty(box, name))))"
    for seconds in (5, 3, 10, 5):
        await opened.at(seconds)
        wanted = [[0, 0, 0], [10 * seconds, 5, seconds], [10 * (seconds - 2), 5, seconds - 2]]
        assert await opened.ask(boxes) == wanted


async def test_the_page_sees_the_timelines_of_its_instances(stages):
    file = sub(
        "<script>__timelines.sub = gsap.timeline({ paused: true }).to({}, { duration: 3 })</script>",
        'data-composition-id="sub"',
    )
    body = '<script src="gsap.js"></script>' + host("h", "a.html") + host("i", "a.html", 'data-start="2"')
    opened = await stages.open(composed(body, root=ROOT), {"a.html": file, **GSAP})
    await opened.at(2.5)
    assert await opened.ask("[Object.keys(__timelines), __timelines.sub.time()]") == [["sub"], 2.5]
    assert "TIMELINE_NOT_REGISTERED" not in opened.codes


async def test_timelines_of_the_page_may_move_what_its_hosts_show(stages):
    file = sub('<p class="box">x</p><script>document.querySelector(".box").textContent = "ran"</script>')
    body = """<script src="gsap.js"></script><div id="h" data-composition-id="card" data-composition-src="sub/a.html"></div><script>
        window.seen = document.querySelector("#h .box").textContent;
        window.__timelines.main = gsap.timeline({ paused: true }).to("#h .box", { x: 100, duration: 10, ease: "none" });
    </script>"""
    opened = await stages.open(composed(body, root='data-duration="20"'), {"sub/a.html": file, **GSAP})
    await opened.at(5)
    assert await opened.ask(
        "[seen, document.querySelector('.box').textContent, gsap.getProperty('.box', 'x')]"
    ) == ["x", "ran", 50]


async def test_what_an_instance_marks_as_a_root_is_not_the_pages(stages):
    file = sub(
        "<i>x</i>",
        'data-composition-id="sub" data-root="true" data-width="100" data-height="50" data-no-timeline',
    )
    opened = await stages.open(composed(host("h", "a.html"), root=ROOT), {"a.html": file})
    assert (opened.description.composition, opened.description.width) == ("main", 640)
