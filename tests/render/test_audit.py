"""The audit: frames that depend on what came before them are found, and a clean page is cleared."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from framewright.model.settings import Settings
from framewright.render.audit import Way, audit
from framewright.render.opening import open_composition
from framewright.render.options import RenderOptions
from framewright.render.telling import Teller
from truth import pages, scenes
from truth.grids import thorough

FILM = pages.Film(frames=60, width=320, height=180)
BAR = '<div id="bar" style="position:absolute;left:0;top:0;height:180px;background:#c33"></div>'


@asynccontextmanager
async def opened(folder, page, **wishes):
    pages.write(folder, page)
    options = RenderOptions.parse(**wishes)
    async with open_composition(str(folder), options, Settings.read(), Teller(None)) as it:
        yield it


@pytest.mark.thorough
@pytest.mark.parametrize("frames", [*thorough(None), (3, 40)])
async def test_a_clean_page_is_cleared(tmp_path, frames):
    async with opened(tmp_path, scenes.colourful(FILM)) as it:
        found = await audit(it, frames)
    assert found.frames == (frames or (0, 15, 30, 44, 59))
    assert found.differences == ()
    assert found.seekable
    assert found.repeatable


async def test_an_accumulating_loop_is_found_with_its_pictures(tmp_path):
    script = """
    let steps = 0;
    (function step() { steps += 4; bar.style.width = steps + "px"; requestAnimationFrame(step); })();
    """
    async with opened(tmp_path, pages.document(FILM, BAR, script=script)) as it:
        found = await audit(it, (0, 8, 16))
    assert found.repeatable, "the same steps give the same pictures"
    assert not found.seekable
    ways = {one.way for one in found.differences}
    assert ways == {Way.SHUFFLED, Way.ALONE}
    alone = [one for one in found.differences if one.way is Way.ALONE]
    assert [one.frame for one in alone] == [8, 16], "the first frame is first by either way"
    for earlier, later in zip(alone, alone[1:], strict=False):
        assert earlier.likeness.share < later.likeness.share
    assert alone[0].likeness.largest > 70
    assert bytes(alone[0].found.data).startswith(b"\x89PNG")
    assert alone[0].expected.size == alone[0].found.size == it.drawn


@pytest.mark.thorough
async def test_a_wall_clock_in_a_worker_is_found(tmp_path):
    script = """
    const source = "setInterval(() => postMessage(Date.now()), 5)";
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    worker.onmessage = ({ data }) => { bar.style.width = data % 300 + "px"; };
    """
    async with opened(tmp_path, pages.document(FILM, BAR, script=script)) as it:
        found = await audit(it)
    assert not found.repeatable
    assert not found.seekable


@pytest.mark.thorough
async def test_what_a_page_stores_is_not_there_on_the_next_one(tmp_path):
    script = """
    localStorage.visits = Number(localStorage.visits ?? 0) + 1;
    bar.style.width = 40 * localStorage.visits + "px";
    """
    async with opened(tmp_path, pages.document(FILM, BAR, script=script)) as it:
        assert (await audit(it, (0, 30))).seekable
