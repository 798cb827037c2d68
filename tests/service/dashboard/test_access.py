"""Who may look at the dashboard, and how: tokens, the keyboard, readers, light and dark, narrow and wide."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from fake_server import serving_fakes
from looking import IN_THE_MODULE, until
from playwright.async_api import expect
from scenes import PICTURES, SceneDesk, busy_afternoon, film_of

from framewright.model.job import JobState
from framewright.service.app import create_app
from framewright.service.desk import Caller
from framewright.service.errors import UnauthorizedError
from framewright.service.tickets import SignedTickets

pytestmark = IN_THE_MODULE
expect.set_options(timeout=30_000)

AXE = Path(__file__).parents[2] / "libraries" / "node_modules" / "axe-core" / "axe.min.js"
FOUND = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    ({id, nodes}) => `${id}: ${nodes.map(({html, failureSummary}) => `${html} ${failureSummary}`).join("; ")}`)"""


class OneToken:
    async def caller(self, written):
        if written != "fw_right":
            raise UnauthorizedError("The token is not known.", code="TOKEN_UNKNOWN")
        return Caller("studio", frozenset({"read", "write"}))


@pytest.fixture
def desk(tmp_path):
    desk = SceneDesk(tmp_path)
    film_of(PICTURES / "kinetic-type.jpg", desk.output_path, frames=12)
    return desk


@pytest_asyncio.fixture(loop_scope="module")
async def guarded(rooms):
    locked = replace(rooms, tokens=OneToken(), tickets=SignedTickets(b"key"))
    async with serving_fakes(create_app(locked), locked) as found:
        yield found


@pytest.mark.thorough
async def test_a_token_is_asked_for_and_opens_pictures_and_films_too(page, desk, guarded, watch):
    watch.expected = ["401"]
    jobs = busy_afternoon(desk)
    await page.goto(guarded)
    dialog = page.get_by_role("dialog", name="This service needs a token")
    await dialog.get_by_label("Token").fill("fw_wrong")
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("The token was not accepted")
    await dialog.get_by_label("Token").fill("fw_right")
    await page.keyboard.press("Enter")
    await expect(page.locator(".row")).to_have_count(10)
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(page.get_by_role("link", name="Failed", exact=True)).to_be_visible()
    watch.expected = []
    seen = len(watch.complaints())
    await page.goto(f"{guarded}/#/jobs/{jobs['done'].id}")
    await until(page, "document.querySelector('video')?.readyState > 0")
    await page.get_by_role("button", name="Frame by frame").click()
    await expect(page.get_by_role("img", name="Frame 0 of Kinetic type")).to_be_visible()
    await expect(page.get_by_role("heading", name="Time spent")).to_be_visible()
    assert len(watch.complaints()) == seen
    watch.expected = ["401"]
    assert "fw_right" not in await page.content()
    await page.get_by_role("button", name="Forget the token").click()
    await expect(dialog).to_be_visible()
    await page.get_by_role("button", name="Not now").click()
    await expect(page.get_by_text("This needs a token")).to_be_visible()
    assert await page.evaluate("sessionStorage.length") == 0
    await page.get_by_role("button", name="Try again").click()
    await expect(dialog).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.thorough)])
async def test_no_view_breaks_a_rule_of_accessibility(page, desk, scheme, address):
    jobs = busy_afternoon(desk)
    await page.emulate_media(color_scheme=scheme)
    views = {
        "": ".thumb img",
        f"#/jobs/{jobs['running'].id}": ".falls",
        f"#/jobs/{jobs['done'].id}": ".slow",
        f"#/jobs/{jobs['failed'].id}": ".error-box",
        "#/new": ".drop",
    }
    for route, there in views.items():
        await page.goto(f"/{route}")
        await page.locator(there).first.wait_for()
        # The policy of the page lets no text be run as a script but through the debugger.
        await page.evaluate(AXE.read_text())
        assert await page.evaluate(FOUND) == [], route


@pytest.mark.parametrize("width", [360, pytest.param(2560, marks=pytest.mark.thorough)])
async def test_every_view_fits_its_width(page, desk, width):
    jobs = busy_afternoon(desk)
    desk.place("W" * 120, JobState.QUEUED, position=2)
    await page.set_viewport_size({"width": width, "height": 800})
    for route in (
        "",
        f"#/jobs/{jobs['running'].id}",
        f"#/jobs/{jobs['done'].id}",
        f"#/jobs/{jobs['failed'].id}",
        "#/new",
    ):
        await page.goto(f"/{route}")
        await page.locator("h1").wait_for()
        await expect(page.locator(".loading")).to_have_count(0)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), route


@pytest.mark.thorough
async def test_the_keyboard_alone_gets_everywhere(page, desk):
    busy_afternoon(desk)
    await page.goto("/")
    await expect(page.locator(".row")).to_have_count(10)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()
    for _ in range(8):
        await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Speaker cards, German")).to_be_focused()
    ring = "getComputedStyle(document.activeElement, '::after').outlineStyle"
    assert await page.evaluate(ring) == "solid"
    for _ in range(3):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Title sequence", exact=True)).to_be_visible()
    await expect(page.locator("main")).to_be_focused()
    reached = set()
    for _ in range(24):
        await page.keyboard.press("Tab")
        reached.add(
            await page.evaluate(
                "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()"
            )
        )
    assert {
        "Jobs",
        "Cancel",
        "Again, with changes",
        "Copy as curl",
        "Facts",
        "Lines of the log",
        "Request",
    } <= reached
    assert any(words.startswith("0–59") for words in reached)


@pytest.mark.thorough
async def test_colours_follow_the_system_or_the_visitor(page, desk):
    ground = "getComputedStyle(document.body).backgroundColor"
    await page.emulate_media(color_scheme="dark")
    await page.goto("/")
    dark = await page.evaluate(ground)
    await page.get_by_role("button", name="Colours: as the system has it. Change").press("Enter")
    light = await page.evaluate(ground)
    assert light != dark
    await page.reload()
    await expect(page.get_by_role("button", name="Colours: light. Change")).to_be_visible()
    assert await page.evaluate(ground) == light
    await page.emulate_media(color_scheme="light")
    await page.get_by_role("button", name="Colours: light. Change").click()
    assert await page.evaluate(ground) == dark
