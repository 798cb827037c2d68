"""Sub-compositions: put into their hosts, each on its own clock, none meeting another."""

from __future__ import annotations

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from framewright.model.errors import CompositionError
from truth.grids import thorough
from truth.libraries import library
from truth.stages import Stages, composed
from truth.ways import same_by_every_way

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


@pytest.mark.parametrize("depth", [*thorough(3), 20])
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
        *thorough(({"sub/a.html": " "}, "SUBCOMPOSITION_EMPTY", r"#a asks for sub/a\.html")),
        ({"sub/a.html": "<template></template>"}, "SUBCOMPOSITION_EMPTY", r"#a asks for sub/a\.html"),
        (
            {"sub/a.html": sub(host("b", "", "sub/a.html"))},
            "SUBCOMPOSITION_CYCLE",
            r"#b asks for sub/a\.html.*sub/a\.html > sub/a\.html",
        ),
        *thorough(
            (
                {
                    "sub/a.html": sub(host("b", "", "sub/b.html")),
                    "sub/b.html": sub(host("c", "", "sub/a.html")),
                },
                "SUBCOMPOSITION_CYCLE",
                r"#c asks for sub/a\.html.*sub/a\.html > sub/b\.html > sub/a\.html",
            )
        ),
        (
            {"sub/a.html": sub("<script>throw new Error('no canvas')</script>")},
            "SCRIPT_ERROR",
            r"no canvas.*sub/a\.html:1:",
        ),
        *thorough(
            (
                {"sub/a.html": sub("\n<script>\nlet let = 1</script>")},
                "SCRIPT_ERROR",
                r"lexically bound.*sub/a\.html:2",
            )
        ),
    ],
)
async def test_files_that_cannot_be_put_in(stages, files, code, told):
    with pytest.raises(CompositionError, match=told) as raised:
        await stages.open(composed(host("a", "", "sub/a.html"), root=ROOT), files)
    assert raised.value.code == code


@pytest.mark.parametrize(
    "source",
    [
        "../../../etc/passwd",
        *thorough("/etc/passwd", "file:///etc/passwd"),
        "http://framewright.invalid/a.html",
    ],
)
async def test_files_outside_of_the_project(stages, source):
    with pytest.raises(CompositionError) as raised:
        await stages.open(composed(host("a", "", source), root=ROOT))
    assert raised.value.code == "SUBCOMPOSITION_MISSING"


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


async def test_addresses_mean_a_file_near_by_or_below_the_project(stages):
    body = """<img id="near" src="near.png"><img id="far" src="assets/far.png"><img id="up" src="../assets/far.png">
        <img id="set" srcset="near.png 1x, assets/far.png 2x"><img id="data" src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7">
        <div id="css"></div><div id="inline" style="background: url('near.png')"></div><a id="link" href="near.png">x</a>
        <style>#css { background: url(assets/far.png), url("near.png"); content: "url(near.png)" }</style>
        <link rel="stylesheet" href="look.css">"""
    files = {
        "subs/a.html": sub(body),
        "subs/near.png": PIXEL,
        "assets/far.png": PIXEL,
        "subs/look.css": "#css { border-image: url(near.png) 1 }",
    }
    opened = await stages.open(composed(host("a", "", "subs/a.html"), root=ROOT), files)
    told = await opened.ask(
        """(() => {
            const short = (text) => text.replaceAll(document.baseURI.replace(/[^/]*$/, ''), '');
            const style = getComputedStyle(css);
            return [near.src, far.src, up.src, set.srcset, css && style.backgroundImage, style.borderImageSource,
                document.querySelector('#inline').style.backgroundImage, document.querySelector('#link').getAttribute('href'),
                document.querySelector('#data').src.slice(0, 5)].map(short);
        })()"""
    )
    assert told == [
        "subs/near.png",
        "assets/far.png",
        "assets/far.png",
        "subs/near.png 1x, assets/far.png 2x",
        'url("assets/far.png"), url("subs/near.png")',
        'url("subs/near.png")',
        'url("subs/near.png")',
        "near.png",
        "data:",
    ]
    assert opened.description.notices == ()


async def test_hosts_within_name_files_of_the_project_or_near_by(stages):
    files = {
        "subs/a.html": sub(host("b", "", "subs/b.html") + host("c", "", "c.html")),
        "subs/b.html": sub("<i id='ib'>b</i>"),
        "subs/c.html": sub("<i id='ic'>c</i>"),
    }
    opened = await stages.open(composed(host("a", "", "subs/a.html"), root=ROOT), files)
    assert await opened.ask("[ib.textContent, ic.textContent]") == ["b", "c"]


@pytest.mark.parametrize(
    "file",
    [
        sub("<i id='i'>x</i>"),
        *thorough("<div data-composition-id='sub' data-no-timeline><i id='i'>x</i></div>"),
        *thorough(
            "<!doctype html><html><head><style>i { top: 0 }</style></head><body><div data-composition-id='sub' data-no-timeline><i id='i'>x</i></div></body></html>"
        ),
        "<i id='i'>x</i>",
        *thorough(
            "<body><div data-composition-id='sub' data-no-timeline><i id='i'>x</i><template><b>row</b></template></div></body>",
            "<head><script>window.early = 1</script></head><body><i id='i'>x</i></body>",
        ),
    ],
)
async def test_what_a_file_may_be(stages, file):
    opened = await stages.open(
        composed(host("a", "", content="until it is there"), root=ROOT), {"a.html": file}
    )
    assert await opened.ask("[a.innerText.trim(), document.querySelectorAll('#i').length]") == ["x", 1]


async def test_templates_in_the_page(stages):
    body = """<template id="card-template"><div data-composition-id="card"><p class="count"></p><style>p { top: 3px }</style><script>
            const draw = (now) => { document.querySelector(".count").textContent = now; requestAnimationFrame(draw) };
            requestAnimationFrame(draw)</script></div></template>
        <div id="one" data-composition-id="card" data-start="1" data-no-timeline> </div><div id="two" data-composition-id="card" data-start="2" data-no-timeline></div>
        <div id="none" data-composition-id="other" data-no-timeline></div><p id="outside">x</p>"""
    opened = await stages.open(composed(body, root=ROOT))
    await opened.at(3)
    assert await opened.ask("[...document.querySelectorAll('.count')].map((count) => count.textContent)") == [
        "2000",
        "1000",
    ]
    assert await opened.ask("[getComputedStyle(outside).top, none.childNodes.length]") == ["auto", 0]


async def test_a_template_in_itself(stages):
    body = """<template id="a-template"><div data-composition-id="x"><div data-composition-id="b"></div></div></template>
        <template id="b-template"><div data-composition-id="y"><div data-composition-id="a"></div></div></template><div id="h" data-composition-id="a"></div>"""
    with pytest.raises(CompositionError, match="a-template") as raised:
        await stages.open(composed(body, root=ROOT))
    assert raised.value.code == "SUBCOMPOSITION_CYCLE"


CLIPS = sub(
    """<p id="first" data-start="0" data-duration="2">1</p><p id="second" data-start="first + 1" data-duration="1">2</p>
       <p id="third" data-start="second">3</p>"""
)
SHOWN = """[...document.querySelectorAll('[data-composition-src]')].map((host) => [...host.querySelectorAll('p')].filter(
    (clip) => getComputedStyle(clip).visibility === 'visible' && getComputedStyle(clip).display !== 'none').map((clip) => clip.id).join(' '))"""


async def test_windows_go_by_the_clock_of_their_instance(stages):
    body = (
        '<p id="first" data-start="0" data-duration="9">page</p>'
        + host("a", 'data-start="1" data-duration="6"', "clips.html")
        + host("b", 'data-start="2" data-playback-rate="2" data-playback-start="1"', "clips.html")
    )
    opened = await stages.open(composed(body, root=ROOT), {"clips.html": CLIPS})
    for seconds, shown in (
        (0.9, ["", ""]),
        (1, ["first", ""]),
        (2, ["first", "first"]),
        (2.5, ["first", ""]),
        (3, ["", "second"]),
        (3.5, ["", "third"]),
        (4, ["second", "third"]),
        (6.9, ["third", "third"]),
        (7, ["", "third"]),
        (2, ["first", "first"]),
    ):
        await opened.at(seconds)
        assert await opened.ask(SHOWN) == shown, seconds
    told = {clip.element: [] for clip in opened.description.clips}
    for clip in opened.description.clips:
        told[clip.element].append((clip.start, clip.duration))
    assert told == {
        "#first": [(0, 9), (1, 2), (2, 0.5)],
        "#second": [(4, 1), (3, 0.5)],
        "#third": [(5, 2), (3.5, None)],
        "#a": [(1, 6)],
        "#b": [(2, None)],
    }


@pytest.mark.parametrize(
    ("attributes", "root", "duration"),
    [
        ('data-start="1"', 'data-duration="4"', 5),
        *thorough(
            ('data-start="1" data-playback-rate="2"', 'data-duration="4"', 3),
            ('data-start="1" data-playback-start="1"', 'data-duration="4"', 4),
        ),
        *thorough(('data-start="1" data-duration="3"', 'data-duration="9"', 4), ("", 'data-duration="4"', 4)),
        ('data-start="1"', "", 8),
    ],
)
async def test_how_long_a_host_lasts(stages, attributes, root, duration):
    script = "<script>__timelines.sub = { time: () => 0, duration: () => 7 }</script>"
    file = sub(script, root=f'data-composition-id="sub" {root}')
    after = '<p id="after" data-start="a" data-duration="1">x</p>'
    opened = await stages.open(
        composed(host("a", attributes) + after, root="data-no-timeline"), {"a.html": file}
    )
    assert opened.description.duration == duration + 1
    assert next(clip.start for clip in opened.description.clips if clip.element == "#after") == duration


async def test_a_host_is_as_large_as_it_says(stages):
    body = host("a", 'data-start="0" data-width="200" data-height="100"') + host(
        "b", 'data-start="0"', "a.html"
    )
    opened = await stages.open(composed(body, root=ROOT), {"a.html": sub("x")})
    assert await opened.ask(
        "[a, b, ...document.querySelectorAll('[data-composition-id=sub]')].map((one) => [one.offsetWidth, one.offsetHeight])"
    ) == [
        [200, 100],
        [320, 180],
        [320, 180],
        [320, 180],
    ]


async def test_everything_that_tells_the_time(stages):
    file = sub(
        """<p class="at"></p><svg width="9" height="9"><rect width="0" height="9"><animate attributeName="width" from="0" to="1000" dur="10s" fill="freeze"/></rect></svg>
        <p class="script">x</p><script>
            const at = document.querySelector(".at");
            const said = { date: Date.now() };
            const begin = Date.now();
            document.querySelector(".script").animate({ marginLeft: ["0px", "10000px"] }, { duration: 10_000, fill: "both" });
            setTimeout(() => { said.timer = performance.now() }, 1500);
            window.addEventListener("hf-seek", ({ detail }) => { said.seek = detail.time });
            const draw = () => {
                at.textContent = JSON.stringify({ ...said, date: Date.now() - begin, now: performance.now(), made: new Date() - begin });
                requestAnimationFrame(draw);
            };
            requestAnimationFrame(draw);
        </script>"""
    )
    body = host("a", 'data-start="1"', "t.html") + host(
        "b", 'data-start="2" data-playback-rate="2" data-playback-start="1"', "t.html"
    )
    opened = await stages.open(composed(body, root=ROOT), {"t.html": file})
    await opened.at(4)
    told = await opened.ask("[...document.querySelectorAll('.at')].map((at) => JSON.parse(at.textContent))")
    assert told == [
        {"date": 3000, "now": 3000, "made": 3000, "seek": 3, "timer": 1500},
        {"date": 5000, "now": 5000, "made": 5000, "seek": 5, "timer": 1500},
    ]
    moved = "[...document.querySelectorAll('{}')].map((one) => {})"
    assert await opened.ask(moved.format("rect", "Math.round(one.width.animVal.value)")) == [300, 500]
    assert await opened.ask(
        moved.format(".script", "Math.round(parseFloat(getComputedStyle(one).marginLeft))")
    ) == [3000, 5000]
    await opened.at(1.5)
    assert await opened.ask(moved.format("rect", "Math.round(one.width.animVal.value)") + "[0]") == 50


@pytest.mark.parametrize("name", [*thorough("__hfAnime", "__hfD3"), "__hfLottie"])
async def test_players_that_an_instance_registers_go_by_its_clock(stages, name):
    file = sub(
        f"""<p class="at"></p><script>
            window.{name} = window.{name} || [];
            const at = document.querySelector(".at");
            window.{name}.push({{ seek(at_) {{ at.textContent = at_ }}, goToAndStop(at_) {{ at.textContent = at_ }} }});
        </script>"""
    )
    body = host("a", 'data-start="1"', "t.html") + host(
        "b", 'data-playback-rate="2" data-playback-start="1"', "t.html"
    )
    opened = await stages.open(composed(body, root=ROOT), {"t.html": file})
    await opened.at(4)
    scale = 1 if name == "__hfD3" else 1000
    told = await opened.ask("[...document.querySelectorAll('.at')].map((at) => Number(at.textContent))")
    assert told == [3 * scale, 9 * scale]


async def test_a_file_opened_by_itself(stages):
    file = """<!doctype html><html data-composition-variables='[{"id": "n", "type": "string", "label": "N", "default": "preset"}]'>
        <head><script src="gsap.js"></script><style>html { margin: 0 }</style></head><body><template id="card-template">
        <div data-composition-id="card" data-width="320" data-height="180" data-duration="4"><p class="box">x</p><script src="gsap.js"></script><script>
        document.querySelector(".box").textContent = __hyperframes.getVariables().n;
        __timelines.card = gsap.timeline({ paused: true }).to(".box", { x: 40, duration: 4, ease: "none" })</script></div></template></body></html>"""
    opened = await stages.open(
        file, {"gsap.js": library("gsap/dist/gsap.min.js")}, Wishes(variables={"n": "given"})
    )
    told = opened.description
    assert (told.composition, told.width, told.height, told.duration) == ("card", 320, 180, 4)
    await opened.at(3)
    assert await opened.ask(
        "[gsap.getProperty('.box', 'x'), document.querySelector('.box').textContent]"
    ) == [30, "given"]


@pytest.mark.thorough
async def test_instances_look_the_same_by_every_way(stages):
    inner = sub(
        """<div class="tween"></div><div class="css"></div><canvas id="c" width="300" height="30"></canvas>
        <style>body { background: #def } div { width: 30px; height: 30px; background: #d22 }
            @keyframes go { to { margin-left: 250px } } .css { background: #06a; animation: go 2s linear both }</style>
        <script>
            __timelines.sub = gsap.timeline({ paused: true }).to(".tween", { x: 250, duration: 2, ease: "none" });
            const pen = document.getElementById("c").getContext("2d");
            const draw = (now) => { pen.clearRect(0, 0, 300, 30); pen.fillRect(now / 10, 0, 20, 30); requestAnimationFrame(draw) };
            requestAnimationFrame(draw);
        </script>"""
    )
    middle = sub(
        host("inner", 'data-start="0.2" data-playback-rate="1.5"', "inner.html"),
        root='data-composition-id="m" data-no-timeline',
    )
    body = (
        "<script src='gsap.js'></script>"
        + host(
            "a", 'data-start="0.1" data-duration="1.2" style="left:0;top:0;position:absolute"', "inner.html"
        )
        + host(
            "b",
            'data-start="0.4" data-playback-start="0.3" style="left:320px;top:0;position:absolute"',
            "middle.html",
        )
    )
    files = {"inner.html": inner, "middle.html": middle, "gsap.js": library("gsap/dist/gsap.min.js")}
    frames = await same_by_every_way(
        stages,
        composed(body, root='data-duration="2" data-no-timeline'),
        files,
        frames=[0, 6, 15, 30, 45, 59],
    )
    assert len({picture.tobytes() for picture in frames.values()}) == 6
