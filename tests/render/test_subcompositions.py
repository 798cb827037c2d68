"""Sub-compositions: put into their hosts, each on its own clock, none meeting another."""

from __future__ import annotations

import pytest
import pytest_asyncio

from framewright.model.errors import CompositionError
from truth.libraries import library
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = 'data-duration="20" data-no-timeline'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def host(name, attributes="", source=None, content=""):
    """A host; ``name`` is its id and the file's name where no other is given."""
    file = source or f"{name}.html"
    return f'<div id="{name}" data-composition-src="{file}" {attributes}>{content}</div>'


def sub(body, *, root='data-composition-id="sub" data-width="320" data-height="180"', head=""):
    """A file with a template."""
    return f"<!doctype html><html><head>{head}</head><body><template><div {root}>{body}</div></template></body></html>"


# Counts in three ways, each to be read back: a tween of the library, a CSS animation, and animation frames.
COUNTER = sub(
    """<p class="tween">0</p><p class="css">0</p><p id="frames">-</p><p id="label"></p>
    <style>@keyframes count { to { margin-left: 10000px } } .css { animation: count 10s linear both }</style>
    <script>
      const tl = gsap.timeline({ paused: true });
      tl.to(".tween", { x: 10000, duration: 10, ease: "none" });
      window.__timelines["sub"] = tl;
      const frames = document.getElementById("frames");
      const draw = (now) => { frames.textContent = Math.round(now); requestAnimationFrame(draw) };
      requestAnimationFrame(draw);
      document.getElementById("label").textContent = JSON.stringify(__hyperframes.getVariables());
    </script>"""
)
COUNTS = """Object.fromEntries([...document.querySelectorAll('[data-composition-src]')].filter(
    (host) => getComputedStyle(host).visibility === 'visible').map((host) => [host.id, [
    Math.round(gsap.getProperty(host.querySelector('.tween'), 'x')),
    Math.round(parseFloat(getComputedStyle(host.querySelector('.css')).marginLeft)),
    Number(host.querySelector('#frames').textContent)]]))"""


async def test_each_host_has_its_own_clock(stages):
    body = (
        "<script src='gsap.js'></script>"
        + host("a", 'data-start="1" data-duration="4"', "sub/counter.html")
        + host("b", 'data-start="2" data-playback-rate="2" data-playback-start="0.5"', "sub/counter.html")
        + host("c", "", "sub/counter.html")
    )
    files = {"sub/counter.html": COUNTER, "gsap.js": library("gsap/dist/gsap.min.js")}
    opened = await stages.open(composed(body, root=ROOT), files)
    wanted = {
        0: {"c": 0},
        1.5: {"a": 500, "c": 1500},
        2: {"a": 1000, "b": 500, "c": 2000},
        3: {"a": 2000, "b": 2500, "c": 3000},
        4.5: {"a": 3500, "b": 5500, "c": 4500},
        5: {"b": 6500, "c": 5000},
    }
    for seconds in (0, 4.5, 3, 5, 1.5, 2, 0, 3):
        await opened.at(seconds)
        assert await opened.ask(COUNTS) == {name: [count] * 3 for name, count in wanted[seconds].items()}, (
            seconds
        )
    fresh = await stages.open(composed(body, root=ROOT), files)
    await fresh.at(4.5)
    assert await fresh.ask(COUNTS) == {name: [count] * 3 for name, count in wanted[4.5].items()}


async def test_a_host_may_begin_when_another_ends(stages):
    body = (
        "<script src='gsap.js'></script>"
        + host("a", 'data-start="1" data-duration="2"', "sub/counter.html")
        + host("b", 'data-start="a + 1"', "sub/counter.html")
    )
    files = {"sub/counter.html": COUNTER, "gsap.js": library("gsap/dist/gsap.min.js")}
    opened = await stages.open(composed(body, root=ROOT), files)
    for seconds, wanted in ((6, {"b": 2000}), (2, {"a": 1000}), (4.5, {"b": 500})):
        await opened.at(seconds)
        assert await opened.ask(COUNTS) == {name: [count] * 3 for name, count in wanted.items()}
        assert opened.step.notices == ()
    assert not opened.codes


async def test_variables_are_the_instances_own(stages):
    body = (
        "<script src='gsap.js'></script>"
        + host("a", """data-variable-values='{"name": "first"}'""", "counter.html")
        + host("b", """data-variable-values='{"name": "second"}'""", "counter.html")
    )
    files = {"counter.html": COUNTER, "gsap.js": library("gsap/dist/gsap.min.js")}
    opened = await stages.open(composed(body, root=ROOT), files)
    labels = await opened.ask(
        "[...document.querySelectorAll('#label')].map((label) => JSON.parse(label.textContent).name)"
    )
    assert labels == ["first", "second"]


def nest(depth):
    """Files of which each hosts the next, and the last shows how long it has been there."""
    files = {
        f"level/{number}.html": sub(
            host(f"h{number + 1}", 'data-start="0.5"', f"level/{number + 1}.html"),
            root='data-composition-id="sub" data-no-timeline',
        )
        for number in range(1, depth)
    }
    last = """<p class="count"></p><script>
        const show = (now) => { document.querySelector('.count').textContent = Math.round(now); requestAnimationFrame(show) };
        requestAnimationFrame(show)</script>"""
    return files | {f"level/{depth}.html": sub(last)}


@pytest.mark.parametrize("depth", [3, 20])
async def test_clocks_add_up_however_deep(stages, depth):
    body = host("h1", 'data-start="1" data-playback-rate="2"', "level/1.html")
    opened = await stages.open(composed(body, root=ROOT), nest(depth))
    await opened.at(10)
    assert await opened.ask("document.querySelector('.count').textContent") == str(
        round(1000 * (9 * 2 - 0.5 * (depth - 1)))
    )
    assert await opened.ask("document.querySelectorAll('[data-composition-src]').length") == depth


async def test_too_deep(stages):
    with pytest.raises(CompositionError, match=r"#h21.*level/21\.html.*20") as raised:
        await stages.open(composed(host("h1", "", "level/1.html"), root=ROOT), nest(21))
    assert raised.value.code == "SUBCOMPOSITION_TOO_DEEP"


@pytest.mark.parametrize(
    ("files", "code", "told"),
    [
        ({}, "SUBCOMPOSITION_MISSING", r"#a asks for sub/a\.html"),
        ({"sub/a.html": " "}, "SUBCOMPOSITION_EMPTY", r"#a asks for sub/a\.html"),
        ({"sub/a.html": "<template></template>"}, "SUBCOMPOSITION_EMPTY", r"#a asks for sub/a\.html"),
        (
            {"sub/a.html": sub(host("b", "", "sub/a.html"))},
            "SUBCOMPOSITION_CYCLE",
            r"#b asks for sub/a\.html.*sub/a\.html > sub/a\.html",
        ),
        (
            {"sub/a.html": sub(host("b", "", "sub/b.html")), "sub/b.html": sub(host("c", "", "sub/a.html"))},
            "SUBCOMPOSITION_CYCLE",
            r"#c asks for sub/a\.html.*sub/a\.html > sub/b\.html > sub/a\.html",
        ),
        (
            {"sub/a.html": sub("<script>throw new Error('no canvas')</script>")},
            "SCRIPT_ERROR",
            r"no canvas.*sub/a\.html:1:",
        ),
        (
            {"sub/a.html": sub("\n<script>\nlet let = 1</script>")},
            "SCRIPT_ERROR",
            r"lexically bound.*sub/a\.html:2",
        ),
    ],
)
async def test_files_that_cannot_be_put_in(stages, files, code, told):
    with pytest.raises(CompositionError, match=told) as raised:
        await stages.open(composed(host("a", "", "sub/a.html"), root=ROOT), files)
    assert raised.value.code == code


@pytest.mark.parametrize(
    "source",
    ["../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://framewright.invalid/a.html"],
)
async def test_files_outside_of_the_project(stages, source):
    with pytest.raises(CompositionError) as raised:
        await stages.open(composed(host("a", "", source), root=ROOT))
    assert raised.value.code == "SUBCOMPOSITION_MISSING"
