"""A new render, in a real browser: files, a page, or a path; what it would be; and off."""

from __future__ import annotations

import io
import zipfile

import pytest
from looking import IN_THE_MODULE
from playwright.async_api import expect
from scenes import SceneDesk

pytestmark = IN_THE_MODULE
expect.set_options(timeout=30_000)

PAGE = "<!doctype html><title>Tide</title><p>Hello</p>"


@pytest.fixture
def desk(tmp_path):
    return SceneDesk(tmp_path)


@pytest.fixture
def project(tmp_path):
    """A folder with what browsers send along without being asked."""
    folder = tmp_path / "tide"
    (folder / "assets").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "index.html").write_text(PAGE)
    (folder / "credits.html").write_text(PAGE)
    (folder / "assets" / "größe 1.txt").write_bytes(bytes(range(256)) * 1000)
    (folder / ".git" / "config").write_text("[core]")
    return folder


async def request_of(desk):
    (one,) = desk.kept.values()
    return one.job.request.model_dump(exclude_none=True)


async def uploaded(rooms, identity):
    folder = next(rooms.settings.data_folder.rglob(f"*{identity}*"))
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.thorough
async def test_a_folder_is_sent_as_it_is_and_rendered(page, desk, rooms, project):
    await page.goto("/#/new")
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Choose a folder").click()
    await (await chooser.value).set_files(project)
    await expect(page.get_by_text("tide 3 files, 256 KB")).to_be_visible()
    await page.get_by_label("Page to render").select_option("credits.html")
    await page.get_by_role("button", name="Render").click()
    await expect(page.locator(".job .state")).to_have_text("Waiting")
    composition = (await request_of(desk))["composition"]
    assert composition["page"] == "credits.html"
    kept = await uploaded(rooms, composition["upload"])
    assert kept["assets/größe 1.txt"] == bytes(range(256)) * 1000
    assert sorted(kept) == ["assets/größe 1.txt", "credits.html", "index.html"]


@pytest.mark.thorough
async def test_an_archive_or_a_single_page_will_do(page, desk, rooms, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.html", PAGE)
    (tmp_path / "promo.zip").write_bytes(packed.getvalue())
    (tmp_path / "hello.html").write_text(PAGE)
    await page.goto("/#/new")
    file = page.locator("#pick-file")
    await file.set_input_files(tmp_path / "promo.zip")
    await expect(page.get_by_text("promo 1 file,")).to_be_visible()
    await file.set_input_files(tmp_path / "hello.html")
    await expect(page.get_by_text("hello 1 file,")).to_be_visible()
    await page.get_by_role("button", name="Render").click()
    await expect(page.locator(".job .state")).to_have_text("Waiting")
    assert (await request_of(desk))["composition"]["page"] == "hello.html"


@pytest.mark.thorough
async def test_files_can_be_dropped(page, desk):
    await page.goto("/#/new")
    transfer = await page.evaluate_handle(
        "(text) => { const all = new DataTransfer(); all.items.add(new File([text], 'drop.html', {type: 'text/html'})); return all; }",
        PAGE,
    )
    await page.locator(".drop").dispatch_event("drop", {"dataTransfer": transfer})
    await expect(page.get_by_text("drop 1 file,")).to_be_visible()


@pytest.mark.thorough
async def test_what_cannot_be_a_project_is_told_at_once(page, desk, tmp_path):
    await page.goto("/#/new")
    await page.get_by_role("button", name="Render").click()
    await expect(page.get_by_text("Choose a project first")).to_be_visible()
    (tmp_path / "note.txt").write_text("no page")
    await page.locator("#pick-file").set_input_files(tmp_path / "note.txt")
    await expect(page.get_by_text("There is no HTML page in it")).to_be_visible()


async def test_a_probe_makes_fields_of_variables_and_only_changes_are_sent(page, desk):
    await page.goto("/#/new")
    await page.get_by_text("HTML", exact=True).click()
    await page.get_by_role("button", name="Put in an example").click()
    await page.get_by_role("button", name="Probe").click()
    probe = page.get_by_role("region", name="What it would be")
    for words in ("The long tide", "1,920 × 1,080", "30 fps", "24 s", "720", "1 warning", "Canela"):
        await expect(probe).to_contain_text(words)
    await page.get_by_label("Headline").fill("A <b>title</b>")
    await page.get_by_label("Accent").fill("#00ff88")
    await page.get_by_label("Speakers").fill("5")
    await page.get_by_label("Mood").select_option("bold")
    await page.get_by_label("Name", exact=True).fill("My title")
    await page.get_by_label("Format").select_option("webm")
    await page.get_by_label("First frame").fill("30")
    await page.get_by_label("Leave out the sound").check()
    await page.get_by_role("button", name="Render").click()
    await expect(page.get_by_role("heading", name="My title")).to_be_visible()
    asked = await request_of(desk)
    assert asked.pop("composition")["html"].startswith("<!doctype html>")
    assert asked == {
        "name": "My title", "format": "webm", "start_frame": 30, "skip_audio": True,
        "variables": {"headline": "A <b>title</b>", "accent": "#00ff88", "speakers": 5, "mood": "bold"},
    }  # fmt: skip
    await page.get_by_role("link", name="Again, with changes").click()
    await expect(page.get_by_label("Name", exact=True)).to_have_value("My title")
    await expect(page.get_by_label("Format")).to_have_value("webm")
    await expect(page.get_by_label("Leave out the sound")).to_be_checked()


async def test_errors_stand_at_their_field_or_as_one_sentence(page, desk, watch):
    watch.expected = ["422", "404"]
    await page.goto("/#/new")
    await page.get_by_text("On the server").click()
    await page.get_by_label("Path or address").fill("promo")
    await page.get_by_label("Scale").fill("big")
    await page.get_by_role("button", name="Render").click()
    await expect(page.get_by_label("Scale")).to_be_focused()
    await expect(page.get_by_label("Scale")).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#scale-wrong")).to_be_visible()
    await page.get_by_label("Scale").fill("2")
    await page.get_by_label("Path or address").fill("missing")
    await page.get_by_role("button", name="Render").click()
    await expect(page.get_by_text("There is no such composition.")).to_be_visible()
    await expect(page.locator("#scale-wrong")).to_be_hidden()
    assert desk.kept == {}
