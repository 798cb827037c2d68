"""A chunk rendered from a plan's folder, with nothing but what it needs, is the chunk rendered from the project."""

from __future__ import annotations

import shutil

import pytest

import framewright
from framewright.model.frames import FrameRange
from framewright.model.settings import Settings
from framewright.render.bundle import Bundle
from framewright.render.chunk import render_chunk
from framewright.render.planning.folder import unpacked
from framewright.render.studio import open_studio
from framewright.render.telling import Teller
from truth import footage

SECOND = FrameRange(60, 120)


@pytest.fixture
def page(tmp_path):
    root = tmp_path / "title"
    root.mkdir()
    footage.write(root / "first.mp4", frames=15, fps=30)
    footage.write(root / "second.mp4", frames=15, fps=30, first=100)
    (root / "index.html").write_text("""<!doctype html><body style="margin:0">
        <div data-composition-id="main" data-width="320" data-height="180" data-duration="4" data-no-timeline>
        <video src="first.mp4" data-start="0.5" data-duration="0.5" muted></video>
        <video src="second.mp4" data-start="3" data-duration="0.5" muted></video></div>""")
    return root


async def rendered(bundle, piece, workers):
    teller = Teller(None)
    async with open_studio(bundle, Settings(), teller) as studio:
        _, result = await render_chunk(studio, SECOND, lambda _: piece, workers=workers, stall_seconds=60)
    return result


@pytest.mark.thorough
async def test_a_chunk_of_a_folder_is_that_of_the_project(page, tmp_path):
    plan = await framewright.plan_async(page, tmp_path / "plan", fps=30, chunk_frames=60, quality="draft")
    here = await rendered(Bundle(plan, page, tmp_path), tmp_path / "here.mp4", 1)
    shutil.rmtree(page)
    async with unpacked(tmp_path / "plan", plan, SECOND) as bundle:
        assert {path.name for path in bundle.root.iterdir()} == {"index.html", "second.mp4"}
        there = await rendered(bundle, tmp_path / "there.mp4", 2)
    assert (tmp_path / "here.mp4").read_bytes() == (tmp_path / "there.mp4").read_bytes()
    assert (here.key, here.digest, here.fingerprints) == (there.key, there.digest, there.fingerprints)
    assert len(set(there.fingerprints)) > 10
