"""Pictures that move by themselves: GIF, APNG and WebP in an <img>, by the clock."""

from __future__ import annotations

import io
import json
from fractions import Fraction

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from truth.grids import ordinary
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = 'data-duration="6" data-no-timeline'
COLOURS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0)}
# Milliseconds of each: a whole turn takes 450.
LASTS = (100, 200, 50, 100)
WHITE = (255, 255, 255)
CENTRES = """JSON.stringify([...document.querySelectorAll('.it')].map((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [Math.round(left + width / 2), Math.round(top + height / 2)];
}))"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def animation(kind, turns=0, lasts=LASTS, colours=COLOURS, **settings):
    """A file of 100×60 whose frames are flat colours. ``turns`` as the file says it; 0: for ever; None: unsaid."""
    pictures = [Image.new("RGBA", (100, 60), colour) for colour in colours]
    file = io.BytesIO()
    looping = {} if turns is None else {"loop": turns}
    lossless = {"lossless": True} if kind == "WEBP" else {}
    pictures[0].save(
        file,
        kind,
        save_all=True,
        append_images=pictures[1:],
        duration=list(lasts),
        **looping,
        **lossless,
        **settings,
    )
    return file.getvalue()


async def picture(page, seconds):
    await page.at(seconds)
    await page.page.begin_frame()
    drawn = await page.page.begin_frame(png=True)
    return np.asarray(Image.open(io.BytesIO(drawn.png)).convert("RGB"))


async def colours_at(page, seconds):
    """The colour in the middle of each element of class ``it``, by name."""
    pixels = await picture(page, seconds)
    names = {value: name for name, value in COLOURS.items()}
    return [
        names.get(tuple(int(v) for v in pixels[y, x]), "none") for x, y in json.loads(await page.ask(CENTRES))
    ]


def expected(seconds, turns=float("inf")):
    """The frame that a browser shows so long after the beginning."""
    milliseconds = Fraction(seconds) * 1000
    if milliseconds >= turns * sum(LASTS):
        return "yellow"
    within, end = milliseconds % sum(LASTS), 0
    for name, lasts in zip(COLOURS, LASTS, strict=True):
        end += lasts
        if within < end:
            return name
    raise AssertionError


async def test_each_kind_shows_the_frame_of_the_time(stages):
    kinds = ("GIF", "PNG", "WEBP")
    body = "".join(f'<img class="it" src="{kind}">' for kind in kinds)
    page = await stages.open(composed(body, root=ROOT), {kind: animation(kind) for kind in kinds})
    for frame in (0, 2, 3, 8, 9, 10, 12, 13, 14, 27, 5, 59, 1):
        seconds = Fraction(frame, 30)
        assert await colours_at(page, seconds) == [expected(seconds)] * 3, frame
    await page.close()


async def test_loops_are_those_of_the_file(stages):
    """A GIF without a count plays once; one that says 2 repeats twice."""
    files = {"once.gif": animation("GIF", None), "thrice.gif": animation("GIF", 2)}
    page = await stages.open(
        composed('<img class="it" src="once.gif"><img class="it" src="thrice.gif">', root=ROOT), files
    )
    for seconds in (Fraction(1, 10), Fraction(1, 2), Fraction(11, 10), Fraction(3, 2), Fraction(5)):
        assert await colours_at(page, seconds) == [expected(seconds, 1), expected(seconds, 3)], seconds
    assert page.step.still_until > 6
    await page.close()


async def test_its_time_is_that_of_its_clip_and_its_host(stages):
    inner = '<template><div data-composition-id="inner"><img class="it" src="a.gif"></div></template>'
    body = """
        <img class="it" src="a.gif" data-start="1" data-playback-rate="2" style="position:absolute; left:300px">
        <img class="it" src="a.gif" data-start="0" data-playback-start="0.3" style="position:absolute; left:420px">
        <section data-start="0.5" style="position:absolute; top:100px"><p><img class="it" src="a.gif"></p></section>
        <div data-composition-src="inner.html" data-start="1" data-playback-rate="0.5"
          style="position:absolute; top:200px; left:200px"></div>"""
    page = await stages.open(composed(body, root=ROOT), {"inner.html": inner, "a.gif": animation("GIF")})
    for seconds in (Fraction(11, 10), Fraction(6, 5), Fraction(2), Fraction(8, 5)):
        wanted = [
            expected((seconds - 1) * 2),
            expected(seconds + Fraction(3, 10)),
            expected(seconds - Fraction(1, 2)),
            expected((seconds - 1) / 2),
        ]
        assert await colours_at(page, seconds) == wanted, seconds
    await page.close()


async def test_holds_are_known_and_cost_no_draw(stages):
    page = await stages.open(composed('<img class="it" src="a.gif">', root=ROOT), {"a.gif": animation("GIF")})
    await picture(page, Fraction(1, 10))
    assert page.step.still_until == pytest.approx(0.3)
    await page.page.begin_frame()
    await page.at(Fraction(2, 10))
    assert not (await page.page.begin_frame()).damage
    await page.at(Fraction(3, 10))
    assert (await page.page.begin_frame()).damage
    await page.close()


STYLES = (
    "width:250px; height:100px; object-fit:cover; object-position:20% 80%; border:7px solid red; border-radius:40%",
    "width:50%; transform:rotate(12deg); opacity:.6; margin:40px; filter:hue-rotate(40deg)",
    "object-fit:none; width:80px; height:90px; padding:5px; background:lime; clip-path:circle(40%)",
)


@pytest.mark.parametrize("style", ordinary(STYLES, STYLES[0]))
async def test_it_looks_as_the_browser_draws_a_still_of_it(stages, style):
    """Half of the picture is transparent, the frame shown is the second one."""
    pictures = [Image.new("RGBA", (100, 60), (0, 0, 0, 0)) for _ in range(2)]
    for shown, colour in zip(pictures, ("red", "blue"), strict=True):
        shown.paste(Image.linear_gradient("L").resize((60, 60)).convert("RGBA"), (0, 0))
        shown.paste(Image.new("RGBA", (20, 20), colour), (30, 30))
    moving, still = io.BytesIO(), io.BytesIO()
    pictures[0].save(moving, "PNG", save_all=True, append_images=pictures[1:], duration=100, loop=0)
    pictures[1].save(still, "PNG")
    files = {"moving.png": moving.getvalue(), "still.png": still.getvalue()}
    looks = []
    for name in ("moving.png", "still.png"):
        body = f'<p style="background:#ffd">text <img src="{name}" style="{style}"> text</p>'
        page = await stages.open(composed(body, root=ROOT), files)
        looks.append((await picture(page, Fraction(1, 10))).astype(int))
        await page.close()
    assert np.abs(looks[0] - looks[1]).max() == 0


async def test_sets_pictures_and_changes_of_source(stages):
    body = """
        <picture><source srcset="big.gif 2x"><img class="it" id="set" src="small.gif"></picture>
        <img class="it" id="changed" src="still.png">"""
    still = io.BytesIO()
    Image.new("RGB", (100, 60), "white").save(still, "PNG")
    script = "<script>setTimeout(() => { changed.src = 'small.gif' }, 100)</script>"
    files = {"big.gif": animation("GIF"), "small.gif": animation("GIF"), "still.png": still.getvalue()}
    page = await stages.open(composed(body + script, root=ROOT), files)
    assert await page.ask("[set.width, set.getBoundingClientRect().width].join()") == "50,50"
    assert await colours_at(page, 0) == ["red", "none"]
    await page.at(Fraction(1, 5))
    await page.ask("changed.decode()")
    assert await colours_at(page, Fraction(1, 5)) == ["lime", "lime"]
    assert await page.ask("[set.width, set.getBoundingClientRect().width].join()") == "50,50"
    await page.close()


async def test_in_a_background_it_stands_at_its_first_frame_and_is_told(stages):
    boxes = "".join(
        f'<div class="it" style="width:100px; height:60px; {style}"></div>'
        for style in ("background:url(a.gif)", "background:blue; mask:url(mask.png)")
    )
    files = {
        "a.gif": animation("GIF"),
        "mask.png": animation("PNG", colours=("#000f", "#0000", "#0000", "#0000")),
    }
    page = await stages.open(composed(boxes, root=ROOT), files)
    assert "IMAGE_STILL" in page.codes
    for seconds in (0, Fraction(1, 10), Fraction(3, 10), 2):
        assert await colours_at(page, seconds) == ["red", "blue"]
    assert page.step.still_until > 6
    await page.close()


async def test_where_it_cannot_be_stopped_that_is_told(stages):
    body = '<div style="border:20px solid; border-image:url(a.gif) 20"></div>'
    page = await stages.open(composed(body, root=ROOT), {"a.gif": animation("GIF")})
    assert "IMAGE_MOVES" in page.codes
    assert not page.description.foreseeable
    await page.close()
