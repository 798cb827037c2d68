"""A composition written for Helios, rendered and decoded."""

from __future__ import annotations

from fractions import Fraction

import pytest

from truth import decoding
from truth.counter import CELLS, CSS, SHOW
from truth.helios import IMPORT_MAP, MODULES


@pytest.mark.thorough
def test_a_whole_render_shows_every_frame_by_its_number(render, tmp_path):
    folder = tmp_path / "page"
    folder.mkdir()
    for name, content in MODULES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    script = f"""import {{ Helios }} from '@helios-project/core'; {SHOW}
        const helios = window.helios = new Helios({{ duration: 2, fps: 25, width: 320, height: 180 }});
        helios.subscribe(({{ currentFrame }}) => show(Math.round(currentFrame)));"""
    (folder / "index.html").write_text(
        f"""<!doctype html><html><head>{IMPORT_MAP}<style>{CSS} .cells {{ width: 320px; height: 180px }}</style></head>
<body>{CELLS}<script type="module">{script}</script></body></html>"""
    )
    path, report = render(folder, workers=2, quality="draft")
    assert decoding.numbers(path) == list(range(50))
    assert (report.output.width, report.output.height) == (320, 180)
    assert decoding.times(path)[1] == Fraction(1, 25)
