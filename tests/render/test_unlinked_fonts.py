"""Pages that name a family without linking it."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager

import pytest

from framewright.browser import Answer, Refusal, find_browser
from framewright.composition import Wishes, open_project
from framewright.model.settings import Settings
from framewright.model.size import Size
from framewright.render.font_choice import provide_fonts
from framewright.render.house import House
from framewright.render.theatre import Theatre
from truth.grids import thorough
from truth.stages import Stages, composed
from truth.typefaces import face

NOTHING = 'data-duration="1" data-no-timeline'
TITLE = "<h1 id='x' style='font-family: Oswald, sans-serif; width: max-content'>Hamburgefonstiv</h1>"
REFERENCE = "<h1 id='y' style='font-family: Cousine; width: max-content'>Hamburgefonstiv</h1>"
MEASURE = "<script>x.offsetWidth; document.fonts.ready.then(() => { measured = x.offsetWidth })</script>"
SHEET = """@font-face { font-family: 'Oswald Variable'; font-weight: 200 700; src: url(./files/a.ttf) format('truetype');
  unicode-range: U+0000-00FF }
@font-face { font-family: 'Oswald Variable'; src: url(./files/never.ttf); unicode-range: U+3000-30FF }"""


class Packages:
    """Has Oswald, which looks like Cousine, and nothing else."""

    def __init__(self):
        self.asked = []

    async def answer(self, request):
        self.asked.append(re.sub(r".*oswald@[\d.]+/", "", request.url))
        allowed = (("access-control-allow-origin", "*"),)
        if request.url.endswith("oswald@5.3.0/wght.css"):
            return Answer(status=200, headers=allowed, body=SHEET.encode())
        if request.url.endswith("oswald@5.3.0/files/a.ttf"):
            return Answer(status=200, headers=allowed, body=face("Cousine-Regular.ttf"))
        return Refusal(code="REMOTE_FAILED", message="There is no network.")


@asynccontextmanager
async def opened(folder, page, remote):
    (folder / "index.html").write_text(page)
    settings = Settings()
    house = House(
        project=open_project(folder),
        program=find_browser(settings),
        frame_control=True,
        scale=1.0,
        wishes=Wishes(),
        settings=settings,
        remote=remote,
    )
    async with Theatre(house, on_notices=lambda _: None, on_fallback=lambda _: None) as theatre:
        first = await theatre.open(Size(640, 360))
        yield theatre, await provide_fonts(theatre, first)


def used(performance):
    return {use.asked: (use.used, use.own) for use in performance.description.fonts}


async def test_it_is_given_as_if_it_were_linked(tmp_path):
    packages = Packages()
    async with opened(tmp_path, composed(TITLE + REFERENCE + MEASURE, root=NOTHING), packages) as (
        theatre,
        given,
    ):
        assert used(given.first)["Oswald"] == (("Cousine",), True)
        assert await given.first.page.evaluate("measured === y.offsetWidth")
        assert [choice.choice for choice in given.choices] == [["Oswald"]]
        assert given.provided.notices == ()
        assert not given.first.description.notices
        assert packages.asked == ["wght.css", "files/a.ttf"]
        assert [url.rpartition("/")[2] for url in given.provided.files] == ["a.ttf", "never.ttf"]
        # Another browser of the render has it from the start.
        second = await theatre.open(Size(640, 360))
        assert (
            await second.page.evaluate("[...document.fonts].map((face) => face.status).sort().join()")
            == "loaded,unloaded"
        )
        assert await second.page.evaluate("document.querySelector('style, link')") is None


async def test_without_network_it_is_told_and_the_default_draws(tmp_path):
    page = composed(TITLE.replace("Oswald", "Lato"), root=NOTHING)
    async with opened(tmp_path, page, Packages()) as (_, given):
        assert given.choices == ()
        assert [notice.code for notice in given.provided.notices] == ["FONT_UNAVAILABLE"]
        assert used(given.first) == {"Lato": (("Arimo",), False)}
        assert ("FONT_SUBSTITUTED", "#x") in {
            (one.code, one.element) for one in given.first.description.notices
        }


async def test_a_family_that_the_page_declares_is_its_own(tmp_path):
    (tmp_path / "own.ttf").write_bytes(face("Tinos-Regular.ttf"))
    own = "<style>@font-face { font-family: Oswald; src: url(own.ttf) }</style>"
    packages = Packages()
    async with opened(tmp_path, composed(TITLE, root=NOTHING, head=own), packages) as (_, given):
        assert used(given.first) == {"Oswald": (("Tinos",), True)}
        assert packages.asked == [] and given.choices == ()


async def test_a_page_that_declares_it_after_all_takes_it_back(tmp_path, browser_files):
    own = "<style>@font-face { font-family: Oswald; src: url(own.ttf) }</style>"
    faces = "@font-face { font-family: 'Oswald'; src: url(http://127.0.0.1:9/none.ttf) }"
    async with Stages(tmp_path) as stages:
        page = await stages.open(
            composed(TITLE, root=NOTHING, head=own),
            {"own.ttf": face("Tinos-Regular.ttf")},
            Wishes(font_faces=faces),
        )
        assert await page.ask("document.fonts.size") == 1
        assert await page.ask("document.fonts.check('16px Oswald')")


@pytest.mark.parametrize("when", [*thorough("class", "script"), "frame"])
async def test_a_font_that_is_asked_for_late_is_there_in_its_first_frame(tmp_path, browser_files, when):
    style = (
        """<style>@font-face { font-family: Late; src: url(late.ttf) } .late { font-family: Late }</style>"""
    )
    body = {
        "class": "<p id=x style='width: max-content'>word</p><script>setTimeout(() => x.className = 'late', 500)</script>",
        "script": """<p id=x style='width: max-content'></p><script>
            setTimeout(() => x.innerHTML = '<b class=late style="font-weight: 400">word</b>', 500)</script>""",
        "frame": """<p id=x style='width: max-content'>word</p><script>(function step() {
            x.className = performance.now() >= 500 ? 'late' : ''; requestAnimationFrame(step) })()</script>""",
    }[when]
    reference = "<p id=y style='width: max-content; font-family: Cousine'>word</p>"
    async with Stages(tmp_path) as stages:
        page = await stages.open(
            composed(style + body + reference, root=NOTHING), {"late.ttf": face("Cousine-Regular.ttf")}
        )
        assert await page.ask("[...document.fonts][0].status") == "unloaded"
        await page.at(0.25)
        assert await page.ask("[...document.fonts][0].status") == "unloaded"
        await page.at(0.5)
        assert await page.ask("[...document.fonts][0].status") == "loaded"
        assert await page.ask("x.offsetWidth === y.offsetWidth")
