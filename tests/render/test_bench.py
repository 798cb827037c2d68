"""The bench on this very machine, as short as it can be."""

import json

import pytest

from framewright.model.errors import RenderCancelledError
from framewright.model.settings import Settings
from framewright.model.size import Size
from framewright.render import CancelToken, RenderOptions
from framewright.render.benching import bench_composition, bench_machine, film, machine
from truth import pages
from truth.grids import thorough

FILM = pages.Film(frames=900, width=320, height=180)
BAR = '<div id="bar" style="position:absolute;left:0;top:0;height:180px;background:#c33"></div>'
MOVES = (
    '(function step() { bar.style.width = performance.now() / 100 + "px"; requestAnimationFrame(step); })();'
)


@pytest.mark.thorough
async def test_a_machine_is_measured_and_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "_QUICK", 0.05)
    monkeypatch.setattr(film, "SIZE", Size(320, 180))
    monkeypatch.setattr(machine, "numbers_of_workers", lambda cores, most: (1,))
    settings = Settings.read(tmpdir=tmp_path)
    steps = []
    found = await bench_machine(settings, quick=True, on_step=steps.append)
    assert list(tmp_path.iterdir()) == []
    assert {pace.name for pace in found.captures} <= {"stream", "screenshot"}
    assert {pace.name for pace in found.encoders} == {"draft", "standard", "high"}
    assert found.workers[0].name == "1"
    assert all(pace.rate > 0 for pace in (found.drawing, *found.captures, *found.encoders, *found.workers))
    assert found.advice.workers in {int(pace.name) for pace in found.workers}
    assert "drawing frames" in steps
    assert json.loads(found.model_dump_json())["kind"] == "machine"


async def test_a_bench_that_is_cancelled_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(film, "SIZE", Size(320, 180))
    token = CancelToken()
    with pytest.raises(RenderCancelledError):
        await bench_machine(
            Settings.read(tmpdir=tmp_path),
            quick=True,
            cancel=token,
            on_step=lambda step: token.cancel() if step.startswith("capturing") else None,
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wishes", [*thorough({}), {"mode": "run", "format": "gif"}])
async def test_a_composition_is_reckoned_for_many_workers(tmp_path, wishes):
    pages.write(tmp_path, pages.document(FILM, BAR, script=MOVES))
    settings = Settings.read(prices={"small": 1.0})
    found = await bench_composition(str(tmp_path), RenderOptions.parse(**wishes), settings, quick=True)
    assert found.frames == 900
    assert found.source == ("flat" if wishes else "sampled")
    assert found.seconds > 0
    assert [row.workers for row in found.rows][-1] == 1000
    assert found.rows[0].seconds >= found.rows[-1].seconds > found.opening
    assert found.rows[0].prices["small"] > 0
