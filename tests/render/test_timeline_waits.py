"""How long timelines are waited for: as long as something is under way that could bring them, and no longer."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from framewright.model.errors import CompositionError
from truth.libraries import library
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
# Waiting to the end would take this long; none of these pages may.
PATIENT = Wishes(page_timeout=300.0)
REGISTER = "window.__timelines.main = { seek(t) { window.at = t } }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def scripted(script, head=""):
    return composed(f"<p>Text</p><script>{script}</script>", root='data-duration="6"', head=head)


LATE = {
    "timer": f"setTimeout(() => {{ {REGISTER} }}, 2500)",
    "timer after timer": f"setTimeout(() => setTimeout(() => {{ {REGISTER} }}, 1200), 1200)",
    "interval": f"let n = 0; const i = setInterval(() => {{ if (++n === 30) {{ clearInterval(i); {REGISTER} }} }}, 100)",
    "frames": f"let n = 0; (function look() {{ if (++n === 20) {{ {REGISTER} }} else requestAnimationFrame(look) }})()",
    "fetch": f"fetch('data.txt').then((r) => r.text()).then(() => {{ {REGISTER} }})",
    "script": f"const s = document.createElement('script'); s.src = 'late.js'; document.head.append(s); s.onload = () => {{ {REGISTER} }}",
    "import": f"import('./late.js').then(() => {{ {REGISTER} }})",
    "fonts": f"document.fonts.ready.then(() => {{ {REGISTER} }})",
    "load": f"addEventListener('load', () => queueMicrotask(() => {{ {REGISTER} }}))",
}


def some(ways, thorough, long):
    """All of them, those that take seconds behind the others or by hand only."""
    marks = dict.fromkeys(thorough, pytest.mark.thorough) | dict.fromkeys(long, pytest.mark.long)
    return [pytest.param(way, marks=marks[way]) if way in marks else way for way in ways]


@pytest.mark.parametrize(
    "way", some(LATE, ["timer", "frames", "fonts", "script", "load"], ["interval", "timer after timer"])
)
async def test_timelines_that_come_late(stages, way):
    async with asyncio.timeout(120):
        page = await stages.open(
            scripted(LATE[way]), {"data.txt": "x", "late.js": "window.late = 1"}, PATIENT
        )
    await page.at(1)
    assert await page.ask("at") == 1
    assert "TIMELINE_NOT_REGISTERED" not in page.codes


NEVER = {
    "mentioned": "if (window.never) __timelines.main = 1",
    "interval": "setInterval(() => { if (window.never) __timelines.main = 1 }, 50)",
    "chain": "(function look() { if (window.never) __timelines.main = 1; else setTimeout(look, 50) })()",
    "frames": "(function look() { if (window.never) __timelines.main = 1; else requestAnimationFrame(look) })()",
    "far away": "setTimeout(() => { __timelines.main = 1 }, 400_000)",
}


@pytest.mark.parametrize("way", some(NEVER, ["mentioned", "frames"], ["interval", "chain"]))
async def test_timelines_that_never_come(stages, way):
    async with asyncio.timeout(120):
        page = await stages.open(scripted(NEVER[way]), wishes=PATIENT)
    (told,) = (notice for notice in page.description.notices if notice.code == "TIMELINE_NOT_REGISTERED")
    assert "'main'" in told.message
    await page.at(1)


async def test_a_timeline_whose_script_has_thrown_is_named(stages):
    script = (
        "window.__timelines = window.__timelines || {}; const tl = gsap.timeline(); __timelines['main'] = tl"
    )
    with pytest.raises(
        CompositionError, match=r"gsap is not defined.*__timelines\['main'\] was not registered"
    ):
        await stages.open(scripted(script), wishes=PATIENT)


@pytest.mark.long
async def test_a_script_that_is_not_there(stages):
    head = '<script src="missing.js"></script>'
    script = "(function look() { if (!window.gsap) return setTimeout(look, 100); __timelines.main = gsap.timeline() })()"
    async with asyncio.timeout(120):
        page = await stages.open(scripted(script, head), wishes=PATIENT)
    assert "TIMELINE_NOT_REGISTERED" in page.codes


@pytest.mark.long
async def test_gsap_that_runs_does_not_prolong_the_wait(stages):
    html = scripted(
        "gsap.to('p', { x: 100, repeat: -1 }); if (window.never) __timelines.main = 1",
        f"<script>{library('gsap/dist/gsap.min.js')}</script>",
    )
    async with asyncio.timeout(120):
        page = await stages.open(html, wishes=PATIENT)
    await page.at(0.25)
    assert await page.ask("new DOMMatrix(getComputedStyle(document.querySelector('p')).transform).e") > 10
