"""What frames cost, measured on a real page."""

import pytest

from framewright.capture import CaptureKind
from framewright.model.frames import FrameRange
from framewright.model.media import Transfer
from framewright.model.report import SlowRange
from framewright.model.settings import Settings
from framewright.render.opening import open_composition
from framewright.render.options import RenderOptions
from framewright.render.planning.costs import USUAL_COST, boundaries, may_be_cut, measure_costs
from framewright.render.telling import Teller
from framewright.schedule.cutting import cut
from framewright.schedule.simulation import Bench, simulate
from truth import light, pages

FILM = pages.Film(frames=1200, width=320, height=180)
# From ten seconds on each frame counts for long; in the title's last ten seconds nothing moves.
BODY = """<div id="box" style="position:absolute;width:20px;height:20px;background:#c33"></div>
<div class="clip" id="title" data-start="10" data-duration="10" data-track-index="1">Dear</div>"""
SCRIPT = """let steps = 0;
(function step() {
  const at = performance.now() / 1000;
  window.steps = ++steps;
  let sum = 0;
  if (at >= 10 && at < 20) for (let i = 0; i < 6e6; i++) sum += Math.sin(i);
  box.style.left = at * 10 + sum * 1e-12 + "px";
  requestAnimationFrame(step);
})();"""


async def measured(folder, **wishes):
    pages.write(folder, pages.document(FILM, BODY, script=SCRIPT))
    options = RenderOptions.parse(**wishes)
    async with open_composition(str(folder), options, Settings.read(), Teller(None)) as opened:
        before = await opened.first.page.evaluate("window.steps + ' ' + performance.now()")
        found = await measure_costs(opened, CaptureKind.STREAM)
        assert await opened.first.page.evaluate("window.steps + ' ' + performance.now()") == before
        return found, boundaries(opened.first.description.clips, opened.timing.rate), opened.timing.range


@pytest.mark.thorough
async def test_dear_frames_are_found_and_get_shorter_chunks(tmp_path):
    found, ends, frames = await measured(tmp_path)
    assert found.source == "sampled"
    assert found.samples >= 3
    assert {300, 600} <= set(ends)
    assert found.opening > 0
    dear, light = found.curve.of(FrameRange(300, 600)), found.curve.of(FrameRange(600, 900))
    assert dear > 3 * light
    made = cut(found.curve, frames, grid=1, chunks=4)
    lengths = [len(chunk.range) for chunk in made.chunks]
    assert min(lengths) < 300 < max(lengths)
    equal = cut(found.curve, frames, grid=1, chunk_frames=300)
    bench = Bench([1.0] * 4, opening=0.0)
    by_cost, by_length = (simulate(one.chunks, found.curve, bench, grid=0) for one in (made, equal))
    assert max(by_cost.ends.values()) <= 1.15 * min(by_cost.ends.values())
    assert by_length.seconds >= 1.5 * by_cost.seconds


async def test_frames_that_cannot_be_reached_alone_count_alike(tmp_path):
    found, _, frames = await measured(tmp_path, mode="run")
    assert (found.source, found.samples) == ("flat", 0)
    assert found.curve.of(frames) == pytest.approx(1200 * USUAL_COST)


async def test_what_earlier_renders_took_is_believed_first(tmp_path):
    pages.write(tmp_path, pages.document(FILM, BODY))
    async with open_composition(
        str(tmp_path), RenderOptions.parse(), Settings.read(), Teller(None)
    ) as opened:
        blocks = [SlowRange(start=0, stop=600, seconds=6.0), SlowRange(start=600, stop=1200, seconds=60.0)]
        found = await measure_costs(opened, CaptureKind.STREAM, blocks=blocks)
        assert (found.source, found.samples) == ("remembered", 0)
        assert found.curve.of(FrameRange(600, 1200)) == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("frames", "chunks", "length", "cut_by_cost"),
    [
        (1000, None, None, True),
        (60, None, None, False),
        (60, 4, None, True),
        (1000, 1, None, False),
        (1000, None, 100, False),
    ],
)
def test_costs_are_measured_where_they_matter(frames, chunks, length, cut_by_cost):
    assert may_be_cut(FrameRange(0, frames), chunks=chunks, chunk_frames=length) is cut_by_cost


@pytest.mark.thorough
async def test_frames_with_hdr_footage_cost_the_pictures_that_they_take(tmp_path):
    """Four in place of one; the footage is seen from the middle on."""
    light.write_source(tmp_path / "clip.mp4", "pq", frames=2)
    video = '<video src="clip.mp4" data-start="20" data-duration="20" style="width: 320px"></video>'
    moves = '<i id="box" style="position: absolute; width: 9px; height: 9px; background: red"></i>'
    script = "addEventListener('hf-seek', ({ detail }) => { box.style.left = `${detail.time}px`; });"
    pages.write(tmp_path, pages.document(FILM, video + moves, script=script))
    async with open_composition(str(tmp_path), RenderOptions(), Settings.read(), Teller(None)) as opened:
        found = await measure_costs(opened, CaptureKind.SCREENSHOT, transfer=Transfer.PQ)
    assert found.source == "sampled"
    half = opened.timing.range.stop // 2
    bright, plain = (found.curve.of(FrameRange(start, start + half)) for start in (half, 0))
    assert bright > 1.5 * plain
