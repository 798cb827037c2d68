"""--mode auto: tried out on three frames, told with what it rests on, and no longer than it may take."""

from __future__ import annotations

import pytest

from framewright.model.settings import Settings
from framewright.render import mode_choice
from framewright.render.mode_choice import Mode, trial_frames
from framewright.render.opening import open_composition
from framewright.render.options import RenderOptions
from framewright.render.telling import Teller
from truth import pages, scenes
from truth.grids import thorough
from truth.stages import Stages

FILM = pages.Film(frames=400, width=320, height=180)
BAR = '<div id="bar" style="position:absolute;left:0;top:0;height:180px;background:#c33"></div>'
LOOP = "(function step() {{ {} requestAnimationFrame(step); }})();"


@pytest.mark.parametrize(
    ("stop", "frames"),
    [
        (2, (1,)),
        (3, (1, 2)),
        (4, (1, 2, 3)),
        (31, (10, 20, 30)),
        (301, (100, 200, 300)),
        (9999, (100, 200, 300)),
    ],
)
def test_a_trial_looks_at_few_and_early_frames(stop, frames):
    assert trial_frames(stop) == frames


async def chosen(folder, page, **wishes):
    pages.write(folder, page)
    teller = Teller(None)
    options = RenderOptions.parse(**({"mode": "auto"} | wishes))
    async with open_composition(str(folder), options, Settings.read(), teller) as opened:
        (decided,) = [one for one in teller.decisions if one.subject == "mode"]
        assert decided.choice == opened.mode.value
        return opened.mode, decided


async def test_a_page_that_accumulates_is_run(tmp_path):
    grows = "let at = 0;" + LOOP.format('at += 0.7; bar.style.width = at + "px";')
    mode, decided = await chosen(tmp_path, pages.document(FILM, BAR, script=grows), end_frame=31)
    assert mode is Mode.RUN
    assert decided.inputs["frames"] == [10, 20, 30]
    assert decided.inputs["differing"] == [10, 20, 30]
    assert 0 < decided.inputs["share"] < 1
    assert "every frame is gone through" in decided.reason


async def test_a_page_that_follows_the_time_is_sought(tmp_path):
    follows = LOOP.format('bar.style.width = performance.now() / 50 + "px";')
    mode, decided = await chosen(tmp_path, pages.document(FILM, BAR, script=follows), end_frame=31)
    assert mode is Mode.SEEK
    assert (decided.inputs["frames"], decided.inputs["differing"]) == ([10, 20, 30], [])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("page", "wishes", "reason"),
    [
        (scenes.colourful(FILM), {}, "No script runs in the page"),
        *thorough((scenes.noisy(FILM), {"end_frame": 1}, "no frame before the only one")),
        (scenes.noisy(FILM), {"mode": "seek"}, "goes straight"),
    ],
)
async def test_what_needs_no_trial_gets_none(tmp_path, monkeypatch, page, wishes, reason):
    async def never(opened, order):
        raise AssertionError("it was tried")

    monkeypatch.setattr(mode_choice, "pictures_of", never)
    page = page.replace("<script></script>", "")
    mode, decided = await chosen(tmp_path, page, **wishes)
    assert (mode, decided.inputs) == (Mode.SEEK, {})
    assert reason in decided.reason


@pytest.mark.thorough
async def test_slow_steps_end_a_trial_early(tmp_path, monkeypatch):
    monkeypatch.setattr(mode_choice, "TRIAL_SECONDS", 0.1)
    burn = "let sum = 0; for (let n = 0; n < 2e7; n++) sum += Math.sqrt(n);"
    slow = "let at = 0;" + LOOP.format(burn + 'at += 1; bar.style.width = at + "px";')
    mode, decided = await chosen(tmp_path, pages.document(FILM, BAR, script=slow))
    assert mode is Mode.RUN
    (frame,) = decided.inputs["frames"]
    assert 0 < frame < 100


SCRIPTED = {
    "<p>text</p>": False,
    '<script type="application/json">{}</script>': False,
    "<p>x</p><script>document.currentScript.remove()</script>": True,
    '<script type="module">0</script>': True,
    '<img src="data:," onerror="0">': True,
    '<iframe srcdoc="<p>x</p>"></iframe>': True,
    "<svg><script>0</script></svg>": True,
    '<div data-composition-src="other.html"></div>': True,
}


@pytest.mark.thorough
async def test_what_counts_as_a_script(tmp_path):
    found = {}
    async with Stages(tmp_path) as stages:
        for body in SCRIPTED:
            page = f'<!doctype html><body><div data-composition-id="a" data-no-timeline data-width="64" data-height="36" data-duration="1">{body}</div>'
            opened = await stages.open(page, {"other.html": "<p>other</p>"})
            found[body] = opened.description.scripted
    assert found == SCRIPTED
