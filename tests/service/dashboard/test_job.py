"""The page of a job, in a real browser: watched, cancelled, retried, played."""

from __future__ import annotations

import json

import pytest
from fakes import FRAMES
from looking import IN_THE_MODULE, until
from playwright.async_api import expect
from scenes import PICTURES, SceneDesk, busy_afternoon, film_of

from framewright.model.job import JobChunk, JobState, Started, Told
from framewright.model.job_request import CompositionSource, RenderRequest
from framewright.service.desk import Caller, Order, Source

pytestmark = IN_THE_MODULE
expect.set_options(timeout=30_000)


async def ordered(desk, name="Title", **request):
    composition = CompositionSource(path="title")
    asked = RenderRequest(composition=composition, name=name, **request)
    order = Order(request=asked, source=Source(composition="title", name=name), caller=Caller())
    return (await desk.submit(order)).job.id


async def test_a_job_is_watched_from_its_queue_to_its_end(page, desk):
    job = await ordered(desk)
    await page.goto(f"/#/jobs/{job}")
    await expect(page.get_by_role("heading", name="Title", exact=True)).to_be_visible()
    await expect(page.locator(".job .state")).to_have_text("Waiting")
    await desk.step(job, 6)
    await expect(page.locator(".job .state")).to_have_text("Rendering")
    await expect(page.get_by_text("The image 'logo.png' could not be loaded.")).to_be_visible()
    await expect(page.get_by_text("2: one for each core").first).to_be_visible()
    while not 0 < desk.kept[job].job.progress.frames < FRAMES:
        await desk.step(job)
    await expect(page.get_by_text(f"20 of {FRAMES} frames")).to_be_visible()
    await expect(page.get_by_role("img", name="60 frames: 20 reused, 40 waiting")).to_be_visible()
    await expect(page.get_by_role("img", name="Latest frame of Title")).to_be_visible()
    await expect(page).to_have_title("30 % Title · Framewright")
    await desk.finish(job)
    await expect(page.locator(".job .state")).to_have_text("Done")
    await expect(page.locator("#told")).to_have_text("Title is done.")
    await expect(page.get_by_role("heading", name="Slowest ranges")).to_be_visible()
    await expect(page.get_by_role("option")).to_have_count(3)
    await expect(page.get_by_role("link", name="Download")).to_have_attribute("download", "Title.mp4")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download").click()
    assert await (await download.value).path() is not None


async def test_a_stream_that_breaks_is_taken_up_again(page, desk, rooms, watch):
    watch.expected = ["ERR_INCOMPLETE_CHUNKED", "ERR_NETWORK"]
    job = await ordered(desk)
    await desk.step(job, 2)
    await page.goto(f"/#/jobs/{job}")
    await expect(page.locator(".job .state")).to_have_text("Rendering")
    rooms.stopping.set()
    await page.wait_for_timeout(300)
    rooms.stopping.clear()
    await desk.finish(job)
    await expect(page.locator(".job .state")).to_have_text("Done")


@pytest.mark.thorough
async def test_a_service_that_is_away_is_told_of_until_it_is_back(page, desk, watch):
    watch.expected = ["ERR_FAILED", "Failed to load"]
    job = await ordered(desk)
    await page.goto(f"/#/jobs/{job}")
    await expect(page.locator(".job .state")).to_have_text("Waiting")
    away = "**/v1/**"
    await page.route(away, lambda route: route.abort())
    await page.goto("/#/")
    await page.go_back()
    await expect(page.get_by_text("The service does not answer")).to_be_visible()
    await page.unroute(away)
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".job .state")).to_have_text("Waiting")
    await expect(page.get_by_text("The service does not answer")).to_have_count(0)


async def test_cancel_asks_first_and_retry_goes_on_with_keys_alone(page, desk):
    job = await ordered(desk)
    await desk.step(job, 8)
    await page.goto(f"/#/jobs/{job}")
    await page.get_by_role("button", name="Cancel").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Cancel “Title”?")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert desk.kept[job].job.state is JobState.RUNNING
    await expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Cancel the job")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".job .state")).to_have_text("Cancelled")
    assert desk.kept[job].job.state is JobState.CANCELLED
    await page.get_by_role("button", name="Retry").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".job .state")).to_have_text("Waiting")
    await expect(page.get_by_text("attempt 2")).to_be_visible()
    await desk.finish(job)
    await expect(page.locator(".job .state")).to_have_text("Done")


async def test_a_failure_says_what_and_whose_turn_it_is(page, desk):
    job = await ordered(desk, name="will fail")
    await desk.finish(job)
    await page.goto(f"/#/jobs/{job}")
    box = page.get_by_role("region", name="The page's script failed at 1.4 s: 'x is not defined'.")
    await expect(box).to_contain_text("It is about the composition")
    await expect(box).to_contain_text("SCRIPT_FAILED")


@pytest.mark.thorough
async def test_an_action_that_is_refused_says_why(page, desk, watch):
    watch.expected = ["429"]
    job = await ordered(desk, name="will fail")
    await desk.finish(job)
    desk.queue = 0
    await page.goto(f"/#/jobs/{job}")
    await page.get_by_role("button", name="Retry").click()
    await expect(page.get_by_text("The queue is full: try again later.")).to_be_visible()


@pytest.mark.thorough
async def test_a_film_is_played_and_looked_at_frame_by_frame(page, desk, tmp_path):
    film = tmp_path / "film.webm"
    film_of(PICTURES / "shader.jpg", film, frames=30)
    desk.output_path = film
    job = await ordered(desk, format="webm")
    await desk.finish(job)
    one = desk.kept[job]
    one.job = one.job.model_copy(update={"output": one.job.output.model_copy(update={"type": "video/webm"})})
    await page.goto(f"/#/jobs/{job}")
    video = page.locator("video")
    await video.evaluate("async (video) => { video.muted = true; await video.play(); }")
    await until(page, "document.querySelector('video').currentTime > 0.2")
    await page.get_by_role("button", name="Frame by frame").click()
    slider = page.get_by_role("slider", name="Frame")
    await slider.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(slider).to_have_attribute("aria-valuetext", "Frame 2 of 0–59, 0:00.07")
    await expect(page.get_by_role("img", name="Frame 2 of Title")).to_be_visible()
    await page.keyboard.press("End")
    await expect(page.get_by_role("button", name="Next frame")).to_be_disabled()
    await page.get_by_role("button", name="Frames 20–23").click()
    await expect(page.get_by_role("img", name="Frame 20 of Title")).to_be_visible()
    await page.get_by_role("button", name="Play").click()
    await expect(video).to_be_visible()


@pytest.mark.thorough
async def test_a_film_that_this_browser_cannot_play_shows_its_frames(page, desk):
    job = await ordered(desk, format="mov", codec="prores")
    await desk.finish(job)
    await page.goto(f"/#/jobs/{job}")
    await expect(page.get_by_role("slider", name="Frame")).to_be_visible()
    assert await page.locator("video").count() == 0


async def test_the_command_is_that_of_the_request_and_holds_for_a_shell(page, desk, browser, address):
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    job = await ordered(desk, name="it's", format="webm", variables={"title": "a 'b' $c"})
    await page.goto(f"/#/jobs/{job}")
    await page.get_by_role("button", name="Copy as curl").click()
    await expect(page.locator("#told")).to_have_text("The command is in the clipboard.")
    command = await page.evaluate("navigator.clipboard.readText()")
    import shlex

    words = shlex.split(command.replace("\\\n", " "))
    assert words[:2] == ["curl", f"{address}/v1/renders"]
    asked = json.loads(words[words.index("-d") + 1])
    assert asked == {
        "composition": {"path": "title"},
        "name": "it's",
        "format": "webm",
        "variables": {"title": "a 'b' $c"},
    }


@pytest.mark.thorough
async def test_hundreds_of_chunks_are_gone_through_with_arrow_keys(page, tmp_path, desk):
    scenes = SceneDesk(tmp_path)
    job = busy_afternoon(scenes)["running"]
    chunks = tuple(
        JobChunk(chunk=index, state="done", start=index * 10, stop=index * 10 + 10, frames=10, worker="worker 1", known_at=0, began_at=index, first_at=index + 0.4, captured_at=index + 0.8, ended_at=index + 1)
        for index in range(400)
    )  # fmt: skip
    desk.kept[job.id] = scenes.kept[job.id]
    desk.kept[job.id].job = job.model_copy(
        update={"chunks": chunks, "links": job.links.model_copy(update={"frame": None})}
    )
    desk.kept[job.id].told.append(Told(id=1, at=job.created, told=Started(attempt=1)))
    await page.goto(f"/#/jobs/{job.id}")
    rows = page.get_by_role("option")
    await expect(rows).to_have_count(400)
    await rows.first.focus()
    await page.keyboard.press("ArrowDown")
    second = "Chunk 1: frames 10–19 · done · worker 1 · waiting 1.0 s · browsers opening 0.4 s · capture 0.4 s · encode and finish 0.2 s"
    await expect(rows.nth(1)).to_be_focused()
    await expect(page.locator(".card > .readout")).to_have_text(second)
    await page.keyboard.press("End")
    await expect(rows.last).to_be_focused()
    await rows.nth(380).hover()
    await expect(page.locator(".card > .readout")).to_contain_text("Chunk 380:")
