"""The list of jobs, in a real browser."""

from __future__ import annotations

import pytest
from looking import IN_THE_MODULE, until
from playwright.async_api import expect
from scenes import SceneDesk, busy_afternoon

from framewright.model.job import JobState

pytestmark = IN_THE_MODULE
expect.set_options(timeout=30_000)


@pytest.fixture
def desk(tmp_path):
    return SceneDesk(tmp_path)


@pytest.mark.thorough
async def test_nothing_yet_tells_how_to_begin(page, desk):
    await page.goto("/")
    await expect(page.get_by_role("heading", name="Nothing has been rendered yet")).to_be_visible()
    await expect(page.get_by_text("Idle")).to_be_visible()
    await page.get_by_role("link", name="New render").last.click()
    await expect(page.get_by_role("heading", name="New render")).to_be_visible()
    assert page.url.endswith("#/new")
    await page.go_back()
    await expect(page.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()


@pytest.mark.thorough
async def test_every_state_is_told_in_words(page, desk):
    busy_afternoon(desk)
    await page.goto("/")
    rows = page.locator(".row")
    await expect(rows).to_have_count(10)
    await expect(rows.first).to_contain_text("Speaker cards, German")
    for name, words in {
        "Title sequence": ("Rendering", "402 of 720 frames", "25 fps · 14 s left"),
        "Speaker cards, German": ("Waiting", "1 job before it"),
        "Long tide": ("Done", "720 frames, 24 s", "took 38 s · 14.7 MB"),
        "Shader": ("Failed", "uniform is not defined", "attempt 2"),
        "Slides": ("Cancelled", "Cancelled after 210 of 600 frames"),
    }.items():
        row = rows.filter(has=page.get_by_role("link", name=name, exact=True))
        for part in words:
            await expect(row).to_contain_text(part)
    await expect(page.get_by_text("2 of 2 rendering · 2 waiting")).to_be_visible()
    await until(
        page,
        "[...document.querySelectorAll('.thumb img')].filter((one) => one.naturalWidth > 0).length === 8",
    )


@pytest.mark.thorough
async def test_states_are_filtered_and_pages_turned_by_address(page, desk):
    busy_afternoon(desk)
    for number in range(30):
        desk.place(f"Row {number}", JobState.CANCELLED)
    await page.goto("/")
    await expect(page.locator(".row")).to_have_count(25)
    await page.get_by_role("link", name="Older").click()
    await expect(page.locator(".row")).to_have_count(15)
    await page.get_by_role("link", name="Latest").click()
    await expect(page.locator(".row")).to_have_count(25)
    await page.get_by_role("link", name="Failed 1").click()
    await expect(page.locator(".row")).to_have_count(1)
    await page.reload()
    await expect(page.get_by_role("link", name="Shader")).to_be_visible()
    await expect(page.get_by_role("link", name="Failed 1")).to_have_attribute("aria-current", "true")


@pytest.mark.thorough
async def test_a_list_stays_up_to_date_and_keeps_the_place_of_the_keyboard(page, desk):
    job = desk.place("Moving", JobState.RUNNING)
    await page.goto("/")
    link = page.get_by_role("link", name="Moving")
    await link.focus()
    one = desk.kept[job.id]
    one.job = job.model_copy(
        update={"progress": job.progress.model_copy(update={"frames": 7, "total": 9, "fraction": 0.5})}
    )
    await expect(page.get_by_text("7 of 9 frames")).to_be_visible()
    desk.place("Newer", JobState.QUEUED, position=0)
    await expect(page.get_by_role("link", name="Newer")).to_be_visible()
    await expect(link).to_be_focused()


async def test_names_are_text_whatever_they_say(page, desk):
    name = "<img src=x onerror=alert(1)>&amp;"
    job = desk.place(name, JobState.DONE)
    await page.goto("/")
    await expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    await page.goto(f"/#/jobs/{job.id}")
    await expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    assert await page.locator("img[src=x]").count() == 0


@pytest.mark.thorough
async def test_an_address_that_leads_nowhere_says_so(page, desk, watch):
    watch.expected = ["404"]
    await page.goto("/#/somewhere")
    await expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    await page.goto("/#/jobs/aaaaaaaaaaaaaaaaaaaaaaaaaa")
    await expect(page.get_by_text("There is no such job.")).to_be_visible()
