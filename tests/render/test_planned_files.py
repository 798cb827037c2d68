"""What a plan lists of a project, by what the page truly asks for; and a page whose other files are not there."""

from __future__ import annotations

from contextlib import asynccontextmanager
from fractions import Fraction

import pytest

from framewright.browser import find_browser
from framewright.composition import Wishes, open_project
from framewright.model.errors import CompositionError
from framewright.model.frames import FrameRange
from framewright.model.settings import Settings
from framewright.model.size import Size
from framewright.render.bundle import Bundle
from framewright.render.house import House
from framewright.render.opening import open_composition
from framewright.render.options import RenderOptions
from framewright.render.planning.files import absent_facts, list_files
from framewright.render.planning.folder import unpacked, write_plan
from framewright.render.telling import Teller
from framewright.render.theatre import Theatre
from framewright.stores.known_digests import KnownDigests
from truth import footage, plans, tones

SIZE = Size(320, 180)


@pytest.fixture
def project(tmp_path):
    """Three films, two of them placed, the last of which sets its own width; a sound; what scripts and styles ask for."""
    root = tmp_path / "project"
    root.mkdir()
    for name, first in (("a", 0), ("b", 100), ("free", 200)):
        footage.write(root / f"{name}.mp4", frames=24, fps=30, first=first)
    tones.write(root / "song.wav", tones.tone(2.0, 440))
    (root / "data.json").write_text('{"title": "told"}')
    (root / "later.json").write_text("{}")
    (root / "paper.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    (root / "index.html").write_text("""<!doctype html>
        <style>body { margin: 0; background: url(paper.svg) } p { position: absolute; top: 150px }</style>
        <div data-composition-id="main" data-width="320" data-height="180" data-duration="2" data-no-timeline>
        <video id="a" src="a.mp4" data-start="0" data-duration="0.5" muted width="80"></video>
        <video id="b" src="b.mp4" data-start="1" data-duration="0.5" muted></video>
        <video id="free" src="free.mp4" muted width="40"></video>
        <audio id="song" src="song.wav" data-start="0" data-duration="1"></audio>
        <p></p></div>
        <script>fetch("data.json").then((found) => found.json()).then(({ title }) => {
            document.querySelector("p").textContent = title;
        });</script>""")
    return root


@asynccontextmanager
async def listed(project, **other):
    settings = Settings()
    async with open_composition(str(project), RenderOptions(), settings, Teller(None)) as opened:
        with KnownDigests(settings.cache_folder) as known:
            yield (
                opened,
                list_files(
                    opened.house.project,
                    plans.picture(frames=60, stop=60),
                    known,
                    asked=opened.theatre.asked,
                    origin=opened.theatre.origin,
                    media=opened.first.description.media,
                    sounds={"song.wav": project / "song.wav"},
                    **other,
                ),
            )


def media(page):
    return [
        use.model_copy(update={"source": use.source and use.source.rpartition("/")[2]}) for use in page.media
    ]


@pytest.mark.thorough
async def test_a_page_of_a_plans_folder_is_the_page_of_the_project(project, tmp_path, browser_files):
    async with listed(project) as (opened, found):
        described = opened.first.description
    files = {file.name: file for file in found.files}
    assert {name: file.frames for name, file in files.items()} == {
        "index.html": None,
        "data.json": None,
        "paper.svg": None,
        "a.mp4": None,  # opening the page shows it
        "b.mp4": ((28, 47),),
        "free.mp4": None,
        "song.wav": (),
    }
    assert files["song.wav"].sound
    assert files["b.mp4"].facts is not None
    plan = plans.plan(picture=plans.picture(frames=60, stop=60), files=found.files, cuts=(0, 20, 60))
    write_plan(tmp_path / "plan", plan, Bundle(plan, project, tmp_path))
    async with unpacked(tmp_path / "plan", plan, FrameRange(0, 20)) as bundle:
        assert {path.name for path in bundle.root.iterdir()} == files.keys() - {"b.mp4", "song.wav"}
        house = House(
            project=open_project(bundle.root / "index.html"),
            program=find_browser(Settings()),
            frame_control=True,
            scale=1.0,
            wishes=Wishes(),
            settings=Settings(),
            absent=absent_facts(plan),
        )
        async with Theatre(house, on_notices=lambda _: None, on_fallback=lambda _: None) as theatre:
            page = await theatre.open(SIZE)
            assert media(page.description) == media(described)
            assert page.description.notices == described.notices
            box = "document.querySelector('#b').getBoundingClientRect().width"
            assert await page.page.evaluate(box) == 160
            for frame in range(20):
                assert not (await page.seek(Fraction(frame, 30))).notices
            with pytest.raises(CompositionError, match=r"b\.mp4") as raised:
                await page.seek(Fraction(6, 5))
            assert raised.value.code == "SOURCE_UNPLANNED"
    async with unpacked(tmp_path / "plan", plan, FrameRange(20, 60)) as bundle:
        assert (bundle.root / "b.mp4").exists()
