"""The picture of a video stands where the browser would show it: a canvas in its place, with the same styles, is the judge."""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from truth import counter, footage
from truth.grids import ordinary
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = 'data-duration="4" data-no-timeline'
SIZE = (160, 90)
FPS = 25
# Whole pixels: a fraction of one is snapped as for the browser's own videos, which are layers of their own.
# A canvas has no natural fit of its own, and a baseline like a video's.
LIKE_A_VIDEO = ":where(.it) { object-fit: contain }"
VIDEO = '<video class="it" src="clip.mp4" data-start="0"></video>'
CANVAS = f'<canvas class="it" width="{SIZE[0]}" height="{SIZE[1]}"></canvas>'
# The judge is drawn by the page from another video of the same source.
DRAWN = """<video id="source" src="clip.mp4" data-start="0" style="display: none"></video><script>
addEventListener('hf-seek', () => {
    for (const scope of [document, ...[...document.querySelectorAll('*')].map((element) => element.shadowRoot).filter(Boolean)]) {
        for (const canvas of scope.querySelectorAll('canvas.it')) canvas.getContext('2d', { alpha: false }).drawImage(source, 0, 0);
    }
});</script>"""
# What is written of the video by `style`, and around it by `{}`, in a cell of 160×120.
SITUATIONS = {
    **{
        f"object-fit: {fit}; object-position: {place}": (f"width:90px; height:100px; object-fit:{fit}; object-position:{place}", "{}")
        for fit, place in [
            ("fill", "0 0"), ("contain", "50% 100%"), ("contain", "0 10px"), ("cover", "0 0"), ("cover", "100% 50%"),
            ("none", "50% 50%"), ("none", "calc(100% - 7px) 3px"), ("scale-down", "20% 0"),
        ]
    },
    "object-view-box": ("width:90px; height:100px; object-view-box:inset(10% 20% 30% 5%)", "{}"),
    "a border, a padding, a radius": (
        "width:100px; height:60px; border:6px solid #00f8; padding:4px 9px; border-radius:30%; object-fit:cover; background:#fff", "{}"
    ),
    "border-box with percentages": (
        "box-sizing:border-box; width:80%; padding:5%; border:3px dashed red; border-radius:20px / 40px; box-shadow:0 0 9px #000", "{}"
    ),
    "natural": ("", "{}"),
    "width: 100%; height: auto": ("width:100%; height:auto", '<div style="width:111px">{}</div>'),
    "max-width": ("max-width:100%", '<div style="width:120px">{}</div>'),
    "aspect-ratio": ("width:90px; aspect-ratio:1; object-fit:cover", "{}"),
    "a height in percent": ("height:80%", '<div style="height:90px">{}</div>'),
    "a child of flex": ("flex:1; min-width:0", '<div style="display:flex; gap:7px; width:140px; height:70px"><i>x</i>{}<b>yy</b></div>'),
    "a child of grid": ("", '<div style="display:grid; grid-template-columns:1fr 1fr; gap:5px; width:150px"><i>x</i>{}<b>y</b></div>'),
    "among text": ("width:64px", '<p><i style="display:inline-block; width:20px">a</i>{} text</p>'),
    "display: block": ("display:block; width:100px; margin:5px auto", "{}"),
    "absolute above and below": (
        "position:absolute; width:100px; left:20px; top:20px; z-index:1",
        (
            '<i style="position:absolute; z-index:2; inset:30px; background:lime; width:30px">a</i>{}'
            '<i style="position:absolute; z-index:0; inset:10px; background:red">b</i>'
        ),
    ),
    "a static parent that clips": (
        "width:200px; margin:-10px; object-fit:cover", '<div style="overflow:hidden; width:110px; height:80px; border-radius:25px">{}</div>'
    ),
    "a scrolled container": ("width:140px; margin-top:60px", '<div class="scrolled" style="overflow:auto; width:120px; height:90px">{}</div>'),
    "perspective": (
        "width:110px; transform:rotateY(40deg)", '<div style="perspective:300px; transform-style:preserve-3d; margin:10px">{}</div>'
    ),
    "rotate, scale, translate": ("width:90px; rotate:20deg; scale:1.1; translate:11px 12px", "{}"),
    "opacity, filter, blend": (
        "width:110px; opacity:.7; filter:hue-rotate(30deg) drop-shadow(3px 3px 2px #000); mix-blend-mode:difference",
        '<div style="background:linear-gradient(red, blue); opacity:.8; isolation:isolate">{}</div>',
    ),
    "clip-path": ("width:140px; clip-path:polygon(0 0, 100% 20%, 70% 100%)", "{}"),
    "mask": ("width:140px; mask:linear-gradient(90deg, #000, transparent)", "{}"),
    "-webkit-box-reflect": ("width:80px; -webkit-box-reflect:below 4px", "{}"),
    "zoom": ("width:60px; zoom:1.5", "{}"),
    "zoom, object-fit: none": ("width:60px; height:60px; zoom:1.5; object-fit:none", "{}"),
    "image-rendering: pixelated": ("width:155px; height:110px; image-rendering:pixelated", "{}"),
    "backdrop-filter above": ("width:140px", '{}<i style="position:absolute; inset:20px; backdrop-filter:invert(1)">x</i>'),
    "right to left, upright": ("width:90px", '<div dir="rtl" style="writing-mode:vertical-rl"><p>a{}b</p></div>'),
    "a figure in a link": ("width:90px", '<a href="#x"><figure style="margin:4px">{}<figcaption>c</figcaption></figure></a>'),
    "foreignObject": (
        "width:90px", '<svg width="150" height="110" viewBox="0 0 100 80"><g transform="rotate(5)"><foreignObject width="99" height="79">{}</foreignObject></g></svg>'
    ),
    "will-change, contain": ("width:110px; will-change:transform; contain:paint", "{}"),
    "rules for the controls": ("width:110px", "{}<style>.it::-webkit-media-controls { display:none !important; opacity:.2; transform:scale(.5) }</style>"),
    "rules for everything": ("width:110px", "{}<style>.here *, canvas { outline:2px solid red; animation:none; transition:all 1s }</style>"),
    "a shadow root": ("width:110px", '<div><template shadowrootmode="open"><style>.it {{ border:3px solid lime }}</style>{}</template></div>'),
    "hidden by visibility": ("width:110px; visibility:hidden", "{}"),
    "not displayed": ("display:none", "{}"),
}  # fmt: skip
IN_A_PAGE = 12
# A picture that was scaled before it is drawn differs along its edges, by less than an edge that is a pixel off.
CLEARLY, FEW = 80, 6


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Two seconds at 25 frames a second."""
    return footage.write(tmp_path_factory.mktemp("clips") / "clip.mp4", fps=FPS, frames=50, size=SIZE)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


async def pixels(page, seconds):
    """What is drawn at a time: height × width × 3."""
    await page.at(seconds)
    await page.page.begin_frame()
    drawn = await page.page.begin_frame(png=True)
    return np.asarray(Image.open(io.BytesIO(drawn.png)).convert("RGB")).astype(int)


def number(picture, left=0, top=0, width=SIZE[0], height=SIZE[1]):
    """The number in a part of a picture."""
    return counter.read(picture[top : top + height, left : left + width].mean(axis=2))


def sheet_of(names, element):
    """One page with a cell for each situation."""
    cells = []
    for at, name in enumerate(names):
        style, around = SITUATIONS[name]
        place = f"left:{at % 4 * 160}px; top:{at // 4 * 120}px; width:160px; height:120px"
        shown = element.replace(">", f' style="{style}">', 1)
        inside = around.replace("{}", shown).replace("{{", "{").replace("}}", "}")
        cells.append(
            f'<section class="here c{at}" style="position:absolute; overflow:hidden; {place}">{inside}</section>'
        )
    return "".join(cells).replace("<style>.it", "<style>:where(.it)")


SHEETS = [list(SITUATIONS)[at : at + IN_A_PAGE] for at in range(0, len(SITUATIONS), IN_A_PAGE)]


@pytest.mark.parametrize("names", ordinary(SHEETS, SHEETS[0]), ids=[names[0] for names in SHEETS])
async def test_styles_do_to_the_picture_what_they_do_to_a_canvas_in_its_place(stages, clip, names):
    looks = []
    scroll = (
        "<script>document.querySelectorAll('.scrolled').forEach((box) => { box.scrollTop = 33 })</script>"
    )
    for element, drawing in ((VIDEO, ""), (CANVAS, DRAWN)):
        head = f"<style>{LIKE_A_VIDEO} section {{ background:#ddd }}</style>"
        body = sheet_of(names, element) + scroll + drawing
        page = await stages.open(composed(body, root=ROOT, head=head), {"clip.mp4": clip.path.read_bytes()})
        await page.at(Fraction(1, 2))
        looks.append(await pixels(page, Fraction(18, 25)))
        await page.close()
    apart = np.abs(looks[0] - looks[1]).max(axis=2)
    differs = {}
    for at, name in enumerate(names):
        cell = apart[at // 4 * 120 : at // 4 * 120 + 120, at % 4 * 160 : at % 4 * 160 + 160]
        differs[name] = int((cell > CLEARLY).sum())
    assert not {name: count for name, count in differs.items() if count > FEW}
    assert np.ptp(looks[0]) == 255


async def test_each_frame_shows_the_frame_of_its_source(stages, clip):
    """Forwards, backwards and over the edges of the clip, with a frame for every output frame of 60 fps."""
    body = """<video src="clip.mp4" style="position:absolute; left:20px; top:30px; width:320px"
        data-start="0.5" data-duration="1.5" data-media-start="0.2"></video>"""
    page = await stages.open(composed(body, root=ROOT), {"clip.mp4": clip.path.read_bytes()})
    empty = await pixels(page, 0)
    assert np.ptp(empty) == 0
    for frame in (*range(30, 50), 119, 45, 31, 90):
        seconds = Fraction(frame, 60)
        shown = await pixels(page, seconds)
        assert number(shown, 20, 30, 320, 180) == clip.at(seconds - Fraction(3, 10)), frame
    assert (await pixels(page, 2) == empty).all()
    assert (await pixels(page, Fraction(29, 60)) == empty).all()
    await page.close()


async def test_a_frame_that_holds_is_known_and_draws_nothing(stages, clip):
    page = await stages.open(
        composed('<video src="clip.mp4" data-start="0"></video>', root=ROOT),
        {"clip.mp4": clip.path.read_bytes()},
    )
    await pixels(page, Fraction(1, 25))
    assert page.step.still_until == pytest.approx(0.08, abs=1e-4)
    await page.page.begin_frame()
    await page.at(Fraction(7, 100))
    assert not (await page.page.begin_frame()).damage
    await page.at(Fraction(2, 25))
    assert (await page.page.begin_frame()).damage
    await page.close()


async def test_scripts_and_selectors_see_nothing_of_it(stages, clip):
    """Not in the tree, in collections, in records of observers, in copies, or among animations."""
    script = """<script>
        window.records = [];
        new MutationObserver((found) => records.push(...found.map(({ type, attributeName, target }) => `${type} ${attributeName} ${target.localName}`)))
            .observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    </script>"""
    body = '<p id="around"><video id="it" data-start="0" src="clip.mp4"></video></p>'
    page = await stages.open(composed(script + body, root=ROOT), {"clip.mp4": clip.path.read_bytes()})
    await pixels(page, Fraction(1, 25))
    told = await page.ask("""[
        around.children.length, around.lastChild === it, document.querySelectorAll('canvas').length, it.shadowRoot,
        it.childNodes.length, document.getAnimations().length, around.innerHTML.includes('canvas'),
    ].join()""")
    assert told == "1,true,0,,0,0,false"
    await page.ask("records.length = 0")
    await pixels(page, Fraction(2, 25))
    await pixels(page, Fraction(3, 25))
    assert await page.ask("records.join()") == ""
    await page.close()


async def test_it_goes_where_a_framework_puts_its_video(stages, clip):
    """Re-parented, put back after siblings, cloned, replaced by another: as keyed lists of frameworks do."""
    body = """<div id="one" style="position:absolute; left:0; top:0"><video src="clip.mp4" data-start="0" style="display:block"></video></div>
        <div id="two" style="position:absolute; left:200px; top:0"></div>"""
    page = await stages.open(composed(body, root=ROOT), {"clip.mp4": clip.path.read_bytes()})
    assert number(await pixels(page, Fraction(3, 25))) == 3
    await page.ask(
        "(() => { const v = one.firstChild; one.removeChild(v); two.insertBefore(document.createElement('b'), null); two.insertBefore(v, two.firstChild) })()"
    )
    shown = await pixels(page, Fraction(4, 25))
    assert number(shown, 200) == 4
    assert np.ptp(shown[:90, :160]) == 0
    await page.ask("one.append(two.firstChild.cloneNode())")
    shown = await pixels(page, Fraction(5, 25))
    assert (number(shown, 200), number(shown)) == (5, 5)
    await page.ask(
        "two.replaceChildren(); one.replaceChild(Object.assign(document.createElement('video'), { src: 'clip.mp4' }), one.lastChild)"
    )
    await page.ask("one.lastChild.setAttribute('data-start', '0')")
    shown = await pixels(page, Fraction(6, 25))
    assert number(shown) == 6
    assert np.ptp(shown[:90, 200:]) == 0
    await page.close()


async def test_what_a_drawing_callback_brings_into_sight_is_there_in_its_frame(stages, clip):
    body = """<video id="it" src="clip.mp4" data-start="0" style="display:none"></video><script>
        requestAnimationFrame(function draw() {
            it.style.display = performance.now() < 100 ? 'none' : 'block';
            requestAnimationFrame(draw);
        });</script>"""
    page = await stages.open(composed(body, root=ROOT), {"clip.mp4": clip.path.read_bytes()})
    assert np.ptp(await pixels(page, 0)) == 0
    assert number(await pixels(page, Fraction(5, 25))) == 5
    await page.close()


async def test_animations_of_the_video_are_of_the_frames_time(stages, clip):
    """By CSS, by a script, on an ancestor; in a frame of its own and in a sub-composition with styles of its own."""
    inner = """<template><style>video { width: 80px }</style><div data-composition-id="inner">
        <video src="../0.mp4" data-start="0" style="display:block"></video></div></template>"""
    body = """<style>@keyframes go { to { translate: 100px } }</style>
        <video src="clip.mp4" data-start="0" style="width:80px; animation:go 2s linear"></video>
        <iframe style="border:0; position:absolute; left:0; top:100px; width:300px; height:100px" srcdoc="
            <body style='margin:0'><video src='clip.mp4' data-start='0' style='width:160px; display:block'></video>"></iframe>
        <div data-composition-src="inner.html" data-start="0.2" style="position:absolute; left:0; top:200px"></div>"""
    files = {"clip.mp4": clip.path.read_bytes(), "inner.html": inner.replace("../0.mp4", "clip.mp4")}
    page = await stages.open(composed(body, root=ROOT), files)
    shown = await pixels(page, Fraction(20, 25))
    assert number(shown, 40, 0, 80, 45) == 20
    assert number(shown, 0, 100) == 20
    assert number(shown, 0, 200, 80, 45) == 15
    await page.close()
